import Foundation
import SealwoodGenerated

/// An encrypted tree of directories and files in a store.
///
/// All methods may be called concurrently. What one returns is durable, unless
/// ``PutOptions/deferred`` said otherwise. Cancelling the task that waits for one stops its requests
/// and leaves the vault whole; it throws `CancellationError`.
///
/// ```swift
/// let store = try await AnyBlobStore.local(path)
/// let new = try await Vault.prepare(credential: .passphrase("open sesame"))
/// print("write this down:", try new.recoveryPhrase())
/// let vault = try await new.create(store: store)
/// try await vault.put("letters/first.txt", Data("Dear diary".utf8))
/// ```
public final class Vault: FileTree {
    /// How the library reads this vault; nothing an app calls.
    public let reader: TreeReader
    let core: CoreVault

    init(core: CoreVault) {
        self.core = core
        reader = TreeReader(core: core.tree())
    }

    /// Draws up a new vault: its secret, its id and, with a passphrase, the wrapped secret. Nothing is
    /// stored before ``NewVault/create(store:)``, so that its words can be shown or kept first.
    public static func prepare(
        credential: Credential, config: VaultConfig = VaultConfig()
    ) async throws -> NewVault {
        NewVault(
            core: try await withCall {
                try await .prepare(credential: credential.core, config: config.core, call: $0)
            })
    }

    /// Makes a new vault in an empty store. The same as ``prepare(credential:config:)`` and
    /// ``NewVault/create(store:)`` in one, for those who have the secret or the words already: if the answer of
    /// the store is lost, nobody is shown the words of a vault that may be there.
    public static func create(
        store: some BlobStore, credential: Credential, config: VaultConfig = VaultConfig()
    ) async throws -> Vault {
        Vault(
            core: try await withCall {
                try await .create(
                    store: coreStore(of: store), credential: credential.core, config: config.core,
                    call: $0)
            })
    }

    /// Opens the vault in a store.
    public static func open(
        store: some BlobStore, credential: Credential, config: VaultConfig = VaultConfig()
    ) async throws -> Vault {
        Vault(
            core: try await withCall {
                try await .open(
                    store: coreStore(of: store), credential: credential.core, config: config.core,
                    call: $0)
            })
    }

    /// Makes every deferred change durable.
    public func flush(onProgress: ProgressHandler? = nil) async throws {
        try await withCall(onProgress: onProgress) { try await core.flush(call: $0) }
    }

    /// Whether deferred changes wait for a ``flush(onProgress:)``.
    public var needsFlush: Bool { core.needsFlush() }

    /// Reads what other writers have committed.
    public func refresh() async throws {
        try await withCall { try await core.refresh(call: $0) }
    }

    /// A batch: changes that are committed together or not at all.
    public func batch() -> Batch {
        Batch(core: core.batch())
    }

    /// The vault as it is now, for ever.
    public func snapshot() async throws -> Snapshot {
        Snapshot(core: try await withCall { try await core.snapshot(call: $0) })
    }

    /// A link to the directory at `path` as it is now; `nil` if it is empty.
    ///
    /// Whoever has the link and the store can read the directory and all below it, and nothing else, with
    /// ``SharedDirectory/open(store:link:)``. It is a secret.
    public func link(_ path: String) async throws -> Data? {
        try await withCall { try await core.link(path: path, call: $0) }
    }

    /// Figures of the vault and of this session's writes.
    public var stats: VaultStats { VaultStats(core.stats()) }

    /// Commits what is pending and refuses further calls, which throw
    /// ``SealwoodError/Code-swift.struct/closed``. A vault that is released without it loses its
    /// deferred changes and nothing else.
    public func close() async throws {
        try await withCall { try await core.shutdown(call: $0) }
    }
}
