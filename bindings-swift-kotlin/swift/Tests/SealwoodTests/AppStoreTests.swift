import Foundation
import Sealwood
import TestStores
import XCTest

/// Stores that an app wrote, good ones and others.
final class AppStoreTests: SealwoodTestCase {
    func testAStoreOfTheAppsKeepsEveryPromise() async throws {
        let kept = try await checkStore(HostStore(), prefix: "check")
        let all = try await checkStore(.memory(), prefix: "check")
        XCTAssertEqual(kept, all)
    }

    func testAStoreMayHaveNoMoreThanItMust() async throws {
        let kept = try await checkStore(BareStore(HostStore()), prefix: "check")
        let all = try await checkStore(.memory(), prefix: "check")
        XCTAssertEqual(kept, all)
    }

    func testAStoreSaysOfEachObjectWhyItIsLeft() async throws {
        let store = LyingStore()
        let checked: AnyBlobStore = .custom(store)
        store.deleteMany = { _, _ in
            [
                NotDeleted(key: "b", error: SealwoodError(.storeDenied)),
                NotDeleted(key: "c", error: HostStore.OwnError()),
            ]
        }
        let left = try await checked.deleteMany(["a", "b", "c"])
        XCTAssertEqual(left.map(\.key), ["b", "c"])
        XCTAssertEqual(left.map(\.error.code), [.storeDenied, .storeFailed])
        // Of what nobody asked to delete, it cannot know.
        let confused = try await checked.deleteMany(["a", "b"])
        XCTAssertEqual(confused.map(\.key), ["a", "b"])
        XCTAssertEqual(confused.map(\.error.code), [.storeFailed, .storeFailed])
    }

    func testABrokenPromiseIsNamed() async throws {
        let store = LyingStore()
        store.put = { store, key, bytes, _ in
            try await store.put(key, bytes, precondition: .none)
        }
        do {
            _ = try await checkStore(store, prefix: "check")
            XCTFail("no promise was broken")
        } catch let error as SealwoodError {
            XCTAssertEqual(error.code, .storeFailed)
            XCTAssertTrue(error.message.contains("Absent"), error.message)
        }
    }

    func testWhatAStoreThrowsIsTheErrorOfTheCall() async throws {
        // Of what is stored before the commit: of that itself, all but a refusal leaves unknown
        // whether it took effect.
        let store = HostStore()
        let vault = try await newVault(store)
        store.arm(at: 1, method: nil, how: .throwing)
        await assertThrows(.storeFailed) { try await vault.put("a", pattern(5_000)) }
        for code in [SealwoodError.Code.storeFull, .storeDenied, .storeFailed] {
            store.arm(at: 1, method: nil, how: .code(code.rawValue))
            await assertThrows(code) { try await vault.put("a", pattern(5_000)) }
        }
        // A code that is not a store's to use says no more than that it failed.
        store.arm(at: 1, method: nil, how: .code("wrong-key"))
        await assertThrows(.storeFailed) { try await vault.put("a", pattern(5_000)) }
        try await vault.put("a", pattern(5_000))
        let read = try await reopened(store).get("a")
        XCTAssertEqual(read, pattern(5_000))
    }

    func testNonsenseIsRefused() async throws {
        let store = LyingStore()
        let vault = try await newVault(store)
        try await vault.put("a", pattern(300_000))
        let checked: AnyBlobStore = .custom(store)
        store.getRange = { _, _, _, length in Data(count: Int(length) + 1) }
        await assertThrows(.storeFailed) { try await self.reopened(store).get("a") }
        await assertThrows(.storeFailed) {
            try await checked.getRange("a", offset: 0, length: 4)
        }
        store.getRange = { _, _, _, _ in Data() }
        await assertThrows(.objectTruncated) {
            try await checked.getRange("a", offset: 0, length: 4)
        }
        store.list = { _, prefix, _, _ in
            ObjectPage(objects: ["b", "a"].map { ObjectMeta(key: prefix + $0, size: .max) })
        }
        await assertThrows(.storeFailed) {
            try await checked.list(prefix: "", startAfter: nil, limit: 10)
        }
        store.head = { _, _ in ObjectMeta(key: "another", size: 0) }
        await assertThrows(.storeFailed) { try await checked.head("a") }
        store.head = { _, key in ObjectMeta(key: key, size: 0, etag: "") }
        await assertThrows(.storeFailed) { try await checked.head("a") }
        for etag in ["", String(repeating: "x", count: 1 << 20)] {
            store.put = { _, _, _, _ in etag }
            await assertThrows(.storeFailed) {
                try await checked.put("a", Data(), precondition: .none)
            }
        }
        store.get = { _, _ in BlobObject(bytes: Data(count: 65 << 20), etag: "tag") }
        await assertThrows(.storeFailed) { try await checked.get("a") }
    }

    func testAStoreThatCannotTellWhetherToFlushIsFlushed() async throws {
        let store = LyingStore()
        store.onNeedsFlush = { throw HostStore.OwnError() }
        store.onFlush = { throw SealwoodError(.storeFull) }
        XCTAssertTrue(AnyBlobStore.custom(store).needsFlush())
        await assertThrows(.storeFull) { try await AnyBlobStore.custom(store).flush() }
    }
}

/// A host store whose answers a test can replace.
private final class LyingStore: BlobStore, @unchecked Sendable {
    private let inner = HostStore()
    var get: @Sendable (HostStore, String) async throws -> BlobObject = { try await $0.get($1) }
    var getRange: @Sendable (HostStore, String, UInt64, UInt64) async throws -> Data = {
        try await $0.getRange($1, offset: $2, length: $3)
    }
    var put: @Sendable (HostStore, String, Data, Precondition) async throws -> String = {
        try await $0.put($1, $2, precondition: $3)
    }
    var list: @Sendable (HostStore, String, String?, Int) async throws -> ObjectPage = {
        try await $0.list(prefix: $1, startAfter: $2, limit: $3)
    }
    var head: @Sendable (HostStore, String) async throws -> ObjectMeta? = {
        try await $0.head($1)
    }
    var deleteMany: @Sendable (HostStore, [String]) async throws -> [NotDeleted] = {
        try await $0.deleteMany($1)
    }
    var onFlush: @Sendable () async throws -> Void = {}
    var onNeedsFlush: @Sendable () throws -> Bool = { false }

    func get(_ key: String) async throws -> BlobObject { try await get(inner, key) }

    func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data {
        try await getRange(inner, key, offset, length)
    }

    func put(_ key: String, _ bytes: Data, precondition: Precondition) async throws -> String {
        try await put(inner, key, bytes, precondition)
    }

    func delete(_ key: String) async throws { try await inner.delete(key) }

    func deleteMany(_ keys: [String]) async throws -> [NotDeleted] {
        try await deleteMany(inner, keys)
    }

    func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage {
        try await list(inner, prefix, startAfter, limit)
    }

    func head(_ key: String) async throws -> ObjectMeta? { try await head(inner, key) }

    func flush() async throws { try await onFlush() }

    func needsFlush() throws -> Bool { try onNeedsFlush() }
}
