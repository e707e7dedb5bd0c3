package sealwood.engine

import sealwood.SealwoodException
import sealwood.api
import sealwood.ffi.CoreEngineStats
import sealwood.ffi.CoreFinding
import sealwood.ffi.CoreVacuum
import sealwood.ffi.CoreVerified
import sealwood.signed

/**
 * What was checked, and what is wrong.
 *
 * @property keys how many keys were checked.
 * @property valueBytes how many bytes of values.
 * @property findings how much is wrong.
 * @property first the first of it, as much as was asked for.
 */
public class Verified(
    public val keys: Long,
    public val valueBytes: Long,
    public val findings: Long,
    public val first: List<Finding>,
) {
    internal constructor(core: CoreVerified) : this(
        core.keys.signed(),
        core.valueBytes.signed(),
        core.findings.signed(),
        core.first.map(::Finding),
    )
}

/**
 * Something that is wrong with an engine.
 *
 * @property kind what it means.
 * @property isDamage whether it is damage, and not what a crash leaves.
 * @property namespace the namespace it is about, where it is known.
 * @property key the key it is about, where it is about one.
 * @property error what is wrong.
 */
public class Finding(
    public val kind: Kind,
    public val isDamage: Boolean,
    public val namespace: String?,
    public val key: ByteArray?,
    public val error: SealwoodException,
) {
    /** What a finding means. */
    public enum class Kind {
        /** The value of a key is damaged or missing. The key is there and all else that is known of it. */
        VALUE,

        /** A part of the log is damaged or missing. */
        LOG,

        /** The log ends in bytes that are no record, as a crash leaves it and damage to the last one does. */
        TORN_END,

        /** The header of a segment of the log is damaged. Its records are read all the same. */
        HEADER,

        /** The footer of a segment of the log is damaged. Its records are read instead. */
        FOOTER,

        /** The last checkpoint is damaged. The log has what it has. */
        CHECKPOINT,

        /** A part of the index is damaged in the last checkpoint; [EngineConfig.Recovery.REBUILD] helps. */
        INDEX,

        /** Counts that the engine keeps do not agree with what it holds. */
        ACCOUNTS,

        /** A value is whole and no key names it: one that was deleted, or one whose key is lost. */
        UNNAMED_VALUE,

        /** Something that a later release finds. */
        OTHER,
    }

    internal constructor(core: CoreFinding) : this(
        kind = when (core.kind) {
            "value" -> Kind.VALUE
            "log" -> Kind.LOG
            "tornEnd" -> Kind.TORN_END
            "header" -> Kind.HEADER
            "footer" -> Kind.FOOTER
            "checkpoint" -> Kind.CHECKPOINT
            "index" -> Kind.INDEX
            "accounts" -> Kind.ACCOUNTS
            "unnamedValue" -> Kind.UNNAMED_VALUE
            else -> Kind.OTHER
        },
        isDamage = core.isDamage,
        namespace = core.namespace,
        key = core.key,
        error = core.error.api(),
    )
}

/**
 * Values that no key named.
 *
 * @property values how many there were.
 * @property valueBytes their length, in bytes.
 */
public data class Vacuum(public val values: Long, public val valueBytes: Long) {
    internal constructor(core: CoreVacuum) : this(core.values.signed(), core.valueBytes.signed())
}

/**
 * What an engine holds now, and counts since it was opened. All sizes are in bytes.
 *
 * @property revision the revision of the last change.
 * @property durableRevision the last revision that is durable.
 * @property keys keys of all namespaces, expired ones that were not purged yet included.
 * @property namespaces namespaces.
 * @property segments segments of the log.
 * @property logDiskBytes what the segments take.
 * @property logLiveBytes what of that is records that the index names.
 * @property indexBytes what the index takes in memory.
 * @property dirtyBytes what of that the next checkpoint has to write.
 * @property logSinceCheckpoint how much log opening would have to replay.
 * @property leases snapshots, scans and the like that keep files from being deleted.
 * @property logBytesWritten bytes that writers have appended to the log.
 * @property valueBytesWritten bytes of separated values that were written.
 * @property relocatedBytes bytes that compaction has written anew.
 * @property logSyncs syncs of the log.
 * @property checkpointsPublished checkpoints that were published.
 */
public data class EngineStats(
    public val revision: Long,
    public val durableRevision: Long,
    public val keys: Long,
    public val namespaces: Long,
    public val segments: Long,
    public val logDiskBytes: Long,
    public val logLiveBytes: Long,
    public val indexBytes: Long,
    public val dirtyBytes: Long,
    public val logSinceCheckpoint: Long,
    public val leases: Long,
    public val logBytesWritten: Long,
    public val valueBytesWritten: Long,
    public val relocatedBytes: Long,
    public val logSyncs: Long,
    public val checkpointsPublished: Long,
) {
    internal constructor(core: CoreEngineStats) : this(
        revision = core.revision.signed(),
        durableRevision = core.durableRevision.signed(),
        keys = core.keys.signed(),
        namespaces = core.namespaces.signed(),
        segments = core.segments.signed(),
        logDiskBytes = core.logDiskBytes.signed(),
        logLiveBytes = core.logLiveBytes.signed(),
        indexBytes = core.indexBytes.signed(),
        dirtyBytes = core.dirtyBytes.signed(),
        logSinceCheckpoint = core.logSinceCheckpoint.signed(),
        leases = core.leases.signed(),
        logBytesWritten = core.logBytesWritten.signed(),
        valueBytesWritten = core.valueBytesWritten.signed(),
        relocatedBytes = core.relocatedBytes.signed(),
        logSyncs = core.logSyncs.signed(),
        checkpointsPublished = core.checkpointsPublished.signed(),
    )
}
