package sealwood

import java.io.ByteArrayOutputStream
import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import sealwood.engine.Engine
import sealwood.engine.ScanOptions
import sealwood.engine.Tracking

/** What README.md shows, run; the last test compares it with the page. */
class ReadmeTest {
    private val printed = mutableListOf<String>()

    private fun println(line: String) = synchronized(printed) { printed += line }

    @Test
    fun `the first block`(@TempDir directory: Path) = test {
        val secret = Sealwood.generateSecret() // 32 bytes: keep them in the platform's key store
        val store = BlobStore.local(directory)
        Credential.secret(secret).use { credential ->
            Vault.create(store, credential).use { vault ->
                vault.put("notes/today.txt", "hello".toByteArray(), PutOptions(contentType = "text/plain"))
                println(vault.get("notes/today.txt").decodeToString())
                vault.entries("notes").collect { entry -> println("${entry.name}: ${entry.size} bytes") }
            }
        }
        assertEquals(listOf("hello", "today.txt: 5 bytes"), printed)
    }

    @Test
    fun `a passphrase`() = test {
        val store = BlobStore.memory()
        Credential.passphrase("correct horse battery staple").use { credential ->
            Vault.prepare(credential).use { new ->
                println("write this down: ${new.recoveryPhrase()}")
                new.create(store).use { vault -> vault.mkdir("notes") }
            }
        }
        val words = printed.single().removePrefix("write this down: ")
        assertTrue(Vault.open(store, Credential.phrase(words)).exists("notes"))
    }

    @Test
    fun `large files`(@TempDir directory: Path) = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        val photo = Files.write(directory.resolve("tree.jpg"), bytes(100_000))
        val output = ByteArrayOutputStream()
        Files.newInputStream(photo).use { input ->
            vault.putFrom("photos/tree.jpg", input, PutOptions(sizeHint = Files.size(photo))) { progress ->
                println("${progress.done} of ${progress.total}")
            }
        }
        vault.getStream("photos/tree.jpg", 0L until 1000L).collect { piece -> output.write(piece) }
        assertEquals("100000 of 100000", printed.last())
        assertArrayEquals(bytes(1000), output.toByteArray())
    }

    @Test
    fun cancelling() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        val content = flow<ByteArray> { awaitCancellation() }
        val upload = launch { vault.putStream("big", content) }
        upload.cancelAndJoin()
        assertFalse(vault.exists("big"))
    }

    @Test
    fun `several changes`() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        vault.put("notes/a", bytes(1))
        vault.batch().use { batch ->
            batch.put("a", "1".toByteArray())
            batch.rename("notes", "archive")
            batch.commit()
        }
        assertTrue(vault.exists("archive/a"))
    }

    @Test
    fun errors() = test {
        val vault = Vault.create(BlobStore.memory(), SECRET)
        try {
            vault.get("missing")
        } catch (error: SealwoodException) {
            println("${error.code} at ${error.path}") // not-found at missing
        }
        assertEquals(listOf("not-found at missing"), printed)
    }

    @Test
    fun `the engine`(@TempDir directory: Path) = test {
        Engine.open(directory).use { engine ->
            val notes = engine.namespace("notes")
            notes.track(Tracking.BUCKETS)
            notes.put("2026/may/rain".toByteArray(), "umbrella".toByteArray())
            engine.batch().use { batch ->
                batch.put(notes, "2026/june/sun".toByteArray(), "hat".toByteArray())
                batch.delete(notes, "2026/may/rain".toByteArray())
                batch.commit() // both or neither
            }
            notes.scan(ScanOptions(prefix = "2026/".toByteArray())).collect { entry ->
                println("${entry.key.decodeToString()}: ${entry.value.decodeToString()}")
            }
            println("as it was counted: ${notes.verifyState().difference == null}")
        }
        assertEquals(listOf("2026/june/sun: hat", "as it was counted: true"), printed)
    }

    @Test
    fun `the page shows nothing that is not run here`() {
        fun lines(text: String) = text.lines().map(String::trim).filter(String::isNotEmpty)
        val here = lines(File("src/test/kotlin/sealwood/ReadmeTest.kt").readText())
        val blocks = File("README.md").readText().split("```kotlin\n").drop(1).map { lines(it.substringBefore("```")) }
        assertEquals(7, blocks.size)
        for (block in blocks) {
            assertTrue(here.windowed(block.size).any { it == block }, block.joinToString("\n"))
        }
    }
}
