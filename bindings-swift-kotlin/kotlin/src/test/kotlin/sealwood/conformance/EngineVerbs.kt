package sealwood.conformance

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import sealwood.engine.ComparedEngines
import sealwood.engine.Durability
import sealwood.engine.Engine
import sealwood.engine.EngineBatch
import sealwood.engine.EngineConfig
import sealwood.engine.EngineSnapshot
import sealwood.engine.EngineStats
import sealwood.engine.KeyDeleteOptions
import sealwood.engine.KeyPrecondition
import sealwood.engine.KeyPutOptions
import sealwood.engine.Namespace
import sealwood.engine.NamespaceDifference
import sealwood.engine.Vacuum
import sealwood.engine.Verified
import sealwood.engine.VerifiedStates

/** A step that opens an engine, or is taken on one. */
suspend fun takeEngine(world: World, verb: String, step: Step): Outcome {
    when (verb) {
        "memory" -> return NoOutcome.also { world[step.maybeText("as")] = Engine.memory(configOf(step)) }
        "open" -> return NoOutcome.also {
            world[step.maybeText("as")] = Engine.open(step.text("path"), configOf(step))
        }
    }
    val engine = world.get<Engine>(step.text("engine"))
    when (verb) {
        "namespace" -> {
            val (name, least) = step.maybeText("as") to step.maybeNumber("separatedBytesMin")
            world[name] = engine.namespace(step.text("name"), least)
        }
        "namespaces" -> return Said(world, JsonArray(engine.namespaces().map(::JsonPrimitive)))
        "dropNamespace" -> return Value(engine.dropNamespace(step.text("name")))
        "batch" -> world[step.maybeText("as")] = engine.batch()
        "snapshot" -> world[step.maybeText("as")] = engine.snapshot()
        "revision" -> world[step.maybeText("as")] = Revision(engine.revision())
        "needsSync" -> return Value(engine.needsSync())
        "checkpoint" -> return Value(engine.checkpoint())
        "maintain" -> return Value(engine.maintain())
        "sync" -> engine.sync()
        "close" -> engine.shutdown()
        "compact" -> return Value(engine.compact())
        "purgeExpired" -> return Value(engine.purgeExpired())
        "vacuum" -> return outcomeOf(engine.vacuum())
        "stats" -> return outcomeOf(world, engine.stats())
        "verify" -> return outcomeOf(engine.verify(step.maybeInt("firstMax")))
        "verifyState" -> return outcomeOf(engine.verifyState(step.recorder(world)))
        "compare" -> {
            val other = world.get<Engine>(step.text("other"))
            return outcomeOf(engine.compare(other, step.maybeInt("firstMax")))
        }
        else -> unknown(step)
    }
    return NoOutcome
}

/** A step on a batch of an engine. */
suspend fun takeEngineBatch(world: World, batch: EngineBatch, step: Step): Outcome {
    when (step.verb) {
        "put" -> {
            val into = world.get<Namespace>(step.text("in"))
            batch.put(into, step.bytes("key"), step.bytes("value"), step.keyPutOptions(world))
        }
        "delete" -> {
            val from = world.get<Namespace>(step.text("in"))
            batch.delete(from, step.bytes("key"), step.keyDeleteOptions(world))
        }
        "length" -> return Value(batch.length)
        "commit" -> {
            val (name, durability) = step.maybeText("as") to step.choice("durability", Durability.GROUP)
            world[name] = Revision(batch.commit(durability))
        }
        "close" -> batch.close()
        else -> unknown(step)
    }
    return NoOutcome
}

/** A step on a snapshot of an engine. */
fun takeEngineSnapshot(world: World, snapshot: EngineSnapshot, step: Step): Outcome =
    when (step.verb) {
        "namespaces" -> Said(world, JsonArray(snapshot.namespaces().map(::JsonPrimitive)))
        "namespace" -> {
            val (name, found) = step.maybeText("as") to snapshot.namespace(step.text("name"))
            found?.let { world[name] = it }
            Value(found != null)
        }
        else -> unknown(step)
    }

