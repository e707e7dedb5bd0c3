package sealwood

import kotlinx.coroutines.flow.Flow
import sealwood.ffi.CoreTree

/**
 * What can be read: a [Vault] or a [Snapshot].
 *
 * Paths are segments joined by `/`, with or without one at the start; the empty path is the top.
 * Flows are cold: each collection opens the file or directory anew and closes it when it ends, for
 * whatever reason. Nothing is read before a collector asks for it.
 */
public interface Tree {
    /** The entry at [path]. The top directory has size 0 and no times. */
    public suspend fun stat(path: String): EntryInfo

    /** Whether there is an entry at [path]. */
    public suspend fun exists(path: String): Boolean

    /** The whole content of the file at [path]. */
    public suspend fun get(path: String, onProgress: OnProgress? = null): ByteArray

    /** The bytes [range] of the file at [path]; `range-past-end` if the content ends before. */
    public suspend fun getRange(
        path: String,
        range: LongRange,
        onProgress: OnProgress? = null,
    ): ByteArray

    /**
     * The content of the file at [path], or the bytes [range] of it, a chunk at a time in bounded
     * memory. Each piece was checked before it is emitted.
     */
    public fun getStream(
        path: String,
        range: LongRange? = null,
        onProgress: OnProgress? = null,
    ): Flow<ByteArray>

    /**
     * A page of the directory at [path], sorted by name, after the name [after] (the `next` of the
     * page before). It has at most [limit] entries: 1 to 10,000, or 1,000 if `null`.
     */
    public suspend fun list(path: String, after: String? = null, limit: Int? = null): ListPage

    /** The entries of the directory at [path], each once, in no order. */
    public fun entries(path: String): Flow<EntryInfo>

    /** The entries of the directory at [path] and of all directories below it. */
    public fun entriesRecursive(path: String): Flow<EntryInfo>
}

/** How every tree is read: the others delegate to it. */
internal class NativeTree(private val core: CoreTree) : Tree, AutoCloseable {
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

    override suspend fun list(path: String, after: String?, limit: Int?): ListPage = call { call ->
        val most = limit?.let { unsigned(it.toLong(), "limit").toUInt() }
        ListPage(core.list(path, after, most, call))
    }

    override fun entries(path: String): Flow<EntryInfo> = entryFlow { core.entries(path, it) }

    override fun entriesRecursive(path: String): Flow<EntryInfo> =
        entryFlow { core.entriesRecursive(path, it) }

    override fun close(): Unit = core.close()
}
