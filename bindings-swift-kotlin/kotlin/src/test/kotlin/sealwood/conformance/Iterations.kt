package sealwood.conformance

import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import sealwood.engine.Iteration
import sealwood.engine.ScanEntry
import sealwood.engine.WatchEvent

/** A scan that later steps go on with. */
internal class OpenScan(iteration: Iteration<ScanEntry>) : OneByOne<ScanEntry>(iteration)

/** A watch that later steps go on with. */
internal class OpenWatch(iteration: Iteration<WatchEvent>) : OneByOne<WatchEvent>(iteration)

/** Items of pages, one after the other. */
internal open class OneByOne<T : Any>(private val iteration: Iteration<T>) {
    private val left = ArrayDeque<T>()

    /** The next item, or `null` at the end. */
    suspend fun next(): T? {
        if (left.isEmpty()) left += iteration.next()
        return left.removeFirstOrNull()
    }

    /** Ends it. */
    fun stop() {
        left.clear()
        iteration.stop()
    }
}

/** A step on an open scan. */
internal suspend fun takeScan(scan: OpenScan, step: Step): Outcome =
    when (step.verb) {
        "next" -> Value(scan.next()?.let(::rowOf) ?: JsonNull)
        "stop" -> NoOutcome.also { scan.stop() }
        else -> unknown(step)
    }

/** A step on a watch. */
internal suspend fun takeWatch(world: World, watch: OpenWatch, step: Step): Outcome =
    when (step.verb) {
        "next" -> watch.next()?.let { outcomeOf(world, it) } ?: Value(JsonNull)
        "stop" -> NoOutcome.also { watch.stop() }
        else -> unknown(step)
    }

private fun outcomeOf(world: World, event: WatchEvent): Outcome {
    val members = buildJsonObject {
        put("revision", event.revision)
        put("kind", event.kind.spelled)
        put("key", spelled(event.key))
        put("to", event.to?.let(::spelled) ?: JsonNull)
    }
    return Said(world, members)
}
