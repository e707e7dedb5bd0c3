import Foundation
import SealwoodGenerated

/// The partitions of some data. Their hash is the sum of the partitions' hashes. A name there is no
/// partition of is an ``SealwoodError/Code-swift.struct/invalidArgument``; one has up to 255 bytes. Calls may
/// run concurrently, and are computed at once.
public final class PartitionedLtHash: Sendable {
    private let core: CorePartitionedLtHash

    private init(core: CorePartitionedLtHash) {
        self.core = core
    }

    /// A state without partitions, whose elements anybody can compute.
    public convenience init() throws {
        self.init(core: try translating { try CorePartitionedLtHash() })
    }

    /// A state without partitions, whose elements are made with a secret of 32 bytes, else
    /// ``SealwoodError/Code-swift.struct/invalidArgument``.
    public static func keyed(_ secret: Data) throws -> PartitionedLtHash {
        PartitionedLtHash(core: try translating { try .keyed(secret: secret) })
    }

    /// Makes a partition that is known to have no rows. Throws
    /// ``SealwoodError/Code-swift.struct/partitionExists`` if the name is taken.
    public func create(_ name: Data, detail: Detail) throws {
        try translating { try core.create(name: name, detail: detail.core) }
    }

    /// Takes a partition up from its record. Returns the version of the data it was stored at.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/malformed``,
    /// ``SealwoodError/Code-swift.struct/unsupportedVersion`` or
    /// ``SealwoodError/Code-swift.struct/otherPartition`` where the record is not one of this partition,
    /// ``SealwoodError/Code-swift.struct/partitionExists`` if the name is taken.
    @discardableResult
    public func restore(_ name: Data, record: Data) throws -> UInt64 {
        try translating { try core.restore(name: name, record: record) }
    }

    /// Drops a partition. Returns whether there was one.
    @discardableResult
    public func remove(_ name: Data) -> Bool {
        core.remove(name: name)
    }

    /// The names of the partitions, ascending.
    public func names() -> [Data] {
        core.names()
    }

    /// A partition as it is now, or `nil` if there is none of this name.
    public func partition(_ name: Data) -> Partition? {
        core.partition(name: name).map(Partition.init)
    }

    /// Follows changes of rows: all of them, or those up to the cursor of a backfill.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/noSuchRow`` if more is removed than there is: then nothing is
    /// changed. ``SealwoodError/Code-swift.struct/stateNotValid`` of an absent partition.
    public func apply(_ name: Data, _ changes: some Sequence<RowChange>) throws {
        try translating { try core.apply(name: name, changes: changes.map(\.core)) }
    }

    /// Begins to count rows that are there already, from the first on.
    public func beginBackfill(_ name: Data, detail: Detail) throws {
        try translating { try core.beginBackfill(name: name, detail: detail.core) }
    }

    /// Counts the next rows of a backfill, pairs of key and value in ascending order of their keys.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/rowsNotAscending`` if they are not,
    /// ``SealwoodError/Code-swift.struct/stateNotBackfilling`` if none was begun.
    public func backfill(_ name: Data, _ rows: some Sequence<(Data, Data)>) throws {
        try translating { try core.backfill(name: name, rows: coreRows(rows)) }
    }

    /// Ends a backfill that has met all rows. Throws
    /// ``SealwoodError/Code-swift.struct/stateNotBackfilling`` if none was begun.
    public func finishBackfill(_ name: Data) throws {
        try translating { try core.finishBackfill(name: name) }
    }

    /// Forgets all that is known of a partition.
    public func forget(_ name: Data) throws {
        try translating { try core.forget(name: name) }
    }

    /// The hash of all rows. Throws ``SealwoodError/Code-swift.struct/stateNotValid`` unless all rows of all
    /// partitions are counted.
    public func hash() throws -> LtHash {
        LtHash(core: try translating { try core.hash() })
    }

    /// The 32 bytes of its checksum. Throws as ``hash()`` does.
    public func checksum() throws -> Data {
        try translating { try core.checksum() }
    }

    /// Where another state differs from this one, in the order of the partitions' names; none if both are of
    /// the same rows. Throws ``SealwoodError/Code-swift.struct/stateNotValid`` if rows of a partition that
    /// both have are not all counted.
    public func differences(from other: PartitionedLtHash) throws -> [Difference] {
        try translating { try core.differences(other: other.core).map(Difference.init) }
    }
}

/// A row before and after a change.
public struct RowChange: Hashable, Sendable {
    /// Its key.
    public var key: Data
    /// Its value until now; `nil` if there was no such row.
    public var before: Data?
    /// Its value from now on; `nil` if there is no such row any more.
    public var after: Data?

    /// A row before and after a change.
    public init(key: Data, before: Data? = nil, after: Data? = nil) {
        self.key = key
        self.before = before
        self.after = after
    }

    fileprivate var core: CoreRowChange {
        CoreRowChange(key: key, before: before, after: after)
    }
}

/// Where two states differ.
public struct Difference: Hashable, Sendable {
    /// The name of the partition.
    public let partition: Data
    /// Whether one of the two alone has it, or where in it they differ.
    public let place: Place
    /// The buckets that differ, ascending, where the place is ``Place-swift.enum/buckets``; else `nil`.
    public let buckets: [UInt8]?

    /// Where in a partition two states differ.
    public enum Place: String, Hashable, Sendable, Codable {
        /// The first alone has it.
        case onlyFirst
        /// The second alone has it.
        case onlySecond
        /// Somewhere in it.
        case somewhere
        /// In some of its buckets, which both have.
        case buckets
    }

    init(_ core: CoreDifference) {
        partition = core.partition
        (place, buckets) =
            switch core.place {
            case .onlyFirst: (.onlyFirst, nil)
            case .onlySecond: (.onlySecond, nil)
            case .somewhere: (.somewhere, nil)
            case .buckets(let buckets): (.buckets, [UInt8](buckets))
            }
    }
}
