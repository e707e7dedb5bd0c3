package sealwood.engine

import sealwood.ffi.CoreOrder
import sealwood.ffi.CoreScanEntry
import sealwood.ffi.CoreScanKey
import sealwood.ffi.CoreScanOptions
import sealwood.signed
import sealwood.unsigned

/**
 * Which keys are scanned, and how. All that is given counts.
 *
 * @property prefix only keys that begin with it.
 * @property start the first key; no bound if `null`, as for the others.
 * @property end the key before which it ends.
 * @property startAfter only what comes after this key, in the order of the scan.
 * @property order in which order.
 * @property limit the most keys.
 */
public class ScanOptions(
    public val prefix: ByteArray = ByteArray(0),
    public val start: ByteArray? = null,
    public val end: ByteArray? = null,
    public val startAfter: ByteArray? = null,
    public val order: Order = Order.ASCENDING,
    public val limit: Long? = null,
) {
    /** In which order keys are given: that of their bytes, without a sign. */
    public enum class Order {
        /** From the first key to the last. */
        ASCENDING,

        /** From the last key to the first. */
        DESCENDING,
    }

    internal fun core() = CoreScanOptions(
        prefix = prefix,
        start = start,
        end = end,
        startAfter = startAfter,
        order = when (order) {
            Order.ASCENDING -> CoreOrder.ASCENDING
            Order.DESCENDING -> CoreOrder.DESCENDING
        },
        limit = limit?.let { unsigned(it, "limit") },
    )
}

/**
 * A key and its value.
 *
 * @property key the key.
 * @property value the value.
 * @property revision the revision of the key's last change.
 * @property expiresAtMs when the key expires, in milliseconds since 1970; `null` if it does not.
 */
public class ScanEntry(
    public val key: ByteArray,
    public val value: ByteArray,
    public val revision: Long,
    public val expiresAtMs: Long?,
) {
    internal constructor(core: CoreScanEntry) :
        this(core.key, core.value, core.revision.signed(), core.expiresAtMs?.signed())
}

/**
 * A key and what is known of it without reading its value.
 *
 * @property key the key.
 * @property size the length of the value, in bytes.
 * @property revision the revision of the key's last change.
 * @property expiresAtMs when the key expires, in milliseconds since 1970; `null` if it does not.
 */
public class ScanKey(
    public val key: ByteArray,
    public val size: Long,
    public val revision: Long,
    public val expiresAtMs: Long?,
) {
    internal constructor(core: CoreScanKey) :
        this(core.key, core.size.signed(), core.revision.signed(), core.expiresAtMs?.signed())
}
