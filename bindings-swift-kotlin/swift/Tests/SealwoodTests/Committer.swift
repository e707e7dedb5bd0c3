import Sealwood
import XCTest

/// Commits on an actor, whose turns show what comes between the call of a commit and what it does.
actor Committer {
    private var hasCalled = false

    func commit(_ batch: Batch) async throws {
        hasCalled = true
        try await batch.commit()
    }

    func commit(_ batch: EngineBatch) async throws {
        hasCalled = true
        try await batch.commit()
    }

    /// Makes a change once the commit was called; nothing before.
    private func change(
        _ body: @Sendable () throws -> Void
    ) -> Result<Void, any Error>? {
        hasCalled ? Result(catching: body) : nil
    }

    /// Asserts that a change that is made as soon as the commit was called comes too late.
    func assertTooLate(
        file: StaticString = #filePath, line: UInt = #line, _ body: @Sendable () throws -> Void
    ) async {
        while true {
            if let result = change(body) {
                XCTAssertThrowsError(try result.get(), file: file, line: line) {
                    XCTAssertEqual(($0 as? SealwoodError)?.code, .closed, file: file, line: line)
                }
                return
            }
            await Task.yield()
        }
    }
}
