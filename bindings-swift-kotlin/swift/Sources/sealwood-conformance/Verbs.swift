import Foundation
import Sealwood
import TestStores

/// Takes one step on the language's own API.
func take(_ verb: String, _ step: Step, in world: World) async throws -> Outcome {
    if verb.hasPrefix("object.") || verb == "checkStore" {
        let store = try world.stores.get(step.text("store"))
        return try await takeOnStore(verb, store, step, in: world)
    }
    if let outcome = try await takeOfEngine(verb, step, in: world) { return outcome }
    switch verb {
    case "store":
        world.stores.set(try step.optionalText("as"), try await makeStore(step, in: world))
    case "closeStore":
        try await world.stores.get(step.text("store")).close()
    case "prepare":
        let (config, credential) = (try step.config(), try credential(of: step, in: world))
        world.newVaults.set(
            try step.optionalText("as"),
            try await Vault.prepare(credential: credential, config: config))
    case "create", "open":
        world.vaults.set(try step.optionalText("as"), try await openVault(verb, step, in: world))
    case "shared":
        let link = try step.text("link")
        let bytes = try world.links.find(link) ?? hexBytes(link)
        let store = try world.stores.get(step.text("store"))
        world.snapshots.set(
            try step.optionalText("as"), try SharedDirectory.open(store: store, link: bytes))
    case "phraseOfSecret":
        return .value(.text(try phraseOfSecret(step.secret() ?? Data())))
    case "secretOfPhrase":
        return .value(.text(hexDigits(try secretOfPhrase(step.text("phrase")))))
    case "version":
        return .value(.text(version))
    case "misbehave", "awaitCall", "calls":
        return try await takeOnHost(verb, step, in: world)
    default:
        if step.members["batch"] != nil {
            return try await takeOnBatch(verb, world.batches.get(step.text("batch")), step)
        }
        if step.members["snapshot"] != nil {
            return try await takeOnTree(verb, world.snapshots.get(step.text("snapshot")), step)
        }
        if let name = try step.optionalText("new") {
            return try takeOnNewVault(verb, world.newVaults.get(name), step, in: world)
        }
        let vault = try world.vaults.get(step.text("vault"))
        return try await takeOnVault(verb, vault, step, in: world)
    }
    return .nothing
}

/// Takes a step of the engine or of hashes; nothing if it is none.
private func takeOfEngine(_ verb: String, _ step: Step, in world: World) async throws -> Outcome? {
    func rest(of room: String) -> String? {
        verb.hasPrefix(room) ? String(verb.dropFirst(room.count)) : nil
    }
    if let verb = rest(of: "engine.") { return try await takeEngine(verb, step, in: world) }
    if let verb = rest(of: "hash.") { return try takeHash(verb, step, in: world) }
    if let verb = rest(of: "partitions.") { return try takePartitions(verb, step, in: world) }
    if let name = try step.optionalText("namespace") {
        return try await takeOnNamespace(verb, world.namespaces.get(name), step, in: world)
    }
    if let name = try step.optionalText("namespaceSnapshot") {
        let snapshot = try world.namespaceSnapshots.get(name)
        return try await takeOnNamespaceSnapshot(verb, snapshot, step, in: world)
    }
    if let name = try step.optionalText("engineSnapshot") {
        return try takeOnEngineSnapshot(verb, world.engineSnapshots.get(name), step, in: world)
    }
    if let name = try step.optionalText("engineBatch") {
        return try await takeOnEngineBatch(verb, world.engineBatches.get(name), step, in: world)
    }
    if let name = try step.optionalText("scan") {
        return try await takeOnScan(verb, world.scans.get(name))
    }
    if let name = try step.optionalText("watch") {
        return try await takeOnWatch(verb, world.watches.get(name), in: world)
    }
    return nil
}

private func makeStore(_ step: Step, in world: World) async throws -> AnyBlobStore {
    switch try step.optionalText("kind") ?? "memory" {
    case "memory":
        return .memory()
    case "host":
        let store = HostStore()
        world.hostStores.set(try step.optionalText("as"), store)
        return .custom(store)
    case "bare":
        let store = HostStore()
        world.hostStores.set(try step.optionalText("as"), store)
        return .custom(BareStore(store))
    case "local":
        return try await .local(step.text("path"))
    case "directory":
        return try await .directory(step.text("path"))
    case "objects":
        guard case .object(let objects)? = step.value("objects") else { throw Wrong("no objects") }
        let store: AnyBlobStore = .memory()
        for (key, bytes) in objects {
            guard case .text(let digits) = bytes else { throw Wrong("objects are digits") }
            _ = try await store.put(key, hexBytes(digits), precondition: .none)
        }
        return store
    case "s3":
        return try .s3(
            S3Config(
                endpoint: try step.text("endpoint"), region: "us-east-1",
                bucket: try step.text("bucket"), prefix: try step.optionalText("prefix"),
                pathStyle: true, accessKeyId: "test", secretAccessKey: "test", allowHttp: true))
    case let other:
        throw Wrong("unknown kind of store \(other)")
    }
}

private func openVault(_ verb: String, _ step: Step, in world: World) async throws -> Vault {
    let store = try world.stores.get(step.text("store"))
    if verb == "create", let new = try step.optionalText("new") {
        return try await world.newVaults.get(new).create(store: store)
    }
    let (config, credential) = (try step.config(), try credential(of: step, in: world))
    if verb == "create" {
        return try await Vault.create(store: store, credential: credential, config: config)
    }
    return try await Vault.open(store: store, credential: credential, config: config)
}

private func credential(of step: Step, in world: World) throws -> Credential {
    let (secret, phrase) = (try step.secret(), try step.optionalText("phrase"))
    let passphrase = try step.optionalText("passphrase")
    switch (secret, phrase, passphrase) {
    case (let secret?, nil, nil): return try .secret(secret)
    case (nil, let phrase?, nil): return try .phrase(world.phrases.find(phrase) ?? phrase)
    case (nil, nil, let passphrase?): return try .passphrase(passphrase)
    default: throw Wrong("one of secret, phrase and passphrase")
    }
}

private func takeOnHost(_ verb: String, _ step: Step, in world: World) async throws -> Outcome {
    let store = try world.hostStores.get(step.text("store"))
    switch verb {
    case "misbehave":
        let code = try step.optionalText("code")
        let how: HostStore.How =
            switch (try step.text("how"), code) {
            case ("hang", nil): .hang
            // Swift's types leave no room for an answer of a wrong one.
            case ("throw", nil), ("wrongType", nil): .throwing
            case ("oversized", nil): .oversized
            case ("lose", nil): .lose
            case ("code", let code?): .code(code)
            case (let other, _): throw Wrong("no way to misbehave: \(other)")
            }
        store.arm(at: try step.number("at"), method: try step.optionalText("method"), how: how)
    case "awaitCall":
        guard await store.awaitCall() else { throw Wrong("no call was armed") }
    default:
        let calls = store.calls
        world.calls.set(try step.optionalText("as"), calls)
        guard let since = try step.optionalText("since") else { return .nothing }
        return .value(.number(calls - (try world.calls.get(since))))
    }
    return .nothing
}
