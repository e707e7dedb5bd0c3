import Foundation
import Sealwood

extension Verified {
    var json: Json {
        .object([
            "keys": .number(keys), "valueBytes": .number(valueBytes), "findings": .number(findings),
        ])
    }
}

extension VerifiedStates {
    var json: Json {
        let namespaces = namespaces.map { namespace in
            Json.object(namespace.state.members.merging(["name": .text(namespace.name)]) { $1 })
        }
        return .object([
            "rows": .number(rows), "differing": .number(differing),
            "backfilling": .number(backfilling), "namespaces": .array(namespaces),
        ])
    }
}

extension VerifiedState {
    /// What was found, but for the revision.
    var members: [String: Json] {
        [
            "rows": .number(rows), "isBackfilling": .bool(isBackfilling),
            "difference": .maybe(difference) { .object(["buckets": .maybe($0.buckets, Json.numbers)]) },
        ]
    }
}

extension ComparedEngines {
    var json: Json {
        .object([
            "namespaces": .number(namespaces), "missing": .number(missing),
            "notCounted": .number(notCounted), "differences": .number(differences),
            "rowsRead": .number(rowsRead),
            "first": .array(
                first.map {
                    .object([
                        "kind": .text($0.kind.rawValue), "namespace": .text($0.namespace),
                        "row": .maybe($0.row, \.json),
                    ])
                }),
        ])
    }
}

extension Compared {
    var json: Json {
        .object([
            "differences": .number(differences), "rowsRead": .number(rowsRead),
            "first": .array(first.map(\.json)),
        ])
    }
}

extension RowDifference {
    var json: Json {
        .object(["kind": .text(kind.rawValue), "key": .spelled(key)])
    }
}

extension KeyInfo {
    var json: Json {
        .object([
            "size": .number(size), "revision": .number(revision),
            "expiresAtMs": .maybe(expiresAtMs, Json.number),
        ])
    }
}

extension ScanEntry {
    var json: Json { .array([.spelled(key), .spelled(value)]) }
}

extension WatchEvent {
    var json: Json {
        .object([
            "revision": .number(revision), "kind": .text(kind.rawValue), "key": .spelled(key),
            "to": .maybe(to, Json.spelled),
        ])
    }
}

extension Partition {
    var members: [String: Json] {
        get throws {
            [
                "name": .spelled(name), "state": .text(state.rawValue),
                "cursor": .maybe(cursor, Json.spelled), "detail": .text(detail.rawValue),
                "rows": .maybe(rows, Json.number), "bytes": .maybe(bytes, Json.number),
                "checksum": state == .valid ? .text(hexDigits(try checksum())) : .null,
                "buckets": .numbers(buckets()),
            ]
        }
    }
}

extension Difference {
    var json: Json {
        var members: [String: Json] = [
            "partition": .spelled(partition), "place": .text(place.rawValue),
        ]
        if let buckets { members["buckets"] = .numbers(buckets) }
        return .object(members)
    }
}
