import Foundation
import SealwoodGenerated

/// A change of a ``Namespace``.
public struct WatchEvent: Hashable, Sendable {
    /// The revision that it made.
    public let revision: UInt64
    /// What happened.
    public let kind: Kind
    /// The key; of a rename the prefix.
    public let key: Data
    /// Of a rename the other prefix, else `nil`.
    public let to: Data?

    /// What happens to a key.
    public enum Kind: String, Hashable, Sendable, Codable {
        /// It got a value.
        case put
        /// It went.
        case delete
        /// Its expiry changed.
        case expire
        /// All keys that began with it begin with another prefix.
        case rename
    }

    init(_ core: CoreWatchEvent) {
        revision = core.revision
        key = core.key
        (kind, to) =
            switch core.kind {
            case .put: (.put, nil)
            case .delete: (.delete, nil)
            case .expire: (.expire, nil)
            case .rename(let to): (.rename, to)
            }
    }
}
