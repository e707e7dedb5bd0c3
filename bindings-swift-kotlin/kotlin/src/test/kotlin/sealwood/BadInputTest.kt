package sealwood

import java.io.IOException
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.flowOf
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Test

class BadInputTest {
    @Test
    fun `arguments outside their limits`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        vault.put("a", bytes(10))
        val oversized = mapOf("k" to "v".repeat(5000))
        failsWith("invalid-argument") { vault.put("b", bytes(1), PutOptions(metadata = oversized)) }
        for (time in listOf(8_640_000_000_000_001, -8_640_000_000_000_001, Long.MAX_VALUE, Long.MIN_VALUE)) {
            failsWith("invalid-argument") { vault.put("b", bytes(1), PutOptions(modifiedMs = time)) }
        }
        failsWith("path-name-too-long") { vault.put("b".repeat(256), bytes(1)) }
        failsWith("path-dot-segment") { vault.get("../a") }
        failsWith("invalid-argument") { vault.get("\uD800") }
        failsWith("range-past-end") { vault.getRange("a", 5L..10L) }
        failsWith("invalid-argument") { vault.getRange("a", -1L..3L) }
        failsWith("invalid-argument") { vault.list("", limit = 10_001) }
        failsWith("invalid-argument") { vault.list("", limit = -1) }
        failsWith("invalid-argument") { Vault.create(BlobStore.memory(), SECRET, VaultConfig(chunkBytes = 7)) }
        failsWith("invalid-argument") { Credential.secret(ByteArray(31)) }
        failsWith("invalid-argument") { Credential.passphrase("") }
        failsWith("invalid-phrase") { Credential.phrase("not twenty-four words") }
        failsWith("invalid-argument") { Snapshot.shared(BlobStore.memory(), ByteArray(55)) }
        failsWith("invalid-argument") { BlobStore.memory().getRange("a", -1, 1) }
        failsWith("invalid-argument") { BlobStore.memory().list("", limit = -1) }
        failsWith("invalid-argument") { BlobStore.memory().get("NOT A KEY") }
    }

    @Test
    fun `errors carry the path they are about`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        assertEquals("a/b", failsWith("not-found") { vault.get("/a/b") }.path)
    }

    @Test
    fun `handles that were closed`() = test {
        val store = BlobStore.memory()
        val vault = Vault.create(store, SECRET)
        vault.put("a", bytes(10))
        val (batch, snapshot) = vault.batch() to vault.snapshot()
        vault.shutdown()
        failsWith("closed") { vault.get("a") }
        vault.close()
        vault.close()
        failsWith("closed") { vault.get("a") }
        failsWith("closed") { vault.getStream("a").collect {} }
        failsWith("closed") { vault.entries("").collect {} }
        failsWith("closed") { vault.needsFlush }
        failsWith("closed") { vault.batch() }
        batch.close()
        failsWith("closed") { batch.put("b", bytes(1)) }
        failsWith("closed") { batch.length }
        snapshot.close()
        failsWith("closed") { snapshot.get("a") }
        store.close()
        failsWith("closed") { store.get("a") }
        failsWith("closed") { Vault.open(store, SECRET) }
        val credential = Credential.secret(ByteArray(32)).apply { close() }
        failsWith("closed") { Vault.create(BlobStore.memory(), credential) }
    }

    @Test
    fun `a flow that throws fails the put with its exception as the cause`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        val thrown = IOException("the disk is gone")
        val broken = flow {
            emit(bytes(1000))
            throw thrown
        }
        val error = failsWith("source-failed") { vault.putStream("a", broken) }
        assertSame(thrown, causes(error).last())
        failsWith("source-failed") { vault.batch().putStream("a", flow { throw AssertionError() }) }
        failsWith("not-found") { vault.stat("a") }
        vault.putStream("a", flowOf())
        assertEquals(0, vault.stat("a").size)
    }

    @Test
    fun `what a progress function throws ends the call`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        vault.put("a", bytes(3_000_000))
        val thrown = AssertionError("enough")
        suspend fun throws(work: suspend (OnProgress) -> Unit) {
            val came = runCatching { work { throw thrown } }.exceptionOrNull()
            assertSame(thrown, causes(came).last())
        }
        throws { vault.put("b", bytes(3_000_000, 1), onProgress = it) }
        throws { vault.get("a", onProgress = it) }
        throws { vault.getStream("a", onProgress = it).collect {} }
        assertEquals(3_000_000, vault.get("a").size)
    }

    @Test
    fun `what a logger throws changes nothing`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        Sealwood.setLogger(LogLevel.TRACE) { _, _ -> throw AssertionError("logger") }
        try {
            vault.put("a", bytes(1000))
        } finally {
            Sealwood.setLogger(LogLevel.ERROR, null)
        }
    }

    /** An exception and its causes: coroutines give copies of what was thrown elsewhere. */
    private fun causes(thrown: Throwable?) = generateSequence(thrown) { it.cause }
}
