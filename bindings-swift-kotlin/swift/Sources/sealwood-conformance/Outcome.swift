import Foundation
import Sealwood

/// What a step returned.
enum Outcome: Sendable {
    case value(Json)
    case content(Data)
    case paths([String])
    /// A value of an engine: in what is expected, a revision is told by its name.
    case told(Json, Named<UInt64>)

    static let nothing = Outcome.value(.null)
}

extension Outcome {
    init(_ entry: EntryInfo) {
        self = .value(
            .object([
                "path": .text(entry.path), "name": .text(entry.name),
                "kind": .text(entry.kind.rawValue), "size": .number(entry.size),
                "modifiedMs": .signed(entry.modifiedMs),
                "contentType": entry.contentType.map(Json.text) ?? .null,
                "metadata": .object(entry.metadata.mapValues(Json.text)),
            ]))
    }

    init(_ stats: VaultStats) throws {
        self = .value(.object(["futureCommitMs": .null].merging(try members(of: stats)) { $1 }))
    }

    /// Fails unless this is what is expected.
    func check(_ expected: Json) throws {
        switch (self, expected) {
        case (.content(let bytes), _):
            guard bytes == (try sealwood_conformance.content(expected)) else {
                throw Wrong("expected \(expected), came other \(bytes.count) bytes")
            }
        case (.told(let value, let revisions), _):
            try Outcome.value(value).check(try expected.naming(revisions))
        case (.paths(let paths), .object(let members)):
            guard case .array(let wanted)? = members["paths"], members.count == 1 else {
                throw Wrong("expected paths")
            }
            guard
                sorted(paths.map(Json.text)) == sorted(wanted)
            else {
                throw Wrong("expected \(expected), came \(paths)")
            }
        case (.value(.object(let members)), .object(let wanted)):
            for (name, value) in wanted where members[name] != value {
                let came = members[name]?.description ?? "no such member"
                throw Wrong("expected \(name) \(value), came \(came)")
            }
        case (.value(let value), _) where value == expected:
            break
        default:
            throw Wrong("expected \(expected), came \(self)")
        }
    }
}

/// Fails unless `error` is what is expected.
func check(_ error: any Error, is expected: Json) throws {
    guard case .object(let members) = expected, members["code"] != nil else {
        throw Wrong("error has no code")
    }
    let (code, path) =
        switch error {
        case is CancellationError: (SealwoodError.Code.cancelled, nil as String?)
        case let error as SealwoodError: (error.code, error.path)
        default: throw error
        }
    for (name, value) in members {
        let came: Json? =
            switch name {
            case "code": .text(code.rawValue)
            case "path": path.map(Json.text) ?? .null
            default: throw Wrong("unknown member of error: \(name)")
            }
        guard came == value else {
            throw Wrong("expected \(name) \(value), came \(came ?? .null) (\(error))")
        }
    }
}

/// The values in some order that depends on nothing but them.
private func sorted(_ values: [Json]) -> [Json] {
    values.sorted { $0.description.utf8.lexicographicallyPrecedes($1.description.utf8) }
}
