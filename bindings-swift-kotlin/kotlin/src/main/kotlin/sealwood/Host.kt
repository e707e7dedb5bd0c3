package sealwood

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ReceiveChannel
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.produceIn
import kotlinx.coroutines.supervisorScope
import sealwood.ffi.CoreException
import sealwood.ffi.CoreNotDeleted
import sealwood.ffi.CoreObject
import sealwood.ffi.CoreObjectMeta
import sealwood.ffi.CoreObjectPage
import sealwood.ffi.CorePrecondition
import sealwood.ffi.CoreStore
import sealwood.ffi.HostSource
import sealwood.ffi.HostStore

/** Runs [block] with this store as the core takes it. */
internal inline fun <T> BlobStore.lend(block: (CoreStore) -> T): T =
    if (this is NativeStore) lease.hold(block) else CoreStore.custom(StoreHost(this)).use(block)

/** A store of the app's, as the core calls it. */
internal class StoreHost(private val store: BlobStore) : HostStore {
    override suspend fun get(key: String): CoreObject = answering {
        val found = store.get(key)
        CoreObject(found.bytes, found.etag)
    }

    override suspend fun getRange(key: String, offset: ULong, length: ULong): ByteArray =
        answering {
            // No store has to reckon with an end beyond what a `Long` can say.
            val most = Long.MAX_VALUE.toULong() - offset
            store.getRange(key, offset.toLong(), minOf(length, most).toLong())
        }

    override suspend fun put(key: String, bytes: ByteArray, precondition: CorePrecondition): String =
        answering { store.put(key, bytes, precondition.api()) }

    override suspend fun delete(key: String): Unit = answering { store.delete(key) }

    override suspend fun deleteMany(keys: List<String>): List<CoreNotDeleted> = answering {
        store.deleteMany(keys).map { it.host() }
    }

    override suspend fun list(prefix: String, startAfter: String?, limit: UInt): CoreObjectPage =
        answering {
            val page = store.list(prefix, startAfter, limit.toInt())
            CoreObjectPage(page.objects.map { it.host() }, page.next)
        }

    override suspend fun head(key: String): CoreObjectMeta? = answering { store.head(key)?.host() }

    override suspend fun flush(): Unit = answering { store.flush() }

    override fun needsFlush(): Boolean = answering { store.needsFlush }
}

/** A size no object has is passed on as one, for the core to refuse what rests on it. */
private fun ObjectMeta.host(): CoreObjectMeta {
    require(modifiedMs == null || modifiedMs >= 0) { "an object was put before 1970" }
    return CoreObjectMeta(key, size.toULong(), modifiedMs?.toULong(), etag)
}

private fun NotDeleted.host() = CoreNotDeleted(key, error.forCore())

/**
 * Runs [block] with a source that gives the pieces of [content]. The flow is collected where the
 * caller stands, a piece when the core asks for one.
 */
internal suspend fun <T> reading(
    content: Flow<ByteArray>,
    block: suspend (HostSource) -> T,
): T = supervisorScope {
    val source = FlowSource(content.buffer(Channel.RENDEZVOUS).produceIn(this))
    try {
        block(source)
    } catch (error: SealwoodException) {
        throw source.failure?.let { SealwoodException(error.code, error.message, error.path, it) }
            ?: error
    } finally {
        source.pieces.cancel()
    }
}

private class FlowSource(val pieces: ReceiveChannel<ByteArray>) : HostSource {
    /** What the flow threw. */
    @Volatile var failure: Throwable? = null

    override suspend fun next(): ByteArray? = answering {
        val piece = pieces.receiveCatching()
        failure = piece.exceptionOrNull()
        failure?.let { throw it }
        piece.getOrNull()
    }
}

/** Runs what the app wrote. Nothing it throws gets past the core: not even an `Error`. */
internal inline fun <T> answering(block: () -> T): T =
    try {
        block()
    } catch (thrown: Throwable) {
        throw thrown.forCore()
    }

internal fun Throwable.forCore(): CoreException =
    when (this) {
        is SealwoodException -> CoreException.Failed(code, message, path)
        else -> CoreException.Failed("unexpected", toString(), null)
    }
