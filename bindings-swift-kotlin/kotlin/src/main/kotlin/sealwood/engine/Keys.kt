package sealwood.engine

import sealwood.ffi.CoreDurability
import sealwood.ffi.CoreEngineValue
import sealwood.ffi.CoreKeyInfo
import sealwood.ffi.CoreKeyPrecondition
import sealwood.ffi.CoreWriteOptions
import sealwood.signed
import sealwood.unsigned

/**
 * The value of a key.
 *
 * @property bytes the bytes; of [Namespace.getRange] those that were asked for.
 * @property revision the revision of the key's last change.
 * @property expiresAtMs when the key expires, in milliseconds since 1970; `null` if it does not.
 */
public class EngineValue(
    public val bytes: ByteArray,
    public val revision: Long,
    public val expiresAtMs: Long?,
) {
    internal constructor(core: CoreEngineValue) :
        this(core.bytes, core.revision.signed(), core.expiresAtMs?.signed())
}

/**
 * What is known of a key without reading its value.
 *
 * @property size the length of the value, in bytes.
 * @property revision the revision of the key's last change.
 * @property expiresAtMs when the key expires, in milliseconds since 1970; `null` if it does not.
 */
public data class KeyInfo(
    public val size: Long,
    public val revision: Long,
    public val expiresAtMs: Long?,
) {
    internal constructor(core: CoreKeyInfo) :
        this(core.size.signed(), core.revision.signed(), core.expiresAtMs?.signed())
}

/** What must hold of a key for a write to take effect; otherwise it fails with `precondition-failed`. */
public sealed interface KeyPrecondition {
    /** There is no such key. */
    public data object Absent : KeyPrecondition

    /** There is such a key. */
    public data object Present : KeyPrecondition

    /**
     * The last change of the key made this revision.
     *
     * @property revision the revision, which a put has given, or a read.
     */
    public data class Revision(public val revision: Long) : KeyPrecondition
}

/** When a write is acknowledged. */
public enum class Durability {
    /** At once: it is durable after the next sync, whoever asks for it. */
    NONE,

    /** Once a sync has covered it that may be shared with other writers. */
    GROUP,

    /** Once a sync has covered it that begins now. */
    SYNC,
}

/**
 * How a value is put.
 *
 * @property precondition what must hold of the key; nothing if `null`.
 * @property durability when it is acknowledged. In a batch that of the commit counts.
 * @property expiresAtMs when the key expires, in milliseconds since 1970; never if `null`.
 */
public data class KeyPutOptions(
    public val precondition: KeyPrecondition? = null,
    public val durability: Durability = Durability.GROUP,
    public val expiresAtMs: Long? = null,
) {
    internal fun core() = CoreWriteOptions(
        precondition = precondition.core(),
        durability = durability.core(),
        expiresAtMs = expiresAtMs?.let { unsigned(it, "expiresAtMs") },
    )
}

/**
 * How a key is deleted.
 *
 * @property precondition what must hold of the key; nothing if `null`.
 * @property durability when it is acknowledged. In a batch that of the commit counts.
 */
public data class KeyDeleteOptions(
    public val precondition: KeyPrecondition? = null,
    public val durability: Durability = Durability.GROUP,
) {
    internal fun core() = CoreWriteOptions(precondition.core(), durability.core(), expiresAtMs = null)
}

internal fun Durability.core(): CoreDurability =
    when (this) {
        Durability.NONE -> CoreDurability.NONE
        Durability.GROUP -> CoreDurability.GROUP
        Durability.SYNC -> CoreDurability.SYNC
    }

private fun KeyPrecondition?.core(): CoreKeyPrecondition =
    when (this) {
        null -> CoreKeyPrecondition.None
        KeyPrecondition.Absent -> CoreKeyPrecondition.Absent
        KeyPrecondition.Present -> CoreKeyPrecondition.Present
        is KeyPrecondition.Revision -> CoreKeyPrecondition.Revision(unsigned(revision, "revision"))
    }
