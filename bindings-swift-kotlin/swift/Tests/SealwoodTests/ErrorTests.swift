import Foundation
import Sealwood
import TestStores
import XCTest

/// A bad input gives the typed error, never a crash.
final class ErrorTests: SealwoodTestCase {
    func testSecretsOfAnyOtherSizeAreRefused() async {
        for size in [0, 31, 33, 1 << 20] {
            await assertThrows(.invalidArgument) {
                try Credential.secret(Data(repeating: 0, count: size))
            }
            await assertThrows(.invalidArgument) {
                try phraseOfSecret(Data(repeating: 0, count: size))
            }
        }
        await assertThrows(.invalidPhrase) { try Credential.phrase("correct horse") }
        await assertThrows(.invalidPhrase) { try secretOfPhrase("") }
        await assertThrows(.invalidArgument) { try Credential.passphrase("") }
        await assertThrows(.invalidArgument) {
            try Credential.passphrase(String(repeating: "x", count: 1_025))
        }
    }

    func testWhatIsTooLargeIsRefused() async throws {
        let vault = try await newVault(.memory())
        let long = String(repeating: "x", count: 1 << 20)
        await assertThrows(.pathNameTooLong) {
            try await vault.put(String(repeating: "x", count: 256), Data())
        }
        await assertThrows(.pathTooLong) {
            try await vault.mkdir(String(repeating: "x/", count: 1 << 16) + "x")
        }
        await assertThrows(.invalidArgument) {
            try await vault.put("a", Data(), options: PutOptions(contentType: long))
        }
        await assertThrows(.invalidArgument) {
            try await vault.setMetadata("a", metadata: ["key": long])
        }
        await assertThrows(.invalidArgument) {
            try await vault.batch().put("a", Data(), options: PutOptions(metadata: [long: ""]))
        }
    }

    func testNumbersBeyondReasonAreRefused() async throws {
        let vault = try await newVault(.memory())
        try await vault.put("a", pattern(10))
        await assertThrows(.invalidArgument) { try await vault.list(limit: 0) }
        await assertThrows(.invalidArgument) { try await vault.list(limit: -1) }
        await assertThrows(.rangePastEnd) {
            try await vault.getRange("a", start: 0, end: .max)
        }
        await assertThrows(.invalidArgument) { try await vault.getRange("a", start: 5, end: 4) }
        await assertThrows(.invalidArgument) {
            try await Vault.create(
                store: .memory(), credential: Self.credential,
                config: VaultConfig(chunkBytes: .max))
        }
        let store: AnyBlobStore = .memory()
        await assertThrows(.invalidArgument) {
            try await store.list(prefix: "", startAfter: nil, limit: -1)
        }
        await assertThrows(.objectMissing) {
            try await store.getRange("a", offset: .max, length: .max)
        }
    }

    func testWhatIsClosedStaysClosed() async throws {
        let vault = try await newVault(.memory())
        try await vault.put("a", pattern(10))
        let batch = vault.batch()
        batch.close()
        batch.close()
        await assertThrows(.closed) { try batch.mkdir("d") }
        await assertThrows(.closed) { try await batch.commit() }
        let stream = try await vault.getStream("a")
        stream.close()
        stream.close()
        await assertThrows(.closed) { for try await _ in stream {} }
        let open = vault.batch()
        try await vault.close()
        await assertThrows(.closed) { try await vault.get("a") }
        await assertThrows(.closed) { try await vault.put("a", Data()) }
        await assertThrows(.closed) {
            try open.mkdir("d")
            try await open.commit()
        }
    }

    func testTheErrorsPathIsTheCanonicalOne() async throws {
        let vault = try await newVault(.memory())
        await assertThrows(.notFound, path: "a/b") { try await vault.stat("/a/b") }
    }

    func testTheCodesAreThoseOfTheDocumentation() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Sources/Sealwood/ErrorCode.swift")
        let written = try String(contentsOf: sources, encoding: .utf8)
        let root = try XCTUnwrap(ProcessInfo.processInfo.environment["SEALWOOD_CHECKOUT"])
        let page = try String(contentsOfFile: root + "/docs/ERRORS.md", encoding: .utf8)
        let documented = page.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("| `") else { return nil }
            return String(line.dropFirst(3).prefix { $0 != "`" })
        }
        XCTAssertGreaterThan(documented.count, 30)
        let codes = written.split(separator: "\n").compactMap { line -> String? in
            guard let start = line.range(of: "Self(rawValue: \"") else { return nil }
            return String(line[start.upperBound...].prefix { $0 != "\"" })
        }
        XCTAssertEqual(codes, documented)
    }
}
