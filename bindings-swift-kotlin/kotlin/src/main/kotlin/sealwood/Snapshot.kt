package sealwood

import kotlinx.coroutines.flow.Flow
import sealwood.ffi.CoreSnapshot

/** One state of a vault, or a directory opened from a link. It never changes. */
public class Snapshot internal constructor(private val core: CoreSnapshot) : Tree, AutoCloseable {
    override suspend fun stat(path: String): EntryInfo = call { EntryInfo(core.stat(path, it)) }

    override suspend fun exists(path: String): Boolean = call { core.exists(path, it) }

    override suspend fun get(path: String, onProgress: OnProgress?): ByteArray =
        call(onProgress) { core.get(path, null, it) }

    override suspend fun getRange(
        path: String,
        range: LongRange,
        onProgress: OnProgress?,
    ): ByteArray = call(onProgress) { core.get(path, range.core(), it) }

    override fun getStream(
        path: String,
        range: LongRange?,
        onProgress: OnProgress?,
    ): Flow<ByteArray> = contentFlow(onProgress) { core.getStream(path, range?.core(), it) }

    override suspend fun list(path: String, after: String?, limit: Int?): ListPage =
        call { ListPage(core.list(path, after, limit?.limit(), it)) }

    override fun entries(path: String): Flow<EntryInfo> = entryFlow { core.entries(path, it) }

    override fun entriesRecursive(path: String): Flow<EntryInfo> =
        entryFlow { core.entriesRecursive(path, it) }

    /** Releases it. */
    override fun close(): Unit = core.close()

    public companion object {
        /** The directory that the 56 bytes of [link] name, from [Vault.link]; its paths start there. */
        public fun shared(store: BlobStore, link: ByteArray): Snapshot =
            store.lend { core -> Snapshot(lending(link) { CoreSnapshot.shared(core, it) }) }
    }
}
