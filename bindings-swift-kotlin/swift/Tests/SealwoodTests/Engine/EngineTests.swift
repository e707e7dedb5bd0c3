import Foundation
import Sealwood
import TestStores
import XCTest

/// What scenarios cannot say of an engine: Swift's own forms of it.
final class EngineTests: EngineTestCase {
    func testWhatOneOpenerPutsTheNextOneReads() async throws {
        let path = try temporaryDirectory().appendingPathComponent("new/engine").path
        let engine = try await Engine.open(path)
        let notes = try await engine.namespace("notes", separatedBytesMin: 1_000)
        let revision = try await notes.put(utf8("a"), utf8("text"))
        try await notes.put(
            Data([0, 255]), pattern(300_000), options: KeyPutOptions(expiresAtMs: 4_000_000_000_000))
        // A part of other bytes is a key too.
        let info = try await notes.info(utf8("not a").suffix(1))
        XCTAssertEqual(info?.size, 4)
        XCTAssertEqual(info?.revision, revision)
        XCTAssertNil(info?.expiresAtMs)
        await assertThrows(.storeLocked) { try await Engine.open(path) }
        try await engine.close()

        let readers = EngineConfig(access: .readOnly)
        let first = try await Engine.open(path, config: readers)
        let second = try await Engine.open(path, config: readers)
        let large = try await second.namespace("notes").get(Data([0, 255]))
        XCTAssertEqual(large?.bytes, pattern(300_000))
        XCTAssertEqual(large?.expiresAtMs, 4_000_000_000_000)
        let again = try await first.namespace("notes")
        let part = try await again.getRange(Data([0, 255]), offset: 299_998, length: 10)
        XCTAssertEqual(part?.bytes, pattern(300_000).suffix(2))
        await assertThrows(.rangePastEnd) {
            try await again.getRange(utf8("a"), offset: 5, length: 1)
        }
        await assertThrows(.readOnly) { try await first.namespace("more") }
        await assertThrows(.storeLocked) { try await Engine.open(path) }
        try await first.close()
        try await second.close()
    }

    func testAnEngineIsClosedOnceAndThenItsDirectoryIsFree() async throws {
        let path = try temporaryDirectory().path
        let engine = try await Engine.open(path)
        let notes = try await engine.namespace("notes")
        try await engine.close()
        try await engine.close()
        await assertThrows(.closed) { try await notes.put(utf8("a"), utf8("b")) }
        await assertThrows(.closed) { try await engine.namespaces() }
        await assertThrows(.closed) { try await engine.stats() }
        try await Engine.open(path).close()
    }

    func testAnEngineThatIsLetGoOfFreesItsDirectory() async throws {
        let path = try temporaryDirectory().path
        for number in 0..<20 {
            let engine = try await openedPatiently(path)
            let notes = try await engine.namespace("notes")
            let length = try await notes.length()
            XCTAssertEqual(length, UInt64(number))
            try await notes.put(utf8("\(number)"), Data())
        }
    }

    func testAnEngineThatCameForACancelledTaskFreesItsDirectory() async throws {
        let path = try temporaryDirectory().path
        for _ in 0..<50 {
            let opening = Task { try await Engine.open(path) }
            opening.cancel()
            // Whether it came or not.
            _ = await opening.result
            try await openedPatiently(path).close()
        }
    }

    /// The engine at `path`, once the last opener is gone: what a thread does for it may go on a while.
    private func openedPatiently(_ path: String) async throws -> Engine {
        let opening = Task {
            while true {
                do {
                    return try await Engine.open(path)
                } catch let error as SealwoodError where error.code == .storeLocked {
                    await Task.yield()
                }
            }
        }
        let result = await patientResult(of: opening)
        opening.cancel()
        return try XCTUnwrap(result).get()
    }

    func testAWriteMayHaveACondition() async throws {
        let (_, notes) = try await notes()
        let absent = KeyPutOptions(precondition: .absent)
        let revision = try await notes.put(utf8("a"), utf8("1"), options: absent)
        await assertThrows(.preconditionFailed) {
            try await notes.put(utf8("a"), utf8("2"), options: absent)
        }
        await assertThrows(.preconditionFailed) {
            try await notes.put(
                utf8("a"), utf8("2"), options: KeyPutOptions(precondition: .revision(revision + 1)))
        }
        try await notes.put(
            utf8("a"), utf8("2"),
            options: KeyPutOptions(precondition: .revision(revision), durability: .none))
        let present = KeyDeleteOptions(precondition: .present, durability: .sync)
        await assertThrows(.preconditionFailed) {
            try await notes.delete(utf8("b"), options: present)
        }
        let deleted = try await notes.delete(utf8("a"), options: present)
        XCTAssertTrue(deleted)
    }

