package sealwood

import kotlinx.coroutines.flow.Flow
import sealwood.ffi.CoreBatch

/**
 * Changes that are committed together or not at all. Nothing of a batch is seen before [commit];
 * [close] without it drops the changes.
 *
 * A batch is taken when [commit] is called: whatever comes of that, further calls fail with `closed`. Later
 * changes see earlier ones. Chunks of large contents are uploaded as they are put; the rest waits in memory.
 */
public class Batch internal constructor(private val core: CoreBatch) : AutoCloseable {
    /** Creates or replaces the file at [path]. */
    public suspend fun put(
        path: String,
        bytes: ByteArray,
        options: PutOptions = PutOptions(),
        onProgress: OnProgress? = null,
    ): Unit = call(onProgress) { core.put(path, bytes, options.core(), it) }

    /** Creates or replaces the file at [path] from a flow. */
    public suspend fun putStream(
        path: String,
        content: Flow<ByteArray>,
        options: PutOptions = PutOptions(),
        onProgress: OnProgress? = null,
    ): Unit = reading(content) { source ->
        call(onProgress) { core.putStream(path, source, options.core(), it) }
    }

    /** Makes the directory at [path] unless it exists. */
    public fun mkdir(path: String): Unit = typed { core.mkdir(path) }

    /** Removes the file or empty directory at [path]. */
    public fun remove(path: String): Unit = typed { core.remove(path) }

    /** Removes what is at [path] with all below it. */
    public fun removeAll(path: String): Unit = typed { core.removeAll(path) }

    /** Moves a file or a directory. */
    public fun rename(from: String, to: String): Unit = typed { core.rename(from, to) }

    /** Copies a file or a directory. */
    public fun copy(from: String, to: String): Unit = typed { core.copy(from, to) }

    /** Replaces the metadata of an entry. */
    public fun setMetadata(
        path: String,
        contentType: String? = null,
        metadata: Map<String, String> = emptyMap(),
        modifiedMs: Long? = null,
    ) {
        val options = PutOptions(contentType, metadata, modifiedMs).core()
        typed { core.setMetadata(path, options) }
    }

    /** How many changes the batch holds. */
    public val length: Long
        get() = typed { core.length().toLong() }

    /** Makes all changes durable in one commit. If one of them cannot be done, none is. */
    public suspend fun commit(onProgress: OnProgress? = null): Unit =
        typed { core.take() }.use { taken -> call(onProgress) { taken.commit(it) } }

    /** Drops the changes, if they are not committed, and releases the batch. */
    override fun close(): Unit = core.close()
}
