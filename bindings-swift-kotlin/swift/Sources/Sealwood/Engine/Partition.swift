import Foundation
import SealwoodGenerated

/// How closely a partition is hashed.
public enum Detail: String, Hashable, Sendable, Codable {
    /// One hash for all, of 2 KiB.
    case whole
    /// One for each of 256 buckets of keys, of which those with rows take 2 KiB each.
    case buckets

    var core: CoreDetail {
        switch self {
        case .whole: .whole
        case .buckets: .buckets
        }
    }
}

/// A named part of some data, as it was when it was asked for, and what is known of it.
public final class Partition: Sendable {
    /// Its name.
    public let name: Data
    /// How far its rows are counted.
    public let state: State
    /// Of a backfill the last key that was counted; `nil` before the first, and where there is none.
    public let cursor: Data?
    /// How closely it is hashed.
    public let detail: Detail
    /// How many rows are counted; `nil` where that is not known.
    public let rows: UInt64?
    /// How many bytes their keys and values have; `nil` where that is not known.
    public let bytes: UInt64?

    private let core: CorePartition
    private let withRows: [UInt8]

    /// How far the rows of a partition are counted.
    public enum State: String, Hashable, Sendable, Codable {
        /// Nothing is known of them.
        case absent
        /// Those up to some key are.
        case backfilling
        /// All are.
        case valid
    }

    init(core: CorePartition) {
        self.core = core
        let info = core.info()
        name = info.name
        state =
            switch info.state {
            case .absent: .absent
            case .backfilling: .backfilling
            case .valid: .valid
            }
        cursor = info.cursor
        detail =
            switch info.detail {
            case .whole: .whole
            case .buckets: .buckets
            }
        rows = info.rows
        bytes = info.bytes
        withRows = [UInt8](info.buckets)
    }

    /// The hash of its rows. Throws ``SealwoodError/Code-swift.struct/stateNotValid`` unless all are counted.
    public func hash() throws -> LtHash {
        LtHash(core: try translating { try core.hash() })
    }

    /// The 32 bytes of the checksum of its hash. Throws
    /// ``SealwoodError/Code-swift.struct/stateNotValid`` unless all are counted.
    public func checksum() throws -> Data {
        try hash().checksum()
    }

    /// The numbers of the buckets that have rows, ascending; none without buckets.
    public func buckets() -> [UInt8] {
        withRows
    }

    /// Its record at a version of the data, for ``PartitionedLtHash/restore(_:record:)``.
    public func encode(version: UInt64) -> Data {
        core.encode(version: version)
    }
}
