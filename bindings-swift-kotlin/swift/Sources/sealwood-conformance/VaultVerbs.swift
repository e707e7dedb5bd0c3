import Foundation
import Sealwood

func takeOnVault(
    _ verb: String, _ vault: Vault, _ step: Step, in world: World
) async throws -> Outcome {
    switch verb {
    case "put":
        return Outcome(
            try await vault.put(
                step.text("path"), step.content(), options: step.putOptions(),
                onProgress: step.onProgress))
    case "putStream":
        let (pieces, options) = (try Pieces(step), try streamOptions(step))
        return Outcome(
            try await vault.putStream(
                step.text("path"), pieces, options: options, onProgress: step.onProgress))
    case "mkdir": try await vault.mkdir(step.text("path"))
    case "remove": try await vault.remove(step.text("path"))
    case "removeAll": try await vault.removeAll(step.text("path"))
    case "rename": try await vault.rename(step.text("from"), to: step.text("to"))
    case "copy": try await vault.copy(step.text("from"), to: step.text("to"))
    case "setMetadata":
        try await vault.setMetadata(
            step.text("path"), contentType: step.optionalText("contentType"),
            metadata: step.metadata(), modifiedMs: step.optionalTime("modifiedMs"))
    case "flush": try await vault.flush(onProgress: step.onProgress)
    case "refresh": try await vault.refresh()
    case "close": try await vault.close()
    case "needsFlush": return .value(.bool(vault.needsFlush))
    case "stats": return try Outcome(vault.stats)
    case "batch": world.batches.set(try step.optionalText("as"), vault.batch())
    case "snapshot": world.snapshots.set(try step.optionalText("as"), try await vault.snapshot())
    case "link":
        let name = try step.optionalText("as")
        guard let link = try await vault.link(step.text("path")) else { return .nothing }
        world.links.set(name, link)
        return .value(.text(hexDigits(link)))
    default: return try await takeOnTree(verb, vault, step)
    }
    return .nothing
}

func takeOnNewVault(
    _ verb: String, _ new: NewVault, _ step: Step, in world: World
) throws -> Outcome {
    guard verb == "recoveryPhrase" else { throw Wrong("unknown step \(verb)") }
    return try words(new.recoveryPhrase(), step, in: world)
}

private func words(_ phrase: String, _ step: Step, in world: World) throws -> Outcome {
    world.phrases.set(try step.optionalText("as"), phrase)
    return .value(.text(phrase))
}

func takeOnBatch(_ verb: String, _ batch: Batch, _ step: Step) async throws -> Outcome {
    switch verb {
    case "put":
        try await batch.put(
            step.text("path"), step.content(), options: step.putOptions(),
            onProgress: step.onProgress)
    case "putStream":
        let (pieces, options) = (try Pieces(step), try streamOptions(step))
        try await batch.putStream(
            step.text("path"), pieces, options: options, onProgress: step.onProgress)
    case "mkdir": try batch.mkdir(step.text("path"))
    case "remove": try batch.remove(step.text("path"))
    case "removeAll": try batch.removeAll(step.text("path"))
    case "rename": try batch.rename(step.text("from"), to: step.text("to"))
    case "copy": try batch.copy(step.text("from"), to: step.text("to"))
    case "setMetadata":
        try batch.setMetadata(
            step.text("path"), contentType: step.optionalText("contentType"),
            metadata: step.metadata(), modifiedMs: step.optionalTime("modifiedMs"))
    case "length": return .value(.number(UInt64(batch.length)))
    case "commit": try await batch.commit(onProgress: step.onProgress)
    case "close": batch.close()
    default: throw Wrong("unknown step \(verb)")
    }
    return .nothing
}

func takeOnTree(_ verb: String, _ tree: some FileTree, _ step: Step) async throws -> Outcome {
    let path = try step.text("path")
    switch verb {
    case "stat": return Outcome(try await tree.stat(path))
    case "exists": return .value(.bool(try await tree.exists(path)))
    case "get": return .content(try await tree.get(path, onProgress: step.onProgress))
    case "getRange":
        return .content(
            try await tree.getRange(
                path, start: step.number("start"), end: step.number("end"),
                onProgress: step.onProgress))
    case "getStream": return .content(try await readStream(path, tree, step))
    case "list":
        let page = try await tree.list(
            path, after: step.optionalText("after"),
            limit: step.optionalNumber("limit").map(Int.init(clamping:)))
        return .value(
            .object([
                "names": .array(page.entries.map { .text($0.name) }),
                "next": page.next.map(Json.text) ?? .null,
            ]))
    case "entries": return .paths(try await paths(tree.entries(path)))
    case "entriesRecursive": return .paths(try await paths(tree.entriesRecursive(path)))
    default: throw Wrong("unknown step \(verb)")
    }
}

private func readStream(_ path: String, _ tree: some FileTree, _ step: Step) async throws -> Data {
    let (start, end) = (try step.optionalNumber("start"), try step.optionalNumber("end"))
    let take = try step.optionalNumber("take")
    let stream =
        switch (start, end) {
        case (nil, nil): try await tree.getStream(path, onProgress: step.onProgress)
        case (let start?, let end?):
            try await tree.getStream(path, start: start, end: end, onProgress: step.onProgress)
        default: throw Wrong("start and end")
        }
    var (bytes, pieces) = (Data(), 0 as UInt64)
    if take == 0 { return bytes }
    for try await piece in stream {
        bytes += piece
        pieces += 1
        if pieces == take { break }
    }
    return bytes
}

private func paths(_ entries: EntrySequence) async throws -> [String] {
    try await entries.reduce(into: []) { $0.append($1.path) }
}

private func streamOptions(_ step: Step) throws -> PutOptions {
    var options = try step.putOptions()
    options.sizeHint = try step.optionalNumber("sizeHint")
    return options
}

/// A content piece by piece, which may fail on the way.
struct Pieces: AsyncSequence, Sendable {
    typealias Element = Data

    struct OwnError: Error {}

    let bytes: Data
    let pieceBytes: Int
    let failAfter: Int?

    init(_ step: Step) throws {
        bytes = try step.content()
        pieceBytes = try step.optionalNumber("pieceBytes").map { Int(clamping: $0) } ?? 65_536
        failAfter = try step.optionalNumber("failAfter").map { Int(clamping: $0) }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(pieces: self)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let pieces: Pieces
        private var given = 0

        init(pieces: Pieces) {
            self.pieces = pieces
        }

        mutating func next() async throws -> Data? {
            if given == pieces.failAfter { throw OwnError() }
            let start = given * pieces.pieceBytes
            guard start < pieces.bytes.count else { return nil }
            given += 1
            return pieces.bytes[start...].prefix(pieces.pieceBytes)
        }
    }
}
