package sealwood.conformance

import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import sealwood.engine.Difference
import sealwood.engine.Domain
import sealwood.engine.LtHash
import sealwood.engine.PartitionedLtHash
import sealwood.engine.RowChange
import sealwood.engine.bucketOf

/** A step that makes a hash of rows, or is taken on one. */
fun takeHash(world: World, verb: String, step: Step): Outcome {
    when (verb) {
        "identity" -> return NoOutcome.also { world[step.maybeText("as")] = LtHash.identity() }
        "decode" -> return NoOutcome.also { world[step.maybeText("as")] = LtHash.decode(step.content()) }
        "bucketOf" -> return Value(bucketOf(step.bytes("key")))
    }
    val hash = world.get<LtHash>(step.text("hash"))
    when (verb) {
        "add" -> {
            val (key, value) = step.bytes("key") to step.bytes("value")
            step.domain { hash.add(it, key, value) }
        }
        "remove" -> {
            val (key, value) = step.bytes("key") to step.bytes("value")
            step.domain { hash.remove(it, key, value) }
        }
        "addBatch" -> step.rows().let { rows -> step.domain { hash.addBatch(it, rows) } }
        "removeBatch" -> step.rows().let { rows -> step.domain { hash.removeBatch(it, rows) } }
        "addRaw" -> hash.addRaw(step.bytes("message"))
        "removeRaw" -> hash.removeRaw(step.bytes("message"))
        "merge" -> hash.merge(world.get<LtHash>(step.text("other")))
        "subtract" -> hash.subtract(world.get<LtHash>(step.text("other")))
        "copy" -> world[step.maybeText("as")] = hash.copy()
        "equals" -> return Value(hash == world.get<LtHash>(step.text("other")))
        "isIdentity" -> return Value(hash.isIdentity())
        "encode" -> return Content(hash.encode())
        "checksum" -> return Value(digitsOf(hash.checksum()))
        else -> unknown(step)
    }
    return NoOutcome
}

/** A step that makes partitions, or is taken on some. */
fun takePartitions(world: World, verb: String, step: Step): Outcome {
    if (verb == "new") {
        val secret = step.maybeSecret()
        world[step.maybeText("as")] = secret?.let(PartitionedLtHash::keyed) ?: PartitionedLtHash()
        return NoOutcome
    }
    val partitions = world.get<PartitionedLtHash>(step.text("partitions"))
    when (verb) {
        "names" -> return Value(JsonArray(partitions.names().map(::spelled)))
        "hash" -> return NoOutcome.also { world[step.maybeText("as")] = partitions.hash() }
        "checksum" -> return Value(digitsOf(partitions.checksum()))
        "differences" -> {
            val differences = partitions.differences(world.get<PartitionedLtHash>(step.text("other")))
            return Value(JsonArray(differences.map(::membersOf)))
        }
    }
    val name = step.bytes("name")
    when (verb) {
        "create" -> partitions.create(name, step.choice("detail"))
        "restore" -> return Value(partitions.restore(name, contentOf(step.value("record")!!)))
        "remove" -> return Value(partitions.remove(name))
        "partition" -> return Value(partitions.partition(name)?.let(::membersOf) ?: JsonNull)
        "record" -> return Content(partitions.partition(name)!!.encode(step.number("version")))
        "apply" -> partitions.apply(name, (step.value("changes") as JsonArray).map(::changeOf))
        "beginBackfill" -> partitions.beginBackfill(name, step.choice("detail"))
        "backfill" -> partitions.backfill(name, step.rows())
        "finishBackfill" -> partitions.finishBackfill(name)
        "forget" -> partitions.forget(name)
        else -> unknown(step)
    }
    return NoOutcome
}

private inline fun Step.domain(block: (Domain) -> Unit) {
    val (name, secret) = bytes("domain") to maybeSecret()
    (secret?.let { Domain.keyed(it, name) } ?: Domain(name)).use(block)
}

private fun changeOf(change: JsonElement): RowChange {
    val members = change as JsonObject
    fun bytes(name: String) = members[name]?.let(::givenBytes)
    return RowChange(checkNotNull(bytes("key")) { "no key" }, bytes("before"), bytes("after"))
}

private fun membersOf(difference: Difference) = buildJsonObject {
    put("partition", spelled(difference.partition))
    put("place", difference.place.spelled)
    difference.buckets?.let { put("buckets", numbers(it)) }
}
