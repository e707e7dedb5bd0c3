package sealwood.conformance

import java.io.File
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive

/** The scenarios of [file], with [variables] filled in. */
fun scenariosOf(file: File, variables: Map<String, String>): List<Scenario> {
    val document = Json.parseToJsonElement(file.readText())
    val scenarios = document as? JsonArray ?: listOf(document)
    return scenarios.map { scenario ->
        val spelled = ((scenario as? JsonObject)?.get("name") as? JsonPrimitive)?.content ?: "$file"
        runCatching { Scenario.of(filled(scenario, variables) as JsonObject) }
            .getOrElse { Scenario(spelled, emptyList(), it.message ?: "not a scenario") }
    }
}

/** [value] with every variable in its strings and names of members replaced. */
fun filled(value: JsonElement, variables: Map<String, String>): JsonElement =
    when (value) {
        is JsonObject -> JsonObject(
            value.entries.associate { (name, member) ->
                filled(name, variables) to filled(member, variables)
            },
        )
        is JsonArray -> JsonArray(value.map { filled(it, variables) })
        is JsonPrimitive ->
            if (value.isString) JsonPrimitive(filled(value.content, variables)) else value
    }

private val variable = Regex("""\$\{([^}]*)}""")

private fun filled(text: String, variables: Map<String, String>): String =
    variable.replace(text) { match ->
        val name = match.groupValues[1]
        requireNotNull(variables[name]) { "no variable $name" }
    }
