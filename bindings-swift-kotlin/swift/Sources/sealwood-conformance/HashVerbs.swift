import Foundation
import Sealwood

/// A step that makes a hash of rows, or is taken on one.
func takeHash(_ verb: String, _ step: Step, in world: World) throws -> Outcome {
    switch verb {
    case "identity":
        world.hashes.set(try step.optionalText("as"), .identity())
        return .nothing
    case "decode":
        world.hashes.set(try step.optionalText("as"), try .decode(step.content()))
        return .nothing
    case "bucketOf":
        return .value(.number(UInt64(bucketOf(try step.bytes("key")))))
    default:
        return try takeOnHash(verb, world.hashes.get(step.text("hash")), step, in: world)
    }
}

private func takeOnHash(
    _ verb: String, _ hash: LtHash, _ step: Step, in world: World
) throws -> Outcome {
    switch verb {
    case "add":
        let (key, value) = (try step.bytes("key"), try step.bytes("value"))
        hash.add(try step.domain(), key: key, value: value)
    case "remove":
        let (key, value) = (try step.bytes("key"), try step.bytes("value"))
        hash.remove(try step.domain(), key: key, value: value)
    case "addBatch":
        let rows = try step.rows()
        hash.addBatch(try step.domain(), rows)
    case "removeBatch":
        let rows = try step.rows()
        hash.removeBatch(try step.domain(), rows)
    case "addRaw": hash.addRaw(try step.bytes("message"))
    case "removeRaw": hash.removeRaw(try step.bytes("message"))
    case "merge": hash.merge(try world.hashes.get(step.text("other")))
    case "subtract": hash.subtract(try world.hashes.get(step.text("other")))
    case "copy": world.hashes.set(try step.optionalText("as"), hash.copy())
    case "equals": return .value(.bool(hash == (try world.hashes.get(step.text("other")))))
    case "isIdentity": return .value(.bool(hash.isIdentity))
    case "encode": return .content(hash.encode())
    case "checksum": return .value(.text(hexDigits(hash.checksum())))
    default: throw Wrong("unknown step hash.\(verb)")
    }
    return .nothing
}

/// A step that makes partitions, or is taken on some.
func takePartitions(_ verb: String, _ step: Step, in world: World) throws -> Outcome {
    if verb == "new" {
        let (name, secret) = (try step.optionalText("as"), try step.secret())
        world.partitions.set(name, try secret.map(PartitionedLtHash.keyed) ?? PartitionedLtHash())
        return .nothing
    }
    let partitions = try world.partitions.get(step.text("partitions"))
    switch verb {
    case "names": return .value(.array(partitions.names().map(Json.spelled)))
    case "hash": world.hashes.set(try step.optionalText("as"), try partitions.hash())
    case "checksum": return .value(.text(hexDigits(try partitions.checksum())))
    case "differences":
        let other = try world.partitions.get(step.text("other"))
        return .value(.array(try partitions.differences(from: other).map(\.json)))
    default: return try takeOnPartition(verb, partitions, step)
    }
    return .nothing
}

/// A step on one of the partitions.
private func takeOnPartition(
    _ verb: String, _ partitions: PartitionedLtHash, _ step: Step
) throws -> Outcome {
    let name = try step.bytes("name")
    switch verb {
    case "create": try partitions.create(name, detail: step.choice("detail"))
    case "restore":
        return .value(.number(try partitions.restore(name, record: step.bytes("record"))))
    case "remove": return .value(.bool(partitions.remove(name)))
    case "partition":
        return .value(try partitions.partition(name).map { .object(try $0.members) } ?? .null)
    case "record":
        guard let partition = partitions.partition(name) else { throw Wrong("no such partition") }
        return .content(partition.encode(version: try step.number("version")))
    case "apply": try partitions.apply(name, step.changes())
    case "beginBackfill": try partitions.beginBackfill(name, detail: step.choice("detail"))
    case "backfill": try partitions.backfill(name, step.rows())
    case "finishBackfill": try partitions.finishBackfill(name)
    case "forget": try partitions.forget(name)
    default: throw Wrong("unknown step partitions.\(verb)")
    }
    return .nothing
}

extension Step {
    fileprivate func domain() throws -> Domain {
        let (name, secret) = (try bytes("domain"), try secret())
        return try secret.map { try Domain.keyed($0, name: name) } ?? Domain(name)
    }

    fileprivate func changes() throws -> [RowChange] {
        guard case .array(let changes)? = value("changes") else { throw Wrong("no changes") }
        return try changes.map { change in
            guard case .object(let members) = change, let key = members["key"] else {
                throw Wrong("no change: \(change)")
            }
            return RowChange(
                key: try givenBytes(key), before: try members["before"].map(givenBytes),
                after: try members["after"].map(givenBytes))
        }
    }
}
