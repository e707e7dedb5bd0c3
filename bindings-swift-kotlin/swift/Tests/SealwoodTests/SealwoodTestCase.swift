import Foundation
import Sealwood
import TestStores
import XCTest

/// What the tests have in common. It also sees to the line that names the counts.
class SealwoodTestCase: XCTestCase {
    override class func setUp() {
        _ = ResultLine.observer
    }

    static let credential = try! Credential.secret(Data(repeating: 1, count: 32))

    /// A new vault in a store.
    func newVault(_ store: some BlobStore) async throws -> Vault {
        try await Vault.create(
            store: store, credential: Self.credential,
            config: VaultConfig(extentBytesMax: 1_048_576))
    }

    /// Another client of the vault in a store.
    func reopened(_ store: some BlobStore) async throws -> Vault {
        try await Vault.open(store: store, credential: Self.credential)
    }

    /// Asserts that `body` throws the typed error with `code`.
    func assertThrows<T>(
        _ code: SealwoodError.Code, path: String? = nil, file: StaticString = #filePath,
        line: UInt = #line, _ body: () async throws -> T
    ) async {
        do {
            let value = try await body()
            XCTFail("expected \(code.rawValue), came \(value)", file: file, line: line)
        } catch let error as SealwoodError {
            XCTAssertEqual(error.code, code, "\(error)", file: file, line: line)
            XCTAssertEqual(error.path, path, file: file, line: line)
        } catch {
            XCTFail("expected \(code.rawValue), came \(error)", file: file, line: line)
        }
    }

    /// Asserts that a task was cancelled in Swift's own way.
    func assertCancelled<T>(
        _ task: Task<T, any Error>, file: StaticString = #filePath, line: UInt = #line
    ) async {
        switch await patientResult(of: task) {
        case .failure(is CancellationError): break
        case nil: XCTFail("it goes on after a minute", file: file, line: line)
        case let other?: XCTFail("expected to be cancelled, came \(other)", file: file, line: line)
        }
    }

    /// The code of the error that ends a task; nothing if it goes on after a minute, or ends otherwise.
    func patientCode<T>(of task: Task<T, any Error>) async -> SealwoodError.Code? {
        guard case .failure(let error as SealwoodError) = await patientResult(of: task) else { return nil }
        return error.code
    }

    /// A directory of the test's own.
    func temporaryDirectory() throws -> URL {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("sealwood-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        addTeardownBlock { try? FileManager.default.removeItem(at: directory) }
        return directory
    }
}

/// Bytes that no two places share.
func pattern(_ size: Int, seed: Int = 0) -> Data {
    Data((0..<size).map { (at: Int) -> UInt8 in UInt8(truncatingIfNeeded: seed &+ 31 &* at &+ at / 251) })
}

/// A sequence of pieces, as an app would make one.
func pieces(of bytes: Data, size: Int) -> AsyncStream<Data> {
    AsyncStream { continuation in
        for start in stride(from: 0, to: bytes.count, by: size) {
            continuation.yield(bytes[start...].prefix(size))
        }
        continuation.finish()
    }
}

/// Prints the counts of all tests in the form in which this repository counts them. XCTest calls it on one
/// thread.
private final class ResultLine: NSObject, XCTestObservation, @unchecked Sendable {
    static let observer: ResultLine = {
        let observer = ResultLine()
        XCTestObservationCenter.shared.addTestObserver(observer)
        return observer
    }()

    private var failed: Set<String> = []
    private var finished = 0

    func testCase(
        _ testCase: XCTestCase, didFailWithDescription description: String, inFile path: String?,
        atLine line: Int
    ) {
        failed.insert(testCase.name)
    }

    func testCaseDidFinish(_ testCase: XCTestCase) {
        finished += 1
    }

    func testBundleDidFinish(_ testBundle: Bundle) {
        let verdict = failed.isEmpty ? "ok" : "FAILED"
        let passed = finished - failed.count
        let line = "test result: \(verdict). \(passed) passed; \(failed.count) failed; 0 ignored\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
