import Foundation
import SealwoodGenerated

/// What ``Engine/verify(firstMax:)`` has checked, and what is wrong.
public struct Verified: Hashable, Sendable {
    /// How many keys were checked.
    public let keys: UInt64
    /// How many bytes of values.
    public let valueBytes: UInt64
    /// How much is wrong.
    public let findings: UInt64
    /// The first of it, as much as was asked for.
    public let first: [Finding]

    init(_ core: CoreVerified) {
        keys = core.keys
        valueBytes = core.valueBytes
        findings = core.findings
        first = core.first.map(Finding.init)
    }
}

/// Something that is wrong with an engine.
public struct Finding: Hashable, Sendable {
    /// What it means.
    public let kind: Kind
    /// Whether it is damage, and not what a crash leaves.
    public let isDamage: Bool
    /// The namespace it is about, where it is known.
    public let namespace: String?
    /// The key it is about, where it is about one.
    public let key: Data?
    /// What is wrong.
    public let error: SealwoodError

    /// What a finding means.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// The value of a key is damaged or missing. The key is there and all else that is known of it.
        case value
        /// A part of the log is damaged or missing.
        case log
        /// The log ends in bytes that are no record, as a crash leaves it and damage to the last one does.
        case tornEnd
        /// The header of a segment of the log is damaged. Its records are read all the same.
        case header
        /// The footer of a segment of the log is damaged. Its records are read instead.
        case footer
        /// The last checkpoint is damaged. The log has what it has.
        case checkpoint
        /// A part of the index is damaged in the last checkpoint; ``EngineConfig/Recovery-swift.enum/rebuild``
        /// helps.
        case index
        /// Counts that the engine keeps do not agree with what it holds.
        case accounts
        /// A value is whole and no key names it: one that was deleted, or one whose key is lost.
        case unnamedValue
        /// Something that a later release finds.
        case other
    }

    init(_ core: CoreFinding) {
        kind = Kind(rawValue: core.kind) ?? .other
        isDamage = core.isDamage
        namespace = core.namespace
        key = core.key
        error = SealwoodError(core.error)
    }
}

/// Values that no key named.
public struct Vacuum: Hashable, Sendable, Codable {
    /// How many there were.
    public let values: UInt64
    /// Their length, in bytes.
    public let valueBytes: UInt64

    init(_ core: CoreVacuum) {
        values = core.values
        valueBytes = core.valueBytes
    }
}

/// What an engine holds now, and counts since it was opened. All sizes are in bytes.
public struct EngineStats: Hashable, Sendable, Codable {
    /// The revision of the last change.
    public let revision: UInt64
    /// The last revision that is durable.
    public let durableRevision: UInt64
    /// Keys of all namespaces, expired ones that were not purged yet included.
    public let keys: UInt64
    /// Namespaces.
    public let namespaces: UInt64
    /// Segments of the log.
    public let segments: UInt64
    /// What the segments take.
    public let logDiskBytes: UInt64
    /// What of that is records that the index names.
    public let logLiveBytes: UInt64
    /// What the index takes in memory.
    public let indexBytes: UInt64
    /// What of that the next checkpoint has to write.
    public let dirtyBytes: UInt64
    /// How much log opening would have to replay.
    public let logSinceCheckpoint: UInt64
    /// Snapshots, scans and the like that keep files from being deleted.
    public let leases: UInt64
    /// Bytes that writers have appended to the log.
    public let logBytesWritten: UInt64
    /// Bytes of separated values that were written.
    public let valueBytesWritten: UInt64
    /// Bytes that compaction has written anew.
    public let relocatedBytes: UInt64
    /// Syncs of the log.
    public let logSyncs: UInt64
    /// Checkpoints that were published.
    public let checkpointsPublished: UInt64

    init(_ core: CoreEngineStats) {
        revision = core.revision
        durableRevision = core.durableRevision
        keys = core.keys
        namespaces = core.namespaces
        segments = core.segments
        logDiskBytes = core.logDiskBytes
        logLiveBytes = core.logLiveBytes
        indexBytes = core.indexBytes
        dirtyBytes = core.dirtyBytes
        logSinceCheckpoint = core.logSinceCheckpoint
        leases = core.leases
        logBytesWritten = core.logBytesWritten
        valueBytesWritten = core.valueBytesWritten
        relocatedBytes = core.relocatedBytes
        logSyncs = core.logSyncs
        checkpointsPublished = core.checkpointsPublished
    }
}
