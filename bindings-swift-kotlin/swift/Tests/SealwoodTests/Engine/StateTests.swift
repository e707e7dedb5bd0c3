import Foundation
import Sealwood
import XCTest

private let rowCount = 20_000

/// Hashes that an engine keeps of its rows.
final class StateTests: EngineTestCase {
    func testTheStateOfANamespaceIsTheHashOfItsRows() async throws {
        let (engine, notes) = try await notes()
        let none = try await notes.trackedState()
        XCTAssertNil(none)
        let (first, second) = (try await notes.track(.whole), try await notes.track(.whole))
        XCTAssertTrue(first)
        XCTAssertFalse(second)
        try await engine.fill(notes, 3)
        let (domain, expected) = (try Domain(utf8("notes")), LtHash.identity())
        expected.addBatch(domain, (0..<3).map { (utf8(row($0)), utf8("\($0)")) })
        let tracked = try await notes.trackedState()
        let state = try XCTUnwrap(tracked)
        let revision = try await engine.revision()
        XCTAssertEqual(state.revision, revision)
        XCTAssertEqual(state.partition.state, .valid)
        XCTAssertEqual(state.partition.detail, .whole)
        XCTAssertEqual(state.partition.name, utf8("notes"))
        XCTAssertEqual(state.partition.rows, 3)
        XCTAssertEqual(state.partition.buckets(), [])
        XCTAssertEqual(try state.partition.hash(), expected)
        XCTAssertEqual(try state.partition.checksum(), expected.checksum())
        try await notes.delete(utf8(row(1)))
        expected.remove(domain, key: utf8(row(1)), value: utf8("1"))
        let later = try await notes.trackedState()
        XCTAssertEqual(try later?.partition.hash(), expected)
    }

