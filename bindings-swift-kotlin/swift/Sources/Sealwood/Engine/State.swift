import Foundation
import SealwoodGenerated

/// Whether a hash of all rows of a namespace is kept.
public enum Tracking: String, Hashable, Sendable, Codable {
    /// None is.
    case off
    /// One, of 2 KiB.
    case whole
    /// One for each of 256 buckets of keys, of which those with rows take 2 KiB each: a difference is found
    /// by reading one row in 256.
    case buckets

    var core: CoreTracking {
        switch self {
        case .off: .off
        case .whole: .whole
        case .buckets: .buckets
        }
    }
}

/// What is known of the rows of a tracked namespace.
public struct TrackedState: Sendable {
    /// Changes up to this revision are counted, later ones are not.
    public let revision: UInt64
    /// What is counted, under the name of the namespace.
    public let partition: Partition

    init(_ core: CoreTrackedState) {
        revision = core.revision
        partition = Partition(core: core.partition)
    }
}

/// What a full scan of a tracked namespace has found.
public struct VerifiedState: Hashable, Sendable, Codable {
    /// The revision at which both were looked at.
    public let revision: UInt64
    /// How many rows were read.
    public let rows: UInt64
    /// Whether not all rows are counted yet: only those that were by then are read.
    public let isBackfilling: Bool
    /// Where the rows are not those that were counted; `nil` if they are.
    public let difference: StateDifference?

    init(_ core: CoreVerifiedState) {
        revision = core.revision
        rows = core.rows
        isBackfilling = core.isBackfilling
        difference = core.difference.map(StateDifference.init)
    }
}

/// What full scans of all tracked namespaces have found.
public struct VerifiedStates: Hashable, Sendable, Codable {
    /// How many rows were read.
    public let rows: UInt64
    /// Of how many namespaces the rows are not those that were counted.
    public let differing: UInt64
    /// Of how many not all rows are counted yet.
    public let backfilling: UInt64
    /// What was found of each that is tracked, in the order of their names.
    public let namespaces: [VerifiedNamespace]

    init(_ core: CoreVerifiedStates) {
        rows = core.rows
        differing = core.differing
        backfilling = core.backfilling
        namespaces = core.namespaces.map(VerifiedNamespace.init)
    }
}

/// What a full scan of one of the namespaces has found.
public struct VerifiedNamespace: Hashable, Sendable, Codable {
    /// Its name.
    public let name: String
    /// What was found.
    public let state: VerifiedState

    init(_ core: CoreVerifiedNamespace) {
        name = core.name
        state = VerifiedState(core.state)
    }
}

/// Where the rows of a namespace are not those that were counted.
public struct StateDifference: Hashable, Sendable, Codable {
    /// In these of the 256 buckets, ascending; `nil` if it is somewhere.
    public let buckets: [UInt8]?

    init(_ core: CoreStateDifference) {
        buckets = core.buckets.map([UInt8].init)
    }
}
