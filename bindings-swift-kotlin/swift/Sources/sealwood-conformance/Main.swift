import Foundation
import Sealwood

/// `sealwood-conformance scenario FILE... --var NAME=VALUE... --each NAME=VALUE,VALUE...`
@main
struct Main {
    static func main() async {
        do {
            let arguments = try Arguments(CommandLine.arguments.dropFirst())
            exit(await run(arguments) ? 0 : 1)
        } catch {
            FileHandle.standardError.write(Data("error: \(error)\n".utf8))
            exit(2)
        }
    }

    /// Runs all scenarios, says what came of them, and whether all passed.
    private static func run(_ arguments: Arguments) async -> Bool {
        var (passed, failed) = (0, 0)
        for (file, variables) in arguments.rounds {
            do {
                for scenario in try Scenario.read(file, variables: variables) {
                    if let failure = await scenario.run() {
                        say("failed: \(failure)")
                        failed += 1
                    } else {
                        passed += 1
                    }
                }
            } catch {
                say("failed: \(file): \(error)")
                failed += 1
            }
        }
        let verdict = failed == 0 ? "ok" : "FAILED"
        say("test result: \(verdict). \(passed) passed; \(failed) failed; 0 ignored")
        return failed == 0
    }
}

/// Writes a line, at once.
private func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

/// What the runner was started with.
private struct Arguments {
    /// Each file with each set of variables.
    let rounds: [(file: String, variables: [String: String])]

    init(_ arguments: ArraySlice<String>) throws {
        var rest = arguments
        guard rest.popFirst() == "scenario" else {
            throw Wrong("scenario FILE... --var NAME=VALUE... --each NAME=VALUE,VALUE...")
        }
        var (files, variables) = ([String](), [String: String]())
        var each: (name: String, values: [String])?
        while let argument = rest.popFirst() {
            switch argument {
            case "--var":
                let (name, value) = try Self.pair(rest.popFirst())
                variables[name] = value
            case "--each" where each == nil:
                let (name, values) = try Self.pair(rest.popFirst())
                each = (name, values.split(separator: ",").map(String.init))
            case _ where argument.hasPrefix("--"):
                throw Wrong("unknown option \(argument)")
            default:
                files.append(argument)
            }
        }
        guard !files.isEmpty else { throw Wrong("no file") }
        let sets = each.map { each in
            each.values.map { variables.merging([each.name: $0]) { $1 } }
        }
        rounds = (sets ?? [variables]).flatMap { set in files.map { ($0, set) } }
    }

    private static func pair(_ text: String?) throws -> (String, String) {
        guard let text, let at = text.firstIndex(of: "=") else { throw Wrong("NAME=VALUE") }
        return (String(text[..<at]), String(text[text.index(after: at)...]))
    }
}
