package sealwood

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.nio.file.Path
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.flow.toSet
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import sealwood.ffi.CoreEntry
import sealwood.ffi.CoreEntryKind

class VaultTest {
    @Test
    fun `what one session puts another reads from the directory`(@TempDir directory: Path) = test {
        val options = PutOptions("image/png", mapOf("k" to "v"), modifiedMs = 5)
        Vault.create(BlobStore.directory(directory), SECRET).use { vault ->
            val entry = vault.put("photos/a.png", bytes(300_000), options)
            assertEquals(EntryKind.FILE, entry.kind)
            vault.mkdir("empty")
        }
        Vault.open(BlobStore.directory(directory.toString()), SECRET).use { vault ->
            assertArrayEquals(bytes(300_000), vault.get("photos/a.png"))
            assertArrayEquals(
                bytes(300_000).copyOfRange(10, 20),
                vault.getRange("photos/a.png", 10L until 20L),
            )
            assertEquals(
                EntryInfo(
                    path = "photos/a.png",
                    name = "a.png",
                    kind = EntryKind.FILE,
                    size = 300_000,
                    modifiedMs = 5,
                    contentType = "image/png",
                    metadata = mapOf("k" to "v"),
                ),
                vault.stat("/photos/a.png"),
            )
            assertEquals(listOf("empty", "photos"), vault.list("").entries.map { it.name })
            assertEquals(
                setOf("empty", "photos", "photos/a.png"),
                vault.entriesRecursive("").map { it.path }.toSet(),
            )
        }
    }

    @Test
    fun `a local store is one opener's at a time`(@TempDir directory: Path) = test {
        val store = BlobStore.local(directory)
        failsWith("store-locked") { BlobStore.local(directory.toString()) }
        val first = Vault.create(store, SECRET)
        first.put("a", bytes(300_000))
        val second = Vault.open(store, SECRET)
        second.put("b", bytes(100))
        first.close()
        second.close()
        store.shutdown()
        failsWith("closed") { store.head("root") }
        BlobStore.local(directory).use { again ->
            Vault.open(again, SECRET).use { vault ->
                assertArrayEquals(bytes(300_000), vault.get("a"))
                assertArrayEquals(bytes(100), vault.get("b"))
            }
        }
    }

