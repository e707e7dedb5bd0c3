import Foundation
import SealwoodGenerated

/// A ``Namespace`` at one revision. What it needs is kept on the disk until it is let go of.
public final class NamespaceSnapshot: Sendable {
    private let core: CoreNamespaceSnapshot

    init(core: CoreNamespaceSnapshot) {
        self.core = core
    }

    /// The revision of the last change that it sees.
    public var revision: UInt64 { core.revision() }

    /// The value of a key, checked, or `nil` if there is none; as ``Namespace/get(_:)``.
    public func get(_ key: Data) async throws -> EngineValue? {
        try await withCall { try await core.get(key: key, call: $0).map(EngineValue.init) }
    }

    /// What is known of a key without reading its value, or `nil` if there is none.
    public func info(_ key: Data) async throws -> KeyInfo? {
        try await withCall { try await core.info(key: key, call: $0).map(KeyInfo.init) }
    }

    /// Keys and values in order; as ``Namespace/scan(_:)``, of this state.
    public func scan(_ options: ScanOptions = ScanOptions()) async throws -> EngineSequence<ScanEntry> {
        try await .scan { try await self.core.scan(options: options.core, call: $0) }
    }

    /// Keys in order. No value is read.
    public func scanKeys(_ options: ScanOptions = ScanOptions()) async throws -> EngineSequence<ScanKey> {
        try await .scanKeys { try await self.core.scanKeys(options: options.core, call: $0) }
    }
}
