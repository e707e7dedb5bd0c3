import Foundation
import SealwoodGenerated

/// The content of a file, piece by piece. Each piece is checked before it comes.
///
/// It is read once: a second loop goes on where the first one stopped. Leaving the loop and letting go of the
/// stream ends it; so does cancelling the task that reads.
///
/// ```swift
/// for try await piece in try await vault.getStream("film.mp4") {
///     try handle.write(contentsOf: piece)
/// }
/// ```
public struct ContentStream: AsyncSequence, Sendable {
    /// A piece of the content.
    public typealias Element = Data

    private let core: CoreContent
    private let call: CoreCall

    init(core: CoreContent, call: CoreCall) {
        self.core = core
        self.call = call
    }

    /// The file that is read, as it was when the stream was opened.
    public var entry: EntryInfo { EntryInfo(core.entry()) }

    /// Ends the stream, also for a reader that waits for the next piece: it throws
    /// ``SealwoodError/Code-swift.struct/closed``.
    public func close() {
        core.stop()
    }

    /// The pieces.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(core: core, call: call)
    }

    /// Returns one piece after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let core: CoreContent
        fileprivate let call: CoreCall

        /// The next piece; `nil` at the end.
        public func next() async throws -> Data? {
            try await within(call) { _ in try await core.next() }
        }
    }
}
