package sealwood.conformance

import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.long

/** The bytes that [value] stands for: text, hexadecimal digits, or a seed and a size. */
fun contentOf(value: JsonElement): ByteArray {
    val members = checkNotNull(value as? JsonObject) { "no content: $value" }
    fun text(name: String) = (members.getValue(name) as JsonPrimitive).content
    fun number(name: String) = (members.getValue(name) as JsonPrimitive).long
    return when (members.keys) {
        setOf("text") -> text("text").toByteArray()
        setOf("hex") -> bytesOf(text("hex"))
        setOf("seed", "size") -> sequence(number("seed"), 0, number("size"))
        setOf("seed", "size", "from") -> sequence(number("seed"), number("from"), number("size"))
        else -> error("no content: $value")
    }
}

private fun sequence(seed: Long, from: Long, size: Long) = ByteArray(Math.toIntExact(size)) { at ->
    val index = from + at
    (seed + 31 * index + index / 251).toByte()
}

/** The bytes of hexadecimal digits. */
fun bytesOf(digits: String): ByteArray {
    check(digits.length % 2 == 0) { "half a byte: $digits" }
    return ByteArray(digits.length / 2) { digits.substring(2 * it, 2 * it + 2).toInt(16).toByte() }
}

/** Hexadecimal digits of bytes. */
fun digitsOf(bytes: ByteArray): String = bytes.joinToString("") { "%02x".format(it) }

/** Bytes as a person can read them. */
fun shown(bytes: ByteArray): String =
    if (bytes.size <= 16) "${bytes.size} bytes ${digitsOf(bytes)}" else "${bytes.size} bytes"
