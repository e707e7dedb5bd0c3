#if os(Linux)
import Foundation
import Sealwood
import TestStores
import XCTest

/// What is let go of is given back.
final class MemoryTests: SealwoodTestCase {
    /// The memory of this process that is not on disk, in bytes.
    private func residentBytes() throws -> Int {
        let figures = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = figures.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try XCTUnwrap(pages) * Int(getpagesize())
    }

    /// Asserts that many rounds take no more memory than a few.
    private func assertNoGrowth(
        rounds: Int, warmUp: Int, bytesMax: Int, _ round: (Int) async throws -> Void
    ) async throws {
        for number in 0..<warmUp { try await round(number) }
        let before = try residentBytes()
        for number in warmUp..<rounds { try await round(number) }
        let growth = try residentBytes() - before
        XCTAssertLessThan(growth, bytesMax)
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
        // In and out twice: 48 MiB a round.
        try await assertNoGrowth(rounds: 24, warmUp: 8, bytesMax: 48 << 20) { _ in
            let vault = try await newVault(HostStore())
            try await vault.putStream("a", pieces(of: bytes, size: 1 << 20))
            let read = try await vault.get("a")
            XCTAssertEqual(read, bytes)
            var size = 0
            for try await piece in try await vault.getStream("a") { size += piece.count }
            XCTAssertEqual(size, bytes.count)
        }
    }
}
#endif
