import Foundation
import SealwoodGenerated

/// Changes that are committed together or not at all. Nobody sees any of them before.
///
/// A batch is taken when ``commit(onProgress:isolation:)`` is called: whatever comes of that, further calls
/// throw ``SealwoodError/Code-swift.struct/closed``, as they do after ``close()``.
public final class Batch: Sendable {
    private let core: CoreBatch

    init(core: CoreBatch) {
        self.core = core
    }

    /// Creates or replaces the file at `path`.
    public func put(
        _ path: String, _ bytes: Data, options: PutOptions = PutOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws {
        try await withCall(onProgress: onProgress) {
            try await core.put(path: path, bytes: bytes, options: options.core, call: $0)
        }
    }

    /// Creates or replaces the file at `path` from a sequence of pieces of any size.
    public func putStream<Pieces: AsyncSequence & Sendable>(
        _ path: String, _ pieces: Pieces, options: PutOptions = PutOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws where Pieces.Element == Data {
        try await withCall(onProgress: onProgress) {
            try await core.putStream(
                path: path, source: SourceAdapter(pieces), options: options.core, call: $0)
        }
    }

    /// Makes the directory at `path`, and those above it, unless it exists.
    public func mkdir(_ path: String) throws {
        try translating { try core.mkdir(path: path) }
    }

    /// Removes the file or empty directory at `path`.
    public func remove(_ path: String) throws {
        try translating { try core.remove(path: path) }
    }

    /// Removes what is at `path` with all below it.
    public func removeAll(_ path: String) throws {
        try translating { try core.removeAll(path: path) }
    }

    /// Moves a file or a directory with all below it.
    public func rename(_ from: String, to: String) throws {
        try translating { try core.rename(from: from, to: to) }
    }

    /// Copies a file or a directory with all below it.
    public func copy(_ from: String, to: String) throws {
        try translating { try core.copy(from: from, to: to) }
    }

    /// Replaces what is attached to the entry at `path`.
    public func setMetadata(
        _ path: String, contentType: String? = nil, metadata: [String: String] = [:],
        modifiedMs: Int64? = nil
    ) throws {
        let options = PutOptions(
            contentType: contentType, metadata: metadata, modifiedMs: modifiedMs)
        try translating { try core.setMetadata(path: path, options: options.core) }
    }

    /// How many changes it holds.
    public var length: Int { Int(core.length()) }

    /// Makes all changes durable in one commit. They are taken on the actor of the caller, so that nothing
    /// else that runs there comes in between.
    public func commit(
        onProgress: ProgressHandler? = nil, isolation: isolated (any Actor)? = #isolation
    ) async throws {
        let taken = try translating { try core.take() }
        try await Self.commit(taken, onProgress)
    }

    private static func commit(_ taken: CoreBatch, _ onProgress: ProgressHandler?) async throws {
        try await withCall(onProgress: onProgress) { try await taken.commit(call: $0) }
    }

    /// Drops the changes. So does letting go of the batch.
    public func close() {
        core.discard()
    }
}
