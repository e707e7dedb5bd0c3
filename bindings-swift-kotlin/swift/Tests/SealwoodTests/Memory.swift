#if os(Linux)
import Foundation
import Glibc
import XCTest

extension SealwoodTestCase {
    /// The memory of this process that is not on disk, in bytes, without what is free: how much of that
    /// the allocator keeps depends on how many threads have used it at once.
    private func residentBytes() throws -> Int {
        typealias Trim = @convention(c) (Int) -> CInt
        if let trim = dlsym(nil, "malloc_trim") { _ = unsafeBitCast(trim, to: Trim.self)(0) }
        let figures = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = figures.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try XCTUnwrap(pages) * Int(getpagesize())
    }

    /// Asserts that many rounds take no more memory than a few.
    func assertNoGrowth(
        rounds: Int, warmUp: Int, bytesMax: Int, _ round: (Int) async throws -> Void
    ) async throws {
        for number in 0..<warmUp { try await round(number) }
        let before = try residentBytes()
        for number in warmUp..<rounds { try await round(number) }
        let growth = try residentBytes() - before
        XCTAssertLessThan(growth, bytesMax)
    }
}
#endif
