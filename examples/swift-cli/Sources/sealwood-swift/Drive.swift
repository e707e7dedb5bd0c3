import Foundation
import Sealwood

/// An open vault and what the commands do with it.
struct Drive {
    private let vault: Vault

    /// Shows the recovery words of a new vault and makes it.
    static func create() async throws {
        let store = try await store()
        let new = try await Vault.prepare(credential: try credential())
        print(try new.recoveryPhrase())
        say("These words open the vault if the passphrase is lost. Write them down.")
        try await new.create(store: store).close()
        try await store.close()
    }

    /// Opens the vault for `work`, and closes it and the store it is in.
    static func open(for work: (Drive) async throws -> Void) async throws {
        let store = try await store()
        let vault = try await Vault.open(store: store, credential: try credential())
        try await work(Drive(vault: vault))
        try await vault.close()
        try await store.close()
    }

    /// Stores a file of this device.
    func put(file: String, path: String) async throws {
        let url = URL(fileURLWithPath: file)
        let entry = try await vault.putFile(path, from: url) { progress in
            guard let total = progress.total, total > 0 else { return }
            say("\(progress.done * 100 / total) %")
        }
        print("\(entry.size)\t\(entry.path)")
    }

    /// Fetches a file to this device.
    func get(path: String, file: String) async throws {
        try await vault.getStream(path).write(to: URL(fileURLWithPath: file))
    }

    /// Lists a directory.
    func list(_ path: String) async throws {
        for try await entry in vault.entries(path) {
            switch entry.kind {
            case .file: print("\(entry.size)\t\(entry.name)")
            case .directory: print("-\t\(entry.name)/")
            }
        }
    }

    /// Removes a file, or a directory with all below it.
    func remove(_ path: String) async throws {
        try await vault.removeAll(path)
    }

    private static func store() async throws -> AnyBlobStore {
        guard let path = ProcessInfo.processInfo.environment["SEALWOOD_VAULT"] else {
            throw Misuse(description: "SEALWOOD_VAULT names no directory")
        }
        return try await .local(path)
    }

    private static func credential() throws -> Credential {
        if let passphrase = ProcessInfo.processInfo.environment["SEALWOOD_PASSPHRASE"] {
            return try .passphrase(passphrase)
        }
        guard let typed = getpass("Passphrase: ") else {
            throw Misuse(description: "no passphrase")
        }
        return try .passphrase(String(cString: typed))
    }
}
