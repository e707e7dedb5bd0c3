package sealwood.engine

import sealwood.ffi.CoreDetail
import sealwood.ffi.CorePartition
import sealwood.ffi.CorePartitionState
import sealwood.signed
import sealwood.typed
import sealwood.unsigned

/** How closely a partition is hashed. */
public enum class Detail {
    /** One hash for all, of 2 KiB. */
    WHOLE,

    /** One for each of 256 buckets of keys, of which those with rows take 2 KiB each. */
    BUCKETS,
    ;

    internal fun core(): CoreDetail =
        when (this) {
            WHOLE -> CoreDetail.WHOLE
            BUCKETS -> CoreDetail.BUCKETS
        }
}

/** A named part of some data, as it was when it was asked for, and what is known of it. */
public class Partition internal constructor(private val core: CorePartition) : AutoCloseable {
    /** How far the rows of a partition are counted. */
    public enum class State {
        /** Nothing is known of them. */
        ABSENT,

        /** Those up to some key are. */
        BACKFILLING,

        /** All are. */
        VALID,
    }

    private val info = typed { core.info() }

    /** Its name. */
    public val name: ByteArray
        get() = info.name.copyOf()

    /** How far its rows are counted. */
    public val state: State =
        when (info.state) {
            CorePartitionState.ABSENT -> State.ABSENT
            CorePartitionState.BACKFILLING -> State.BACKFILLING
            CorePartitionState.VALID -> State.VALID
        }

    /** Of a backfill the last key that was counted; `null` before the first, and where there is none. */
    public val cursor: ByteArray?
        get() = info.cursor?.copyOf()

    /** How closely it is hashed. */
    public val detail: Detail =
        when (info.detail) {
            CoreDetail.WHOLE -> Detail.WHOLE
            CoreDetail.BUCKETS -> Detail.BUCKETS
        }

    /** How many rows are counted; `null` where that is not known. */
    public val rows: Long?
        get() = info.rows?.signed()

    /** How many bytes their keys and values have; `null` where that is not known. */
    public val bytes: Long?
        get() = info.bytes?.signed()

    /** The hash of its rows. `state-not-valid` unless all are counted. */
    public fun hash(): LtHash = LtHash(typed { core.hash() })

    /** The 32 bytes of the checksum of its hash. `state-not-valid` unless all are counted. */
    public fun checksum(): ByteArray = hash().use { it.checksum() }

    /** The numbers of the buckets that have rows, ascending; none without buckets. */
    public fun buckets(): List<Int> = info.buckets.numbers()

    /** Its record at a [version] of the data, for [PartitionedLtHash.restore]. */
    public fun encode(version: Long): ByteArray = typed { core.encode(unsigned(version, "version")) }

    /** Releases it. What is known of it besides its hash stays. */
    override fun close(): Unit = core.close()
}
