import Foundation
import Sealwood
import XCTest

/// Hashes of rows, as Swift has them.
final class HashTests: EngineTestCase {
    private let ada = (utf8("ada"), utf8("1815"))
    private let label = utf8("users")

    func testAHashIsCopiedEncodedMergedWithItselfAndCompared() async throws {
        let users = try Domain(label)
        let hash = LtHash.identity()
        XCTAssertTrue(hash.isIdentity)
        hash.add(users, key: ada.0, value: ada.1)
        let copy = hash.copy()
        XCTAssertEqual(try LtHash.decode(hash.encode()), copy)
        hash.merge(hash)
        XCTAssertNotEqual(hash, copy)
        hash.subtract(copy)
        XCTAssertEqual(hash, copy)
        XCTAssertEqual(hash, hash)
        hash.remove(users, key: ada.0, value: ada.1)
        XCTAssertTrue(hash.isIdentity)
        hash.addRaw(utf8("message"))
        XCTAssertFalse(hash.isIdentity)
        hash.removeRaw(utf8("message"))
        hash.addBatch(users, [ada, (utf8("grace"), pattern(10_000))])
        hash.removeBatch(users, zip([utf8("grace")], [pattern(10_000)]))
        XCTAssertEqual(hash, copy)
        XCTAssertEqual(hash.encode().count, 2_048)
        XCTAssertEqual(hash.checksum().count, 32)
        await assertThrows(.hashLength) { try LtHash.decode(Data(count: 2_047)) }
    }

    func testWhoDoesNotKnowTheSecretMakesNoRowsForAHash() async throws {
        let secret = Data(repeating: 7, count: 32)
        let (open, keyed) = (try Domain(label), try Domain.keyed(secret, name: label))
        XCTAssertTrue(keyed.isKeyed)
        XCTAssertFalse(open.isKeyed)
        XCTAssertEqual(keyed.name, label)
        let other = try Domain.keyed(secret, name: utf8("others"))
        let checksums = [open, keyed, other].map { domain in
            let hash = LtHash.identity()
            hash.add(domain, key: ada.0, value: ada.1)
            return hash.checksum()
        }
        XCTAssertEqual(Set(checksums).count, 3)
        let partitions = try PartitionedLtHash.keyed(secret)
        try partitions.create(label, detail: .whole)
        try partitions.apply(label, [RowChange(key: ada.0, after: ada.1)])
        XCTAssertEqual(try partitions.checksum(), checksums[1])
        for count in [0, 31, 33] {
            await assertThrows(.invalidArgument) { try Domain.keyed(Data(count: count), name: label) }
            await assertThrows(.invalidArgument) { try PartitionedLtHash.keyed(Data(count: count)) }
        }
        await assertThrows(.domainLength) { try Domain(Data(count: 256)) }
    }

    func testStatesOfPartitionsAreToldApart() async throws {
        let (ours, theirs) = (try PartitionedLtHash(), try PartitionedLtHash())
        for state in [ours, theirs] {
            try state.create(label, detail: .buckets)
            try state.create(utf8("posts"), detail: .whole)
            try state.apply(label, [RowChange(key: ada.0, after: ada.1)])
        }
        XCTAssertEqual(try ours.differences(from: theirs), [])
        XCTAssertEqual(try ours.differences(from: ours), [])
        XCTAssertEqual(try ours.hash(), try theirs.hash())
        try theirs.apply(label, [RowChange(key: ada.0, before: ada.1, after: utf8("1816"))])
        try theirs.apply(utf8("posts"), [RowChange(key: utf8("a"), after: utf8("b"))])
        try theirs.create(utf8("more"), detail: .whole)
        try ours.create(utf8("mine"), detail: .whole)
        let differences = try ours.differences(from: theirs)
        XCTAssertEqual(differences.map { text($0.partition) }, ["mine", "more", "posts", "users"])
        XCTAssertEqual(differences.map(\.place), [.onlyFirst, .onlySecond, .somewhere, .buckets])
        XCTAssertEqual(differences.map(\.buckets), [nil, nil, nil, [bucketOf(ada.0)]])
        XCTAssertEqual(ours.names().map(text), ["mine", "posts", "users"])
        XCTAssertTrue(ours.remove(utf8("mine")))
        XCTAssertFalse(ours.remove(utf8("mine")))
        XCTAssertNil(ours.partition(utf8("mine")))
        await assertThrows(.partitionExists) { try ours.create(label, detail: .whole) }
        await assertThrows(.invalidArgument) { try ours.forget(utf8("nobody")) }
        await assertThrows(.noSuchRow) {
            try ours.apply(label, [RowChange(key: utf8("bob"), before: utf8("x"))])
        }
    }

    func testAPartitionIsCountedStoredAndTakenUpAgain() async throws {
        let state = try PartitionedLtHash()
        try state.create(label, detail: .whole)
        try state.beginBackfill(label, detail: .buckets)
        try state.backfill(label, [ada])
        await assertThrows(.rowsNotAscending) { try state.backfill(label, [ada]) }
        let counting = try XCTUnwrap(state.partition(label))
        XCTAssertEqual(counting.state, .backfilling)
        XCTAssertEqual(counting.cursor, ada.0)
        await assertThrows(.stateNotValid) { try counting.checksum() }
        await assertThrows(.stateNotValid) { try state.hash() }
        try state.finishBackfill(label)
        await assertThrows(.stateNotBackfilling) { try state.finishBackfill(label) }
        let counted = try XCTUnwrap(state.partition(label))
        XCTAssertEqual(counted.state, .valid)
        XCTAssertEqual(counted.detail, .buckets)
        XCTAssertEqual(counted.buckets(), [bucketOf(ada.0)])
        XCTAssertEqual([counted.rows, counted.bytes], [1, 7])
        XCTAssertNil(counted.cursor)
        let again = try PartitionedLtHash()
        XCTAssertEqual(try again.restore(label, record: counted.encode(version: 7)), 7)
        XCTAssertEqual(try again.checksum(), try state.checksum())
        await assertThrows(.malformed) { try again.restore(utf8("other"), record: Data(count: 3)) }
        try state.forget(label)
        XCTAssertEqual(state.partition(label)?.state, .absent)
        XCTAssertEqual(counted.state, .valid)
    }

    func testHashesChangeOnManyThreadsAtOnce() async throws {
        let (users, hash) = (try Domain(label), LtHash.identity())
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<100 {
                group.addTask {
                    let other = LtHash.identity()
                    other.add(users, key: utf8("\(number)"), value: Data())
                    hash.merge(other)
                }
            }
        }
        hash.removeBatch(users, (0..<100).map { (utf8("\($0)"), Data()) })
        XCTAssertTrue(hash.isIdentity)
    }
}
