import Foundation
import SealwoodGenerated

/// What can be read: a ``Vault`` as it is now, or a ``Snapshot``.
///
/// Paths are plain strings such as `photos/2026/one.jpg`; the top directory is the empty string. All
/// methods may be called concurrently. Cancelling the task that waits for one stops its requests, and it
/// throws `CancellationError`.
public protocol FileTree: Sendable {
    /// How the library reads this tree; nothing an app calls.
    var reader: TreeReader { get }
}

/// How the library reads a tree.
public struct TreeReader: Sendable {
    let core: CoreTree
}

extension FileTree {
    /// The entry at `path`.
    public func stat(_ path: String) async throws -> EntryInfo {
        try await withCall { EntryInfo(try await reader.core.stat(path: path, call: $0)) }
    }

    /// Whether there is an entry at `path`.
    public func exists(_ path: String) async throws -> Bool {
        try await withCall { try await reader.core.exists(path: path, call: $0) }
    }

    /// The content of the file at `path`.
    public func get(_ path: String, onProgress: ProgressHandler? = nil) async throws -> Data {
        try await withCall(onProgress: onProgress) {
            try await reader.core.get(path: path, range: nil, call: $0)
        }
    }

    /// The bytes of the file at `path` from `start` up to, not including, `end`.
    public func getRange(
        _ path: String, start: UInt64, end: UInt64, onProgress: ProgressHandler? = nil
    ) async throws -> Data {
        try await withCall(onProgress: onProgress) {
            try await reader.core.get(
                path: path, range: CoreRange(start: start, end: end), call: $0)
        }
    }

    /// The content of the file at `path`, piece by piece as it arrives.
    public func getStream(
        _ path: String, onProgress: ProgressHandler? = nil
    ) async throws -> ContentStream {
        try await stream(path, range: nil, onProgress: onProgress)
    }

    /// The bytes of the file at `path` from `start` up to, not including, `end`, piece by piece.
    public func getStream(
        _ path: String, start: UInt64, end: UInt64, onProgress: ProgressHandler? = nil
    ) async throws -> ContentStream {
        try await stream(path, range: CoreRange(start: start, end: end), onProgress: onProgress)
    }

    /// A page of the directory at `path`, ascending by name: up to `limit` entries whose names come after `after`.
    public func list(
        _ path: String = "", after: String? = nil, limit: Int? = nil
    ) async throws -> ListPage {
        try await withCall {
            ListPage(
                try await reader.core.list(
                    path: path, after: after, limit: limit.map { UInt32(clamping: $0) }, call: $0))
        }
    }

    /// The entries of the directory at `path`, in no order that means anything.
    public func entries(_ path: String = "") -> EntrySequence {
        EntrySequence { [core = reader.core] in try await core.entries(path: path, call: $0) }
    }

    /// The entries of the directory at `path` and of all below it.
    public func entriesRecursive(_ path: String = "") -> EntrySequence {
        EntrySequence { [core = reader.core] in
            try await core.entriesRecursive(path: path, call: $0)
        }
    }

    private func stream(
        _ path: String, range: CoreRange?, onProgress: ProgressHandler?
    ) async throws -> ContentStream {
        let call = CoreCall(progress: onProgress.map(ProgressAdapter.init))
        return try await within(call) {
            let content = try await reader.core.getStream(path: path, range: range, call: $0)
            return ContentStream(core: content, call: call)
        }
    }
}
