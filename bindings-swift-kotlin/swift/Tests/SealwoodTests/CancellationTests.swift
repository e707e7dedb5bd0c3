import Foundation
import Sealwood
import TestStores
import XCTest

/// Cancelling a task stops the requests of its call and leaves the vault whole.
final class CancellationTests: SealwoodTestCase {
    /// Hangs the `at`-th call of `method`, runs `body`, cancels it there, and asserts that no request
    /// came after that, but for `beside` that had been sent beside it.
    private func cancelling<T: Sendable>(
        _ store: HostStore, at: UInt64 = 1, method: String? = nil, beside: UInt64 = 0,
        file: StaticString = #filePath, line: UInt = #line,
        _ body: @escaping @Sendable () async throws -> T
    ) async throws {
        store.arm(at: at, method: method, how: .hang)
        let task = Task {
            // If the call never comes, the test is to fail and not to wait.
            defer { store.disarm() }
            return try await body()
        }
        _ = await store.awaitCall()
        let calls = store.calls
        task.cancel()
        await assertCancelled(task, file: file, line: line)
        XCTAssertLessThanOrEqual(store.calls, calls + beside, file: file, line: line)
    }

    func testAPutThatIsCancelledStopsItsRequestsAndLeavesTheVaultWhole() async throws {
        let store = HostStore()
        let vault = try await newVault(store)
        try await vault.put("before", pattern(2_000_000))
        let large = pattern(20_000_000)
        let calls = store.calls
        try await vault.putStream("other", pieces(of: pattern(20_000_000, seed: 9), size: 100_000))
        XCTAssertGreaterThan(store.calls - calls, 10)
        try await vault.remove("other")
        // First, as extents of a cancelled put may come late, and one would hang in the place of this call.
        try await cancelling(store) { try await vault.put("small", pattern(10)) }
        for at in [1, 2, 3] as [UInt64] {
            // Two extents are on their way at once.
            try await cancelling(store, at: at, method: "put", beside: 3) {
                try await vault.putStream("large", pieces(of: large, size: 100_000))
            }
        }
        let other = try await reopened(store)
        let paths = try await other.entriesRecursive().reduce(into: []) { $0.append($1.path) }
        XCTAssertEqual(paths, ["before"])
        let read = try await other.get("before")
        XCTAssertEqual(read, pattern(2_000_000))
        try await vault.put("after", pattern(10))
        let again = try await reopened(store).get("after")
        XCTAssertEqual(again, pattern(10))
    }

    func testEveryKindOfCallCanBeCancelled() async throws {
        let store = HostStore()
        try await newVault(store).put("d/a", pattern(3_000_000))
        let credential = Self.credential
        try await cancelling(store) { try await Vault.open(store: store, credential: credential) }
        try await cancelling(store) { try await checkStore(store, prefix: "check") }
        let checked: AnyBlobStore = .custom(store)
        try await cancelling(store) { try await checked.get("key") }
        func fresh() async throws -> Vault { try await reopened(store) }
        let (first, second, third) = (try await fresh(), try await fresh(), try await fresh())
        try await cancelling(store, beside: 3) { try await first.get("d/a") }
        try await cancelling(store, at: 2, method: "getRange", beside: 3) {
            for try await _ in try await second.getStream("d/a") {}
        }
        try await cancelling(store, beside: 3) { try await third.refresh() }
        let batch = third.batch()
        try await batch.put("d/b", pattern(10))
        try await cancelling(store, beside: 3) { try await batch.commit() }
        let names = try await fresh().entries("d").reduce(into: []) { $0.append($1.name) }
        XCTAssertEqual(names, ["a"])
    }

    func testACallOfACancelledTaskMakesNoRequest() async throws {
        let store = HostStore()
        let vault = try await newVault(store)
        let calls = store.calls
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await vault.put("a", pattern(10))
        }
        await assertCancelled(task)
        XCTAssertEqual(store.calls, calls)
    }

    func testASourceThatNeverGivesIsLeft() async throws {
        let vault = try await newVault(HostStore())
        let (source, _) = AsyncStream.makeStream(of: Data.self)
        let asked = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            try await vault.putStream("a", Announcing(inner: source, asked: asked.continuation))
        }
        for await _ in asked.stream { break }
        task.cancel()
        await assertCancelled(task)
        let exists = try await vault.exists("a")
        XCTAssertFalse(exists)
    }

    func testAStoreThatSaysCancelledIsNoCancelledTask() async throws {
        let store = HostStore()
        let vault = try await newVault(store)
        store.arm(at: 1, method: nil, how: .code("cancelled"))
        await assertThrows(.cancelled) { try await vault.put("a", pattern(5_000)) }
    }

    func testAStoreHearsThatItsCallIsNoLongerNeeded() async throws {
        let store = ListeningStore()
        let task = Task { try await AnyBlobStore.custom(store).get("key") }
        await store.waitUntilAsked()
        task.cancel()
        await assertCancelled(task)
        await store.waitUntilCancelled()
    }
}

/// Says when it is first asked for a piece.
private struct Announcing: AsyncSequence, Sendable {
    typealias Element = Data

    let inner: AsyncStream<Data>
    let asked: AsyncStream<Void>.Continuation

    func makeAsyncIterator() -> AsyncStream<Data>.AsyncIterator {
        asked.yield()
        return inner.makeAsyncIterator()
    }
}

/// A store whose `get` waits until its task is cancelled.
private final class ListeningStore: BlobStore {
    private let asked = AsyncStream.makeStream(of: Void.self)
    private let cancelled = AsyncStream.makeStream(of: Void.self)

    func waitUntilAsked() async { for await _ in asked.stream { return } }

    func waitUntilCancelled() async { for await _ in cancelled.stream { return } }

    func get(_ key: String) async throws -> BlobObject {
        asked.continuation.yield()
        let (never, _) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        if Task.isCancelled { cancelled.continuation.yield() }
        throw SealwoodError(.storeFailed)
    }

    func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data { Data() }
    func put(_ key: String, _ bytes: Data, precondition: Precondition) async throws -> String { "" }
    func delete(_ key: String) async throws {}
    func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage {
        ObjectPage(objects: [])
    }
    func head(_ key: String) async throws -> ObjectMeta? { nil }
}
