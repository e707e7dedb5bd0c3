package sealwood

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertArrayEquals
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
