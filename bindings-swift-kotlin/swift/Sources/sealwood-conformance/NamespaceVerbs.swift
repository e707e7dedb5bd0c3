import Foundation
import Sealwood

func takeOnNamespace(
    _ verb: String, _ namespace: Namespace, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "get": return contentOrNull(try await namespace.get(step.bytes("key")))
    case "getRange":
        return contentOrNull(
            try await namespace.getRange(
                step.bytes("key"), offset: step.number("offset"), length: step.number("length")))
    case "info":
        return .told(.maybe(try await namespace.info(step.bytes("key")), \.json), world.revisions)
    case "put":
        let (name, options) = (try step.optionalText("as"), try step.keyPutOptions(in: world))
        let (key, value) = (try step.bytes("key"), try step.bytes("value"))
        world.revisions.set(name, try await namespace.put(key, value, options: options))
    case "delete":
        let options = try step.keyDeleteOptions(in: world)
        return .value(.bool(try await namespace.delete(step.bytes("key"), options: options)))
    case "expireAt":
        return .value(
            .bool(try await namespace.expireAt(step.bytes("key"), ms: step.number("ms"))))
    case "persist": return .value(.bool(try await namespace.persist(step.bytes("key"))))
    case "renamePrefix":
        let (from, to) = (try step.bytes("from"), try step.bytes("to"))
        return .value(.bool(try await namespace.renamePrefix(from, to: to)))
    case "longestPrefix":
        return .value(.maybe(try await namespace.longestPrefix(step.bytes("key")), Json.number))
    case "length": return .value(.number(try await namespace.length()))
    case "scan": return try await rows(of: namespace.scan(step.scanOptions()), step)
    case "scanKeys": return try await keys(of: namespace.scanKeys(step.scanOptions()), step)
    case "openScan":
        let name = try step.optionalText("as")
        world.scans.set(name, OneByOne(try await namespace.scan(step.scanOptions())))
    case "snapshot":
        let name = try step.optionalText("as")
        world.namespaceSnapshots.set(name, try await namespace.snapshot())
    case "watch":
        let (name, prefix) = (try step.optionalText("as"), try step.optionalBytes("prefix"))
        let since = try since(step, in: world)
        world.watches.set(
            name, OneByOne(try await namespace.watch(prefix: prefix ?? Data(), since: since)))
    default: return try await takeOnTracked(verb, namespace, step, in: world)
    }
    return .nothing
}

/// A step about the hash of the rows of a namespace.
private func takeOnTracked(
    _ verb: String, _ namespace: Namespace, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "track": return .value(.bool(try await namespace.track(step.choice("tracking"))))
    case "trackedState":
        guard let state = try await namespace.trackedState() else { return .nothing }
        let revision = Json.number(state.revision)
        return .told(
            .object(try state.partition.members.merging(["revision": revision]) { $1 }),
            world.revisions)
    case "backfill":
        try await namespace.backfill(onProgress: step.onProgress)
        return .nothing
    case "verifyState":
        let verified = try await namespace.verifyState(onProgress: step.onProgress)
        let revision = Json.number(verified.revision)
        return .told(
            .object(verified.members.merging(["revision": revision]) { $1 }), world.revisions)
    case "compare":
        let other = try world.namespaces.get(step.text("other"))
        let most = try step.optionalSmallNumber("firstMax")
        return .value(try await namespace.compare(with: other, firstMax: most).json)
    default: throw Wrong("unknown step \(verb)")
    }
}

func takeOnNamespaceSnapshot(
    _ verb: String, _ snapshot: NamespaceSnapshot, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "get": return contentOrNull(try await snapshot.get(step.bytes("key")))
    case "info":
        return .told(.maybe(try await snapshot.info(step.bytes("key")), \.json), world.revisions)
    case "scan": return try await rows(of: snapshot.scan(step.scanOptions()), step)
    case "scanKeys": return try await keys(of: snapshot.scanKeys(step.scanOptions()), step)
    case "openScan":
        let name = try step.optionalText("as")
        world.scans.set(name, OneByOne(try await snapshot.scan(step.scanOptions())))
    case "revision": world.revisions.set(try step.optionalText("as"), snapshot.revision)
    default: throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

func takeOnScan(_ verb: String, _ scan: OneByOne<ScanEntry>) async throws -> Outcome {
    switch verb {
    case "next": return .value(.maybe(try await scan.next(), \.json))
    case "stop": scan.stop()
    default: throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

func takeOnWatch(
    _ verb: String, _ watch: OneByOne<WatchEvent>, in world: World
) async throws -> Outcome {
    switch verb {
    case "next": return .told(.maybe(try await watch.next(), \.json), world.revisions)
    case "stop": watch.stop()
    default: throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

/// A scan or a watch that later steps go on with.
final class OneByOne<Item: Sendable>: @unchecked Sendable {
    private let sequence: EngineSequence<Item>
    private let iterator: EngineSequence<Item>.AsyncIterator

    init(_ sequence: EngineSequence<Item>) {
        self.sequence = sequence
        iterator = sequence.makeAsyncIterator()
    }

    func next() async throws -> Item? {
        try await iterator.next()
    }

    func stop() {
        sequence.close()
    }
}

extension Step {
    fileprivate func scanOptions() throws -> ScanOptions {
        ScanOptions(
            prefix: try optionalBytes("prefix") ?? Data(), start: try optionalBytes("start"),
            end: try optionalBytes("end"), startAfter: try optionalBytes("startAfter"),
            order: try choice("order", .ascending), limit: try optionalNumber("limit"))
    }
}

private func since(_ step: Step, in world: World) throws -> UInt64? {
    if case .text(let name)? = step.value("since") { return try world.revisions.get(name) }
    return try step.optionalNumber("since")
}

private func contentOrNull(_ value: EngineValue?) -> Outcome {
    value.map { .content($0.bytes) } ?? .nothing
}

private func rows(of entries: EngineSequence<ScanEntry>, _ step: Step) async throws -> Outcome {
    .value(.array(try await taken(from: entries, step).map(\.json)))
}

private func keys(of keys: EngineSequence<ScanKey>, _ step: Step) async throws -> Outcome {
    .value(.array(try await taken(from: keys, step).map { .spelled($0.key) }))
}

/// All items, or the first ones if the step wants no more.
private func taken<Item>(from items: EngineSequence<Item>, _ step: Step) async throws -> [Item] {
    let most = try step.optionalNumber("take").map(Int.init(clamping:)) ?? .max
    return try await items.prefix(most).reduce(into: []) { $0.append($1) }
}