    @Test
    fun `a stream goes in and comes out again`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET, VaultConfig(chunkBytes = 131_072))
        vault.putStream("a", flowOf(bytes(200_000), bytes(200_000, 1)))
        val pieces = vault.getStream("a").toList()
        assertTrue(pieces.size > 2)
        assertArrayEquals(bytes(200_000) + bytes(200_000, 1), pieces.reduce(ByteArray::plus))

        vault.putFrom("b", ByteArrayInputStream(bytes(100_000)))
        val output = ByteArrayOutputStream()
        vault.getTo("b", output)
        assertArrayEquals(bytes(100_000), output.toByteArray())
    }

    @Test
    fun `calls on one vault run side by side`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        (0 until 50).map { async { vault.put("f$it", bytes(1000, it)) } }.awaitAll()
        assertEquals(50, vault.entries("").toList().size)
    }

    @Test
    fun `a batch is committed whole or not at all`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        vault.batch().use { batch ->
            batch.put("a", bytes(10))
            batch.putStream("b", flowOf(bytes(10)))
            batch.copy("a", "c")
            batch.setMetadata("c", contentType = "text/plain")
            assertEquals(4, batch.length)
            assertFalse(vault.exists("a"))
            batch.commit()
            failsWith("closed") { batch.mkdir("d") }
        }
        assertEquals("text/plain", vault.stat("c").contentType)
        vault.batch().use { it.put("dropped", bytes(1)) }
        assertFalse(vault.exists("dropped"))
    }

    @Test
    fun `a batch is taken when its commit is called`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        val batch = vault.batch()
        batch.put("a", bytes(10))
        val commit = async(start = CoroutineStart.UNDISPATCHED) { batch.commit() }
        failsWith("closed") { batch.mkdir("late") }
        batch.close()
        commit.await()
        assertEquals(listOf("a"), vault.list("").entries.map { it.name })
    }

    @Test
    fun `a snapshot and a link keep what was`() = test {
        val store = BlobStore.memory()
        val vault = Vault.create(store, SECRET)
        vault.put("d/a", bytes(10))
        val link = vault.link("d")!!
        vault.snapshot().use { snapshot ->
            vault.removeAll("d")
            assertArrayEquals(bytes(10), snapshot.get("d/a"))
        }
        Snapshot.shared(store, link).use { assertArrayEquals(bytes(10), it.get("a")) }
        assertNull(vault.link(""))
    }

    @Test
    fun `deferred changes wait for a flush, and use flushes`() = test {
        val store = BlobStore.memory()
        Vault.create(store, SECRET).use { vault ->
            vault.put("a", bytes(1), PutOptions(deferred = true))
            assertTrue(vault.needsFlush)
            assertEquals(0, vault.stats.commits)
        }
        assertTrue(Vault.open(store, SECRET).exists("a"))
    }

    @Test
    fun `secrets, phrases and passphrases open the vault they made`() = test {
        val secret = Sealwood.generateSecret()
        val words = Sealwood.phraseOfSecret(secret)
        assertArrayEquals(secret, Sealwood.secretOfPhrase(words))
        val store = BlobStore.memory()
        Credential.secret(secret).use { Vault.create(store, it) }
        Credential.phrase(words).use { Vault.open(store, it) }

        val kdf = VaultConfig.Kdf(memoryKib = 19456, passes = 2, lanes = 1)
        val other = BlobStore.memory()
        Credential.passphrase("päss").use { Vault.create(other, it, VaultConfig(kdf = kdf)) }
        Credential.passphrase("päss".toCharArray()).use { Vault.open(other, it) }
        failsWith("wrong-passphrase") { Credential.passphrase("pass").use { Vault.open(other, it) } }
    }

    @Test
    fun `progress comes in order and ends at the total`() = test {
        val small = VaultConfig(chunkBytes = 131_072, extentBytesMax = 131_072)
        val vault = Vault.create(BlobStore.memory(), SECRET, small)
        val size = 1_000_000
        suspend fun inOrder(work: suspend (OnProgress) -> Unit) {
            val reports = mutableListOf<Progress>()
            work { synchronized(reports) { reports += it } }
            assertTrue(reports.size > 2, "$reports")
            assertEquals(reports.sortedBy { it.done }, reports)
            assertEquals(Progress(size.toLong(), size.toLong()), reports.last())
        }
        inOrder { vault.put("a", bytes(size), onProgress = it) }
        val pieces = bytes(size).asList().chunked(10_000) { it.toByteArray() }
        val options = PutOptions(sizeHint = size.toLong())
        inOrder { vault.putStream("b", flowOf(*pieces.toTypedArray()), options, onProgress = it) }
        inOrder { vault.get("a", onProgress = it) }
        inOrder { vault.getStream("b", onProgress = it).collect {} }
    }

    @Test
    fun `the version is that of the package`() {
        assertEquals(System.getProperty("sealwood.version"), Sealwood.version)
    }

    @Test
    fun `log messages reach the logger until it is removed`() = test {
        val heard = mutableListOf<LogLevel>()
        Sealwood.setLogger(LogLevel.TRACE) { level, _ -> synchronized(heard) { heard += level } }
        Vault.create(BlobStore.memory(), SECRET).put("a", bytes(1))
        assertTrue(synchronized(heard) { heard.isNotEmpty() })
        Sealwood.setLogger(LogLevel.TRACE, null)
        val before = synchronized(heard) { heard.size }
        Vault.create(BlobStore.memory(), SECRET).put("a", bytes(1))
        assertEquals(before, synchronized(heard) { heard.size })
    }

    @Test
    fun `numbers beyond those with a sign are the greatest of those`() {
        val core = CoreEntry("a", "a", CoreEntryKind.FILE, ULong.MAX_VALUE, -1, null, emptyMap())
        val entry = EntryInfo(core)
        assertEquals(Long.MAX_VALUE, entry.size)
        assertEquals(-1, entry.modifiedMs)
        assertEquals(7L, EntryInfo(core.copy(size = 7uL)).size)
    }
}
