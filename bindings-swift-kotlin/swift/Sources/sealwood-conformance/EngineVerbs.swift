import Foundation
import Sealwood

/// A step that opens an engine, or is taken on one.
func takeEngine(_ verb: String, _ step: Step, in world: World) async throws -> Outcome {
    switch verb {
    case "memory":
        let (name, config) = (try step.optionalText("as"), try step.engineConfig())
        world.engines.set(name, try await Engine.memory(config))
        return .nothing
    case "open":
        let (name, config) = (try step.optionalText("as"), try step.engineConfig())
        world.engines.set(name, try await Engine.open(step.text("path"), config: config))
        return .nothing
    default:
        let engine = try world.engines.get(step.text("engine"))
        return try await takeOnEngine(verb, engine, step, in: world)
    }
}

private func takeOnEngine(
    _ verb: String, _ engine: Engine, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "namespace":
        let (name, least) = (
            try step.optionalText("as"), try step.optionalNumber("separatedBytesMin")
        )
        world.namespaces.set(
            name, try await engine.namespace(step.text("name"), separatedBytesMin: least))
    case "namespaces": return .value(.array(try await engine.namespaces().map(Json.text)))
    case "dropNamespace":
        return .value(.bool(try await engine.dropNamespace(step.text("name"))))
    case "batch": world.engineBatches.set(try step.optionalText("as"), engine.batch())
    case "snapshot":
        let name = try step.optionalText("as")
        world.engineSnapshots.set(name, try await engine.snapshot())
    case "revision":
        let name = try step.optionalText("as")
        world.revisions.set(name, try await engine.revision())
    case "needsSync": return .value(.bool(try await engine.needsSync()))
    case "checkpoint": return .value(.bool(try await engine.checkpoint()))
    case "maintain": return .value(.bool(try await engine.maintain()))
    case "sync": try await engine.sync()
    case "close": try await engine.close()
    case "compact": return .value(.number(try await engine.compact()))
    case "purgeExpired": return .value(.number(try await engine.purgeExpired()))
    case "vacuum": return .value(.object(try members(of: await engine.vacuum())))
    case "stats":
        return .told(.object(try members(of: await engine.stats())), world.revisions)
    case "verify":
        return .value(try await engine.verify(firstMax: step.optionalSmallNumber("firstMax")).json)
    case "verifyState":
        return .value(try await engine.verifyState(onProgress: step.onProgress).json)
    case "compare":
        let other = try world.engines.get(step.text("other"))
        let most = try step.optionalSmallNumber("firstMax")
        return .value(try await engine.compare(with: other, firstMax: most).json)
    default: throw Wrong("unknown step engine.\(verb)")
    }
    return .nothing
}

func takeOnEngineBatch(
    _ verb: String, _ batch: EngineBatch, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "put":
        try batch.put(
            world.namespaces.get(step.text("in")), step.bytes("key"), step.bytes("value"),
            options: step.keyPutOptions(in: world))
    case "delete":
        try batch.delete(
            world.namespaces.get(step.text("in")), step.bytes("key"),
            options: step.keyDeleteOptions(in: world))
    case "length": return .value(.number(UInt64(batch.length)))
    case "commit":
        let (name, durability) = (
            try step.optionalText("as"), try step.choice("durability", Durability.group)
        )
        world.revisions.set(name, try await batch.commit(durability: durability))
    case "close": batch.close()
    default: throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

func takeOnEngineSnapshot(
    _ verb: String, _ snapshot: EngineSnapshot, _ step: Step, in world: World
) throws -> Outcome {
    switch verb {
    case "namespaces":
        return .value(.array(snapshot.namespaces().map(Json.text)))
    case "namespace":
        let (name, found) = (
            try step.optionalText("as"), snapshot.namespace(try step.text("name"))
        )
        if let found { world.namespaceSnapshots.set(name, found) }
        return .value(.bool(found != nil))
    default:
        throw Wrong("unknown step \(verb)")
    }
}

extension Step {
    /// How a key is put.
    func keyPutOptions(in world: World) throws -> KeyPutOptions {
        KeyPutOptions(
            precondition: try keyPrecondition(in: world), durability: try choice("durability", .group),
            expiresAtMs: try optionalNumber("expiresAtMs"))
    }

    /// How a key is deleted.
    func keyDeleteOptions(in world: World) throws -> KeyDeleteOptions {
        KeyDeleteOptions(
            precondition: try keyPrecondition(in: world), durability: try choice("durability", .group))
    }

    private func keyPrecondition(in world: World) throws -> KeyPrecondition? {
        switch try optionalText("precondition") {
        case nil: nil
        case "absent": .absent
        case "present": .present
        case let name?: .revision(try world.revisions.get(name))
        }
    }

    fileprivate func engineConfig() throws -> EngineConfig {
        EngineConfig(
            access: try choice("access", .readWrite), recovery: try choice("recovery", .checkpoint),
            background: try choice("backgroundWork", .automatic),
            separatedBytesMin: try optionalNumber("separatedBytesMin"),
            memoryBytesMax: try optionalNumber("memoryBytesMax"),
            namespacesMax: try optionalSmallNumber("namespacesMax"),
            checkpointIdleMs: try optionalSmallNumber("checkpointIdleMs"),
            watchEventsMax: try optionalSmallNumber("watchEventsMax"),
            watchBytesMax: try optionalNumber("watchBytesMax"))
    }
}