    func testABatchIsAppliedWholeOrNotAtAllAndOnce() async throws {
        let (engine, notes) = try await notes()
        let others = try await engine.namespace("others")
        try await notes.put(utf8("b"), utf8("old"))
        let batch = engine.batch()
        try batch.put(notes, utf8("a"), utf8("1"))
        try batch.delete(notes, utf8("b"))
        try batch.put(others, utf8("c"), utf8("3"))
        XCTAssertEqual(batch.length, 3)
        let before = try await engine.revision()
        let revision = try await batch.commit(durability: .sync)
        XCTAssertEqual(revision, before + 3)
        await assertThrows(.closed) { try await batch.commit() }

        let foreign = try await Engine.memory().batch()
        try foreign.put(notes, utf8("x"), utf8("1"))
        await assertThrows(.invalidArgument) { try await foreign.commit() }
        try engine.batch().put(notes, utf8("x"), utf8("1"))
        let keys = try await notes.scan().all().map { text($0.key) }
        XCTAssertEqual(keys, ["a"])
        let otherKeys = try await others.scan().all().map { text($0.key) }
        XCTAssertEqual(otherKeys, ["c"])
    }

    func testABatchIsTakenWhenItsCommitIsCalled() async throws {
        let (engine, notes) = try await notes()
        for round in 0..<100 {
            let batch = engine.batch()
            for number in 0..<100 {
                try batch.put(notes, utf8("\(round)/\(number)"), pattern(100))
            }
            try await Committer().commit(batch) {
                defer { batch.close() }
                try batch.put(notes, utf8("late"), utf8("1"))
            }
            await assertThrows(.closed) { try batch.delete(notes, utf8("\(round)/0")) }
            XCTAssertEqual(batch.length, 0)
        }
        let length = try await notes.length()
        XCTAssertEqual(length, 10_000)
        let late = try await notes.get(utf8("late"))
        XCTAssertNil(late)
    }

    func testManyPutsRunSideBySide() async throws {
        let (engine, notes) = try await notes()
        let revisions = try await withThrowingTaskGroup(of: UInt64.self) { group in
            for number in 0..<1_000 {
                group.addTask { try await notes.put(utf8("\(number)"), pattern(100, seed: number)) }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        XCTAssertEqual(revisions.count, 1_000)
        let keys = try await engine.stats().keys
        XCTAssertEqual(keys, 1_000)
        for number in 0..<1_000 {
            let value = try await notes.get(utf8("\(number)"))
            XCTAssertEqual(value?.bytes, pattern(100, seed: number))
        }
    }

    func testACallOfACancelledTaskChangesNothing() async throws {
        let (engine, notes) = try await notes()
        let (before, batch) = (try await engine.revision(), engine.batch())
        try batch.put(notes, utf8("b"), utf8("1"))
        let put = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await notes.put(utf8("a"), utf8("1"))
        }
        await assertCancelled(put)
        let commit = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await batch.commit()
        }
        await assertCancelled(commit)
        let after = try await engine.revision()
        XCTAssertEqual(after, before)
        await assertThrows(.closed) { try await batch.commit() }
    }

    func testASnapshotStaysWhatItWas() async throws {
        let (engine, notes) = try await notes()
        let revision = try await notes.put(utf8("a"), utf8("1"))
        try await look(at: notes, of: engine, revision)
        // Both are gone with their last use.
        try await assertNoLeases(engine)
    }

    private func look(at notes: Namespace, of engine: Engine, _ revision: UInt64) async throws {
        let before = try await notes.snapshot()
        var all: EngineSnapshot? = try await engine.snapshot()
        try await notes.put(utf8("a"), utf8("2"))
        try await notes.put(utf8("b"), utf8("2"))
        _ = try await engine.namespace("later")
        XCTAssertEqual(before.revision, revision)
        let keys = try await before.scan().all().map { text($0.key) }
        XCTAssertEqual(keys, ["a"])
        let sizes = try await before.scanKeys().all().map(\.size)
        XCTAssertEqual(sizes, [1])
        let value = try await before.get(utf8("a"))
        XCTAssertEqual(value?.bytes, utf8("1"))
        XCTAssertEqual(all?.revision, revision)
        XCTAssertEqual(all?.namespaces(), ["notes"])
        XCTAssertNil(all?.namespace("later"))
        let old = all?.namespace("notes")
        all = nil
        let info = try await old?.info(utf8("a"))
        XCTAssertEqual(info?.revision, revision)
        let leases = try await engine.stats().leases
        XCTAssertGreaterThan(leases, 0)
    }

