package sealwood

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import sealwood.conformance.HostStore

class AppStoreTest {
    @Test
    fun `a store written in Kotlin keeps the contract`() = test {
        assertTrue(Sealwood.checkStore(HostStore(), "check") > 20)
        assertTrue(Sealwood.checkStore(BlobStore.memory(), "check") > 20)
    }

    @Test
    fun `a store that breaks the contract is found out`() = test {
        val forgetful = object : PassingStore() {
            override suspend fun head(key: String): ObjectMeta? = null
        }
        failsWith("store-failed") { Sealwood.checkStore(forgetful, "check") }
    }

    @Test
    fun `a store says of each object why it is left`() = test {
        val asked = mutableListOf<Int>()
        val clinging = object : PassingStore() {
            override suspend fun deleteMany(keys: List<String>): List<NotDeleted> {
                asked += keys.size
                return listOf(
                    NotDeleted("b", SealwoodException("store-denied")),
                    NotDeleted("c", IllegalStateException("odd")),
                )
            }
        }
        val store = BlobStore.custom(clinging)
        val left = store.deleteMany(listOf("a", "b", "c")).map { it.key to it.error.code }
        assertEquals(listOf("b" to "store-denied", "c" to "store-failed"), left)
        // Of what nobody asked to delete, it cannot know.
        val confused = store.deleteMany(listOf("a", "b")).map { it.key to it.error.code }
        assertEquals(listOf("a" to "store-failed", "b" to "store-failed"), confused)
        store.deleteMany(List(1001) { "$it" })
        assertEquals(listOf(3, 2, 1000, 1), asked)
    }

    @Test
    fun `a delete of many that one by one comes to nothing`() = test {
        val stubborn = object : PassingStore() {
            override suspend fun delete(key: String): Nothing = withTimeout(1) { awaitCancellation() }
        }
        val left = stubborn.deleteMany(List(20) { "$it" })
        assertEquals(List(20) { "$it" to "store-failed" }, left.map { it.key to it.error.code })
        val waiting = object : PassingStore() {
            val started = CompletableDeferred<Unit>()

            override suspend fun delete(key: String): Nothing {
                started.complete(Unit)
                awaitCancellation()
            }
        }
        val delete = async { waiting.deleteMany(listOf("a")) }
        waiting.started.await()
        delete.cancelAndJoin()
        assertTrue(delete.isCancelled)
    }

    @Test
    fun `what a store throws becomes a typed error`() = test {
        for ((thrown, code) in listOf(
            IllegalStateException("no") to "store-failed",
            StackOverflowError() to "store-failed",
            NotImplementedError() to "store-failed",
            SealwoodException("store-full") to "store-full",
            SealwoodException("store-denied") to "store-denied",
            SealwoodException("object-missing") to "object-missing",
            SealwoodException("no such code") to "store-failed",
        )) {
            val (vault, store) = vaultIn { throw thrown }
            failsWith(code) { vault.get("a") }
            store.broken = false
            assertArrayEquals(bytes(100_000), vault.get("a"))
        }
    }

    @Test
    fun `a store that gives up on its own clock has failed`() = test {
        val (vault, _) = vaultIn { withTimeout(1) { awaitCancellation() } }
        failsWith("store-failed") { vault.get("a") }
    }

    @Test
    fun `answers that make no sense become a typed error`() = test {
        for (answer in listOf(ByteArray(0), ByteArray(1 shl 20), ByteArray(65 shl 20))) {
            val (vault, _) = vaultIn { answer }
            val error = runCatching { vault.get("a") }.exceptionOrNull() as SealwoodException
            assertTrue(error.code in setOf("store-failed", "object-truncated"), error.code)
        }
        val negative = object : PassingStore() {
            override suspend fun head(key: String) = ObjectMeta(key, -1)

            override suspend fun list(prefix: String, startAfter: String?, limit: Int) =
                ObjectPage(List(limit + 1) { ObjectMeta("a", -1) }, "a")
        }
        failsWith("store-failed") { Sealwood.checkStore(negative, "check") }
        for (meta in listOf(ObjectMeta("a", 1, modifiedMs = -1), ObjectMeta("a", 1, etag = ""))) {
            val store = object : PassingStore() {
                override suspend fun head(key: String) = meta
            }
            failsWith("store-failed") { BlobStore.custom(store).head("a") }
        }
        val noTag = object : PassingStore() {
            @Volatile var forgets = false

            override suspend fun get(key: String) =
                super.get(key).let { if (forgets) StoredObject(it.bytes, "") else it }
        }
        Vault.create(noTag, SECRET)
        noTag.forgets = true
        failsWith("store-failed") { Vault.open(noTag, SECRET) }
    }

    @Test
    fun `a store may use a dispatcher of its own`() = test {
        val (vault, store) = vaultIn { withContext(Dispatchers.IO) { error("elsewhere") } }
        failsWith("store-failed") { vault.get("a") }
        store.broken = false
        vault.get("a")
    }

    /** A vault with a file `a` in a store whose reads are then [broken][Breakable.broken]. */
    private suspend fun vaultIn(read: suspend () -> ByteArray): Pair<Vault, Breakable> {
        val store = Breakable(read)
        Vault.create(store, SECRET).put("a", bytes(100_000))
        val vault = Vault.open(store, SECRET)
        store.broken = true
        return vault to store
    }

    private class Breakable(val read: suspend () -> ByteArray) : PassingStore() {
        @Volatile var broken = false

        override suspend fun get(key: String): StoredObject =
            if (broken) StoredObject(read(), "tag") else super.get(key)

        override suspend fun getRange(key: String, offset: Long, length: Long) =
            if (broken) read() else super.getRange(key, offset, length)
    }
}
