import Foundation
import XCTest

/// The tool as a person uses it.
final class CommandTests: XCTestCase {
    private var directory = URL(fileURLWithPath: "")

    override class func setUp() {
        _ = ResultLine.observer
    }

    override func setUpWithError() throws {
        directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("sealwood-swift-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    override func tearDownWithError() throws {
        try FileManager.default.removeItem(at: directory)
    }

    /// What the tool prints, and the code it leaves with.
    private func run(
        _ arguments: String..., passphrase: String = "open sesame"
    ) throws -> (output: String, code: Int32) {
        let process = Process()
        process.executableURL = Bundle.main.bundleURL.appendingPathComponent("sealwood-swift")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging([
            "SEALWOOD_VAULT": directory.appendingPathComponent("vault").path,
            "SEALWOOD_PASSPHRASE": passphrase,
        ]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }

    func testFilesGoInAreListedComeOutAndGo() throws {
        let file = directory.appendingPathComponent("letter.txt")
        let copy = directory.appendingPathComponent("copy.txt")
        try Data("Dear diary".utf8).write(to: file)
        let words = try run("init").output.split(whereSeparator: \.isWhitespace)
        XCTAssertEqual(words.count, 24)
        XCTAssertEqual(try run("put", file.path, "letters/first.txt").output, "10\tletters/first.txt\n")
        XCTAssertEqual(try run("ls").output, "-\tletters/\n")
        XCTAssertEqual(try run("ls", "letters").output, "10\tfirst.txt\n")
        XCTAssertEqual(try run("get", "letters/first.txt", copy.path).code, 0)
        XCTAssertEqual(try Data(contentsOf: copy), Data("Dear diary".utf8))
        XCTAssertEqual(try run("rm", "letters").code, 0)
        XCTAssertEqual(try run("ls").output, "")
    }

    func testWhatGoesWrongIsACodeAndNoCrash() throws {
        XCTAssertEqual(try run("ls").code, 1)
        XCTAssertEqual(try run("init").code, 0)
        XCTAssertEqual(try run("init").code, 1)
        XCTAssertEqual(try run("ls", passphrase: "open barley").code, 1)
        XCTAssertEqual(try run("get", "missing", "x").code, 1)
        XCTAssertEqual(try run("dance").code, 1)
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
