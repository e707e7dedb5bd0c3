package sealwood.conformance

import java.io.ByteArrayOutputStream
import java.io.IOException
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import sealwood.Batch
import sealwood.NewVault
import sealwood.Tree
import sealwood.Vault

private const val PIECE_BYTES = 65_536L

/** A step on a vault. */
suspend fun takeVault(world: World, vault: Vault, step: Step): Outcome {
    when (step.verb) {
        "put" -> return outcomeOf(
            vault.put(step.text("path"), step.content(), step.putOptions(), step.recorder(world)),
        )
        "putStream" -> return outcomeOf(
            vault.putStream(step.text("path"), source(step), step.putOptions(), step.recorder(world)),
        )
        "needsFlush" -> return Value(vault.needsFlush)
        "stats" -> return outcomeOf(vault.stats)
        "link" -> {
            val (name, link) = step.maybeText("as") to vault.link(step.text("path"))
            world[name] = Link(link)
            return Value(link?.let(::digitsOf))
        }
        "batch" -> world[step.maybeText("as")] = vault.batch()
        "snapshot" -> world[step.maybeText("as")] = vault.snapshot()
        "mkdir" -> vault.mkdir(step.text("path"))
        "remove" -> vault.remove(step.text("path"))
        "removeAll" -> vault.removeAll(step.text("path"))
        "rename" -> vault.rename(step.text("from"), step.text("to"))
        "copy" -> vault.copy(step.text("from"), step.text("to"))
        "setMetadata" -> vault.setMetadata(
            step.text("path"),
            step.maybeText("contentType"),
            step.metadata(),
            step.maybeNumber("modifiedMs"),
        )
        "flush" -> vault.flush(step.recorder(world))
        "refresh" -> vault.refresh()
        "close" -> vault.shutdown()
        else -> return takeRead(world, vault, step)
    }
    return NoOutcome
}

/** A step on a vault that is not stored yet. */
fun takeNewVault(world: World, new: NewVault, step: Step): Outcome =
    if (step.verb == "recoveryPhrase") words(world, new.recoveryPhrase(), step) else unknown(step)

private fun words(world: World, phrase: String, step: Step): Outcome {
    world[step.maybeText("as")] = Phrase(phrase)
    return Value(phrase)
}

/** A step that reads a vault or a snapshot. */
suspend fun takeRead(world: World, tree: Tree, step: Step): Outcome {
    val path = step.text("path")
    return when (step.verb) {
        "stat" -> outcomeOf(tree.stat(path))
        "exists" -> Value(tree.exists(path))
        "get" -> Content(tree.get(path, step.recorder(world)))
        "getRange" -> {
            val range = checkNotNull(step.maybeRange()) { "no start" }
            Content(tree.getRange(path, range, step.recorder(world)))
        }
        "getStream" -> {
            val content = tree.getStream(path, step.maybeRange(), step.recorder(world))
            val pieces = step.maybeNumber("take")?.let { content.take(Math.toIntExact(it)) } ?: content
            val joined = ByteArrayOutputStream()
            pieces.collect(joined::write)
            Content(joined.toByteArray())
        }
        "list" -> {
            val limit = step.maybeNumber("limit")?.let(Math::toIntExact)
            val page = tree.list(path, step.maybeText("after"), limit)
            outcomeOf("names", page.entries.map { it.name }, page.next)
        }
        "entries" -> Paths(tree.entries(path).map { it.path }.toList())
        "entriesRecursive" -> Paths(tree.entriesRecursive(path).map { it.path }.toList())
        else -> unknown(step)
    }
}

/** A step on a batch. */
suspend fun takeBatch(world: World, batch: Batch, step: Step): Outcome {
    when (step.verb) {
        "put" ->
            batch.put(step.text("path"), step.content(), step.putOptions(), step.recorder(world))
        "putStream" ->
            batch.putStream(step.text("path"), source(step), step.putOptions(), step.recorder(world))
        "mkdir" -> batch.mkdir(step.text("path"))
        "remove" -> batch.remove(step.text("path"))
        "removeAll" -> batch.removeAll(step.text("path"))
        "rename" -> batch.rename(step.text("from"), step.text("to"))
        "copy" -> batch.copy(step.text("from"), step.text("to"))
        "setMetadata" -> batch.setMetadata(
            step.text("path"),
            step.maybeText("contentType"),
            step.metadata(),
            step.maybeNumber("modifiedMs"),
        )
        "length" -> return Value(batch.length)
        "commit" -> batch.commit(step.recorder(world))
        "close" -> batch.close()
        else -> unknown(step)
    }
    return NoOutcome
}

/** The content in pieces, and a failure after some of them if the step asks for it. */
private fun source(step: Step): Flow<ByteArray> {
    val content = step.content()
    val pieceBytes = Math.toIntExact(step.maybeNumber("pieceBytes") ?: PIECE_BYTES)
    val failAfter = step.maybeNumber("failAfter")
    val starts = (content.indices step pieceBytes).toList()
    return flow {
        for ((given, start) in starts.withIndex()) {
            if (given.toLong() == failAfter) throw IOException("the source of the scenario")
            emit(content.copyOfRange(start, minOf(content.size, start + pieceBytes)))
        }
        if (failAfter != null) throw IOException("the source of the scenario")
    }
}
