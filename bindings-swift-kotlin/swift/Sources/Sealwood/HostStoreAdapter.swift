import Foundation
import SealwoodGenerated

/// The store as the core knows it: its own, or the app's behind an adapter.
func coreStore(of store: some BlobStore) -> CoreStore {
    if let store = store as? AnyBlobStore { return store.core }
    return .custom(host: HostStoreAdapter(store: store))
}

/// A store of the app's, as the core calls it.
private final class HostStoreAdapter<Store: BlobStore>: HostStore {
    private let store: Store

    init(store: Store) {
        self.store = store
    }

    func get(key: String) async throws -> CoreObject {
        try await hosted {
            let object = try await store.get(key)
            return CoreObject(bytes: object.bytes, etag: object.etag)
        }
    }

    func getRange(key: String, offset: UInt64, length: UInt64) async throws -> Data {
        // A sum beyond what `Int` holds would stop the app, and no object reaches that far.
        let offset = min(offset, UInt64(Int.max))
        let length = min(length, UInt64(Int.max) - offset)
        return try await hosted { try await store.getRange(key, offset: offset, length: length) }
    }

    func put(key: String, bytes: Data, precondition: CorePrecondition) async throws -> String {
        try await hosted {
            try await store.put(key, bytes, precondition: Precondition(precondition))
        }
    }

    func delete(key: String) async throws {
        try await hosted { try await store.delete(key) }
    }

    func deleteMany(keys: [String]) async throws -> [CoreNotDeleted] {
        try await hosted { try await store.deleteMany(keys).map(\.core) }
    }

    func list(prefix: String, startAfter: String?, limit: UInt32) async throws -> CoreObjectPage {
        try await hosted {
            let page = try await store.list(
                prefix: prefix, startAfter: startAfter, limit: Int(limit))
            return CoreObjectPage(objects: page.objects.map(\.core), next: page.next)
        }
    }

    func head(key: String) async throws -> CoreObjectMeta? {
        try await hosted { try await store.head(key)?.core }
    }

    func flush() async throws {
        try await hosted { try await store.flush() }
    }

    func needsFlush() throws -> Bool {
        do {
            return try store.needsFlush()
        } catch {
            throw CoreError(thrown: error)
        }
    }
}

/// Runs what the app wrote and turns what it throws into an error of the core.
func hosted<T>(_ body: () async throws -> T) async throws -> T {
    do {
        return try await body()
    } catch {
        throw CoreError(thrown: error)
    }
}

extension BlobObject {
    init(_ core: CoreObject) {
        self.init(bytes: core.bytes, etag: core.etag)
    }
}

extension ObjectMeta {
    init(_ core: CoreObjectMeta) {
        self.init(
            key: core.key, size: core.size, modifiedMs: core.modifiedMs, etag: core.etag)
    }

    fileprivate var core: CoreObjectMeta {
        CoreObjectMeta(key: key, size: size, modifiedMs: modifiedMs, etag: etag)
    }
}

extension NotDeleted {
    init(_ core: CoreNotDeleted) {
        self.init(key: core.key, error: SealwoodError(core.error))
    }

    fileprivate var core: CoreNotDeleted {
        CoreNotDeleted(key: key, error: CoreError(thrown: error))
    }
}

extension ObjectPage {
    init(_ core: CoreObjectPage) {
        self.init(objects: core.objects.map(ObjectMeta.init), next: core.next)
    }
}

extension Precondition {
    fileprivate init(_ core: CorePrecondition) {
        self =
            switch core {
            case .none: .none
            case .absent: .absent
            case .matches(let etag): .matches(etag: etag)
            }
    }

    var core: CorePrecondition {
        switch self {
        case .none: .none
        case .absent: .absent
        case .matches(let etag): .matches(etag: etag)
        }
    }
}
