package sealwood.conformance

import java.io.File
import kotlin.system.exitProcess
import kotlinx.coroutines.runBlocking

/**
 * Runs scenarios against the Kotlin API: `scenario FILE... --var NAME=VALUE... --each
 * NAME=VALUE,VALUE...`, as `conformance/scenarios/README.md` has it.
 */
fun main(arguments: Array<String>) {
    val report = Arguments.parse(arguments.toList()).run(::println)
    println(report)
    exitProcess(if (report.failed == 0) 0 else 1)
}

/** What the runner was started with. */
class Arguments(
    private val files: List<String>,
    private val variables: Map<String, String>,
    private val each: Pair<String, String>?,
) {
    /** Runs every scenario and says in [out] which failed. */
    fun run(out: (String) -> Unit): Report {
        var report = Report()
        for (variables in variableSets()) {
            for (scenario in files.flatMap { scenariosOf(File(it), variables) }) {
                val failure = runBlocking { scenario.run() }
                if (failure != null) out("failed: ${scenario.name}: $failure")
                report += failure == null
            }
        }
        return report
    }

    private fun variableSets(): List<Map<String, String>> {
        val (name, values) = each ?: return listOf(variables)
        return values.split(',').map { variables + (name to it) }
    }

    companion object {
        fun parse(words: List<String>): Arguments {
            require(words.firstOrNull() == "scenario") { "usage: scenario FILE..." }
            val files = mutableListOf<String>()
            val variables = mutableMapOf<String, String>()
            var each: Pair<String, String>? = null
            val rest = words.drop(1).iterator()
            while (rest.hasNext()) {
                when (val word = rest.next()) {
                    "--var" -> variables += pair(rest.next())
                    "--each" -> each = pair(rest.next()).also { require(each == null) { "two --each" } }
                    else -> files += word
                }
            }
            require(files.isNotEmpty()) { "no file of scenarios" }
            return Arguments(files, variables, each)
        }

        private fun pair(text: String): Pair<String, String> {
            require('=' in text) { "expected NAME=VALUE, not $text" }
            return text.substringBefore('=') to text.substringAfter('=')
        }
    }
}

/** How many scenarios did what they say. */
data class Report(val passed: Int = 0, val failed: Int = 0) {
    operator fun plus(passes: Boolean): Report =
        if (passes) copy(passed = passed + 1) else copy(failed = failed + 1)

    override fun toString(): String {
        val word = if (failed == 0) "ok" else "FAILED"
        return "test result: $word. $passed passed; $failed failed; 0 ignored"
    }
}
