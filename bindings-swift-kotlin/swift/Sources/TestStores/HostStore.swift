import Foundation
import Sealwood

/// A store as an app would write it: it counts its calls, and one of them can be told to misbehave.
package final class HostStore: BlobStore, @unchecked Sendable {
    package enum How: Sendable {
        case hang, throwing
        case code(String)
        case oversized
        /// A put is done, and its answer never comes.
        case lose
    }

    /// An error that is none of the library's.
    package struct OwnError: Error {
        package init() {}
    }

    package init() {}

    private struct Armed {
        let method: String?
        var left: UInt64
        let how: How
        var hasArrived = false
    }

    private let lock = NSLock()
    private var objects: [String: BlobObject] = [:]
    private var seen: UInt64 = 0
    private var armed: Armed?
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// How many calls there were.
    package var calls: UInt64 { lock.withLock { seen } }

    /// Has the `at`-th call from now on misbehave, of `method` or of any.
    package func arm(at: UInt64, method: String?, how: How) {
        lock.withLock { armed = Armed(method: method, left: at, how: how) }
    }

    /// Arms no call any more, and lets go who waits for one.
    package func disarm() {
        let waiting = lock.withLock {
            armed = nil
            defer { self.waiting = [] }
            return self.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until the armed call has arrived; `false` if none is armed.
    package func awaitCall() async -> Bool {
        guard lock.withLock({ armed != nil }) else { return false }
        await withCheckedContinuation { continuation in
            let arrived = lock.withLock {
                if armed?.hasArrived == true { return true }
                waiting.append(continuation)
                return false
            }
            if arrived { continuation.resume() }
        }
        return true
    }

    package func get(_ key: String) async throws -> BlobObject {
        try await call("get")
        return try object(key)
    }

    package func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data {
        let isOversized = try await call("getRange")
        let bytes = try object(key).bytes
        guard offset < bytes.count else { throw SealwoodError(.objectTruncated) }
        if isOversized { return Data(repeating: 0, count: Int(length) + 1) }
        let end = min(UInt64(bytes.count), offset + length)
        return bytes.subdata(in: Int(offset)..<Int(end))
    }

    package func put(_ key: String, _ bytes: Data, precondition: Precondition) async throws -> String {
        let isLost = try await call("put")
        let etag = try lock.withLock {
            switch precondition {
            case .none:
                break
            case .absent:
                guard objects[key] == nil else { throw SealwoodError(.preconditionFailed) }
            case .matches(let etag):
                guard objects[key]?.etag == etag else { throw SealwoodError(.preconditionFailed) }
            }
            let object = BlobObject(bytes: bytes, etag: tag(of: bytes))
            objects[key] = object
            return object.etag
        }
        if isLost {
            arrive()
            await never()
        }
        return etag
    }

    package func delete(_ key: String) async throws {
        try await call("delete")
        lock.withLock { objects[key] = nil }
    }

    package func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage {
        try await call("list")
        let found = lock.withLock {
            objects.filter { $0.key.hasPrefix(prefix) && $0.key > startAfter ?? "" }
                .map { meta($0, $1) }
        }
        let page = Array(found.sorted { $0.key < $1.key }.prefix(limit))
        return ObjectPage(objects: page, next: page.count < found.count ? page.last?.key : nil)
    }

    package func head(_ key: String) async throws -> ObjectMeta? {
        try await call("head")
        return lock.withLock {
            objects[key].map { meta(key, $0) }
        }
    }

    package func deleteMany(_ keys: [String]) async throws -> [NotDeleted] {
        try await call("deleteMany")
        lock.withLock { for key in keys { objects[key] = nil } }
        return []
    }

    private func object(_ key: String) throws -> BlobObject {
        guard let object = lock.withLock({ objects[key] }) else {
            throw SealwoodError(.objectMissing)
        }
        return object
    }

    /// Counts a call; throws, or never ends, if it is the one. `true` if something is wrong with its
    /// answer: that of a range is oversized, that of a put lost.
    @discardableResult
    private func call(_ method: String) async throws -> Bool {
        switch turn(method) {
        case nil:
            return false
        case .oversized, .lose:
            return true
        case .throwing:
            throw OwnError()
        case .code(let code):
            throw SealwoodError(SealwoodError.Code(rawValue: code))
        case .hang:
            await never()
            return false
        }
    }

    private func turn(_ method: String) -> How? {
        lock.lock()
        seen += 1
        guard var call = armed, call.left > 0, call.method ?? method == method else {
            lock.unlock()
            return nil
        }
        call.left -= 1
        armed = call
        guard call.left == 0 else {
            lock.unlock()
            return nil
        }
        lock.unlock()
        // A put whose answer is lost has arrived when it is done.
        if case .lose = call.how { return call.how }
        arrive()
        return call.how
    }

    private func arrive() {
        let arrived = lock.withLock {
            armed?.hasArrived = true
            defer { waiting = [] }
            return waiting
        }
        for continuation in arrived { continuation.resume() }
    }
}

/// A store with no other methods than one must have; those do what another's do.
package struct BareStore: BlobStore {
    private let inner: HostStore

    package init(_ inner: HostStore) {
        self.inner = inner
    }

    package func get(_ key: String) async throws -> BlobObject { try await inner.get(key) }

    package func put(_ key: String, _ bytes: Data, precondition: Precondition) async throws -> String {
        try await inner.put(key, bytes, precondition: precondition)
    }

    package func delete(_ key: String) async throws { try await inner.delete(key) }

    package func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage {
        try await inner.list(prefix: prefix, startAfter: startAfter, limit: limit)
    }
}

/// What a store tells whose clock stands at one moment.
private func meta(_ key: String, _ object: BlobObject) -> ObjectMeta {
    ObjectMeta(
        key: key, size: UInt64(object.bytes.count), modifiedMs: 1_700_000_000_000,
        etag: object.etag)
}

/// The same for equal bytes, as long as this process lives.
private func tag(of bytes: Data) -> String {
    var hasher = Hasher()
    bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    return "\(bytes.count)-\(UInt(bitPattern: hasher.finalize()))"
}

/// Deaf to being cancelled, as a careless app would be.
private func never() async {
    await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
}
