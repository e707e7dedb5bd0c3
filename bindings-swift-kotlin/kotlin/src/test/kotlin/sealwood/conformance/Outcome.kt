package sealwood.conformance

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import sealwood.EntryInfo
import sealwood.NotDeleted
import sealwood.ObjectMeta
import sealwood.SealwoodException
import sealwood.VaultStats

/** What a step gives. */
sealed interface Outcome {
    /** What is not as [expect] says. */
    fun difference(expect: JsonElement): String?
}

/** Nothing that could be compared. */
data object NoOutcome : Outcome {
    override fun difference(expect: JsonElement) = "the step gives nothing, expected $expect"
}

/** Bytes. */
class Content(private val bytes: ByteArray) : Outcome {
    override fun difference(expect: JsonElement): String? {
        val expected = contentOf(expect)
        if (bytes.contentEquals(expected)) return null
        return "expected ${shown(expected)}, came ${shown(bytes)}"
    }
}

/** A value. Of an object, the members that are expected are compared. */
class Value(private val value: JsonElement) : Outcome {
    constructor(value: Boolean) : this(JsonPrimitive(value))

    constructor(value: Number) : this(JsonPrimitive(value))

    constructor(value: String?) : this(JsonPrimitive(value))

    override fun difference(expect: JsonElement): String? {
        if (expect !is JsonObject || value !is JsonObject) return difference(expect, value)
        return expect.entries.firstNotNullOfOrNull { (name, expected) ->
            val came = value[name] ?: return "nothing is called $name"
            difference(expected, came)?.let { "$name: $it" }
        }
    }
}

/** Paths in no order, each once. */
class Paths(private val paths: List<String>) : Outcome {
    override fun difference(expect: JsonElement): String? {
        val expected = (expect as JsonObject).getValue("paths") as JsonArray
        return difference(
            JsonArray(expected.sortedBy { (it as JsonPrimitive).content }),
            JsonArray(paths.sorted().map(::JsonPrimitive)),
        )
    }
}

/** What of [error] is not as [expect] says. */
fun difference(error: SealwoodException, expect: JsonElement): String? {
    val members = expect as JsonObject
    check("code" in members) { "an error has a code" }
    return members.entries.firstNotNullOfOrNull { (name, expected) ->
        when (name) {
            "code" -> difference(expected, JsonPrimitive(error.code))
            "path" -> difference(expected, JsonPrimitive(error.path))
            else -> error("nothing of an error is called $name")
        }
    }
}

private fun difference(expected: JsonElement, came: JsonElement): String? =
    if (expected == came) null else "expected $expected, came $came"

/** The members of an entry. */
fun outcomeOf(entry: EntryInfo) = Value(
    buildJsonObject {
        put("path", entry.path)
        put("name", entry.name)
        put("kind", entry.kind.name.lowercase())
        put("size", entry.size)
        put("modifiedMs", entry.modifiedMs)
        put("contentType", entry.contentType)
        put("metadata", JsonObject(entry.metadata.mapValues { JsonPrimitive(it.value) }))
    },
)

/** The members of the statistics. */
fun outcomeOf(stats: VaultStats) = Value(
    buildJsonObject {
        put("sequence", stats.sequence)
        put("tailOperations", stats.tailOperations)
        put("chunkBytes", stats.chunkBytes)
        put("convergence", stats.convergence.name.lowercase())
        put("futureCommitMs", stats.futureCommitMs)
        put("indexRequests", stats.indexRequests)
        put("indexBytes", stats.indexBytes)
        put("contentRequests", stats.contentRequests)
        put("contentBytes", stats.contentBytes)
        put("commits", stats.commits)
        put("spills", stats.spills)
        put("conflicts", stats.conflicts)
    },
)

/** A sorted list of names with the cursor after it. */
fun outcomeOf(members: String, names: List<String>, next: String?) = Value(
    buildJsonObject {
        put(members, JsonArray(names.map(::JsonPrimitive)))
        put("count", names.size)
        put("next", next)
    },
)

/** What is known of an object, or nothing. */
fun outcomeOf(meta: ObjectMeta?) = Value(
    if (meta == null) {
        JsonNull
    } else {
        buildJsonObject {
            put("size", meta.size)
            put("modifiedMs", meta.modifiedMs)
        }
    },
)

/** What is left of a delete of many. */
fun outcomeOf(left: List<NotDeleted>): Outcome {
    val members = left.map {
        buildJsonObject {
            put("key", it.key)
            put("code", it.error.code)
        }
    }
    return Value(JsonArray(members))
}
