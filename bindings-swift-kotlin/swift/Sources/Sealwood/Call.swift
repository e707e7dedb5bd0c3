import SealwoodGenerated

/// How far a call has come: in bytes, or where an engine counts rows in rows.
public struct TransferProgress: Hashable, Sendable {
    /// How much is done.
    public let done: UInt64
    /// How much there is in all, where that is known.
    public let total: UInt64?

    /// How far a call has come.
    public init(done: UInt64, total: UInt64?) {
        self.done = done
        self.total = total
    }
}

/// Hears how far a call has come: on any thread, never twice at once for one call.
public typealias ProgressHandler = @Sendable (TransferProgress) -> Void

/// Runs `body` as one call of the core, which is cancelled with the task.
func withCall<T>(
    onProgress: ProgressHandler? = nil, _ body: (CoreCall) async throws -> T
) async throws -> T {
    try await within(CoreCall(progress: onProgress.map(ProgressAdapter.init)), body)
}

/// Runs `body` as a part of `call`, which is cancelled with the task.
func within<T>(_ call: CoreCall, _ body: (CoreCall) async throws -> T) async throws -> T {
    do {
        return try await withTaskCancellationHandler {
            try await body(call)
        } onCancel: {
            call.cancel()
        }
    } catch let error as CoreError {
        let error = SealwoodError(error)
        // Swift's own word for it, unless it was not this task that was cancelled.
        if error.code == .cancelled, Task.isCancelled { throw CancellationError() }
        throw error
    }
}

final class ProgressAdapter: HostProgress {
    private let handler: ProgressHandler

    init(_ handler: @escaping ProgressHandler) {
        self.handler = handler
    }

    func report(done: UInt64, total: UInt64?) {
        handler(TransferProgress(done: done, total: total))
    }
}
