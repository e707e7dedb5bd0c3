import Foundation
import Sealwood

/// A private drive in a directory: everything in it is encrypted, names included.
@main
struct Main {
    static let usage = """
        usage: sealwood-swift init
               sealwood-swift put FILE PATH
               sealwood-swift get PATH FILE
               sealwood-swift ls [PATH]
               sealwood-swift rm PATH
        The vault is the directory SEALWOOD_VAULT; the passphrase is asked for, or taken from
        SEALWOOD_PASSPHRASE.
        """

    static func main() async {
        let work = Task { try await run(Array(CommandLine.arguments.dropFirst())) }
        // Ctrl-C cancels the call, which leaves the vault whole.
        signal(SIGINT, SIG_IGN)
        let interrupts = DispatchSource.makeSignalSource(signal: SIGINT)
        interrupts.setEventHandler { work.cancel() }
        interrupts.resume()
        do {
            try await work.value
        } catch {
            say("sealwood-swift: \(message(of: error))")
            exit(1)
        }
    }

    private static func run(_ words: [String]) async throws {
        switch (words.first, words.count) {
        case ("init", 1): try await Drive.create()
        case ("put", 3): try await Drive.open { try await $0.put(file: words[1], path: words[2]) }
        case ("get", 3): try await Drive.open { try await $0.get(path: words[1], file: words[2]) }
        case ("ls", 1): try await Drive.open { try await $0.list("") }
        case ("ls", 2): try await Drive.open { try await $0.list(words[1]) }
        case ("rm", 2): try await Drive.open { try await $0.remove(words[1]) }
        default: throw Misuse(description: usage)
        }
    }

    private static func message(of error: any Error) -> String {
        switch error {
        case is CancellationError: "cancelled; the vault is as it was"
        case let error as SealwoodError: error.path.map { "\($0): \(error.message)" } ?? error.message
        case let error as Misuse: error.description
        default: error.localizedDescription
        }
    }
}

/// What the user did wrong.
struct Misuse: Error {
    let description: String
}

/// Writes a line for the person at the terminal.
func say(_ line: String) {
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}
