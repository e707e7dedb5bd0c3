import Foundation
import SealwoodGenerated

/// A scan or a watch that is open: items in order, a page of them read at a time as they are asked for.
///
/// It is read once. Leaving the loop ends it, and so does cancelling the task that reads; a second loop
/// throws ``SealwoodError/Code-swift.struct/closed``. One that is never read ends when it is let go of.
///
/// ```swift
/// for try await entry in try await notes.scan(ScanOptions(prefix: Data("2026/".utf8))) {
///     print(entry.key, entry.value.count)
/// }
/// ```
public struct EngineSequence<Element: Sendable>: AsyncSequence, Sendable {
    private let pages: Pages<Element>

    fileprivate init(
        _ call: CoreCall, stop: @escaping @Sendable () -> Void,
        read: @escaping @Sendable () async throws -> [Element]
    ) {
        pages = Pages(call: call, stop: stop, read: read)
    }

    /// Ends it, also for a reader that waits for the next item: it throws
    /// ``SealwoodError/Code-swift.struct/closed``.
    public func close() {
        pages.close()
    }

    /// The items.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: Reader(pages: pages))
    }

    /// Returns one item after another. When it is let go of, the scan or watch ends.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: Reader<Element>

        /// The next item; `nil` at the end of a scan, and after an error.
        public func next() async throws -> Element? {
            try await reader.pages.next()
        }
    }
}

extension EngineSequence {
    static func scan(
        _ open: (CoreCall) async throws -> CoreScan
    ) async throws -> Self where Element == ScanEntry {
        let (call, core) = try await opened(open)
        return Self(call, stop: core.stop) { try await core.next().map(ScanEntry.init) }
    }

    static func scanKeys(
        _ open: (CoreCall) async throws -> CoreKeyScan
    ) async throws -> Self where Element == ScanKey {
        let (call, core) = try await opened(open)
        return Self(call, stop: core.stop) { try await core.next().map(ScanKey.init) }
    }

    static func watch(
        _ open: (CoreCall) async throws -> CoreWatch
    ) async throws -> Self where Element == WatchEvent {
        let (call, core) = try await opened(open)
        return Self(call, stop: core.stop) {
            try await core.next(max: pageEventsMax).map(WatchEvent.init)
        }
    }
}

/// The most changes of a page. Pages of scans are as large as the core makes them.
private let pageEventsMax: UInt32 = 256

/// What `open` opens, with the call that later cancels it.
private func opened<Core>(
    _ open: (CoreCall) async throws -> Core
) async throws -> (CoreCall, Core) {
    let call = CoreCall(progress: nil)
    return (call, try await within(call, open))
}

/// Ends the pages once the loop that reads them is left.
private final class Reader<Element: Sendable>: Sendable {
    let pages: Pages<Element>

    init(pages: Pages<Element>) {
        self.pages = pages
    }

    deinit {
        pages.close()
    }
}

/// The items of one page after another.
private final class Pages<Element: Sendable>: @unchecked Sendable {
    private let call: CoreCall
    private let stop: @Sendable () -> Void
    private let read: @Sendable () async throws -> [Element]
    private let lock = NSLock()
    private var waiting: ArraySlice<Element> = []
    private var isClosed = false

    init(
        call: CoreCall, stop: @escaping @Sendable () -> Void,
        read: @escaping @Sendable () async throws -> [Element]
    ) {
        self.call = call
        self.stop = stop
        self.read = read
    }

    func next() async throws -> Element? {
        // Items that wait are not given to a task that was cancelled either.
        try Task.checkCancellation()
        if let item = try take(from: []) { return item }
        return try take(from: try await within(call) { _ in try await read() })
    }

    func close() {
        lock.withLock {
            isClosed = true
            waiting = []
        }
        stop()
    }

    /// The first item of those that wait and of `page` after them.
    private func take(from page: [Element]) throws -> Element? {
        try lock.withLock {
            if isClosed { throw SealwoodError(.closed) }
            waiting += page
            return waiting.popFirst()
        }
    }
}
