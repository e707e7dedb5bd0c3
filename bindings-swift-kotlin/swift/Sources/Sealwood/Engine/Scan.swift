import Foundation
import SealwoodGenerated

/// Which keys are scanned, and how. All that is given counts.
public struct ScanOptions: Hashable, Sendable {
    /// Only keys that begin with it.
    public var prefix: Data
    /// The first key; no bound if `nil`, as for the others.
    public var start: Data?
    /// The key before which it ends.
    public var end: Data?
    /// Only what comes after this key, in the order of the scan.
    public var startAfter: Data?
    /// In which order.
    public var order: Order
    /// The most keys.
    public var limit: UInt64?

    /// In which order keys are given: that of their bytes.
    public enum Order: String, Hashable, Sendable, Codable {
        /// From the first key to the last.
        case ascending
        /// From the last key to the first.
        case descending
    }

    /// Which keys are scanned, and how.
    public init(
        prefix: Data = Data(), start: Data? = nil, end: Data? = nil, startAfter: Data? = nil,
        order: Order = .ascending, limit: UInt64? = nil
    ) {
        self.prefix = prefix
        self.start = start
        self.end = end
        self.startAfter = startAfter
        self.order = order
        self.limit = limit
    }

    var core: CoreScanOptions {
        CoreScanOptions(
            prefix: prefix, start: start, end: end, startAfter: startAfter, order: order.core,
            limit: limit)
    }
}

extension ScanOptions.Order {
    fileprivate var core: CoreOrder {
        switch self {
        case .ascending: .ascending
        case .descending: .descending
        }
    }
}

/// A key and its value.
public struct ScanEntry: Hashable, Sendable {
    /// The key.
    public let key: Data
    /// The value.
    public let value: Data
    /// The revision of the key's last change.
    public let revision: UInt64
    /// When the key expires, in milliseconds since 1970; `nil` if it does not.
    public let expiresAtMs: UInt64?

    init(_ core: CoreScanEntry) {
        key = core.key
        value = core.value
        revision = core.revision
        expiresAtMs = core.expiresAtMs
    }
}

/// A key and what is known of it without reading its value.
public struct ScanKey: Hashable, Sendable {
    /// The key.
    public let key: Data
    /// The length of the value, in bytes.
    public let size: UInt64
    /// The revision of the key's last change.
    public let revision: UInt64
    /// When the key expires, in milliseconds since 1970; `nil` if it does not.
    public let expiresAtMs: UInt64?

    init(_ core: CoreScanKey) {
        key = core.key
        size = core.size
        revision = core.revision
        expiresAtMs = core.expiresAtMs
    }
}
