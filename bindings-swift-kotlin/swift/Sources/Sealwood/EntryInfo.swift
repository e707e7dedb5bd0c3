import Foundation
import SealwoodGenerated

/// What an entry is.
public enum EntryKind: String, Hashable, Sendable, Codable {
    /// A file.
    case file
    /// A directory.
    case directory
}

/// A file or a directory.
public struct EntryInfo: Hashable, Sendable, Codable {
    /// Where it is, in canonical form; empty for the top directory.
    public let path: String
    /// The last segment of the path.
    public let name: String
    /// What it is.
    public let kind: EntryKind
    /// The size of the content in bytes; 0 for a directory.
    public let size: UInt64
    /// When it was last modified, in milliseconds since 1970, negative before.
    public let modifiedMs: Int64
    /// The media type, if it has one.
    public let contentType: String?
    /// What else the app attached to it.
    public let metadata: [String: String]

    /// When it was last modified.
    public var modified: Date { Date(timeIntervalSince1970: Double(modifiedMs) / 1000) }

    init(_ core: CoreEntry) {
        path = core.path
        name = core.name
        kind =
            switch core.kind {
            case .file: .file
            case .directory: .directory
            }
        size = core.size
        modifiedMs = core.modifiedMs
        contentType = core.contentType
        metadata = core.metadata
    }
}

extension EntryInfo: Identifiable {
    /// The path: one entry has it at a time.
    public var id: String { path }
}

/// One page of a directory.
public struct ListPage: Hashable, Sendable, Codable {
    /// Entries ascending by name.
    public let entries: [EntryInfo]
    /// What to pass as `after` for the next page; `nil` at the end.
    public let next: String?

    init(_ core: CorePage) {
        entries = core.entries.map(EntryInfo.init)
        next = core.next
    }
}
