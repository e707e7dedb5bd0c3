import Foundation
import SealwoodGenerated

/// One ordered key space of an ``Engine``. Keys are 0 to 65,536 bytes, in the order of their bytes; values
/// are up to as many bytes as there is room.
///
/// A write is durable when its call returns, unless its ``Durability`` says otherwise. After
/// ``SealwoodError/Code-swift.struct/outcomeUnknown`` only opening the engine again tells whether a write
/// was applied, after any other error it was not. A key or an option beyond its limits is an
/// ``SealwoodError/Code-swift.struct/invalidArgument``.
public final class Namespace: Sendable {
    let core: CoreNamespace

    init(core: CoreNamespace) {
        self.core = core
    }

    /// The value of a key, checked, or `nil` if there is none. Throws
    /// ``SealwoodError/Code-swift.struct/storeCorrupt`` if it is damaged.
    public func get(_ key: Data) async throws -> EngineValue? {
        try await withCall { try await core.get(key: key, call: $0).map(EngineValue.init) }
    }

    /// `length` bytes of a value from `offset` on, fewer where it ends first; `nil` if there is no such key.
    /// Throws ``SealwoodError/Code-swift.struct/rangePastEnd`` if the value ends before `offset`.
    public func getRange(_ key: Data, offset: UInt64, length: UInt64) async throws -> EngineValue? {
        try await withCall {
            try await core.getRange(key: key, offset: offset, length: length, call: $0)
                .map(EngineValue.init)
        }
    }

    /// What is known of a key without reading its value, or `nil` if there is none.
    public func info(_ key: Data) async throws -> KeyInfo? {
        try await withCall { try await core.info(key: key, call: $0).map(KeyInfo.init) }
    }

    /// Puts a value. Returns its revision.
    @discardableResult
    public func put(
        _ key: Data, _ value: Data, options: KeyPutOptions = KeyPutOptions()
    ) async throws -> UInt64 {
        try await withCall {
            try await core.put(key: key, value: value, options: options.core, call: $0)
        }
    }

    /// Deletes a key. Returns whether there was one. A disk that is full takes deletions too.
    @discardableResult
    public func delete(
        _ key: Data, options: KeyDeleteOptions = KeyDeleteOptions()
    ) async throws -> Bool {
        try await withCall { try await core.delete(key: key, options: options.core, call: $0) }
    }

    /// Lets a key expire at a time, in milliseconds since 1970. Returns whether there is such a key.
    @discardableResult
    public func expireAt(_ key: Data, ms: UInt64) async throws -> Bool {
        try await withCall { try await core.expireAt(key: key, ms: ms, call: $0) }
    }

    /// Removes the expiry of a key. Returns whether there is such a key.
    @discardableResult
    public func persist(_ key: Data) async throws -> Bool {
        try await withCall { try await core.persist(key: key, call: $0) }
    }

    /// Renames all keys that begin with `from`, at once and by one record of the log. Returns whether there
    /// was any. Throws ``SealwoodError/Code-swift.struct/preconditionFailed`` if a key begins with `to`
    /// already.
    @discardableResult
    public func renamePrefix(_ from: Data, to: Data) async throws -> Bool {
        try await withCall { try await core.renamePrefix(from: from, to: to, call: $0) }
    }

    /// The length in bytes of the longest key that `key` begins with, or `nil` if there is none.
    public func longestPrefix(_ key: Data) async throws -> UInt64? {
        try await withCall { try await core.longestPrefix(key: key, call: $0) }
    }

    /// How many keys there are, expired ones that were not purged yet included.
    public func length() async throws -> UInt64 {
        try await withCall { try await core.length(call: $0) }
    }

    /// Keys and values in order, as they are now, whatever is written meanwhile. At most 256 of them are
    /// read ahead, and no further one once there is 1 MiB.
    public func scan(_ options: ScanOptions = ScanOptions()) async throws -> EngineSequence<ScanEntry> {
        try await .scan { try await self.core.scan(options: options.core, call: $0) }
    }

    /// Keys in order, as ``scan(_:)`` gives them. No value is read.
    public func scanKeys(_ options: ScanOptions = ScanOptions()) async throws -> EngineSequence<ScanKey> {
        try await .scanKeys { try await self.core.scanKeys(options: options.core, call: $0) }
    }

    /// The namespace as it is now, whatever happens to it later. Takes constant time and memory.
    public func snapshot() async throws -> NamespaceSnapshot {
        NamespaceSnapshot(core: try await withCall { try await core.snapshot(call: $0) })
    }

    /// Follows changes of keys that begin with `prefix`, each once, ascending by revision: those after the
    /// revision `since`, 0 for all that are kept; without it those after this call has returned.
    ///
    /// It has no end but an error: ``SealwoodError/Code-swift.struct/cursorExpired`` if it fell behind what
    /// is kept (take a ``snapshot()``, then watch since its revision),
    /// ``SealwoodError/Code-swift.struct/closed`` with the engine,
    /// ``SealwoodError/Code-swift.struct/namespaceDropped``.
    public func watch(
        prefix: Data = Data(), since: UInt64? = nil
    ) async throws -> EngineSequence<WatchEvent> {
        try await .watch { try await self.core.watch(prefix: prefix, since: since, call: $0) }
    }

    /// Keeps a hash of all rows from here on, or no more. Returns whether that is a change. Rows that are
    /// there already are counted bit by bit, by the engine itself or by ``backfill(onProgress:)``.
    @discardableResult
    public func track(_ tracking: Tracking) async throws -> Bool {
        try await withCall { try await core.track(tracking: tracking.core, call: $0) }
    }

    /// What is known of the rows, all changes so far included; `nil` if the namespace is not tracked.
    public func trackedState() async throws -> TrackedState? {
        try await withCall { try await core.trackedState(call: $0).map(TrackedState.init) }
    }

    /// Counts the rows that were there before the namespace was tracked, until all are counted; does nothing
    /// where there is nothing to count. Progress is rows. Cancelling the task ends it after some hundred
    /// rows, and what was counted stays so.
    public func backfill(onProgress: ProgressHandler? = nil) async throws {
        try await withCall(onProgress: onProgress) { try await core.backfill(call: $0) }
    }

    /// Reads all rows and compares them with what was counted. Progress is rows. Throws
    /// ``SealwoodError/Code-swift.struct/invalidArgument`` if the namespace is not tracked. Cancelling the
    /// task ends it after some hundred rows.
    public func verifyState(onProgress: ProgressHandler? = nil) async throws -> VerifiedState {
        VerifiedState(
            try await withCall(onProgress: onProgress) { try await core.verifyState(call: $0) })
    }

    /// Compares with a namespace of the same name of another engine. Nothing is read if the hashes are the
    /// same; if both are tracked in buckets, of the buckets that differ alone.
    ///
    /// The first `firstMax` rows that differ are given: at most 10,000; 1,000 if `nil`. Throws
    /// ``SealwoodError/Code-swift.struct/invalidArgument`` if the names differ or not all rows of both are
    /// counted. Cancelling the task ends it after some hundred rows.
    public func compare(with other: Namespace, firstMax: UInt32? = nil) async throws -> Compared {
        Compared(
            try await withCall {
                try await core.compare(other: other.core, firstMax: firstMax, call: $0)
            })
    }
}