    func testDamageIsToldAndTheRestIsThereForWhoPassesItOver() async throws {
        let directory = try temporaryDirectory()
        let engine = try await Engine.open(directory.path)
        let notes = try await engine.namespace("notes", separatedBytesMin: 1_000)
        try await notes.put(utf8("a"), utf8("text"))
        try await notes.put(utf8("b"), pattern(5_000))
        try await engine.close()
        try damage(aValueIn: directory)

        let damaged = try await Engine.open(directory.path)
        let verified = try await damaged.verify()
        XCTAssertEqual(verified.keys, 2)
        XCTAssertEqual(verified.findings, 1)
        let finding = try XCTUnwrap(verified.first.first)
        XCTAssertEqual(finding.kind, .value)
        XCTAssertTrue(finding.isDamage)
        XCTAssertEqual(finding.namespace, "notes")
        XCTAssertEqual(finding.key, utf8("b"))
        XCTAssertEqual(finding.error.code, .storeCorrupt)
        let torn = try await damaged.namespace("notes")
        await assertThrows(.storeCorrupt) { try await torn.get(utf8("b")) }
        let none = try await damaged.verify(firstMax: 0)
        XCTAssertEqual(none.first, [])
        try await damaged.close()

        let passing = EngineConfig(access: .readOnly, recovery: .passOver)
        let passed = try await Engine.open(directory.path, config: passing)
        let whole = try await passed.namespace("notes").get(utf8("a"))
        XCTAssertEqual(whole?.bytes, utf8("text"))
        try await passed.close()
    }

    private func damage(aValueIn directory: URL) throws {
        let values = directory.appendingPathComponent("values")
        let names = try FileManager.default.contentsOfDirectory(atPath: values.path)
        let value = values.appendingPathComponent(try XCTUnwrap(names.first))
        var bytes = try Data(contentsOf: value)
        bytes[2_500] ^= 1
        try bytes.write(to: value)
    }

    func testItDoesByItselfWhatAnAppMayDoInstead() async throws {
        let (engine, notes) = try await notes()
        try await notes.put(
            utf8("a"), utf8("1"), options: KeyPutOptions(durability: .none, expiresAtMs: 1))
        let before = try await engine.needsSync()
        XCTAssertTrue(before)
        try await engine.sync()
        let after = try await engine.needsSync()
        XCTAssertFalse(after)
        let stats = try await engine.stats()
        XCTAssertEqual(stats.durableRevision, stats.revision)
        let purged = try await engine.purgeExpired()
        XCTAssertEqual(purged, 1)
        let (first, second) = (try await engine.checkpoint(), try await engine.checkpoint())
        XCTAssertTrue(first)
        XCTAssertFalse(second)
        let isMore = try await engine.maintain()
        XCTAssertFalse(isMore)
        let vacuum = try await engine.vacuum()
        XCTAssertEqual(vacuum.values, 0)
        try await engine.compact()

        let alone = try await Engine.memory(EngineConfig(checkpointIdleMs: 1))
        try await alone.namespace("notes").put(utf8("a"), utf8("1"))
        // Nobody calls anything that writes.
        while try await alone.stats().logSinceCheckpoint > 0 { await Task.yield() }
    }

    func testArgumentsOutsideTheirLimits() async throws {
        let (engine, notes) = try await notes()
        let key = utf8("a")
        let bad: [@Sendable () async throws -> Void] = [
            { try await notes.put(Data(count: 65_537), key) },
            { _ = try await engine.verify(firstMax: 10_001) },
            { _ = try await notes.compare(with: notes, firstMax: 10_001) },
            { _ = try await engine.namespace("no name") },
            { _ = try await engine.namespace("new", separatedBytesMin: 0) },
            { _ = try await Engine.memory(EngineConfig(separatedBytesMin: 0)) },
            { _ = try await Engine.memory(EngineConfig(recovery: .passOver)) },
            { _ = try await notes.verifyState() },
        ]
        for work in bad { await assertThrows(.invalidArgument) { try await work() } }
        let length = try await notes.length()
        XCTAssertEqual(length, 0)
        await assertThrows(.storeFailed) { try await Engine.open("/dev/null/none") }
    }

    func testWhatWasClosedSaysSo() async throws {
        let (engine, notes) = try await notes()
        let (batch, closed) = (engine.batch(), engine.batch())
        closed.close()
        await assertThrows(.closed) { try closed.put(notes, utf8("a"), utf8("b")) }
        await assertThrows(.closed) { try await closed.commit() }
        XCTAssertEqual(closed.length, 0)
        try batch.put(notes, utf8("a"), utf8("b"))
        try await engine.close()
        let work: [@Sendable () async throws -> Void] = [
            { _ = try await engine.namespace("notes") },
            { _ = try await engine.verify() },
            { _ = try await engine.snapshot() },
            { _ = try await notes.get(utf8("a")) },
            { _ = try await notes.scan() },
            { _ = try await notes.scanKeys() },
            { _ = try await notes.watch() },
            { _ = try await notes.snapshot() },
            { _ = try await notes.trackedState() },
            { try await notes.backfill() },
            { _ = try await notes.verifyState() },
            { try await batch.commit() },
        ]
        for call in work { await assertThrows(.closed) { try await call() } }
    }

    func testErrorsAreThoseOfVaults() async throws {
        let (engine, notes) = try await notes(EngineConfig(namespacesMax: 1))
        await assertThrows(.namespaceLimit) { try await engine.namespace("more") }
        let dropped = try await engine.dropNamespace("notes")
        XCTAssertTrue(dropped)
        await assertThrows(.namespaceDropped) { try await notes.get(utf8("a")) }
    }
}
