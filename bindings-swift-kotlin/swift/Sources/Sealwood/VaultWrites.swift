import Foundation
import SealwoodGenerated

extension Vault {
    /// Creates or replaces the file at `path`. Directories above it are made.
    @discardableResult
    public func put(
        _ path: String, _ bytes: Data, options: PutOptions = PutOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> EntryInfo {
        EntryInfo(
            try await withCall(onProgress: onProgress) {
                try await core.put(path: path, bytes: bytes, options: options.core, call: $0)
            })
    }

    /// Creates or replaces the file at `path` from a sequence of pieces of any size.
    ///
    /// No more of it is held in memory than a few chunks. What the sequence throws makes the call fail
    /// with ``SealwoodError/Code-swift.struct/sourceFailed``, and the file is as it was.
    @discardableResult
    public func putStream<Pieces: AsyncSequence & Sendable>(
        _ path: String, _ pieces: Pieces, options: PutOptions = PutOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> EntryInfo where Pieces.Element == Data {
        EntryInfo(
            try await withCall(onProgress: onProgress) {
                try await core.putStream(
                    path: path, source: SourceAdapter(pieces), options: options.core, call: $0)
            })
    }

    /// Creates or replaces the file at `path` from a file on this device.
    @discardableResult
    public func putFile(
        _ path: String, from url: URL, options: PutOptions = PutOptions(),
        onProgress: ProgressHandler? = nil
    ) async throws -> EntryInfo {
        var options = options
        options.sizeHint = options.sizeHint ?? fileSize(of: url)
        return try await putStream(
            path, FilePieces(url: url), options: options, onProgress: onProgress)
    }

    /// Makes the directory at `path`, and those above it, unless it exists.
    public func mkdir(_ path: String) async throws {
        try await withCall { try await core.mkdir(path: path, call: $0) }
    }

    /// Removes the file or empty directory at `path`.
    public func remove(_ path: String) async throws {
        try await withCall { try await core.remove(path: path, call: $0) }
    }

    /// Removes what is at `path` with all below it.
    public func removeAll(_ path: String) async throws {
        try await withCall { try await core.removeAll(path: path, call: $0) }
    }

    /// Moves a file or a directory with all below it.
    public func rename(_ from: String, to: String) async throws {
        try await withCall { try await core.rename(from: from, to: to, call: $0) }
    }

    /// Copies a file or a directory with all below it. No content is read.
    public func copy(_ from: String, to: String) async throws {
        try await withCall { try await core.copy(from: from, to: to, call: $0) }
    }

    /// Replaces what is attached to the entry at `path`.
    public func setMetadata(
        _ path: String, contentType: String? = nil, metadata: [String: String] = [:],
        modifiedMs: Int64? = nil
    ) async throws {
        let options = PutOptions(
            contentType: contentType, metadata: metadata, modifiedMs: modifiedMs)
        try await withCall {
            try await core.setMetadata(path: path, options: options.core, call: $0)
        }
    }
}
