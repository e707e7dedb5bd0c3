package sealwood.conformance

import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import sealwood.engine.Compared
import sealwood.engine.EngineValue
import sealwood.engine.KeyInfo
import sealwood.engine.Namespace
import sealwood.engine.NamespaceSnapshot
import sealwood.engine.Partition
import sealwood.engine.RowDifference
import sealwood.engine.ScanEntry
import sealwood.engine.ScanKey
import sealwood.engine.ScanOptions
import sealwood.engine.VerifiedState

/** A step on a namespace. */
suspend fun takeNamespace(world: World, namespace: Namespace, step: Step): Outcome {
    when (step.verb) {
        "get" -> return contentOrNull(namespace.get(step.bytes("key")))
        "getRange" -> return contentOrNull(
            namespace.getRange(step.bytes("key"), step.number("offset"), step.number("length")),
        )
        "info" -> return outcomeOf(world, namespace.info(step.bytes("key")))
        "put" -> {
            val (name, options) = step.maybeText("as") to step.keyPutOptions(world)
            world[name] = Revision(namespace.put(step.bytes("key"), step.bytes("value"), options))
        }
        "delete" -> return Value(namespace.delete(step.bytes("key"), step.keyDeleteOptions(world)))
        "expireAt" -> return Value(namespace.expireAt(step.bytes("key"), step.number("ms")))
        "persist" -> return Value(namespace.persist(step.bytes("key")))
        "renamePrefix" -> return Value(namespace.renamePrefix(step.bytes("from"), step.bytes("to")))
        "longestPrefix" ->
            return Value(namespace.longestPrefix(step.bytes("key"))?.let(::JsonPrimitive) ?: JsonNull)
        "length" -> return Value(namespace.length())
        "scan" -> return rowsOf(namespace.scan(step.scanOptions()), step)
        "scanKeys" -> return keysOf(namespace.scanKeys(step.scanOptions()), step)
        "openScan" -> world[step.maybeText("as")] = OpenScan(namespace.openScan(step.scanOptions()))
        "snapshot" -> world[step.maybeText("as")] = namespace.snapshot()
        "watch" -> {
            val (name, prefix) = step.maybeText("as") to (step.maybeBytes("prefix") ?: ByteArray(0))
            world[name] = OpenWatch(namespace.openWatch(prefix, since(world, step)))
        }
        "track" -> return Value(namespace.track(step.choice("tracking")))
        "trackedState" -> {
            val state = namespace.trackedState() ?: return Value(JsonNull)
            val revision = "revision" to JsonPrimitive(state.revision)
            return Said(world, JsonObject(membersOf(state.partition) + revision))
        }
        "backfill" -> namespace.backfill(step.recorder(world))
        "verifyState" -> return outcomeOf(world, namespace.verifyState(step.recorder(world)))
        "compare" -> {
            val other = world.get<Namespace>(step.text("other"))
            return outcomeOf(namespace.compare(other, step.maybeInt("firstMax")))
        }
        else -> unknown(step)
    }
    return NoOutcome
}

/** A step on a snapshot of a namespace. */
suspend fun takeNamespaceSnapshot(world: World, snapshot: NamespaceSnapshot, step: Step): Outcome {
    when (step.verb) {
        "get" -> return contentOrNull(snapshot.get(step.bytes("key")))
        "info" -> return outcomeOf(world, snapshot.info(step.bytes("key")))
        "scan" -> return rowsOf(snapshot.scan(step.scanOptions()), step)
        "scanKeys" -> return keysOf(snapshot.scanKeys(step.scanOptions()), step)
        "openScan" -> world[step.maybeText("as")] = OpenScan(snapshot.openScan(step.scanOptions()))
        "revision" -> world[step.maybeText("as")] = Revision(snapshot.revision)
        else -> unknown(step)
    }
    return NoOutcome
}

/** The members of a partition. */
fun membersOf(partition: Partition): JsonObject = buildJsonObject {
    val isValid = partition.state == Partition.State.VALID
    put("name", spelled(partition.name))
    put("state", partition.state.spelled)
    put("cursor", partition.cursor?.let(::spelled) ?: JsonNull)
    put("detail", partition.detail.spelled)
    put("rows", partition.rows)
    put("bytes", partition.bytes)
    put("checksum", if (isValid) digitsOf(partition.checksum()) else null)
    put("buckets", numbers(partition.buckets()))
}

/** The members of what a full scan has found, but for its revision. */
fun membersOf(verified: VerifiedState): JsonObject = buildJsonObject {
    val difference = verified.difference?.let { difference ->
        buildJsonObject { put("buckets", difference.buckets?.let(::numbers) ?: JsonNull) }
    }
    put("rows", verified.rows)
    put("isBackfilling", verified.isBackfilling)
    put("difference", difference ?: JsonNull)
}

/** The members of a row that differs. */
fun membersOf(row: RowDifference): JsonObject = buildJsonObject {
    put("kind", row.kind.spelled)
    put("key", spelled(row.key))
}

/** Numbers in order. */
fun numbers(numbers: List<Int>) = JsonArray(numbers.map(::JsonPrimitive))

/** An entry as a row. */
fun rowOf(entry: ScanEntry): JsonElement = JsonArray(listOf(spelled(entry.key), spelled(entry.value)))

private fun Step.scanOptions() = ScanOptions(
    prefix = maybeBytes("prefix") ?: ByteArray(0),
    start = maybeBytes("start"),
    end = maybeBytes("end"),
    startAfter = maybeBytes("startAfter"),
    order = choice("order", ScanOptions.Order.ASCENDING),
    limit = maybeNumber("limit"),
)

private fun since(world: World, step: Step): Long? {
    val since = step.value("since") as JsonPrimitive? ?: return null
    return if (since.isString) world.get<Revision>(since.content).number else step.number("since")
}

private fun contentOrNull(value: EngineValue?): Outcome = value?.let { Content(it.bytes) } ?: Value(JsonNull)

private suspend fun rowsOf(entries: Flow<ScanEntry>, step: Step): Outcome =
    Value(JsonArray(taken(entries, step).map(::rowOf).toList()))

private suspend fun keysOf(keys: Flow<ScanKey>, step: Step): Outcome =
    Value(JsonArray(taken(keys, step).map { spelled(it.key) }.toList()))

private fun <T> taken(items: Flow<T>, step: Step): Flow<T> =
    step.maybeInt("take")?.let(items::take) ?: items

private fun outcomeOf(world: World, info: KeyInfo?): Outcome {
    if (info == null) return Value(JsonNull)
    val members = buildJsonObject {
        put("size", info.size)
        put("revision", info.revision)
        put("expiresAtMs", info.expiresAtMs)
    }
    return Said(world, members)
}

private fun outcomeOf(world: World, verified: VerifiedState): Outcome {
    val revision = "revision" to JsonPrimitive(verified.revision)
    return Said(world, JsonObject(membersOf(verified) + revision))
}

private fun outcomeOf(compared: Compared): Outcome {
    val members = buildJsonObject {
        put("differences", compared.differences)
        put("rowsRead", compared.rowsRead)
        put("first", JsonArray(compared.first.map(::membersOf)))
    }
    return Value(members)
}
