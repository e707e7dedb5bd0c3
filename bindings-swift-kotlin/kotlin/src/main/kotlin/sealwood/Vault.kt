package sealwood

import java.util.concurrent.atomic.AtomicBoolean
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.runBlocking
import sealwood.ffi.CoreNewVault
import sealwood.ffi.CoreVault

/**
 * One encrypted tree of directories and files on a [BlobStore].
 *
 * Calls may run concurrently: puts that overlap share one commit. Cancelling the coroutine of a call
 * cancels the call; what was not committed by then has not happened. A change is durable when its
 * call returns, unless it is [deferred][PutOptions.deferred] or in a [batch]. Parents of a new entry
 * are made as needed. Reads see this session's own changes at once, and other writers' after
 * [refresh] or the next commit.
 */
public class Vault private constructor(private val core: CoreVault, private val tree: NativeTree) :
    Tree by tree, AutoCloseable {
    private val released = AtomicBoolean()

    internal constructor(core: CoreVault) : this(core, NativeTree(core.tree()))

    /** Creates or replaces the file at [path]. */
    public suspend fun put(
        path: String,
        bytes: ByteArray,
        options: PutOptions = PutOptions(),
        onProgress: OnProgress? = null,
    ): EntryInfo = call(onProgress) { EntryInfo(core.put(path, bytes, options.core(), it)) }

    /**
     * Creates or replaces the file at [path] from a flow, in bounded memory. If the flow throws, the
     * put fails with `source-failed` and the exception as its cause, and nothing has happened.
     */
    public suspend fun putStream(
        path: String,
        content: Flow<ByteArray>,
        options: PutOptions = PutOptions(),
        onProgress: OnProgress? = null,
    ): EntryInfo = reading(content) { source ->
        call(onProgress) { EntryInfo(core.putStream(path, source, options.core(), it)) }
    }

    /** Makes the directory at [path] unless it exists. */
    public suspend fun mkdir(path: String): Unit = call { core.mkdir(path, it) }

    /** Removes the file or empty directory at [path]. */
    public suspend fun remove(path: String): Unit = call { core.remove(path, it) }

    /** Removes what is at [path] with all below it, in one commit. */
    public suspend fun removeAll(path: String): Unit = call { core.removeAll(path, it) }

    /**
     * Moves a file or a whole directory in one commit. A file replaces a file, a directory an empty
     * directory.
     */
    public suspend fun rename(from: String, to: String): Unit = call { core.rename(from, to, it) }

    /** Copies a file or a whole directory in one commit; no content is sent again. */
    public suspend fun copy(from: String, to: String): Unit = call { core.copy(from, to, it) }

    /** Replaces the metadata of an entry; its content stays. */
    public suspend fun setMetadata(
        path: String,
        contentType: String? = null,
        metadata: Map<String, String> = emptyMap(),
        modifiedMs: Long? = null,
    ) {
        val options = PutOptions(contentType, metadata, modifiedMs).core()
        call { core.setMetadata(path, options, it) }
    }

    /** Makes every deferred change durable. On failure they stay pending. */
    public suspend fun flush(onProgress: OnProgress? = null): Unit =
        call(onProgress) { core.flush(it) }

    /** Whether deferred changes wait for a [flush]. */
    public val needsFlush: Boolean
        get() = typed { core.needsFlush() }

    /** Sees what other writers have committed. */
    public suspend fun refresh(): Unit = call { core.refresh(it) }

    /** A batch: changes that are committed together or not at all. */
    public fun batch(): Batch = Batch(typed { core.batch() })

    /** The vault as it is now, for ever. */
    public suspend fun snapshot(): Snapshot = Snapshot(call { core.snapshot(it) })

    /**
     * The link of the directory at [path], or `null` if it is empty; commits what is pending. Whoever
     * has the link can read the directory as it is now, with all below it: see [Snapshot.shared].
     */
    public suspend fun link(path: String): ByteArray? = call { core.link(path, it) }

    /** How the vault stands, and what this session has written. */
    public val stats: VaultStats
        get() = VaultStats(typed { core.stats() })

    /**
     * Commits what is pending and refuses further calls. If that fails the vault stays open, and its
     * pending changes pend.
     */
    public suspend fun shutdown() {
        if (!released.get()) call { core.shutdown(it) }
    }

    /**
     * The same for `use {}`: it blocks until what is pending is committed, and releases the vault
     * even where that fails. A coroutine calls [shutdown] first: then there is nothing to wait for.
     */
    override fun close() {
        try {
            if (!released.get()) runBlocking { Call(null).use { it.runHere(core::shutdown) } }
        } finally {
            if (released.compareAndSet(false, true)) {
                tree.close()
                core.close()
            }
        }
    }

    public companion object {
        /**
         * Draws up a new vault: its secret, its id and, with a passphrase, the wrapped secret. Nothing
         * is stored before [NewVault.create], so that its words can be shown or kept first.
         */
        public suspend fun prepare(
            credential: Credential,
            config: VaultConfig = VaultConfig(),
        ): NewVault = credential.lease.hold { with ->
            NewVault(call { CoreNewVault.prepare(with, config.core(), it) })
        }

        /**
         * Makes a new vault in an empty store. It opens by the credential alone: it has no
         * recovery words. Else the same as [prepare] and [NewVault.create] in one.
         */
        public suspend fun create(
            store: BlobStore,
            credential: Credential,
            config: VaultConfig = VaultConfig(),
        ): Vault = store.lend { at ->
            credential.lease.hold { with ->
                Vault(call { CoreVault.create(at, with, config.core(), it) })
            }
        }

        /** Opens the vault in the store. */
        public suspend fun open(
            store: BlobStore,
            credential: Credential,
            config: VaultConfig = VaultConfig(),
        ): Vault = store.lend { at ->
            credential.lease.hold { with ->
                Vault(call { CoreVault.open(at, with, config.core(), it) })
            }
        }
    }
}
