import Foundation

/// A JSON value, exact for whole numbers.
enum Json: Sendable {
    case null
    case bool(Bool)
    case number(UInt64)
    /// A number below zero.
    case negative(Int64)
    case text(String)
    case array([Json])
    case object([String: Json])
}

extension Json: Equatable {
    /// Byte by byte: to Swift, two strings are equal that look alike.
    static func == (one: Json, other: Json) -> Bool {
        switch (one, other) {
        case (.null, .null): true
        case (.bool(let one), .bool(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.negative(let one), .negative(let other)): one == other
        case (.text(let one), .text(let other)): one.utf8.elementsEqual(other.utf8)
        case (.array(let one), .array(let other)): one == other
        case (.object(let one), .object(let other)): members(of: one) == members(of: other)
        default: false
        }
    }

    private static func members(of object: [String: Json]) -> [Data: Json] {
        Dictionary(uniqueKeysWithValues: object.map { (Data($0.utf8), $1) })
    }
}

extension Json: Decodable {
    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let number = try? value.decode(UInt64.self) {
            self = .number(number)
        } else if let number = try? value.decode(Int64.self) {
            self = .negative(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let array = try? value.decode([Json].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: Json].self))
        }
    }
}

extension Json: CustomStringConvertible {
    var description: String {
        switch self {
        case .null: "null"
        case .bool(let bool): "\(bool)"
        case .number(let number): "\(number)"
        case .negative(let number): "\(number)"
        case .text(let text): text.debugDescription
        case .array(let items): "[\(items.map(\.description).joined(separator: ", "))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\($0): \($1)" }.joined(separator: ", "))}"
        }
    }
}

extension Json {
    static func signed(_ number: Int64) -> Json {
        UInt64(exactly: number).map(Json.number) ?? .negative(number)
    }

    /// The value with every `${NAME}` in its strings and names of members replaced.
    func filled(with variables: [String: String]) throws -> Json {
        switch self {
        case .text(let text):
            .text(try Self.fill(text, with: variables))
        case .array(let items):
            .array(try items.map { try $0.filled(with: variables) })
        case .object(let members):
            .object(
                try Dictionary(
                    uniqueKeysWithValues: members.map {
                        (try Self.fill($0, with: variables), try $1.filled(with: variables))
                    }))
        default:
            self
        }
    }

    private static func fill(_ text: String, with variables: [String: String]) throws -> String {
        var (filled, rest) = ("", Substring(text))
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = String(rest[start.upperBound..<end])
            guard let value = variables[name] else {
                throw Wrong("unknown variable \(name)")
            }
            filled += rest[..<start.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return filled + rest
    }
}

/// What is wrong with a scenario, or with what came of it.
struct Wrong: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
