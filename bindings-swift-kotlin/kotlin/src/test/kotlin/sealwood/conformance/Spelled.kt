package sealwood.conformance

import java.nio.ByteBuffer
import java.nio.charset.CharacterCodingException
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put

/** A revision that has a name. */
class Revision(val number: Long)

/** The bytes in the member [name]: a text, meaning its UTF-8, or a content. */
fun Step.bytes(name: String): ByteArray = checkNotNull(maybeBytes(name)) { "no $name" }

/** The same, where the step has them. */
fun Step.maybeBytes(name: String): ByteArray? = value(name)?.let(::givenBytes)

/** The rows in the member `rows`. */
fun Step.rows(): List<Pair<ByteArray, ByteArray>> = (value("rows") as JsonArray).map { row ->
    val (key, value) = (row as JsonArray).map(::givenBytes)
    key to value
}

/** The constant that the member [name] names, as other languages spell it; [default] without it. */
inline fun <reified T : Enum<T>> Step.choice(name: String, default: T? = null): T {
    val text = maybeText(name) ?: return checkNotNull(default) { "no $name" }
    return checkNotNull(enumValues<T>().find { it.spelled == text }) { "no $name: $text" }
}

/** The name of a constant as other languages spell it. */
val Enum<*>.spelled: String
    get() = name.lowercase().replace(Regex("_(.)")) { it.groupValues[1].uppercase() }

fun givenBytes(given: JsonElement): ByteArray =
    if (given is JsonPrimitive && given.isString) given.content.toByteArray() else contentOf(given)

/** Bytes as text if they are UTF-8, else as digits. */
fun spelled(bytes: ByteArray): JsonElement =
    try {
        JsonPrimitive(Charsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString())
    } catch (_: CharacterCodingException) {
        buildJsonObject { put("hex", digitsOf(bytes)) }
    }

/** What a step of the engine gives: in what is expected, a revision is told by its name. */
class Said(private val world: World, private val value: JsonElement) : Outcome {
    override fun difference(expect: JsonElement): String? = Value(value).difference(named(expect))

    private fun named(expect: JsonElement): JsonElement {
        val name = (expect as? JsonObject)?.get("revision") as? JsonPrimitive ?: return expect
        if (!name.isString) return expect
        return JsonObject(expect + ("revision" to JsonPrimitive(world.get<Revision>(name.content).number)))
    }
}
