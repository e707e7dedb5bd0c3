import Foundation

/// What came of `task`, or nothing after a minute: also of one that cannot be cancelled.
package func patientResult<T: Sendable>(
    of task: Task<T, any Error>
) async -> Result<T, any Error>? {
    let once = Once()
    return await withCheckedContinuation { continuation in
        let timer = Task {
            try? await Task.sleep(nanoseconds: 60_000_000_000)
            if once.first() { continuation.resume(returning: nil) }
        }
        Task {
            let result = await task.result
            if once.first() { continuation.resume(returning: result) }
            timer.cancel()
        }
    }
}

private final class Once: @unchecked Sendable {
    private let lock = NSLock()
    private var isOver = false

    /// Whether this is the first time.
    func first() -> Bool {
        lock.withLock {
            defer { isOver = true }
            return !isOver
        }
    }
}
