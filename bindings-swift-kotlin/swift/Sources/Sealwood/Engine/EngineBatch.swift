import Foundation
import SealwoodGenerated

/// Changes of namespaces of one ``Engine`` that are seen, logged and recovered together or not at all: at
/// most 100,000. Nothing happens before ``commit(durability:isolation:)``.
///
/// A batch is taken when its commit is called: whatever comes of that, further calls throw
/// ``SealwoodError/Code-swift.struct/closed``.
public final class EngineBatch: Sendable {
    private let core: CoreEngineBatch

    init(core: CoreEngineBatch) {
        self.core = core
    }

    /// Adds a put. A precondition must hold before the first change of the batch. How durable it is to be is
    /// asked of the commit, and not taken from `options`.
    public func put(
        _ namespace: Namespace, _ key: Data, _ value: Data, options: KeyPutOptions = KeyPutOptions()
    ) throws {
        try translating {
            try core.put(namespace: namespace.core, key: key, value: value, options: options.core)
        }
    }

    /// Adds a delete; `options` as of ``put(_:_:_:options:)``.
    public func delete(
        _ namespace: Namespace, _ key: Data, options: KeyDeleteOptions = KeyDeleteOptions()
    ) throws {
        try translating {
            try core.delete(namespace: namespace.core, key: key, options: options.core)
        }
    }

    /// How many changes were added; 0 once it is committed.
    public var length: Int { Int(core.length()) }

    /// Applies all of it. Returns the revision of its last change.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/preconditionFailed`` if a condition does not hold,
    /// ``SealwoodError/Code-swift.struct/invalidArgument`` if there is too much or namespaces are of another
    /// engine: then nothing is applied. The changes are taken on the actor of the caller, so that nothing
    /// else that runs there comes in between.
    @discardableResult
    public func commit(
        durability: Durability = .group, isolation: isolated (any Actor)? = #isolation
    ) async throws -> UInt64 {
        let taken = try translating { try core.take() }
        return try await Self.commit(taken, durability)
    }

    private static func commit(
        _ taken: CoreEngineBatch, _ durability: Durability
    ) async throws -> UInt64 {
        try await withCall { try await taken.commit(durability: durability.core, call: $0) }
    }

    /// Drops the changes. So does letting go of the batch.
    public func close() {
        core.discard()
    }
}
