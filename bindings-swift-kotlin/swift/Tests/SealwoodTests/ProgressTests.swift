import Foundation
import Sealwood
import XCTest

/// Progress comes in order and ends at the total.
final class ProgressTests: SealwoodTestCase {
    private func assertProgress(
        to total: UInt64, file: StaticString = #filePath, line: UInt = #line,
        _ body: (@escaping ProgressHandler) async throws -> Void
    ) async throws {
        let reports = Reports()
        try await body { reports.add($0) }
        let all = reports.all
        XCTAssertFalse(all.isEmpty, file: file, line: line)
        XCTAssertEqual(all.map(\.done), all.map(\.done).sorted(), file: file, line: line)
        XCTAssertEqual(
            all.last, TransferProgress(done: total, total: total), file: file, line: line)
    }

    func testEveryCallThatMovesBytesReports() async throws {
        let size: UInt64 = 5_000_000
        let bytes = pattern(Int(size))
        let file = try temporaryDirectory().appendingPathComponent("file")
        try bytes.write(to: file)
        let vault = try await newVault(.memory())
        try await assertProgress(to: size) { try await vault.put("a", bytes, onProgress: $0) }
        try await assertProgress(to: size) {
            try await vault.putStream(
                "b", pieces(of: bytes, size: 70_000), options: PutOptions(sizeHint: size),
                onProgress: $0)
        }
        try await assertProgress(to: size) {
            try await vault.putFile("c", from: file, onProgress: $0)
        }
        try await assertProgress(to: size) { _ = try await vault.get("a", onProgress: $0) }
        try await assertProgress(to: 1_000_000) {
            _ = try await vault.getRange("a", start: 1, end: 1_000_001, onProgress: $0)
        }
        try await assertProgress(to: size) {
            for try await _ in try await vault.getStream("a", onProgress: $0) {}
        }
    }
}
