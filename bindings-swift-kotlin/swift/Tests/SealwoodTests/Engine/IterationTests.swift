import Foundation
import Sealwood
import XCTest

/// Scans and watches, which are open when their call returns and end when they are left.
final class IterationTests: EngineTestCase {
    func testAScanGivesWhatIsAskedForInItsOrder() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 1_000)
        try await notes.put(utf8("z"), utf8("z"))
        let all = try await notes.scan(ScanOptions(prefix: utf8("user/"))).all()
        XCTAssertEqual(all.map { text($0.key) }, (0..<1_000).map(row))
        XCTAssertEqual(all[7].value, utf8("7"))
        let options = ScanOptions(
            start: utf8(row(10)), end: utf8(row(20)), order: .descending, limit: 3)
        let some = try await notes.scan(options).all()
        XCTAssertEqual(some.map { text($0.key) }, [19, 18, 17].map(row))
        let rest = try await notes.scanKeys(ScanOptions(startAfter: utf8(row(998)))).all()
        XCTAssertEqual(rest.map { text($0.key) }, [row(999), "z"])
        XCTAssertEqual(rest.map(\.size), [3, 1])
    }

    func testAScanSeesWhatWasThereWhenItWasOpened() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 1_000)
        let scan = try await notes.scan()
        try await notes.delete(utf8(row(900)))
        let all = try await scan.all()
        XCTAssertEqual(all.count, 1_000)
        let keys = try await notes.scanKeys().all()
        XCTAssertEqual(keys.count, 999)
    }

    func testALoopThatIsLeftHoldsNothingAnyLonger() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 1_000)
        try await assertEnds(try await notes.scan(), of: engine)
        try await assertEnds(try await notes.scanKeys(), of: engine)
        try await assertEnds(try await notes.watch(since: 0), of: engine)
        for try await _ in try await notes.snapshot().scan() { break }
        for try await _ in try await notes.snapshot().scanKeys() { break }
        try await assertNoLeases(engine)
        _ = try await notes.scan()
        try await assertNoLeases(engine)
    }

    /// Asserts that leaving a loop ends the sequence, though somebody still holds it.
    private func assertEnds<Item: Sendable>(
        _ sequence: EngineSequence<Item>, of engine: Engine, file: StaticString = #filePath,
        line: UInt = #line
    ) async throws {
        for try await _ in sequence { break }
        try await assertNoLeases(engine, file: file, line: line)
        await assertThrows(.closed, file: file, line: line) { try await sequence.first() }
    }

    func testAScanThatIsAtItsEndIsAtItsEnd() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 3)
        let iterator = try await notes.scanKeys().makeAsyncIterator()
        for number in 0..<3 {
            let key = try await iterator.next()
            XCTAssertEqual(key?.key, utf8(row(number)))
        }
        for _ in 0..<3 {
            let none = try await iterator.next()
            XCTAssertNil(none)
        }
    }

    func testAReaderThatIsCancelledIsGivenNoMoreAndLetsGo() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 1_000)
        let scan = try await notes.scan()
        let (met, go) = (AsyncStream.makeStream(of: Void.self), AsyncStream.makeStream(of: Void.self))
        let reading = Task {
            for try await _ in scan {
                met.continuation.yield()
                // It ends for a task that was cancelled, and the items of the page are left.
                for await _ in go.stream {}
            }
        }
        for await _ in met.stream { break }
        let leases = try await engine.stats().leases
        XCTAssertEqual(leases, 1)
        reading.cancel()
        await assertCancelled(reading)
        met.continuation.finish()
        for await _ in met.stream { XCTFail("it was given more") }
        try await assertNoLeases(engine)
    }

    func testAReaderThatWaitsIsCancelled() async throws {
        let (_, notes) = try await notes()
        let since = try await notes.put(utf8("a"), utf8("1"))
        let watch = try await notes.watch(since: since - 1)
        let met = AsyncStream.makeStream(of: WatchEvent.self)
        let reading = Task { for try await event in watch { met.continuation.yield(event) } }
        for await event in met.stream {
            XCTAssertEqual(event.kind, .put)
            break
        }
        reading.cancel()
        await assertCancelled(reading)
    }

    func testClosingEndsAReaderThatWaitsAndWhatWasReadAhead() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 10)
        let scan = try await notes.scan()
        let iterator = scan.makeAsyncIterator()
        let first = try await iterator.next()
        XCTAssertEqual(first?.key, utf8(row(0)))
        scan.close()
        scan.close()
        await assertThrows(.closed) { try await iterator.next() }
        try await assertNoLeases(engine)
        let watch = try await notes.watch(since: 0)
        let met = AsyncStream.makeStream(of: Void.self)
        let reading = Task { for try await _ in watch { met.continuation.yield() } }
        for await _ in met.stream.prefix(10) {}
        watch.close()
        let code = await patientCode(of: reading)
        XCTAssertEqual(code, .closed)
    }

    func testNothingIsGivenAfterAScanWasClosedUnderItsReader() async throws {
        let (engine, notes) = try await notes()
        try await engine.fill(notes, 100)
        for _ in 0..<300 {
            let scan = try await notes.scan()
            let iterator = scan.makeAsyncIterator()
            async let closing: Void = scan.close()
            // Whatever comes of it.
            _ = try? await iterator.next()
            await closing
            await assertThrows(.closed) { try await iterator.next() }
        }
    }

    func testAWatchTellsEachChangeOnceAfterARevision() async throws {
        let (_, notes) = try await notes()
        let since = try await notes.put(utf8("a/1"), utf8("1"))
        try await notes.put(utf8("a/2"), utf8("2"))
        try await notes.put(utf8("b"), utf8("3"))
        try await notes.expireAt(utf8("a/2"), ms: 4_000_000_000_000)
        try await notes.delete(utf8("a/1"))
        try await notes.renamePrefix(utf8("a/"), to: utf8("c/"))
        let events = try await notes.watch(prefix: utf8("a/"), since: since).prefix(4).all()
        XCTAssertEqual(events.map(\.kind), [.put, .expire, .delete, .rename])
        XCTAssertEqual(events.map { text($0.key) }, ["a/2", "a/2", "a/1", "a/"])
        XCTAssertEqual(events.map(\.to), [nil, nil, nil, utf8("c/")])
        XCTAssertEqual(events.map(\.revision), events.map(\.revision).sorted())
        let first = try await notes.watch(since: 0).first()
        XCTAssertEqual(first?.key, utf8("a/1"))
        let next = try await notes.watch(since: since).first()
        XCTAssertEqual(next?.revision, since + 1)
    }

    func testAWatchBeginsWhenItsCallReturns() async throws {
        let (_, notes) = try await notes()
        try await notes.put(utf8("a"), utf8("1"))
        let watch = try await notes.watch()
        let revision = try await notes.put(utf8("b"), utf8("2"))
        let first = try await watch.first()
        XCTAssertEqual(first?.revision, revision)
    }

    func testAWatchThatWaitsIsToldAndEndsWithTheEngine() async throws {
        let (engine, notes) = try await notes()
        let watch = try await notes.watch()
        let met = AsyncStream.makeStream(of: WatchEvent.self)
        let watching = Task { for try await event in watch { met.continuation.yield(event) } }
        var told = met.stream.makeAsyncIterator()
        try await notes.put(utf8("a"), utf8("1"))
        let put = await told.next()
        XCTAssertEqual(put?.key, utf8("a"))
        try await notes.delete(utf8("a"))
        let delete = await told.next()
        XCTAssertEqual(delete?.kind, .delete)
        try await engine.close()
        let code = await patientCode(of: watching)
        XCTAssertEqual(code, .closed)
    }

    func testAWatchIsReadAsItIsAskedForAndToldThatItFellBehind() async throws {
        let (engine, notes) = try await notes(EngineConfig(watchEventsMax: 2))
        let watch = try await notes.watch()
        for key in ["a", "b", "c", "d"] { try await notes.put(utf8(key), utf8("x")) }
        let iterator = watch.makeAsyncIterator()
        await assertThrows(.cursorExpired) { try await iterator.next() }
        let end = try await iterator.next()
        XCTAssertNil(end)
        let last = try await engine.revision()
        let first = try await notes.watch(since: last - 1).first()
        XCTAssertEqual(first?.key, utf8("d"))
    }
}
