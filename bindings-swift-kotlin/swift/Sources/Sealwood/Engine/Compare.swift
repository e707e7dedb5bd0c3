import Foundation
import SealwoodGenerated

/// What a comparison of namespaces has looked at and found.
public struct Compared: Hashable, Sendable {
    /// How many rows differ.
    public let differences: UInt64
    /// How many rows were read: none where the hashes are the same.
    public let rowsRead: UInt64
    /// The first of them in the order of their keys, and no further ones once these have 8 MiB.
    public let first: [RowDifference]

    init(_ core: CoreCompared) {
        differences = core.differences
        rowsRead = core.rowsRead
        first = core.first.map(RowDifference.init)
    }
}

/// A row in which two namespaces differ.
public struct RowDifference: Hashable, Sendable {
    /// In what.
    public let kind: Kind
    /// Its key.
    public let key: Data

    /// In what a row differs.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// The first alone has it.
        case onlyFirst
        /// The second alone has it.
        case onlySecond
        /// Both have it, with different values.
        case value
    }

    init(_ core: CoreRowDifference) {
        kind =
            switch core.kind {
            case .onlyFirst: .onlyFirst
            case .onlySecond: .onlySecond
            case .value: .value
            }
        key = core.key
    }
}

/// What a comparison of engines has looked at and found.
public struct ComparedEngines: Hashable, Sendable {
    /// How many namespaces were compared.
    public let namespaces: UInt64
    /// How many only one of the two has.
    public let missing: UInt64
    /// How many could not be compared: one of the two does not track them, or has not counted all rows yet.
    public let notCounted: UInt64
    /// How many rows differ.
    public let differences: UInt64
    /// How many rows were read: none where the hashes are the same.
    public let rowsRead: UInt64
    /// The first of what differs, in the order of namespaces and of keys, and no further once the names and
    /// keys have 8 MiB.
    public let first: [NamespaceDifference]

    init(_ core: CoreComparedEngines) {
        namespaces = core.namespaces
        missing = core.missing
        notCounted = core.notCounted
        differences = core.differences
        rowsRead = core.rowsRead
        first = core.first.map(NamespaceDifference.init)
    }
}

/// In what a namespace of two engines differs.
public struct NamespaceDifference: Hashable, Sendable {
    /// In what.
    public let kind: Kind
    /// Its name.
    public let namespace: String
    /// The row, where the kind is ``Kind-swift.enum/row``; else `nil`.
    public let row: RowDifference?

    /// In what a namespace differs.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// The first engine alone has it.
        case onlyFirst
        /// The second engine alone has it.
        case onlySecond
        /// Nobody knows: not all rows of both are counted.
        case notCounted
        /// In a row.
        case row
    }

    init(_ core: CoreNamespaceDifference) {
        kind =
            switch core.kind {
            case .onlyFirst: .onlyFirst
            case .onlySecond: .onlySecond
            case .notCounted: .notCounted
            case .row: .row
            }
        namespace = core.namespace
        row = core.row.map(RowDifference.init)
    }
}
