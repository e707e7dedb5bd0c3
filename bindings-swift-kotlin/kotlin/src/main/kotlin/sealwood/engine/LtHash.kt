package sealwood.engine

import sealwood.Lease
import sealwood.ffi.CoreLtHash
import sealwood.ffi.CoreRow
import sealwood.typed

/**
 * The hash of a set of rows, which follows every change in constant time: 1,024 numbers of 16 bits, each
 * the sum of those of the rows' elements. Order does not matter, and the hash of two sets together is the
 * sum of their hashes. `docs/LTHASH.md` of the repository says what equality proves.
 *
 * A row that is added twice counts twice, and one that is removed without having been added leaves a hash
 * that no set has. Calls may run concurrently, and are computed at once.
 */
public class LtHash internal constructor(private val core: CoreLtHash) : AutoCloseable {
    private val lease = Lease(core)

    /** Adds a row. */
    public fun add(domain: Domain, key: ByteArray, value: ByteArray): Unit =
        domain.lease.hold { typed { core.add(it, key, value) } }

    /** Removes a row that was added before. */
    public fun remove(domain: Domain, key: ByteArray, value: ByteArray): Unit =
        domain.lease.hold { typed { core.remove(it, key, value) } }

    /** Adds many rows, keys and values, several times as fast as one by one. */
    public fun addBatch(domain: Domain, rows: Iterable<Pair<ByteArray, ByteArray>>): Unit =
        domain.lease.hold { typed { core.addBatch(it, rows.core()) } }

    /** Removes many rows. */
    public fun removeBatch(domain: Domain, rows: Iterable<Pair<ByteArray, ByteArray>>): Unit =
        domain.lease.hold { typed { core.removeBatch(it, rows.core()) } }

    /** Adds a message as it is, without a domain, as the hash of other implementations does. */
    public fun addRaw(message: ByteArray): Unit = typed { core.addRaw(message) }

    /** Removes such a message. */
    public fun removeRaw(message: ByteArray): Unit = typed { core.removeRaw(message) }

    /** Adds all rows of another hash. */
    public fun merge(other: LtHash): Unit = other.lease.hold { typed { core.merge(it) } }

    /** Removes all rows of another hash. */
    public fun subtract(other: LtHash): Unit = other.lease.hold { typed { core.subtract(it) } }

    /** Whether it is the hash of no rows, in constant time. */
    public fun isIdentity(): Boolean = typed { core.isIdentity() }

    /** Whether [other] is the same hash, in constant time. */
    override fun equals(other: Any?): Boolean =
        other is LtHash && other.lease.hold { typed { core.isSame(it) } }

    /** Follows the rows, as [equals] does: a hash that still changes is no key of a map. */
    override fun hashCode(): Int = checksum().contentHashCode()

    /** Its 2,048 bytes. */
    public fun encode(): ByteArray = typed { core.encode() }

    /** The 32 bytes of its BLAKE3 hash, to show and to compare. */
    public fun checksum(): ByteArray = typed { core.checksum() }

    /** The same in a handle of its own. */
    public fun copy(): LtHash = LtHash(typed { core.duplicate() })

    /** Releases it. */
    override fun close(): Unit = lease.close()

    public companion object {
        /** The hash of no rows. */
        public fun identity(): LtHash = LtHash(CoreLtHash.identity())

        /** The hash that [encode] gave; `hash-length` unless there are 2,048 bytes. */
        public fun decode(bytes: ByteArray): LtHash = LtHash(typed { CoreLtHash.decode(bytes) })
    }
}

internal fun Iterable<Pair<ByteArray, ByteArray>>.core() = map { (key, value) -> CoreRow(key, value) }
