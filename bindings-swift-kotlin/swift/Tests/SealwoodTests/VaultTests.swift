import Foundation
import Sealwood
import XCTest

/// What the scenarios cannot see: Swift's own forms of the API.
final class VaultTests: SealwoodTestCase {
    func testFilesGoInAndOutOfThisDevice() async throws {
        let directory = try temporaryDirectory()
        let (original, copy) = (
            directory.appendingPathComponent("original"), directory.appendingPathComponent("copy")
        )
        let bytes = pattern(3_000_000)
        try bytes.write(to: original)
        try Data("old".utf8).write(to: copy)
        let vault = try await newVault(.memory())
        let entry = try await vault.putFile("a", from: original)
        XCTAssertEqual(entry.size, 3_000_000)
        try await vault.getStream("a").write(to: copy)
        XCTAssertEqual(try Data(contentsOf: copy), bytes)
    }

    func testALocalStoreIsOneOpenersAtATime() async throws {
        let path = try temporaryDirectory().path
        let store: AnyBlobStore = try await .local(path)
        await assertThrows(.storeLocked) { try await AnyBlobStore.local(path) }
        let first = try await newVault(store)
        try await first.put("a", pattern(300_000))
        try await first.close()
        try await store.close()
        await assertThrows(.closed) { try await store.head("root") }
        let again: AnyBlobStore = try await .local(path)
        let kept = try await again.list(prefix: "", startAfter: nil, limit: 10)
        XCTAssertFalse(kept.objects.isEmpty)
        try await again.close()
    }

    func testADownloadThatFailsLeavesTheOldFileAndNothingElse() async throws {
        let directory = try temporaryDirectory()
        let copy = directory.appendingPathComponent("copy")
        try Data("old".utf8).write(to: copy)
        let vault = try await newVault(.memory())
        try await vault.put("a", pattern(2_000_000))
        let stream = try await vault.getStream("a")
        stream.close()
        await assertThrows(.closed) { try await stream.write(to: copy) }
        XCTAssertEqual(try Data(contentsOf: copy), Data("old".utf8))
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        XCTAssertEqual(files, ["copy"])
    }

    func testAFileThatIsNotThereIsASourceThatFails() async throws {
        let vault = try await newVault(.memory())
        let missing = try temporaryDirectory().appendingPathComponent("missing")
        await assertThrows(.sourceFailed) { try await vault.putFile("a", from: missing) }
        let exists = try await vault.exists("a")
        XCTAssertFalse(exists)
    }

    func testAContentIsStreamedOnceAndADirectoryAnew() async throws {
        let vault = try await newVault(.memory())
        let bytes = pattern(1_500_000)
        try await vault.putStream("d/a", pieces(of: bytes, size: 10_000))
        try await vault.put("d/b", Data())
        let stream = try await vault.getStream("d/a")
        XCTAssertEqual(stream.entry.path, "d/a")
        var read = Data()
        for try await piece in stream {
            read += piece
            break
        }
        XCTAssertLessThan(read.count, bytes.count)
        for try await piece in stream { read += piece }
        XCTAssertEqual(read, bytes)
        let entries = vault.entries("d")
        for _ in 0..<2 {
            let names = try await entries.reduce(into: []) { $0.append($1.name) }
            XCTAssertEqual(names.sorted(), ["a", "b"])
        }
    }

    func testEntriesOfADirectoryThatIsNotThereFailOnceAndThenEnd() async throws {
        let vault = try await newVault(.memory())
        var iterator = vault.entries("missing").makeAsyncIterator()
        do {
            _ = try await iterator.next()
            XCTFail("no error")
        } catch let error as SealwoodError {
            XCTAssertEqual(error.code, .notFound)
        }
        let next = try await iterator.next()
        XCTAssertNil(next)
    }

