package sealwood.conformance

import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.supervisorScope
import kotlinx.coroutines.withTimeoutOrNull
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** A step that takes longer has failed. */
private val STEP_MAX = 60.seconds

/** Steps in order, and what each has to give; or why they cannot be taken. */
class Scenario(
    val name: String,
    private val steps: List<JsonObject>,
    private val problem: String? = null,
) {
    /** Takes every step; returns what went wrong at the first that failed, or `null`. */
    suspend fun run(): String? = problem ?: supervisorScope {
        val world = World()
        val tasks = mutableMapOf<String, Background>()
        var failure: String? = null
        for ((index, members) in steps.withIndex()) {
            val verb = (members["do"] as? JsonPrimitive)?.content
            val wrong = runCatching {
                val step = Step(members)
                when (verb) {
                    "await" -> {
                        val task = checkNotNull(tasks.remove(step.text("task"))) { "no such task" }
                        step.finish()
                        inTime { task.compared() }
                    }
                    "cancel" -> {
                        checkNotNull(tasks[step.text("task")]) { "no such task" }.cancel()
                        step.finish()
                        null
                    }
                    else -> {
                        val name = step.maybeText("background")
                        check(name !in tasks) { "a task of that name is not awaited yet" }
                        if (name == null) {
                            inTime { step.compare(step.outcome(world)) }
                        } else {
                            tasks[name] = background(step, world)
                            null
                        }
                    }
                }
            }.getOrElse { it.message ?: it.toString() }
            if (wrong != null) {
                failure = "step ${index + 1} ($verb): $wrong"
                break
            }
        }
        val forgotten = tasks.keys.firstOrNull()
        tasks.values.forEach { it.cancel() }
        failure ?: forgotten?.let { "step ${steps.size} (end): the task $it was never awaited" }
    }

    companion object {
        fun of(document: JsonObject): Scenario {
            val unknown = document.keys - setOf("name", "steps")
            require(unknown.isEmpty()) { "unknown member ${unknown.first()}" }
            val steps = document["steps"] as? JsonArray ?: error("no steps")
            return Scenario(
                (document["name"] as JsonPrimitive).content,
                steps.map { it as? JsonObject ?: error("$it is no step") },
            )
        }
    }
}

/** A step that was started and not awaited yet. */
private class Background(private val step: Step, private val work: Deferred<Outcome>) {
    fun cancel() = work.cancel()

    suspend fun compared(): String? {
        work.join()
        val outcome = runCatching { work.await() }
        currentCoroutineContext().ensureActive()
        return step.compare(outcome)
    }
}

private fun CoroutineScope.background(step: Step, world: World) =
    Background(step, async(Dispatchers.Default) { step.take(world) })

private suspend fun Step.outcome(world: World): Result<Outcome> = runCatching { take(world) }

private suspend fun inTime(work: suspend () -> String?): String? {
    // A step gives its own null, which is not the one of a timeout.
    val ended = withTimeoutOrNull(STEP_MAX) { listOf(work()) }
    return if (ended == null) "no end after $STEP_MAX" else ended.single()
}
