import Foundation
import SealwoodGenerated

/// An app's sequence of pieces, as the core pulls it: one piece at a time, so that the iterator is never
/// used by two at once.
final class SourceAdapter<Pieces: AsyncSequence & Sendable>: HostSource, @unchecked Sendable
where Pieces.Element == Data {
    private let pieces: Pieces
    private var iterator: Pieces.AsyncIterator?

    init(_ pieces: Pieces) {
        self.pieces = pieces
    }

    func next() async throws -> Data? {
        try await hosted {
            var iterator = iterator ?? pieces.makeAsyncIterator()
            let piece = try await iterator.next()
            self.iterator = iterator
            return piece
        }
    }
}
