import Foundation

/// The bytes that a scenario describes.
func content(_ json: Json) throws -> Data {
    guard case .object(let members) = json else { throw Wrong("no content: \(json)") }
    switch (Set(members.keys), members["text"], members["hex"], members["seed"], members["size"]) {
    case (["text"], .text(let text), _, _, _):
        return Data(text.utf8)
    case (["hex"], _, .text(let digits), _, _):
        return try hexBytes(digits)
    case (["seed", "size"], _, _, .number(let seed), .number(let size)):
        return sequence(seed: seed, from: 0, size: size)
    case (["seed", "size", "from"], _, _, .number(let seed), .number(let size)):
        guard case .number(let from)? = members["from"] else { break }
        return sequence(seed: seed, from: from, size: size)
    default:
        break
    }
    throw Wrong("no content: \(json)")
}

private func sequence(seed: UInt64, from: UInt64, size: UInt64) -> Data {
    Data(
        (from..<from + size).map { (index: UInt64) -> UInt8 in
            let sum: UInt64 = seed + 31 * index + index / 251
            return UInt8(truncatingIfNeeded: sum)
        })
}

/// The bytes of hexadecimal digits.
func hexBytes(_ digits: String) throws -> Data {
    let digits = Array(digits)
    guard digits.count.isMultiple(of: 2) else { throw Wrong("an odd number of digits") }
    return Data(
        try stride(from: 0, to: digits.count, by: 2).map { at in
            guard let byte = UInt8(String(digits[at...at + 1]), radix: 16) else {
                throw Wrong("no hexadecimal digits")
            }
            return byte
        })
}

/// The hexadecimal digits of bytes.
func hexDigits(_ bytes: Data) -> String {
    bytes.map { String(format: "%02x", $0) }.joined()
}
