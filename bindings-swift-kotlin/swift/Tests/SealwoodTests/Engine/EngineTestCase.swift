import Foundation
import Sealwood
import XCTest

/// What the tests of the engine have in common.
class EngineTestCase: SealwoodTestCase {
    /// An engine in memory that does nothing by itself, and its namespace `notes`.
    func notes(
        _ config: EngineConfig = EngineConfig(background: .manual)
    ) async throws -> (Engine, Namespace) {
        let engine = try await Engine.memory(config)
        return (engine, try await engine.namespace("notes"))
    }

    /// Asserts that nothing of `engine` is kept open.
    func assertNoLeases(
        _ engine: Engine, file: StaticString = #filePath, line: UInt = #line
    ) async throws {
        let leases = try await engine.stats().leases
        XCTAssertEqual(leases, 0, file: file, line: line)
    }
}

/// The bytes of a text.
func utf8(_ text: String) -> Data {
    Data(text.utf8)
}

/// The text of bytes.
func text(_ bytes: Data) -> String {
    String(decoding: bytes, as: UTF8.self)
}

/// The key of the row with a number.
func row(_ number: Int) -> String {
    String(format: "user/%06d", number)
}

extension Engine {
    /// Fills a namespace with `count` rows in one batch.
    func fill(_ namespace: Namespace, _ count: Int) async throws {
        let batch = batch()
        for number in 0..<count { try batch.put(namespace, utf8(row(number)), utf8("\(number)")) }
        try await batch.commit(durability: .none)
    }
}

extension AsyncSequence {
    /// All items.
    func all() async throws -> [Element] {
        try await reduce(into: []) { $0.append($1) }
    }

    /// The first item, if there is one.
    func first() async throws -> Element? {
        try await first { _ in true }
    }
}
