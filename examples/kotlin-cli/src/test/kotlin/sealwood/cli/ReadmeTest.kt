package sealwood.cli

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** The commands of README.md, run as they stand there. */
class ReadmeTest {
    private val page = File("README.md").readText()

    @Test
    fun `the commands work in order`(@TempDir directory: Path) {
        Files.write(directory.resolve("photo.txt"), "a tree".toByteArray())
        val commands = page.lines().filter { it.startsWith("java -jar") }
        assertEquals(5, commands.size)
        for (command in commands) {
            val words = command.substringBefore('#').trim().split(' ').drop(3)
            // Names of files stand for those in the directory.
            val arguments = words.map { if (it == "box" || it.endsWith(".txt") && '/' !in it) "$directory/$it" else it }
            val errors = StringBuilder()
            val code = runBlocking { run(arguments, "open sesame"::toCharArray, StringBuilder(), errors) }
            assertEquals(0, code, "$command: $errors")
        }
        assertEquals("a tree", Files.readString(directory.resolve("copy.txt")))
    }

    @Test
    fun `the code on the page is the tool's`() {
        fun lines(text: String) = text.lines().map(String::trim).filter(String::isNotEmpty)
        val block = lines(page.substringAfter("```kotlin\n").substringBefore("```"))
        val source = lines(File("src/main/kotlin/sealwood/cli/Command.kt").readText())
        assertTrue(source.windowed(block.size).any { it == block })
    }
}
