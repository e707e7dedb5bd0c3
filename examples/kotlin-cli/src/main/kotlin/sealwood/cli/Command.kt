package sealwood.cli

import java.nio.file.Files
import java.nio.file.Path
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.withContext
import sealwood.BlobStore
import sealwood.Credential
import sealwood.EntryKind
import sealwood.PutOptions
import sealwood.Vault
import sealwood.getTo
import sealwood.putFrom

/** What can be done with a vault in a directory. */
sealed interface Command {
    /** Makes the vault. */
    data object Init : Command

    /** Puts the file [file] at [path]. */
    data class Put(val file: Path, val path: String) : Command

    /** Writes the content at [path] to [file]. */
    data class Get(val path: String, val file: Path) : Command

    /** Lists the directory [path]. */
    data class List(val path: String) : Command

    /** Removes what is at [path]. */
    data class Remove(val path: String) : Command
}

/** The command in [arguments], if they are one. */
fun parse(arguments: kotlin.collections.List<String>): Command? {
    val words = arguments.drop(2)
    val (first, second) = words.getOrNull(0) to words.getOrNull(1)
    return when (arguments.getOrNull(1) to words.size) {
        "init" to 0 -> Command.Init
        "put" to 1 -> Command.Put(Path.of(first!!), Path.of(first).fileName.toString())
        "put" to 2 -> Command.Put(Path.of(first!!), second!!)
        "get" to 1 -> Command.Get(first!!, Path.of(first.substringAfterLast('/')))
        "get" to 2 -> Command.Get(first!!, Path.of(second!!))
        "ls" to 0 -> Command.List("")
        "ls" to 1 -> Command.List(first!!)
        "rm" to 1 -> Command.Remove(first!!)
        else -> null
    }
}

/** Runs the command on the vault in [directory]. */
suspend fun Command.run(directory: String, passphrase: CharArray, out: Appendable) {
    val credential = Credential.passphrase(passphrase)
    passphrase.fill('\u0000')
    credential.use {
        val store = BlobStore.local(directory)
        try {
            when (this) {
                Command.Init -> Vault.prepare(credential).use { new ->
                    out.appendLine("recovery phrase, to be kept safe: ${new.recoveryPhrase()}")
                    new.create(store).close()
                }
                else -> Vault.open(store, credential).use { on(it, out) }
            }
        } finally {
            withContext(NonCancellable) { store.shutdown() }
        }
    }
}

private suspend fun Command.on(vault: Vault, out: Appendable) {
    when (this) {
        Command.Init -> Unit
        is Command.Put -> {
            val options = PutOptions(
                contentType = Files.probeContentType(file),
                modifiedMs = Files.getLastModifiedTime(file).toMillis(),
                sizeHint = Files.size(file),
            )
            Files.newInputStream(file).use { vault.putFrom(path, it, options) }
        }
        is Command.Get -> Files.newOutputStream(file).use { vault.getTo(path, it) }
        is Command.List -> vault.entries(path).toList().sortedBy { it.name }.forEach { entry ->
            val mark = if (entry.kind == EntryKind.DIRECTORY) "/" else ""
            out.appendLine("%12d  %s%s".format(entry.size, entry.name, mark))
        }
        is Command.Remove -> vault.removeAll(path)
    }
}
