import Foundation

/// A file on this device, piece by piece, read off the threads that Swift's tasks run on.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = Data

    private static let pieceBytes = 1 << 20

    let url: URL

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(url: url)
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        let url: URL
        private var handle: FileHandle?

        init(url: URL) {
            self.url = url
        }

        mutating func next() async throws -> Data? {
            let (url, opened) = (url, handle)
            let (handle, piece) = try await offTheTasks {
                let handle = try opened ?? FileHandle(forReadingFrom: url)
                return (handle, try handle.read(upToCount: FilePieces.pieceBytes))
            }
            self.handle = handle
            return piece
        }
    }
}

extension ContentStream {
    /// Writes what is left of the content to a file on this device. It replaces the file when it is
    /// whole; until then, and for good if this throws, what was there stays.
    public func write(to url: URL) async throws {
        let part = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(UUID().uuidString).part")
        do {
            try Data().write(to: part, options: .withoutOverwriting)
            let handle = try FileHandle(forWritingTo: part)
            for try await piece in self {
                try await offTheTasks { try handle.write(contentsOf: piece) }
            }
            try await offTheTasks {
                try handle.synchronize()
                try handle.close()
                guard rename(part.path, url.path) == 0 else {
                    throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
                }
            }
        } catch {
            try? FileManager.default.removeItem(at: part)
            throw error
        }
    }
}

/// The size of the file at `url`, if it can be told.
func fileSize(of url: URL) -> UInt64? {
    let values = try? url.resourceValues(forKeys: [.fileSizeKey])
    return values?.fileSize.map(UInt64.init)
}

/// Runs `work` where it may block.
private func offTheTasks<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async {
            continuation.resume(with: Result(catching: work))
        }
    }
}
