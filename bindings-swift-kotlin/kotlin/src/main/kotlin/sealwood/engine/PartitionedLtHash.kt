package sealwood.engine

import sealwood.Lease
import sealwood.ffi.CoreDifference
import sealwood.ffi.CorePartitionedLtHash
import sealwood.ffi.CorePlace
import sealwood.ffi.CoreRowChange
import sealwood.lending
import sealwood.signed
import sealwood.typed

/**
 * The partitions of some data. Their hash is the sum of the partitions' hashes. A name there is no
 * partition of is an `invalid-argument`; one has up to 255 bytes, else `domain-length`. No partition counts
 * 2^64 rows or bytes: `too-many-rows`. Calls may run concurrently, and are computed at once.
 */
public class PartitionedLtHash private constructor(private val core: CorePartitionedLtHash) :
    AutoCloseable {
    private val lease = Lease(core)

    /** A state without partitions, whose elements anybody can compute. */
    public constructor() : this(CorePartitionedLtHash())

    /** Makes a partition that is known to have no rows. `partition-exists` if the name is taken. */
    public fun create(name: ByteArray, detail: Detail): Unit = typed { core.create(name, detail.core()) }

    /**
     * Takes a partition up from its record. The version of the data it was stored at. `malformed`,
     * `unsupported-version` or `other-partition` where the record is not one of this partition,
     * `partition-exists` if the name is taken.
     */
    public fun restore(name: ByteArray, record: ByteArray): Long =
        typed { core.restore(name, record) }.signed()

    /** Drops a partition. Whether there was one. */
    public fun remove(name: ByteArray): Boolean = typed { core.remove(name) }

    /** The names of the partitions, ascending. */
    public fun names(): List<ByteArray> = typed { core.names() }

    /** A partition as it is now, or `null` if there is none of this name. */
    public fun partition(name: ByteArray): Partition? = typed { core.partition(name) }?.let(::Partition)

    /**
     * Follows changes of rows: all of them, or those up to the cursor of a backfill. `no-such-row` if more
     * is removed than there is: then nothing is changed. `state-not-valid` of an absent partition.
     */
    public fun apply(name: ByteArray, changes: Iterable<RowChange>): Unit =
        typed { core.apply(name, changes.map { it.core() }) }

    /** Begins to count rows that are there already, from the first on. */
    public fun beginBackfill(name: ByteArray, detail: Detail): Unit =
        typed { core.beginBackfill(name, detail.core()) }

    /**
     * Counts the next rows of a backfill, keys and values in ascending order of their keys.
     * `rows-not-ascending` if they are not, `state-not-backfilling` if none was begun.
     */
    public fun backfill(name: ByteArray, rows: Iterable<Pair<ByteArray, ByteArray>>): Unit =
        typed { core.backfill(name, rows.core()) }

    /** Ends a backfill that has met all rows. `state-not-backfilling` if none was begun. */
    public fun finishBackfill(name: ByteArray): Unit = typed { core.finishBackfill(name) }

    /** Forgets all that is known of a partition. */
    public fun forget(name: ByteArray): Unit = typed { core.forget(name) }

    /** The hash of all rows. `state-not-valid` unless all rows of all partitions are counted. */
    public fun hash(): LtHash = LtHash(typed { core.hash() })

    /** The 32 bytes of its checksum. `state-not-valid` as of [hash]. */
    public fun checksum(): ByteArray = typed { core.checksum() }

    /**
     * Where another state differs from this one, in the order of the partitions' names; none if both are
     * of the same rows. `state-not-valid` if rows of a partition that both have are not all counted.
     */
    public fun differences(other: PartitionedLtHash): List<Difference> =
        other.lease.hold { theirs -> typed { core.differences(theirs) }.map(::Difference) }

    /** Wipes and releases it. Partitions and hashes that it gave stay. */
    override fun close(): Unit = lease.close()

    public companion object {
        /**
         * A state without partitions, whose elements are made with a secret of 32 bytes, else
         * `invalid-argument`.
         */
        public fun keyed(secret: ByteArray): PartitionedLtHash =
            PartitionedLtHash(lending(secret, CorePartitionedLtHash::keyed))
    }
}

/**
 * A row before and after a change.
 *
 * @property key its key.
 * @property before its value until now; `null` if there was no such row.
 * @property after its value from now on; `null` if there is no such row any more.
 */
public class RowChange(
    public val key: ByteArray,
    public val before: ByteArray? = null,
    public val after: ByteArray? = null,
) {
    internal fun core() = CoreRowChange(key, before, after)
}

/**
 * Where two states differ.
 *
 * @property partition the name of the partition.
 * @property place whether one of the two alone has it, or where in it they differ.
 * @property buckets the buckets that differ, ascending, where the place is [Place.BUCKETS]; else `null`.
 */
public class Difference(
    public val partition: ByteArray,
    public val place: Place,
    public val buckets: List<Int>?,
) {
    /** Where in a partition two states differ. */
    public enum class Place {
        /** The first alone has it. */
        ONLY_FIRST,

        /** The second alone has it. */
        ONLY_SECOND,

        /** Somewhere in it. */
        SOMEWHERE,

        /** In some of its buckets, which both have. */
        BUCKETS,
    }

    internal constructor(core: CoreDifference) : this(
        partition = core.partition,
        place = when (core.place) {
            CorePlace.OnlyFirst -> Place.ONLY_FIRST
            CorePlace.OnlySecond -> Place.ONLY_SECOND
            CorePlace.Somewhere -> Place.SOMEWHERE
            is CorePlace.Buckets -> Place.BUCKETS
        },
        buckets = (core.place as? CorePlace.Buckets)?.v1?.numbers(),
    )
}