/** How a key is put. */
fun Step.keyPutOptions(world: World) = KeyPutOptions(
    keyPrecondition(world),
    choice("durability", Durability.GROUP),
    maybeNumber("expiresAtMs"),
)

/** How a key is deleted. */
fun Step.keyDeleteOptions(world: World) =
    KeyDeleteOptions(keyPrecondition(world), choice("durability", Durability.GROUP))

private fun Step.keyPrecondition(world: World): KeyPrecondition? =
    when (val text = maybeText("precondition")) {
        null -> null
        "absent" -> KeyPrecondition.Absent
        "present" -> KeyPrecondition.Present
        else -> KeyPrecondition.Revision(world.get<Revision>(text).number)
    }

private fun configOf(step: Step) = EngineConfig(
    access = step.choice("access", EngineConfig.Access.READ_WRITE),
    recovery = step.choice("recovery", EngineConfig.Recovery.CHECKPOINT),
    background = step.choice("backgroundWork", EngineConfig.Background.AUTOMATIC),
    separatedBytesMin = step.maybeNumber("separatedBytesMin"),
    memoryBytesMax = step.maybeNumber("memoryBytesMax"),
    namespacesMax = step.maybeInt("namespacesMax"),
    checkpointIdleMs = step.maybeInt("checkpointIdleMs"),
    watchEventsMax = step.maybeInt("watchEventsMax"),
    watchBytesMax = step.maybeNumber("watchBytesMax"),
)

private fun outcomeOf(vacuum: Vacuum) = Value(
    buildJsonObject {
        put("values", vacuum.values)
        put("valueBytes", vacuum.valueBytes)
    },
)

private fun outcomeOf(verified: Verified) = Value(
    buildJsonObject {
        put("keys", verified.keys)
        put("valueBytes", verified.valueBytes)
        put("findings", verified.findings)
    },
)

private fun outcomeOf(verified: VerifiedStates) = Value(
    buildJsonObject {
        put("rows", verified.rows)
        put("differing", verified.differing)
        put("backfilling", verified.backfilling)
        val namespaces = verified.namespaces.map { (name, state) ->
            JsonObject(membersOf(state) + ("name" to JsonPrimitive(name)))
        }
        put("namespaces", JsonArray(namespaces))
    },
)

private fun outcomeOf(compared: ComparedEngines) = Value(
    buildJsonObject {
        put("namespaces", compared.namespaces)
        put("missing", compared.missing)
        put("notCounted", compared.notCounted)
        put("differences", compared.differences)
        put("rowsRead", compared.rowsRead)
        put("first", JsonArray(compared.first.map(::membersOf)))
    },
)

private fun membersOf(difference: NamespaceDifference) = buildJsonObject {
    put("kind", difference.kind.spelled)
    put("namespace", difference.namespace)
    put("row", difference.row?.let(::membersOf) ?: JsonNull)
}

private fun outcomeOf(world: World, stats: EngineStats) = Said(
    world,
    buildJsonObject {
        put("revision", stats.revision)
        put("durableRevision", stats.durableRevision)
        put("keys", stats.keys)
        put("namespaces", stats.namespaces)
        put("segments", stats.segments)
        put("logDiskBytes", stats.logDiskBytes)
        put("logLiveBytes", stats.logLiveBytes)
        put("indexBytes", stats.indexBytes)
        put("dirtyBytes", stats.dirtyBytes)
        put("logSinceCheckpoint", stats.logSinceCheckpoint)
        put("leases", stats.leases)
        put("logBytesWritten", stats.logBytesWritten)
        put("valueBytesWritten", stats.valueBytesWritten)
        put("relocatedBytes", stats.relocatedBytes)
        put("logSyncs", stats.logSyncs)
        put("checkpointsPublished", stats.checkpointsPublished)
    },
)
