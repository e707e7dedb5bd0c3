import Foundation
import SealwoodGenerated

/// The value of a key.
public struct EngineValue: Hashable, Sendable {
    /// The bytes; of ``Namespace/getRange(_:offset:length:)`` those that were asked for.
    public let bytes: Data
    /// The revision of the key's last change.
    public let revision: UInt64
    /// When the key expires, in milliseconds since 1970; `nil` if it does not.
    public let expiresAtMs: UInt64?

    init(_ core: CoreEngineValue) {
        bytes = core.bytes
        revision = core.revision
        expiresAtMs = core.expiresAtMs
    }
}

/// What is known of a key without reading its value.
public struct KeyInfo: Hashable, Sendable, Codable {
    /// The length of the value, in bytes.
    public let size: UInt64
    /// The revision of the key's last change.
    public let revision: UInt64
    /// When the key expires, in milliseconds since 1970; `nil` if it does not.
    public let expiresAtMs: UInt64?

    init(_ core: CoreKeyInfo) {
        size = core.size
        revision = core.revision
        expiresAtMs = core.expiresAtMs
    }
}

/// What must hold of a key for a write to take effect; otherwise it throws
/// ``SealwoodError/Code-swift.struct/preconditionFailed``.
public enum KeyPrecondition: Hashable, Sendable {
    /// There is no such key.
    case absent
    /// There is such a key.
    case present
    /// The last change of the key made this revision, which a put has returned, or a read.
    case revision(UInt64)
}

/// When a write is acknowledged.
public enum Durability: String, Hashable, Sendable, Codable {
    /// At once: it is durable after the next sync, whoever asks for it.
    case none
    /// Once a sync has covered it that may be shared with other writers.
    case group
    /// Once a sync has covered it that begins now.
    case sync

    var core: CoreDurability {
        switch self {
        case .none: .none
        case .group: .group
        case .sync: .sync
        }
    }
}

/// How a value is put.
public struct KeyPutOptions: Hashable, Sendable {
    /// What must hold of the key; nothing if `nil`.
    public var precondition: KeyPrecondition?
    /// When it is acknowledged. In a batch that of the commit counts.
    public var durability: Durability
    /// When the key expires, in milliseconds since 1970; never if `nil`.
    public var expiresAtMs: UInt64?

    /// How a value is put.
    public init(
        precondition: KeyPrecondition? = nil, durability: Durability = .group,
        expiresAtMs: UInt64? = nil
    ) {
        self.precondition = precondition
        self.durability = durability
        self.expiresAtMs = expiresAtMs
    }

    var core: CoreWriteOptions {
        CoreWriteOptions(
            precondition: precondition.core, durability: durability.core, expiresAtMs: expiresAtMs)
    }
}

/// How a key is deleted.
public struct KeyDeleteOptions: Hashable, Sendable {
    /// What must hold of the key; nothing if `nil`.
    public var precondition: KeyPrecondition?
    /// When it is acknowledged. In a batch that of the commit counts.
    public var durability: Durability

    /// How a key is deleted.
    public init(precondition: KeyPrecondition? = nil, durability: Durability = .group) {
        self.precondition = precondition
        self.durability = durability
    }

    var core: CoreWriteOptions {
        CoreWriteOptions(
            precondition: precondition.core, durability: durability.core, expiresAtMs: nil)
    }
}

extension KeyPrecondition? {
    fileprivate var core: CoreKeyPrecondition {
        switch self {
        case nil: .none
        case .absent?: .absent
        case .present?: .present
        case .revision(let revision)?: .revision(revision: revision)
        }
    }
}
