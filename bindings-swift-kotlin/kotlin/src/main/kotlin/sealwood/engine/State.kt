package sealwood.engine

import sealwood.ffi.CoreStateDifference
import sealwood.ffi.CoreTrackedState
import sealwood.ffi.CoreTracking
import sealwood.ffi.CoreVerifiedNamespace
import sealwood.ffi.CoreVerifiedState
import sealwood.ffi.CoreVerifiedStates
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
 * @property isBackfilling whether not all rows are counted yet: only those that were by then are read.
 * @property difference where the rows are not those that were counted; `null` if they are.
 */
public data class VerifiedState(
    public val revision: Long,
    public val rows: Long,
    public val isBackfilling: Boolean,
    public val difference: StateDifference?,
) {
    internal constructor(core: CoreVerifiedState) : this(
        core.revision.signed(),
        core.rows.signed(),
        core.isBackfilling,
        core.difference?.let(::StateDifference),
    )
}

/**
 * What full scans of all tracked namespaces have found.
 *
 * @property rows how many rows were read.
 * @property differing of how many namespaces the rows are not those that were counted.
 * @property backfilling of how many not all rows are counted yet.
 * @property namespaces what was found of each that is tracked, in the order of their names.
 */
public data class VerifiedStates(
    public val rows: Long,
    public val differing: Long,
    public val backfilling: Long,
    public val namespaces: List<VerifiedNamespace>,
) {
    internal constructor(core: CoreVerifiedStates) : this(
        core.rows.signed(),
        core.differing.signed(),
        core.backfilling.signed(),
        core.namespaces.map(::VerifiedNamespace),
    )
}

/**
 * What a full scan of one of the namespaces has found.
 *
 * @property name its name.
 * @property state what was found.
 */
public data class VerifiedNamespace(public val name: String, public val state: VerifiedState) {
    internal constructor(core: CoreVerifiedNamespace) : this(core.name, VerifiedState(core.state))
}

/**
 * Where the rows of a namespace are not those that were counted.
 *
 * @property buckets in these of the 256 buckets, ascending; `null` if it is somewhere.
 */
public data class StateDifference(public val buckets: List<Int>?) {
    internal constructor(core: CoreStateDifference) : this(core.buckets?.numbers())
}

/** The numbers that bytes are, without a sign. */
internal fun ByteArray.numbers(): List<Int> = map { it.toInt() and 0xff }
