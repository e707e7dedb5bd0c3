package sealwood.cli

import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking
import sealwood.SealwoodException

private const val USAGE = """usage: kotlin-cli VAULT COMMAND

  init              make a vault in the directory VAULT
  put FILE [PATH]   put a file of this machine
  get PATH [FILE]   get it back
  ls [PATH]         list a directory
  rm PATH           remove a file, or a directory with all below it

The passphrase is asked for, or taken from the environment variable SEALWOOD_PASSPHRASE."""

fun main(arguments: Array<String>): Unit = exitProcess(runBlocking { run(arguments.toList()) })

/** Runs one command and returns the exit code. */
suspend fun run(
    arguments: List<String>,
    passphrase: () -> CharArray = ::askForPassphrase,
    out: Appendable = System.out,
    errors: Appendable = System.err,
): Int {
    val command = parse(arguments)
    if (command == null) {
        errors.appendLine(USAGE)
        return 2
    }
    return try {
        command.run(arguments.first(), passphrase(), out)
        0
    } catch (error: SealwoodException) {
        val about = error.path?.let { " ($it)" } ?: ""
        errors.appendLine("error: ${error.message}$about [${error.code}]")
        1
    } catch (error: java.io.IOException) {
        errors.appendLine("error: $error")
        1
    }
}

/** The passphrase of the environment, else of whoever sits at the terminal. It is never an argument. */
private fun askForPassphrase(): CharArray =
    System.getenv("SEALWOOD_PASSPHRASE")?.toCharArray()
        ?: System.console()?.readPassword("Passphrase: ")
        ?: CharArray(0)
