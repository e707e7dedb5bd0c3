import SealwoodGenerated

/// A new vault before its first byte is stored, from ``Vault/prepare(credential:config:)``.
///
/// Show or keep its words, then create it: there is never a vault whose words nobody was shown.
///
/// ```swift
/// let new = try await Vault.prepare(credential: .passphrase("open sesame"))
/// print("write this down:", try new.recoveryPhrase())
/// let vault = try await new.create(store: store)
/// ```
public final class NewVault: Sendable {
    private let core: CoreNewVault

    init(core: CoreNewVault) {
        self.core = core
    }

    /// The 24 words that will open the vault without a passphrase.
    public func recoveryPhrase() throws -> String {
        try translating { try core.recoveryPhrase() }
    }

    /// Stores the vault in `store`, which must hold none.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/vaultExists`` if the store holds another vault. After
    /// ``SealwoodError/Code-swift.struct/storeUnavailable``,
    /// ``SealwoodError/Code-swift.struct/outcomeUnknown`` or a cancelled task the vault may be there:
    /// called again, this knows it again and opens it.
    public func create(store: some BlobStore) async throws -> Vault {
        Vault(
            core: try await withCall {
                try await core.create(store: coreStore(of: store), call: $0)
            })
    }
}
