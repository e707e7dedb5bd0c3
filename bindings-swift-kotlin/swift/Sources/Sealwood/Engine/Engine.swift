import Foundation
import SealwoodGenerated

/// The embedded engine: an ordered, crash-safe key-value store, in memory or in a directory. It encrypts
/// nothing.
///
/// Calls may run concurrently, and work on threads of the core. What cannot be stopped midway is not
/// waited for any longer when its task is cancelled, and goes on to its end: a later read tells. Once the
/// engine is closed, all of it throws ``SealwoodError/Code-swift.struct/closed``.
///
/// ```swift
/// let engine = try await Engine.open(path)
/// let notes = try await engine.namespace("notes")
/// try await notes.put(Data("2026/may/rain".utf8), Data("umbrella".utf8))
/// ```
public final class Engine: Sendable {
    private let core: CoreEngine

    private init(core: CoreEngine) {
        self.core = core
    }

    /// A new engine in memory, which goes with the last use of it.
    public static func memory(_ config: EngineConfig = EngineConfig()) async throws -> Engine {
        Engine(core: try await withCall { try await .memory(config: config.core, call: $0) })
    }

    /// The engine in the directory at `path`, which is made if there is none; to read only there must be an
    /// engine.
    ///
    /// It has the directory to itself, in this process and among others in whatever language, until
    /// ``close()``, or until the engine and all that belongs to it are gone; anybody else gets
    /// ``SealwoodError/Code-swift.struct/storeLocked``. Readers alone may be many. Throws
    /// ``SealwoodError/Code-swift.struct/storeCorrupt`` if what is there is damaged:
    /// ``EngineConfig/recovery-swift.property`` may help.
    public static func open(
        _ path: String, config: EngineConfig = EngineConfig()
    ) async throws -> Engine {
        Engine(
            core: try await withCall { try await .open(path: path, config: config.core, call: $0) })
    }

    /// The namespace `name`, which is made if there is none; names are 1 to 64 characters of
    /// `[A-Za-z0-9_-]`.
    ///
    /// Values of `separatedBytesMin` bytes and more (1 to 16 MiB) have files of their own; if that is `nil`,
    /// those of ``EngineConfig/separatedBytesMin``. Throws
    /// ``SealwoodError/Code-swift.struct/namespaceLimit`` if there are too many,
    /// ``SealwoodError/Code-swift.struct/readOnly`` if it would have to be made and cannot be.
    public func namespace(_ name: String, separatedBytesMin: UInt64? = nil) async throws -> Namespace {
        Namespace(
            core: try await withCall {
                try await core.namespace(name: name, separatedBytesMin: separatedBytesMin, call: $0)
            })
    }

    /// The names of the namespaces, ascending.
    public func namespaces() async throws -> [String] {
        try await withCall { try await core.namespaces(call: $0) }
    }

    /// Drops a namespace with all its keys, durably. Returns whether there was one.
    @discardableResult
    public func dropNamespace(_ name: String) async throws -> Bool {
        try await withCall { try await core.dropNamespace(name: name, call: $0) }
    }

    /// A batch: changes of any namespaces that are made together or not at all.
    public func batch() -> EngineBatch {
        EngineBatch(core: core.batch())
    }

    /// All namespaces as they are now, at one revision.
    public func snapshot() async throws -> EngineSnapshot {
        EngineSnapshot(core: try await withCall { try await core.snapshot(call: $0) })
    }

    /// The revision of the last change; 0 before the first.
    public func revision() async throws -> UInt64 {
        try await withCall { try await core.revision(call: $0) }
    }

    /// What the engine holds and has done.
    public func stats() async throws -> EngineStats {
        EngineStats(try await withCall { try await core.stats(call: $0) })
    }

    /// Makes everything that was written so far durable.
    public func sync() async throws {
        try await withCall { try await core.sync(call: $0) }
    }

    /// Whether ``sync()`` has anything to do.
    public func needsSync() async throws -> Bool {
        try await withCall { try await core.needsSync(call: $0) }
    }

    /// Writes a checkpoint, so that opening has nothing to replay, and deletes what nothing needs. Returns
    /// whether there was anything to do.
    @discardableResult
    public func checkpoint() async throws -> Bool {
        try await withCall { try await core.checkpoint(call: $0) }
    }

    /// Does a piece of the work that the engine does by itself. Returns whether there is more to be done.
    public func maintain() async throws -> Bool {
        try await withCall { try await core.maintain(call: $0) }
    }

    /// Gives back the space of what is dead in the log. Returns how many bytes were written anew.
    @discardableResult
    public func compact() async throws -> UInt64 {
        try await withCall { try await core.compact(call: $0) }
    }

    /// Deletes values that no key names, as a crash may leave them.
    @discardableResult
    public func vacuum() async throws -> Vacuum {
        Vacuum(try await withCall { try await core.vacuum(call: $0) })
    }

    /// Removes keys that have expired: they are out of reach anyway. Returns how many there were.
    @discardableResult
    public func purgeExpired() async throws -> UInt64 {
        try await withCall { try await core.purgeExpired(call: $0) }
    }

    /// Checks everything there is: the index, each record and value, headers, footers and accounts.
    ///
    /// What is wrong does not make it throw: it is counted, and the first `firstMax` of it are given, at most
    /// 10,000; 1,000 if `nil`.
    public func verify(firstMax: UInt32? = nil) async throws -> Verified {
        Verified(try await withCall { try await core.verify(firstMax: firstMax, call: $0) })
    }

    /// Reads all rows of the tracked namespaces, each at one revision, and compares them with what was
    /// counted of them. Progress is rows of all. Cancelling the task ends it after some hundred rows.
    public func verifyState(onProgress: ProgressHandler? = nil) async throws -> VerifiedStates {
        VerifiedStates(
            try await withCall(onProgress: onProgress) { try await core.verifyState(call: $0) })
    }

    /// Compares with another engine, namespace by namespace, each at one revision of either side. Of equal
    /// ones nothing is read.
    ///
    /// The first `firstMax` of what differs are given: at most 10,000; 1,000 if `nil`. Cancelling the task
    /// ends it after some hundred rows.
    public func compare(with other: Engine, firstMax: UInt32? = nil) async throws -> ComparedEngines {
        ComparedEngines(
            try await withCall {
                try await core.compare(other: other.core, firstMax: firstMax, call: $0)
            })
    }

    /// Waits for calls that are under way, checkpoints, closes all files and releases the directory, which
    /// can then be opened again. Does nothing the second time.
    public func close() async throws {
        try await withCall { try await core.shutdown(call: $0) }
    }
}
