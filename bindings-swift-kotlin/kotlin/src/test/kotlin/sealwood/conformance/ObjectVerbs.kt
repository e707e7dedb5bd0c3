package sealwood.conformance

import kotlin.experimental.xor
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonPrimitive
import sealwood.BlobStore
import sealwood.Precondition

/** A step on the objects of a store, beneath any vault. */
suspend fun takeObject(world: World, verb: String, step: Step): Outcome {
    val store = world.get<Store>(step.text("store")).blobs
    when (verb) {
        "list" -> return list(world, store, step)
        "copy" -> {
            val (from, to) = step.text("from") to step.text("to")
            store.put(to, store.get(from).bytes)
            return NoOutcome
        }
        "deleteMany" -> return outcomeOf(store.deleteMany(keysOf(world, step)))
    }
    val key = keyOf(world, step)
    return when (verb) {
        "get" -> {
            val (name, found) = step.maybeText("as") to store.get(key)
            world[name] = Etag(found.etag)
            Content(found.bytes)
        }
        "getRange" -> Content(store.getRange(key, step.number("offset"), step.number("length")))
        "put" -> {
            val (name, precondition) = step.maybeText("as") to preconditionOf(world, step)
            world[name] = Etag(store.put(key, step.content(), precondition))
            NoOutcome
        }
        "delete" -> NoOutcome.also { store.delete(key) }
        "head" -> {
            val (name, meta) = step.maybeText("as") to store.head(key)
            meta?.etag?.let { world[name] = Etag(it) }
            outcomeOf(meta)
        }
        "corrupt" -> NoOutcome.also { store.put(key, corrupted(store.get(key).bytes, step)) }
        else -> unknown(step)
    }
}

private fun keyOf(world: World, step: Step): String {
    step.maybeText("key")?.let { return it }
    val keys = world.get<Keys>(step.text("keys")).keys
    val index = Math.toIntExact(step.number("index"))
    return checkNotNull(keys.getOrNull(index)) { "there are ${keys.size} keys" }
}

/** The keys that a step lists, or that have a name. */
private fun keysOf(world: World, step: Step): List<String> =
    when (val keys = step.value("keys")) {
        is JsonArray -> keys.map { (it as JsonPrimitive).content }
        else -> world.get<Keys>(step.text("keys")).keys
    }

private fun preconditionOf(world: World, step: Step): Precondition {
    val (absent, matches) = step.flag("absent") to step.maybeText("matches")
    check(!absent || matches == null) { "either absent or matches" }
    return when {
        absent -> Precondition.Absent
        matches != null -> Precondition.Matches(world.get<Etag>(matches).text)
        else -> Precondition.None
    }
}

private suspend fun list(world: World, store: BlobStore, step: Step): Outcome {
    val limit = Math.toIntExact(step.maybeNumber("limit") ?: BlobStore.LIST_LIMIT_MAX.toLong())
    val (name, after) = step.maybeText("as") to step.maybeText("startAfter")
    val page = store.list(step.text("prefix"), after, limit)
    val known = step.maybeText("without")?.let { world.get<Keys>(it).keys } ?: emptyList()
    val keys = page.objects.map { it.key }.filter { it !in known }
    world[name] = Keys(keys)
    return outcomeOf("keys", keys, page.next)
}

/** The object with one bit flipped, or its first bytes alone. */
private fun corrupted(bytes: ByteArray, step: Step): ByteArray {
    val (bit, kept) = step.maybeNumber("bit") to step.maybeNumber("truncate")
    check((bit == null) != (kept == null)) { "either bit or truncate" }
    if (kept != null) return bytes.copyOf(Math.toIntExact(kept)).also { check(kept < bytes.size) }
    val (at, mask) = Math.toIntExact(bit!! / 8) to (1 shl (bit % 8).toInt()).toByte()
    return bytes.copyOf().also { it[at] = it[at] xor mask }
}
