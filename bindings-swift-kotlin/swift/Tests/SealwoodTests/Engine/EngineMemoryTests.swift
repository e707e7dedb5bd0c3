#if os(Linux)
import Foundation
import Sealwood
import XCTest

/// What an engine's app lets go of is given back.
final class EngineMemoryTests: EngineTestCase {
    func testAScanOfManyRowsNeedsNoMoreThanAPage() async throws {
        let engine = try await Engine.open(temporaryDirectory().path)
        let films = try await engine.namespace("films")
        for part in 0..<8 {
            let batch = engine.batch()
            for number in 0..<64 {
                try batch.put(films, utf8("\(part)/\(number)"), pattern(128 << 10, seed: number))
            }
            try await batch.commit(durability: .none)
        }
        // 64 MiB a round, of which all that stayed would be 512 MiB in the end.
        try await assertNoGrowth(rounds: 9, warmUp: 1, bytesMax: 48 << 20) { _ in
            var size = 0
            for try await entry in try await films.scan() { size += entry.value.count }
            XCTAssertEqual(size, 64 << 20)
        }
        try await engine.close()
    }

    func testThousandsOfHandlesComeAndGo() async throws {
        let (engine, notes) = try await notes()
        try await notes.track(.buckets)
        try await engine.fill(notes, 1_000)
        let rows = (0..<256).map { (utf8(row($0)), pattern(16)) }
        let name = utf8("users")
        // Hashes of half a MiB and a batch of one: what stayed of them would be a GiB in the end.
        try await assertNoGrowth(rounds: 550, warmUp: 50, bytesMax: 64 << 20) { _ in
            _ = try await notes.trackedState()?.partition.hash()
            let state = try PartitionedLtHash()
            try state.create(name, detail: .buckets)
            try state.beginBackfill(name, detail: .buckets)
            try state.backfill(name, rows)
            XCTAssertNotNil(state.partition(name))
            try engine.batch().put(notes, utf8("a"), pattern(1 << 20))
            for try await _ in try await notes.snapshot().scan() { break }
            _ = try await engine.snapshot().namespace("notes")
            for try await _ in try await notes.watch(since: 0) { break }
            _ = try await notes.scan()
        }
        try await assertNoLeases(engine)
    }
}
#endif
