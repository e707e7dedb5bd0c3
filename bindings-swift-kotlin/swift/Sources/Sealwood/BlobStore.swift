import Foundation
import SealwoodGenerated

/// A place for objects: what a vault lives in. An app may bring its own, of which ``get(_:)``,
/// ``put(_:_:precondition:)``, ``delete(_:)`` and ``list(prefix:startAfter:limit:)`` are all it must have.
///
/// Keys are 1 to 255 bytes of `[a-z0-9/_-]`, no segment empty. Every method may be called
/// concurrently. A call whose task is cancelled happened wholly or not at all, and so did one that threw.
/// What a store answers is checked: a wrong answer makes the call of the vault fail with
/// ``SealwoodError/Code-swift.struct/storeFailed``. ``checkStore(_:prefix:)`` tells whether a store keeps
/// all promises.
public protocol BlobStore: Sendable {
    /// The object at `key`. Throws ``SealwoodError/Code-swift.struct/objectMissing`` if there is none.
    func get(_ key: String) async throws -> BlobObject

    /// `length` bytes of the object at `key` from `offset` on; fewer where the object ends first.
    /// The library asks for ranges that end within `Int`. By default the whole object is got.
    ///
    /// Throws ``SealwoodError/Code-swift.struct/objectMissing`` if there is no object,
    /// ``SealwoodError/Code-swift.struct/objectTruncated`` if it ends at or before `offset`.
    func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data

    /// Writes the object at `key` whole and durably if `precondition` holds, and returns its tag.
    ///
    /// Otherwise it changes nothing and throws
    /// ``SealwoodError/Code-swift.struct/preconditionFailed``. Readers see the old object or the new one.
    /// Bytes that go over a network go with a checksum, such as `Content-MD5`: what arrives damaged is not
    /// stored, and the put throws ``SealwoodError/Code-swift.struct/storeUnavailable``.
    func put(_ key: String, _ bytes: Data, precondition: Precondition) async throws -> String

    /// Removes the object at `key`; succeeds if there is none.
    func delete(_ key: String) async throws

    /// Removes the objects at `keys`, up to 1,000 of an app's store, as ``delete(_:)`` does, and returns
    /// those that were not removed, or of which nobody knows.
    ///
    /// If it throws, nobody knows of any. By default they are deleted one by one, up to 8 at a time.
    func deleteMany(_ keys: [String]) async throws -> [NotDeleted]

    /// Up to `limit` objects (1 to 1,000) whose keys start with `prefix` and come after `startAfter`,
    /// ascending in the order of their bytes.
    func list(prefix: String, startAfter: String?, limit: Int) async throws -> ObjectPage

    /// What is known of the object at `key`; `nil` if there is none. By default it is listed.
    func head(_ key: String) async throws -> ObjectMeta?

    /// Makes everything acknowledged so far durable. By default nothing: the store is durable when a
    /// call returns.
    func flush() async throws

    /// Whether ``flush()`` would have anything to do; it is not called otherwise. A store with a
    /// `flush` of its own has this too: by default it never has.
    func needsFlush() throws -> Bool
}

/// An object and its tag.
public struct BlobObject: Hashable, Sendable {
    /// The whole content.
    public var bytes: Data
    /// The tag of this state: 1 to 1,024 bytes of text.
    public var etag: String

    /// An object and its tag.
    public init(bytes: Data, etag: String) {
        self.bytes = bytes
        self.etag = etag
    }
}

/// What is known of an object without reading it.
public struct ObjectMeta: Hashable, Sendable, Codable {
    /// The key.
    public var key: String
    /// The size in bytes.
    public var size: UInt64
    /// When it was last put by the clock of the store, in milliseconds since 1970, perhaps to the second
    /// only; `nil` if the store does not tell.
    public var modifiedMs: UInt64?
    /// The tag of this state; `nil` if the store would have to read the object for it.
    public var etag: String?

    /// What is known of an object without reading it.
    public init(key: String, size: UInt64, modifiedMs: UInt64? = nil, etag: String? = nil) {
        self.key = key
        self.size = size
        self.modifiedMs = modifiedMs
        self.etag = etag
    }
}

/// An object that was not deleted, or of which nobody knows.
public struct NotDeleted: Hashable, Sendable {
    /// The key.
    public let key: String
    /// Why it may still be there.
    public let error: SealwoodError

    /// The object at `key`, whose delete threw `error`.
    public init(key: String, error: any Error) {
        self.key = key
        self.error = SealwoodError(ofStore: error)
    }
}

/// One page of a listing.
public struct ObjectPage: Hashable, Sendable, Codable {
    /// Objects ascending by key.
    public var objects: [ObjectMeta]
    /// What to pass as `startAfter` for the next page; `nil` at the end.
    public var next: String?

    /// One page of a listing.
    public init(objects: [ObjectMeta], next: String? = nil) {
        self.objects = objects
        self.next = next
    }
}

/// What must hold for a put to take effect.
public enum Precondition: Hashable, Sendable {
    /// Nothing.
    case none
    /// There is no object at the key.
    case absent
    /// The object at the key has this tag.
    case matches(etag: String)
}
