package sealwood

import sealwood.ffi.CoreNewVault

/**
 * A new vault before its first byte is stored, from [Vault.prepare]. Show or keep its words, then
 * [create] it: there is never a vault whose words nobody was shown.
 */
public class NewVault internal constructor(private val core: CoreNewVault) : AutoCloseable {
    /** The 24 words that will open the vault without a passphrase. */
    public fun recoveryPhrase(): String = typed { core.recoveryPhrase() }

    /**
     * Stores the vault in [store], which must hold none. Fails with `vault-exists` if it holds
     * another. After `store-unavailable`, `outcome-unknown` or a cancelled coroutine the vault may be
     * there: called again, this knows it again and opens it.
     */
    public suspend fun create(store: BlobStore): Vault =
        store.lend { at -> Vault(call { core.create(at, it) }) }

    /** Releases it and wipes its secret. Vaults that were made of it stay open. */
    override fun close(): Unit = core.close()
}