    func testEntriesAreValuesThatCanBeKept() async throws {
        let vault = try await newVault(.memory())
        let options = PutOptions(
            contentType: "text/plain", metadata: ["a": "b"], modifiedMs: 1_500)
        let entry = try await vault.put("notes/a.txt", Data("hello".utf8), options: options)
        XCTAssertEqual(entry.modified, Date(timeIntervalSince1970: 1.5))
        let kept = try JSONEncoder().encode(entry)
        XCTAssertEqual(try JSONDecoder().decode(EntryInfo.self, from: kept), entry)
    }

    func testABatchIsTakenWhenItsCommitIsCalled() async throws {
        let vault = try await newVault(.memory())
        for round in 0..<50 {
            let batch = vault.batch()
            try await batch.put("\(round)", pattern(10))
            try await Committer().commit(batch) {
                defer { batch.close() }
                try batch.mkdir("late")
            }
            XCTAssertEqual(batch.length, 0)
        }
        let page = try await vault.list(limit: 1_000)
        XCTAssertEqual(page.entries.map(\.name).sorted(), (0..<50).map(String.init).sorted())
    }

    func testCallsRunSideBySide() async throws {
        let vault = try await newVault(.memory())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    try await vault.put("\(number)", pattern(1_000, seed: number))
                    let read = try await vault.get("\(number)")
                    XCTAssertEqual(read, pattern(1_000, seed: number))
                }
            }
            try await group.waitForAll()
        }
        let page = try await vault.list(limit: 1_000)
        XCTAssertEqual(page.entries.count, 100)
    }

    func testALinkOpensADirectoryAndNothingElse() async throws {
        let store: AnyBlobStore = .memory()
        let vault = try await newVault(store)
        for path in ["shared/a", "b", "secret/c", "secret/a"] {
            try await vault.put(path, Data(path.utf8))
        }
        let made = try await vault.link("shared")
        let link = try XCTUnwrap(made)
        let directory = try SharedDirectory.open(store: store, link: link)
        let read = try await directory.get("a")
        XCTAssertEqual(read, Data("shared/a".utf8))
        let page = try await directory.list()
        XCTAssertEqual(page.entries.map(\.path), ["a"])
        // Neither what is beside it, by whatever path, nor the directory under its own name.
        for path in ["b", "secret/a", "secret/c", "shared/a"] {
            await assertThrows(.notFound, path: path) { try await directory.get(path) }
        }
        for path in ["../b", "../secret/c"] {
            await assertThrows(.pathDotSegment) { try await directory.get(path) }
        }
        // Nor what comes later.
        try await vault.put("shared/later", Data("later".utf8))
        await assertThrows(.notFound, path: "later") { try await directory.get("later") }
        await assertThrows(.invalidArgument) {
            try SharedDirectory.open(store: store, link: link.dropLast())
        }
    }

    func testSecretsAndPhrasesAreTwoFormsOfOneThing() async throws {
        let secret = try generateSecret()
        XCTAssertEqual(secret.count, 32)
        XCTAssertEqual(try secretOfPhrase(phraseOfSecret(secret)), secret)
        let store: AnyBlobStore = .memory()
        _ = try await Vault.create(store: store, credential: .secret(secret))
        let phrase = try phraseOfSecret(secret)
        _ = try await Vault.open(store: store, credential: .phrase(phrase))
    }

    func testLogMessagesReachTheCallback() async throws {
        let messages = Messages()
        setLogger(.debug) { level, message in messages.add("\(level): \(message)") }
        try await newVault(.memory()).put("secret-name", pattern(10))
        setLogger(.debug, nil)
        XCTAssertFalse(messages.all.isEmpty)
        XCTAssertFalse(messages.all.contains { $0.contains("secret-name") })
        let count = messages.all.count
        _ = try await newVault(.memory())
        XCTAssertEqual(messages.all.count, count)
    }
}

private final class Messages: @unchecked Sendable {
    private let lock = NSLock()
    private var messages: [String] = []

    var all: [String] { lock.withLock { messages } }

    func add(_ message: String) {
        lock.withLock { messages.append(message) }
    }
}
