#if os(Linux)
import Foundation
import Sealwood
import TestStores
import XCTest

/// What is let go of is given back.
final class MemoryTests: SealwoodTestCase {
    /// Asserts that nobody holds `store` any more, or not for long.
    private func assertLetGo(of store: Weak<HostStore>) async {
        let gone = Task {
            while store.value != nil { try await Task.sleep(nanoseconds: 1_000_000) }
        }
        if await patientResult(of: gone) == nil { XCTFail("the store is still held") }
        gone.cancel()
    }

    func testTenThousandHandlesLeaveNothingBehind() async throws {
        let store = HostStore()
        let vault = try await newVault(store)
        try await vault.put("d/a", pattern(100_000))
        // Ten handles a round: two vaults, two snapshots, a batch, two streams, two listings, a credential.
        try await assertNoGrowth(rounds: 1_000, warmUp: 200, bytesMax: 16 << 20) { number in
            let credential = try Credential.secret(Data(repeating: 1, count: 32))
            for _ in 0..<2 {
                let other = try await Vault.open(store: store, credential: credential)
                let snapshot = try await other.snapshot()
                for try await _ in try await snapshot.getStream("d/a") { break }
                for try await entry in snapshot.entries("d") { XCTAssertEqual(entry.name, "a") }
            }
            let batch = vault.batch()
            try await batch.put("b", pattern(1_000, seed: number))
        }
    }

    func testAGibibyteOfTrafficLeavesNothingBehind() async throws {
        let bytes = pattern(16 << 20)
        // In and out twice: 48 MiB a round, of which one copy that stayed would be 352 MiB in the end.
        try await assertNoGrowth(rounds: 30, warmUp: 8, bytesMax: 128 << 20) { _ in
            await assertLetGo(of: try await traffic(bytes))
        }
    }

    /// Puts and gets `bytes` in a store of its own, which is returned.
    private func traffic(_ bytes: Data) async throws -> Weak<HostStore> {
        let store = HostStore()
        let vault = try await newVault(store)
        try await vault.putStream("a", pieces(of: bytes, size: 1 << 20))
        let read = try await vault.get("a")
        XCTAssertEqual(read, bytes)
        var size = 0
        for try await piece in try await vault.getStream("a") { size += piece.count }
        XCTAssertEqual(size, bytes.count)
        return Weak(store)
    }
}

/// Somebody else's object, for as long as they hold it.
private struct Weak<Object: AnyObject & Sendable>: Sendable {
    private(set) weak var value: Object?

    init(_ value: Object) { self.value = value }
}
#endif
