package sealwood.conformance

import java.security.MessageDigest
import java.util.TreeMap
import java.util.concurrent.atomic.AtomicInteger
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import sealwood.BlobStore
import sealwood.NotDeleted
import sealwood.ObjectMeta
import sealwood.ObjectPage
import sealwood.Precondition
import sealwood.SealwoodException
import sealwood.StoredObject

/** Where the clock of a store stands. */
private const val NOW_MS = 1_700_000_000_000

/** A store as an app would write it: it counts its calls, and one of them can misbehave. */
class HostStore : BlobStore {
    private val objects = TreeMap<String, StoredObject>()
    private val count = AtomicInteger()
    @Volatile private var armed: Armed? = null

    /** How many calls there were. */
    val calls: Int
        get() = count.get()

    /** How a call misbehaves. */
    enum class How { HANG, THROW, CODE, OVERSIZED, LOSE }

    private class Armed(val method: String?, at: Long, val how: How, val code: String?) {
        val arrived = CompletableDeferred<Unit>()
        private var left = at

        @Synchronized
        fun isTurn(called: String): Boolean {
            if (method != null && method != called || left == 0L) return false
            left -= 1
            return left == 0L
        }
    }

    /** Has the [at]-th call from now on misbehave, of [method] or of any. */
    fun arm(method: String?, at: Long, how: How, code: String? = null) {
        armed = Armed(method, at, how, code)
    }

    /** Waits until the armed call has arrived. */
    suspend fun awaitCall() = checkNotNull(armed) { "no call was armed" }.arrived.await()

    override suspend fun get(key: String): StoredObject {
        call("get")
        return find(key)
    }

    override suspend fun getRange(key: String, offset: Long, length: Long): ByteArray {
        val answer = call("getRange")
        val bytes = find(key).bytes
        if (offset >= bytes.size) throw SealwoodException(SealwoodException.OBJECT_TRUNCATED)
        val end = minOf(bytes.size.toLong(), offset + length).toInt()
        val range = bytes.copyOfRange(offset.toInt(), end)
        return if (answer == Answer.OVERSIZED) range.copyOf(Math.toIntExact(length) + 1) else range
    }

    override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition): String {
        val answer = call("put")
        val etag = synchronized(objects) {
            val holds = when (precondition) {
                Precondition.None -> true
                Precondition.Absent -> key !in objects
                is Precondition.Matches -> objects[key]?.etag == precondition.etag
            }
            if (!holds) throw SealwoodException(SealwoodException.PRECONDITION_FAILED)
            val etag = digitsOf(MessageDigest.getInstance("SHA-256").digest(bytes))
            objects[key] = StoredObject(bytes, etag)
            etag
        }
        if (answer == Answer.LOST) {
            armed?.arrived?.complete(Unit)
            awaitCancellation()
        }
        return etag
    }

    override suspend fun delete(key: String) {
        call("delete")
        synchronized(objects) { objects.remove(key) }
    }

    override suspend fun list(prefix: String, startAfter: String?, limit: Int): ObjectPage {
        call("list")
        val found = synchronized(objects) {
            objects.tailMap(startAfter ?: "", startAfter == null)
                .filterKeys { it.startsWith(prefix) }
                .map { (key, stored) -> metaOf(key, stored) }
        }
        val page = found.take(limit)
        return ObjectPage(page, page.lastOrNull()?.key.takeIf { found.size > limit })
    }

    override suspend fun head(key: String): ObjectMeta? {
        call("head")
        return synchronized(objects) { objects[key] }?.let { metaOf(key, it) }
    }

    override suspend fun deleteMany(keys: List<String>): List<NotDeleted> {
        call("deleteMany")
        synchronized(objects) { keys.forEach { objects.remove(it) } }
        return emptyList()
    }

    private fun metaOf(key: String, stored: StoredObject) =
        ObjectMeta(key, stored.bytes.size.toLong(), NOW_MS, stored.etag)

    private fun find(key: String): StoredObject = synchronized(objects) { objects[key] }
        ?: throw SealwoodException(SealwoodException.OBJECT_MISSING)

    /** What comes back of a call that was done. */
    private enum class Answer { WHOLE, OVERSIZED, LOST }

    /** Counts a call; fails, or never ends, if it is the one. */
    private suspend fun call(method: String): Answer {
        count.incrementAndGet()
        val turn = armed?.takeIf { it.isTurn(method) } ?: return Answer.WHOLE
        // A put whose answer is lost has arrived when it is done.
        if (turn.how != How.LOSE) turn.arrived.complete(Unit)
        when (turn.how) {
            How.HANG -> awaitCancellation()
            How.THROW -> error("the app's own error")
            How.CODE -> throw SealwoodException(checkNotNull(turn.code), "an error of ours")
            How.OVERSIZED -> {
                check(method == "getRange") { "only a range is oversized" }
                return Answer.OVERSIZED
            }
            How.LOSE -> {
                check(method == "put") { "only of a put the answer is lost" }
                return Answer.LOST
            }
        }
    }
}

/** A store with no other methods than one must have; those do what another's do. */
class BareStore(private val inner: HostStore) : BlobStore {
    override suspend fun get(key: String) = inner.get(key)

    override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition) =
        inner.put(key, bytes, precondition)

    override suspend fun delete(key: String) = inner.delete(key)

    override suspend fun list(prefix: String, startAfter: String?, limit: Int) =
        inner.list(prefix, startAfter, limit)
}
