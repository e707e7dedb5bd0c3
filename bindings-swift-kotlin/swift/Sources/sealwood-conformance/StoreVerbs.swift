import Foundation
import Sealwood

func takeOnStore(
    _ verb: String, _ store: some BlobStore, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "checkStore":
        return .value(.number(UInt64(try await checkStore(store, prefix: step.text("prefix")))))
    case "object.list":
        return try await list(store, step, in: world)
    case "object.copy":
        let (from, to) = (try step.text("from"), try step.text("to"))
        _ = try await store.put(to, store.get(from).bytes, precondition: .none)
        return .nothing
    case "object.deleteMany":
        let left = try await store.deleteMany(keys(step, in: world))
        return .value(
            .array(
                left.map { .object(["key": .text($0.key), "code": .text($0.error.code.rawValue)]) }))
    default:
        break
    }
    let key = try key(step, in: world)
    switch verb {
    case "object.get":
        let name = try step.optionalText("as")
        let object = try await store.get(key)
        world.etags.set(name, object.etag)
        return .content(object.bytes)
    case "object.getRange":
        return .content(
            try await store.getRange(
                key, offset: step.number("offset"), length: step.number("length")))
    case "object.put":
        let (name, bytes) = (try step.optionalText("as"), try step.content())
        let precondition = try precondition(step, in: world)
        world.etags.set(name, try await store.put(key, bytes, precondition: precondition))
    case "object.delete":
        try await store.delete(key)
    case "object.head":
        let name = try step.optionalText("as")
        guard let meta = try await store.head(key) else { return .value(.null) }
        if let etag = meta.etag { world.etags.set(name, etag) }
        let modifiedMs = meta.modifiedMs.map(Json.number) ?? .null
        return .value(.object(["size": .number(meta.size), "modifiedMs": modifiedMs]))
    case "object.corrupt":
        let bytes = try corrupted(try await store.get(key).bytes, step)
        _ = try await store.put(key, bytes, precondition: .none)
    default:
        throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

private func list(_ store: some BlobStore, _ step: Step, in world: World) async throws -> Outcome {
    let name = try step.optionalText("as")
    let page = try await store.list(
        prefix: step.text("prefix"), startAfter: step.optionalText("startAfter"),
        limit: Int(clamping: step.optionalNumber("limit") ?? 1_000))
    let known = try step.optionalText("without").map { try world.keys.get($0) } ?? []
    let keys = page.objects.map(\.key).filter { !known.contains($0) }
    world.keys.set(name, keys)
    return .value(
        .object([
            "keys": .array(keys.map(Json.text)), "next": page.next.map(Json.text) ?? .null,
            "count": .number(UInt64(keys.count)),
        ]))
}

private func key(_ step: Step, in world: World) throws -> String {
    if let key = try step.optionalText("key") { return key }
    let keys = try world.keys.get(step.text("keys"))
    let index = Int(clamping: try step.number("index"))
    guard keys.indices.contains(index) else { throw Wrong("there are \(keys.count) keys") }
    return keys[index]
}

/// The keys that a step lists, or that have a name.
private func keys(_ step: Step, in world: World) throws -> [String] {
    guard case .array(let keys)? = step.value("keys") else {
        return try world.keys.get(step.text("keys"))
    }
    return try keys.map {
        guard case .text(let key) = $0 else { throw Wrong("a key is text") }
        return key
    }
}

private func precondition(_ step: Step, in world: World) throws -> Precondition {
    switch (try step.flag("absent"), try step.optionalText("matches")) {
    case (false, nil): .none
    case (true, nil): .absent
    case (false, let name?): .matches(etag: try world.etags.get(name))
    default: throw Wrong("either absent or matches")
    }
}

/// The object with one bit flipped, or its first bytes alone.
private func corrupted(_ bytes: Data, _ step: Step) throws -> Data {
    var bytes = bytes
    switch (try step.optionalNumber("bit"), try step.optionalNumber("truncate")) {
    case (let bit?, nil) where bit / 8 < bytes.count:
        bytes[bytes.startIndex + Int(bit / 8)] ^= 1 << (bit % 8)
    case (nil, let kept?) where kept < bytes.count:
        bytes = bytes.prefix(Int(kept))
    default:
        throw Wrong("either bit or truncate, within the object")
    }
    return bytes
}
