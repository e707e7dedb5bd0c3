package sealwood.conformance

import java.util.Collections
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.CancellationException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.longOrNull
import sealwood.OnProgress
import sealwood.Progress
import sealwood.PutOptions
import sealwood.SealwoodException

/** The members of one step. What nobody asks for is an error. */
class Step(private val members: JsonObject) {
    private val seen = Collections.synchronizedSet(mutableSetOf("background"))

    val verb: String = text("do")

    /** Takes the step. */
    suspend fun take(world: World): Outcome {
        val outcome = runCatching { take(world, this) }
        value("expect")
        value("error")
        // A scenario that is wrong already, or a call that was cancelled, says so itself.
        if (outcome.exceptionOrNull() !is IllegalStateException) finish()
        return outcome.getOrThrow()
    }

    /** Says what is not as the scenario has it. */
    fun compare(outcome: Result<Outcome>): String? {
        val error = value("error")
        val failure = outcome.exceptionOrNull() ?: return when {
            error != null -> "expected the error $error, the step succeeded"
            else -> value("expect")?.let { outcome.getOrThrow().difference(it) }
        }
        val typed = when (failure) {
            is SealwoodException -> failure
            is CancellationException -> SealwoodException("cancelled")
            else -> return failure.message ?: failure.toString()
        }
        return if (error == null) "failed with ${typed.code} (${typed.message})" else difference(typed, error)
    }

    /** Fails if a member was never asked for. */
    fun finish() {
        val unknown = members.keys - seen
        check(unknown.isEmpty()) { "unknown member ${unknown.first()}" }
    }

    fun value(name: String): JsonElement? {
        seen += name
        return members[name]
    }

    fun maybeText(name: String): String? = value(name)?.let {
        val primitive = it as? JsonPrimitive
        check(primitive != null && primitive.isString) { "$name is no text: $it" }
        primitive.content
    }

    fun text(name: String): String = checkNotNull(maybeText(name)) { "no $name" }

    fun maybeNumber(name: String): Long? = value(name)?.let {
        val number = (it as? JsonPrimitive)?.takeUnless { text -> text.isString }?.longOrNull
        checkNotNull(number) { "$name is no number: $it" }
    }

    fun number(name: String): Long = checkNotNull(maybeNumber(name)) { "no $name" }

    fun maybeInt(name: String): Int? = maybeNumber(name)?.let(Math::toIntExact)

    fun flag(name: String): Boolean = value(name)?.let {
        checkNotNull((it as? JsonPrimitive)?.booleanOrNull) { "$name is no true or false: $it" }
    } ?: false

    fun maybeObject(name: String): JsonObject? = value(name)?.let {
        checkNotNull(it as? JsonObject) { "$name is no object: $it" }
    }

    fun content(): ByteArray = contentOf(checkNotNull(value("content")) { "no content" })

    /** The secret in the member `secret`: a number, or hexadecimal digits. */
    fun maybeSecret(): ByteArray? = (value("secret") as? JsonPrimitive)?.let {
        if (it.isString) bytesOf(it.content) else ByteArray(32) { _ -> number("secret").toByte() }
    }

    /** Attributes of a file as the step has them. */
    fun putOptions() = PutOptions(
        contentType = maybeText("contentType"),
        metadata = metadata(),
        modifiedMs = maybeNumber("modifiedMs"),
        deferred = flag("deferred"),
        sizeHint = maybeNumber("sizeHint"),
    )

    fun metadata(): Map<String, String> =
        maybeObject("metadata").orEmpty().mapValues { (it.value as JsonPrimitive).content }

    /** The bytes to read, where the step says which. */
    fun maybeRange(): LongRange? {
        val (start, end) = maybeNumber("start") to maybeNumber("end")
        check((start == null) == (end == null)) { "a range has a start and an end" }
        return if (start == null || end == null) null else start..end - 1
    }

    /** Records progress under the name the step gives it. */
    fun recorder(world: World): OnProgress? = maybeText("progress")?.let { name ->
        val reports = CopyOnWriteArrayList<Progress>()
        world[name] = Reports(reports)
        ({ report -> reports += report })
    }
}

/** Reports of progress, in the order they came. */
class Reports(val reports: List<Progress>)
