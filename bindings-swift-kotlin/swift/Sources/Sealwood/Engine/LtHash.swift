import Foundation
import SealwoodGenerated

/// The hash of a set of rows, which follows every change in constant time: 1,024 numbers of 16 bits, each
/// the sum of those of the rows' elements. Order does not matter, and the hash of two sets together is the
/// sum of their hashes. `docs/LTHASH.md` of the repository says what equality proves.
///
/// A row that is added twice counts twice, and one that is removed without having been added leaves a hash
/// that no set has. Calls may run concurrently, and are computed at once. `==` takes constant time.
///
/// ```swift
/// let (users, hash) = (try Domain(Data("users".utf8)), LtHash.identity())
/// hash.add(users, key: Data("ada".utf8), value: Data("1815".utf8))
/// ```
public final class LtHash: Sendable {
    private let core: CoreLtHash

    init(core: CoreLtHash) {
        self.core = core
    }

    /// The hash of no rows.
    public static func identity() -> LtHash {
        LtHash(core: .identity())
    }

    /// The hash that ``encode()`` gave; ``SealwoodError/Code-swift.struct/hashLength`` unless there are 2,048
    /// bytes.
    public static func decode(_ bytes: Data) throws -> LtHash {
        LtHash(core: try translating { try .decode(bytes: bytes) })
    }

    /// Adds a row.
    public func add(_ domain: Domain, key: Data, value: Data) {
        core.add(domain: domain.core, key: key, value: value)
    }

    /// Removes a row that was added before.
    public func remove(_ domain: Domain, key: Data, value: Data) {
        core.remove(domain: domain.core, key: key, value: value)
    }

    /// Adds many rows, pairs of key and value, several times as fast as one by one.
    public func addBatch(_ domain: Domain, _ rows: some Sequence<(Data, Data)>) {
        core.addBatch(domain: domain.core, rows: coreRows(rows))
    }

    /// Removes many rows.
    public func removeBatch(_ domain: Domain, _ rows: some Sequence<(Data, Data)>) {
        core.removeBatch(domain: domain.core, rows: coreRows(rows))
    }

    /// Adds a message as it is, without a domain, as the hash of other implementations does.
    public func addRaw(_ message: Data) {
        core.addRaw(message: message)
    }

    /// Removes such a message.
    public func removeRaw(_ message: Data) {
        core.removeRaw(message: message)
    }

    /// Adds all rows of another hash.
    public func merge(_ other: LtHash) {
        core.merge(other: other.core)
    }

    /// Removes all rows of another hash.
    public func subtract(_ other: LtHash) {
        core.subtract(other: other.core)
    }

    /// Whether it is the hash of no rows, in constant time.
    public var isIdentity: Bool { core.isIdentity() }

    /// Its 2,048 bytes.
    public func encode() -> Data {
        core.encode()
    }

    /// The 32 bytes of its BLAKE3 hash, to show and to compare.
    public func checksum() -> Data {
        core.checksum()
    }

    /// The same in an object of its own.
    public func copy() -> LtHash {
        LtHash(core: core.duplicate())
    }
}

extension LtHash: Equatable {
    /// Whether both are the same hash, in constant time.
    public static func == (one: LtHash, other: LtHash) -> Bool {
        one.core.isSame(other: other.core)
    }
}

/// Pairs of key and value as the core takes them.
func coreRows(_ rows: some Sequence<(Data, Data)>) -> [CoreRow] {
    rows.map { CoreRow(key: $0, value: $1) }
}
