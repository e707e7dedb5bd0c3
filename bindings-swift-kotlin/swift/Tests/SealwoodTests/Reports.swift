import Foundation
import Sealwood

/// The reports of one call.
final class Reports: @unchecked Sendable {
    private let lock = NSLock()
    private var reports: [TransferProgress] = []

    var all: [TransferProgress] { lock.withLock { reports } }

    /// Adds a report, and returns how many there are.
    @discardableResult
    func add(_ report: TransferProgress) -> Int {
        lock.withLock {
            reports.append(report)
            return reports.count
        }
    }
}
