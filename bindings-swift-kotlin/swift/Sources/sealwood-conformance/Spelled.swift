import Foundation
import Sealwood

extension Step {
    /// The bytes in the member `name`: a text, meaning its UTF-8, or a content.
    func bytes(_ name: String) throws -> Data {
        try needed(optionalBytes(name), name)
    }

    /// The same, where the step has them.
    func optionalBytes(_ name: String) throws -> Data? {
        try value(name).map(givenBytes)
    }

    /// The rows in the member `rows`.
    func rows() throws -> [(Data, Data)] {
        guard case .array(let rows)? = value("rows") else { throw Wrong("no rows") }
        return try rows.map {
            guard case .array(let row) = $0, row.count == 2 else { throw Wrong("no row: \($0)") }
            return (try givenBytes(row[0]), try givenBytes(row[1]))
        }
    }

    /// What the member `name` chooses; `standard` without it.
    func choice<Choice: RawRepresentable<String>>(
        _ name: String, _ standard: Choice? = nil
    ) throws -> Choice {
        guard let text = try optionalText(name) else { return try needed(standard, name) }
        guard let choice = Choice(rawValue: text) else { throw Wrong("no \(name): \(text)") }
        return choice
    }

    /// A number of 32 bits.
    func optionalSmallNumber(_ name: String) throws -> UInt32? {
        try optionalNumber(name).map { number in
            guard let small = UInt32(exactly: number) else { throw Wrong("\(name) is \(number)") }
            return small
        }
    }
}

/// The bytes that a text or a content means.
func givenBytes(_ json: Json) throws -> Data {
    if case .text(let text) = json { return Data(text.utf8) }
    return try content(json)
}

extension Json {
    /// Bytes as text if they are UTF-8, else as digits.
    static func spelled(_ bytes: Data) -> Json {
        String(data: bytes, encoding: .utf8).map(Json.text)
            ?? .object(["hex": .text(hexDigits(bytes))])
    }

    /// The numbers in their order.
    static func numbers(_ numbers: [UInt8]) -> Json {
        .array(numbers.map { .number(UInt64($0)) })
    }

    /// The value that `maybe` makes of something, or null where there is nothing.
    static func maybe<T>(_ something: T?, _ make: (T) -> Json) -> Json {
        something.map(make) ?? .null
    }

    /// This value, of which names of revisions are the revisions.
    func naming(_ revisions: Named<UInt64>) throws -> Json {
        guard case .object(var members) = self, case .text(let name)? = members["revision"] else {
            return self
        }
        members["revision"] = .number(try revisions.get(name))
        return .object(members)
    }
}

/// The members of a value that can be encoded. What is nil is left out.
func members(of value: some Encodable) throws -> [String: Json] {
    try JSONDecoder().decode([String: Json].self, from: JSONEncoder().encode(value))
}
