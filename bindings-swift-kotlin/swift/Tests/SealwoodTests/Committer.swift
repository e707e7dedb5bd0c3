import Foundation
import Sealwood
import XCTest

/// Commits on an actor of which each turn is known.
actor Committer {
    private let turns = Turns()

    nonisolated var unownedExecutor: UnownedSerialExecutor { turns.asUnownedSerialExecutor() }

    /// Commits `batch`, and asserts that a change comes too late that is made in the turn after the one in
    /// which the commit is called.
    func commit(_ batch: Batch, late change: @escaping @Sendable () throws -> Void) async throws {
        let next = turns.next(change)
        try await batch.commit()
        await assertTooLate(next)
    }

    /// The same of a batch of an engine.
    func commit(
        _ batch: EngineBatch, late change: @escaping @Sendable () throws -> Void
    ) async throws {
        let next = turns.next(change)
        try await batch.commit()
        await assertTooLate(next)
    }

    private func assertTooLate(_ next: AsyncStream<Result<Void, any Error>>) async {
        for await result in next {
            XCTAssertThrowsError(try result.get()) {
                XCTAssertEqual(($0 as? SealwoodError)?.code, .closed)
            }
            return
        }
    }
}

/// Runs an actor on a thread of its own, one turn after the other.
private final class Turns: SerialExecutor {
    private let queue = DispatchQueue(label: "turns")

    func enqueue(_ job: UnownedJob) {
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// What comes of `body` in the turn after this one.
    func next(_ body: @escaping @Sendable () throws -> Void) -> AsyncStream<Result<Void, any Error>> {
        let (results, continuation) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        queue.async { continuation.yield(Result(catching: body)) }
        return results
    }
}
