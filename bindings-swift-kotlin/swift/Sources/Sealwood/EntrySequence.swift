import SealwoodGenerated

/// The entries of a directory, read as they are asked for.
///
/// Each loop reads the directory anew, and ends its requests when it is left or its task is cancelled.
///
/// ```swift
/// for try await entry in vault.entries("photos") {
///     print(entry.name, entry.size)
/// }
/// ```
public struct EntrySequence: AsyncSequence, Sendable {
    /// An entry.
    public typealias Element = EntryInfo
    typealias Open = @Sendable (CoreCall) async throws -> CoreEntries

    private let open: Open

    init(_ open: @escaping Open) {
        self.open = open
    }

    /// The entries, from the first.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(open: open)
    }

    /// Returns one entry after another.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private static let pageEntriesMax: UInt32 = 256

        private let open: Open
        private let call = CoreCall(progress: nil)
        private var core: CoreEntries?
        private var page: ArraySlice<EntryInfo> = []
        private var isAtEnd = false

        fileprivate init(open: @escaping Open) {
            self.open = open
        }

        /// The next entry; `nil` at the end and after an error.
        public mutating func next() async throws -> EntryInfo? {
            if page.isEmpty && !isAtEnd {
                isAtEnd = true
                page = try await nextPage()
                isAtEnd = page.isEmpty
            }
            return page.popFirst()
        }

        private mutating func nextPage() async throws -> ArraySlice<EntryInfo> {
            let (open, opened) = (open, core)
            let (core, page) = try await within(call) { call in
                let core = if let opened { opened } else { try await open(call) }
                return (core, try await core.next(max: Self.pageEntriesMax))
            }
            self.core = core
            return page.map(EntryInfo.init)[...]
        }
    }
}
