package sealwood.cli

import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class CommandTest {
    @TempDir lateinit var directory: Path

    private val out = StringBuilder()
    private val errors = StringBuilder()

    private fun cli(vararg words: String, passphrase: String = "open sesame"): Int {
        out.clear()
        errors.clear()
        val arguments = listOf("$directory/vault") + words
        return runBlocking { run(arguments, passphrase::toCharArray, out, errors) }
    }

    @Test
    fun `a file goes in, is listed, comes out and is removed`() {
        val (file, copy) = directory.resolve("photo.png") to directory.resolve("copy.png")
        Files.write(file, ByteArray(500_000) { (it % 251).toByte() })
        assertEquals(0, cli("init"), "$errors")
        assertEquals(24, "$out".substringAfter(": ").trim().split(' ').size)
        assertEquals(0, cli("put", "$file", "album/photo.png"), "$errors")
        assertEquals(0, cli("ls"), "$errors")
        assertTrue(out.endsWith("album/\n"), "$out")
        assertEquals(0, cli("ls", "album"), "$errors")
        assertEquals("      500000  photo.png\n", "$out")
        assertEquals(0, cli("get", "album/photo.png", "$copy"), "$errors")
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(copy))
        assertEquals(0, cli("rm", "album"), "$errors")
        assertEquals(0, cli("ls"))
        assertEquals("", "$out")
    }

    @Test
    fun `what goes wrong is told by its code`() {
        assertEquals(2, cli("frobnicate"))
        assertTrue(errors.startsWith("usage"))
        assertEquals(1, cli("ls"))
        assertTrue("[vault-not-found]" in errors, "$errors")
        assertEquals(0, cli("init"))
        assertEquals(1, cli("ls", passphrase = "wrong"))
        assertTrue("[wrong-passphrase]" in errors, "$errors")
        assertEquals(1, cli("get", "none", "$directory/none"))
        assertTrue("(none) [not-found]" in errors, "$errors")
        assertEquals(1, cli("put", "$directory/no such file", "a"))
        assertFalse("Exception in" in errors)
    }
}
