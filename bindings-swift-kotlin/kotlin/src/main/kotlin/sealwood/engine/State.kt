package sealwood.engine

import sealwood.ffi.CoreCompared
import sealwood.ffi.CoreDifferenceKind
import sealwood.ffi.CoreRowDifference
import sealwood.ffi.CoreStateDifference
import sealwood.ffi.CoreTrackedState
import sealwood.ffi.CoreTracking
import sealwood.ffi.CoreVerifiedState
import sealwood.signed

/** Whether a hash of all rows of a namespace is kept. */
public enum class Tracking {
    /** None is. */
    OFF,

    /** One, of 2 KiB. */
    WHOLE,

    /**
     * One for each of 256 buckets of keys, of which those with rows take 2 KiB each: a difference is found
     * by reading one row in 256.
     */
    BUCKETS,
    ;

    internal fun core(): CoreTracking =
        when (this) {
            OFF -> CoreTracking.OFF
            WHOLE -> CoreTracking.WHOLE
            BUCKETS -> CoreTracking.BUCKETS
        }
}

/**
 * What is known of the rows of a tracked namespace.
 *
 * @property revision changes up to this revision are counted, later ones are not.
 * @property partition what is counted, under the name of the namespace.
 */
public class TrackedState(public val revision: Long, public val partition: Partition) : AutoCloseable {
    internal constructor(core: CoreTrackedState) : this(core.revision.signed(), Partition(core.partition))

    /** Releases the partition. */
    override fun close(): Unit = partition.close()
}

/**
 * What a full scan of a tracked namespace has found.
 *
 * @property revision the revision at which both were looked at.
 * @property rows how many rows were read.
 * @property difference where the rows are not those that were counted; `null` if they are.
 */
public data class VerifiedState(
    public val revision: Long,
    public val rows: Long,
    public val difference: StateDifference?,
) {
    internal constructor(core: CoreVerifiedState) :
        this(core.revision.signed(), core.rows.signed(), core.difference?.let(::StateDifference))
}

/**
 * Where the rows of a namespace are not those that were counted.
 *
 * @property buckets in these of the 256 buckets, ascending; `null` if it is somewhere.
 */
public data class StateDifference(public val buckets: List<Int>?) {
    internal constructor(core: CoreStateDifference) : this(core.buckets?.numbers())
}

/**
 * What a comparison has looked at and found.
 *
 * @property differences how many rows differ.
 * @property rowsRead how many rows were read: none where the hashes are the same.
 * @property first the first of them in the order of their keys, and no further ones once these have 8 MiB.
 */
public class Compared(
    public val differences: Long,
    public val rowsRead: Long,
    public val first: List<RowDifference>,
) {
    internal constructor(core: CoreCompared) :
        this(core.differences.signed(), core.rowsRead.signed(), core.first.map(::RowDifference))
}

/**
 * A row in which two namespaces differ.
 *
 * @property kind in what.
 * @property key its key.
 */
public class RowDifference(public val kind: Kind, public val key: ByteArray) {
    /** In what a row differs. */
    public enum class Kind {
        /** The first alone has it. */
        ONLY_FIRST,

        /** The second alone has it. */
        ONLY_SECOND,

        /** Both have it, with different values. */
        VALUE,
    }

    internal constructor(core: CoreRowDifference) : this(
        when (core.kind) {
            CoreDifferenceKind.ONLY_FIRST -> Kind.ONLY_FIRST
            CoreDifferenceKind.ONLY_SECOND -> Kind.ONLY_SECOND
            CoreDifferenceKind.VALUE -> Kind.VALUE
        },
        core.key,
    )
}

/** The numbers that bytes are, without a sign. */
internal fun ByteArray.numbers(): List<Int> = map { it.toInt() and 0xff }
