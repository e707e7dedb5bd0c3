package sealwood

import kotlin.time.Duration.Companion.minutes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals

/** Secrets and bytes that tests share. */
val SECRET: Credential = Credential.secret(ByteArray(32) { 7 })

/** [size] bytes that do not compress. */
fun bytes(size: Int, seed: Int = 0) = ByteArray(size) { (it * 31 + it / 251 + seed).toByte() }

/** The bytes of a text. */
val String.utf8: ByteArray
    get() = toByteArray()

/** Runs a test that must come to an end. */
fun test(block: suspend CoroutineScope.() -> Unit) = runBlocking { withTimeout(5.minutes, block) }

/** Fails unless [block] fails with [code]. */
suspend fun failsWith(code: String, block: suspend () -> Unit): SealwoodException {
    val error = runCatching { block() }.exceptionOrNull()
    if (error !is SealwoodException) throw AssertionError("expected $code, came $error", error)
    assertEquals(code, error.code, error.message)
    return error
}

/** A store that passes every call on; tests override what should be otherwise. */
open class PassingStore(private val inner: BlobStore = BlobStore.memory()) : BlobStore {
    override suspend fun get(key: String) = inner.get(key)

    override suspend fun getRange(key: String, offset: Long, length: Long) =
        inner.getRange(key, offset, length)

    override suspend fun put(key: String, bytes: ByteArray, precondition: Precondition) =
        inner.put(key, bytes, precondition)

    override suspend fun delete(key: String) = inner.delete(key)

    override suspend fun list(prefix: String, startAfter: String?, limit: Int) =
        inner.list(prefix, startAfter, limit)

    override suspend fun head(key: String) = inner.head(key)
}
