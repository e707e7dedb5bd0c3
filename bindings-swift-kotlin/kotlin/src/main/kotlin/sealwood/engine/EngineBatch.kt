package sealwood.engine

import sealwood.call
import sealwood.ffi.CoreEngineBatch
import sealwood.signed
import sealwood.typed

/**
 * Changes of namespaces of one engine that are seen, logged and recovered together or not at all: at most
 * 100,000. Nothing happens before [commit]; [close] without it drops the changes.
 *
 * A batch is taken when [commit] is called: whatever comes of that, further calls fail with `closed`.
 */
public class EngineBatch internal constructor(private val core: CoreEngineBatch) : AutoCloseable {
    /**
     * Adds a put. A precondition must hold before the first change of the batch. How durable it is to be
     * is asked of [commit], and not taken from [options].
     */
    public fun put(
        namespace: Namespace,
        key: ByteArray,
        value: ByteArray,
        options: KeyPutOptions = KeyPutOptions(),
    ): Unit = namespace.lease.hold { typed { core.put(it, key, value, options.core()) } }

    /** Adds a delete; [options] as of [put]. */
    public fun delete(
        namespace: Namespace,
        key: ByteArray,
        options: KeyDeleteOptions = KeyDeleteOptions(),
    ): Unit = namespace.lease.hold { typed { core.delete(it, key, options.core()) } }

    /** How many changes were added; 0 once it is committed. */
    public val length: Long
        get() = typed { core.length() }.signed()

    /**
     * Applies all of it. The revision of its last change. `precondition-failed` if a condition does not
     * hold, `invalid-argument` if there is too much or namespaces are of another engine: then nothing is
     * applied.
     */
    public suspend fun commit(durability: Durability = Durability.GROUP): Long =
        typed { core.take() }.use { taken -> call { taken.commit(durability.core(), it) } }.signed()

    /** Drops the changes, if they are not committed, and releases the batch. */
    override fun close(): Unit = core.close()
}
