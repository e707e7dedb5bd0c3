package sealwood

import sealwood.ffi.CoreNotDeleted
import sealwood.ffi.CoreObjectMeta
import sealwood.ffi.CoreObjectPage
import sealwood.ffi.CorePrecondition
import sealwood.ffi.CoreStore

/**
 * A store of the core's own, or an app's behind the core's checks; see [BlobStore.memory],
 * [BlobStore.local], [BlobStore.directory], [BlobStore.s3] and [BlobStore.custom].
 */
public class NativeStore internal constructor(private val core: CoreStore) :
    BlobStore, AutoCloseable {
    internal val lease = Lease(core)

    override suspend fun get(key: String): StoredObject =
        call { core.get(key, it) }.let { StoredObject(it.bytes, it.etag) }

    override suspend fun getRange(key: String, offset: Long, length: Long): ByteArray = call {
        core.getRange(key, unsigned(offset, "offset"), unsigned(length, "length"), it)
    }

    override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition): String =
        call { core.put(key, bytes, precondition.core(), it) }

    override suspend fun delete(key: String): Unit = call { core.delete(key, it) }

    override suspend fun deleteMany(keys: List<String>): List<NotDeleted> = call {
        core.deleteMany(keys, it).map { left -> left.api() }
    }

    override suspend fun list(prefix: String, startAfter: String?, limit: Int): ObjectPage = call {
        core.list(prefix, startAfter, unsigned(limit.toLong(), "limit").toUInt(), it).api()
    }

    override suspend fun head(key: String): ObjectMeta? = call { core.head(key, it)?.api() }

    override suspend fun flush(): Unit = call { core.flush(it) }

    override val needsFlush: Boolean
        get() = typed { core.needsFlush() }

    /**
     * Makes everything durable and releases the directory of a [BlobStore.local], which can then be
     * opened again. Close its vaults first: afterwards their calls fail with `closed`. Other stores
     * stay open.
     */
    public suspend fun shutdown(): Unit = call { core.shutdown(it) }

    /** Releases the store. Vaults that live in it stay open, and a local store with the last of them. */
    override fun close(): Unit = lease.close()
}

internal fun CoreObjectMeta.api() = ObjectMeta(key, size.signed(), modifiedMs?.signed(), etag)

private fun CoreNotDeleted.api() = NotDeleted(key, error.api())

internal fun CoreObjectPage.api() = ObjectPage(objects.map { it.api() }, next)

internal fun CorePrecondition.api(): Precondition =
    when (this) {
        is CorePrecondition.None -> Precondition.None
        is CorePrecondition.Absent -> Precondition.Absent
        is CorePrecondition.Matches -> Precondition.Matches(etag)
    }

private fun Precondition.core(): CorePrecondition =
    when (this) {
        Precondition.None -> CorePrecondition.None
        Precondition.Absent -> CorePrecondition.Absent
        is Precondition.Matches -> CorePrecondition.Matches(etag)
    }