    func testABackfillTellsHowFarItIsAndWhatItCountedBeforeItWasCancelledStays() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, rowCount)
        await assertThrows(.invalidArgument) { try await notes.verifyState() }
        try await notes.track(.buckets)
        try await assertStops { try await notes.backfill(onProgress: $0) }
        let stopped = try await notes.trackedState()
        let partition = try XCTUnwrap(stopped?.partition)
        XCTAssertEqual(partition.state, .backfilling)
        let rows = try XCTUnwrap(partition.rows)
        XCTAssertGreaterThan(rows, 0)
        XCTAssertLessThan(rows, UInt64(rowCount))
        XCTAssertEqual(partition.cursor?.starts(with: utf8("user/")), true)
        await assertThrows(.stateNotValid) { try partition.hash() }
        try await assertWhole { try await notes.backfill(onProgress: $0) }
        let whole = try await notes.trackedState()
        XCTAssertEqual(whole?.partition.state, .valid)
        try await notes.backfill()
    }

    func testAFullScanSaysThatAllIsAsItWasCountedAndIsCancelled() async throws {
        let (engine, notes) = try await notes()
        try await notes.track(.buckets)
        try await engine.fill(notes, rowCount)
        try await assertWhole {
            let verified = try await notes.verifyState(onProgress: $0)
            XCTAssertEqual(verified.rows, UInt64(rowCount))
            XCTAssertFalse(verified.isBackfilling)
            XCTAssertNil(verified.difference)
        }
        try await assertStops { _ = try await notes.verifyState(onProgress: $0) }
        try await assertNoLeases(engine)
    }

    func testTwoNamespacesAreComparedAndNotARowIsReadWhereTheyAreTheSame() async throws {
        let ((ours, users), (theirs, others)) = (try await notes(), try await notes())
        for (engine, namespace) in [(ours, users), (theirs, others)] {
            try await namespace.track(.buckets)
            try await engine.fill(namespace, 2_000)
        }
        let same = try await users.compare(with: others)
        XCTAssertEqual([same.differences, same.rowsRead], [0, 0])
        XCTAssertEqual(same.first, [])
        try await others.put(utf8(row(7)), utf8("seven"))
        try await others.delete(utf8(row(8)))
        try await others.put(utf8("user/new"), utf8("new"))
        let compared = try await users.compare(with: others)
        XCTAssertEqual(compared.differences, 3)
        XCTAssertLessThan(compared.rowsRead, 200)
        XCTAssertEqual(compared.first.map(\.kind), [.value, .onlyFirst, .onlySecond])
        XCTAssertEqual(compared.first.map { text($0.key) }, [row(7), row(8), "user/new"])
        let one = try await users.compare(with: others, firstMax: 1)
        XCTAssertEqual(one.first.count, 1)
        let elsewhere = try await theirs.namespace("elsewhere")
        await assertThrows(.invalidArgument) { try await users.compare(with: elsewhere) }
    }

    func testWholeEnginesAreVerifiedAndCompared() async throws {
        let ((ours, users), (theirs, others)) = (try await notes(), try await notes())
        for (engine, namespace) in [(ours, users), (theirs, others)] {
            try await namespace.track(.buckets)
            try await engine.fill(namespace, rowCount)
        }
        try await assertWhole {
            let verified = try await ours.verifyState(onProgress: $0)
            XCTAssertEqual(verified.rows, UInt64(rowCount))
            XCTAssertEqual([verified.differing, verified.backfilling], [0, 0])
            XCTAssertEqual(verified.namespaces.map(\.name), ["notes"])
        }
        try await assertStops { _ = try await ours.verifyState(onProgress: $0) }
        try await others.put(utf8(row(7)), utf8("seven"))
        _ = try await ours.namespace("alone")
        let compared = try await ours.compare(with: theirs)
        XCTAssertEqual([compared.namespaces, compared.missing, compared.notCounted], [1, 1, 0])
        XCTAssertEqual(compared.differences, 1)
        XCTAssertLessThan(compared.rowsRead, UInt64(rowCount) / 50)
        XCTAssertEqual(compared.first.map(\.kind), [.onlyFirst, .row])
        XCTAssertEqual(compared.first.map(\.namespace), ["alone", "notes"])
        XCTAssertEqual(compared.first.map(\.row?.key), [nil, utf8(row(7))])
        let itself = try await ours.compare(with: ours)
        XCTAssertEqual(itself.differences, 0)
        await assertThrows(.invalidArgument) { try await ours.compare(with: theirs, firstMax: 10_001) }
        try await theirs.close()
        await assertThrows(.closed) { try await ours.compare(with: theirs) }
    }

    /// Asserts that `work` ends well before all rows are done if its task is cancelled at its second report.
    private func assertStops(
        file: StaticString = #filePath, line: UInt = #line,
        _ work: @escaping @Sendable (@escaping ProgressHandler) async throws -> Void
    ) async throws {
        let (reports, itself) = (Reports(), AsyncStream.makeStream(of: Task<Void, any Error>.self))
        let task = Task {
            var told = itself.stream.makeAsyncIterator()
            let itself = await told.next()
            try await work { if reports.add($0) == 2 { itself?.cancel() } }
        }
        itself.continuation.yield(task)
        await assertCancelled(task, file: file, line: line)
        let done = try XCTUnwrap(reports.all.last).done
        XCTAssertLessThan(done, UInt64(rowCount) / 2, file: file, line: line)
    }

    /// Asserts that the reports of `work` rise and end at all rows.
    private func assertWhole(
        file: StaticString = #filePath, line: UInt = #line,
        _ work: (@escaping ProgressHandler) async throws -> Void
    ) async throws {
        let reports = Reports()
        try await work { reports.add($0) }
        let done = reports.all.map(\.done)
        XCTAssertGreaterThan(done.count, 2, file: file, line: line)
        XCTAssertEqual(done, done.sorted(), file: file, line: line)
        let all = UInt64(rowCount)
        XCTAssertEqual(
            reports.all.last, TransferProgress(done: all, total: all), file: file, line: line)
    }
}
