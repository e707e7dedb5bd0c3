import Foundation

/// How many deletes of one ``BlobStore/deleteMany(_:)`` are under way at a time, by default.
private let deletesAtOnceMax = 8

/// What a store does that has no better way.
extension BlobStore {
    /// Gets the whole object.
    public func getRange(_ key: String, offset: UInt64, length: UInt64) async throws -> Data {
        let bytes = try await get(key).bytes
        guard offset < bytes.count else { throw SealwoodError(.objectTruncated) }
        return bytes.dropFirst(Int(offset)).prefix(Int(clamping: length))
    }

    /// Deletes one by one, up to 8 at a time.
    public func deleteMany(_ keys: [String]) async throws -> [NotDeleted] {
        var left: [NotDeleted] = []
        for start in stride(from: 0, to: keys.count, by: deletesAtOnceMax) {
            left += await notDeleted(keys[start...].prefix(deletesAtOnceMax))
        }
        return left
    }

    /// What the listing says of it.
    public func head(_ key: String) async throws -> ObjectMeta? {
        // What a key starts comes after it.
        let first = try await list(prefix: key, startAfter: nil, limit: 1).objects.first
        return first?.key == key ? first : nil
    }

    /// Does nothing: the store is durable when a call returns.
    public func flush() async throws {}

    /// Never.
    public func needsFlush() throws -> Bool { false }

    /// Deletes the objects at `keys` at once, and returns in their order those that were not deleted.
    private func notDeleted(_ keys: ArraySlice<String>) async -> [NotDeleted] {
        await withTaskGroup(of: (Int, NotDeleted?).self) { group in
            for (index, key) in keys.enumerated() {
                group.addTask {
                    do {
                        try await self.delete(key)
                        return (index, nil)
                    } catch {
                        return (index, NotDeleted(key: key, error: error))
                    }
                }
            }
            var ended: [(Int, NotDeleted?)] = []
            for await one in group { ended.append(one) }
            return ended.sorted { $0.0 < $1.0 }.compactMap { $0.1 }
        }
    }
}
