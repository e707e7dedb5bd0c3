import Foundation
import SealwoodGenerated

/// A store behind one type: memory, a directory of this device, a bucket, or one of the app's whose answers are checked.
public struct AnyBlobStore: BlobStore {
    let core: CoreStore

    /// The object at `key`.
    public func get(_ key: String) async throws -> BlobObject {
        try await withCall { BlobObject(try await core.get(key: key, call: $0)) }
    }

    /// `length` bytes of the object at `key` from `offset` on; fewer where the object ends first.
    public func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data {
        try await withCall {
            try await core.getRange(key: key, offset: offset, length: length, call: $0)
        }
    }

    /// Writes the object at `key` if `precondition` holds, and returns its tag.
    public func put(
        _ key: String, _ bytes: Data, precondition: Precondition
    ) async throws -> String {
        try await withCall {
            try await core.put(
                key: key, bytes: bytes, precondition: precondition.core, call: $0)
        }
    }

    /// Removes the object at `key`; succeeds if there is none.
    public func delete(_ key: String) async throws {
        try await withCall { try await core.delete(key: key, call: $0) }
    }

    /// Removes the objects at `keys`, and returns those that were not removed, or of which nobody knows.
    public func deleteMany(_ keys: [String]) async throws -> [NotDeleted] {
        try await withCall { try await core.deleteMany(keys: keys, call: $0).map(NotDeleted.init) }
    }

    /// Up to `limit` objects (1 to 1,000) whose keys start with `prefix` and come after `startAfter`.
    public func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage {
        try await withCall {
            ObjectPage(
                try await core.list(
                    prefix: prefix, startAfter: startAfter, limit: UInt32(clamping: limit),
                    call: $0))
        }
    }

    /// What is known of the object at `key`; `nil` if there is none.
    public func head(_ key: String) async throws -> ObjectMeta? {
        try await withCall { try await core.head(key: key, call: $0).map(ObjectMeta.init) }
    }

    /// Makes everything acknowledged so far durable.
    public func flush() async throws {
        try await withCall { try await core.flush(call: $0) }
    }

    /// Whether ``flush()`` would have anything to do.
    public func needsFlush() -> Bool {
        core.needsFlush()
    }

    /// Makes everything durable and releases the directory of a ``BlobStore/local(_:)``, which can then be
    /// opened again. Close its vaults first: afterwards their calls fail with
    /// ``SealwoodError/Code-swift.struct/closed``. Other stores stay open.
    public func close() async throws {
        try await withCall { try await core.shutdown(call: $0) }
    }
}

extension BlobStore where Self == AnyBlobStore {
    /// Objects in memory, gone with the store.
    public static func memory() -> AnyBlobStore {
        AnyBlobStore(core: .memory())
    }

    /// The local store in the directory at `path`, which is made if there is none: crash-safe, with every
    /// read checked.
    ///
    /// It has the directory to itself, in this process and among others, until ``AnyBlobStore/close()``, or
    /// until the store and the vaults in it are gone; anybody else gets
    /// ``SealwoodError/Code-swift.struct/storeLocked``. Any number of vaults may live in one.
    public static func local(_ path: String) async throws -> AnyBlobStore {
        AnyBlobStore(core: try await withCall { try await .local(path: path, call: $0) })
    }

    /// Objects as plain files of the directory at `path`, which is made if there is none. Several processes
    /// may use them at once, Node among them.
    public static func directory(_ path: String) async throws -> AnyBlobStore {
        AnyBlobStore(core: try await withCall { try await .directory(path: path, call: $0) })
    }

    /// Objects of a bucket. Requests that fail in passing are repeated.
    public static func s3(_ config: S3Config) throws -> AnyBlobStore {
        AnyBlobStore(core: try translating { try .s3(config: config.core) })
    }

    /// A store of the app's. Arguments are checked before it sees them, and its answers after.
    ///
    /// A vault does the same with a store it is given; this is for whoever uses the store by itself.
    public static func custom(_ store: some BlobStore) -> AnyBlobStore {
        AnyBlobStore(core: coreStore(of: store))
    }
}
