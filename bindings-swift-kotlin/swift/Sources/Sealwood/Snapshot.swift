import Foundation
import SealwoodGenerated

/// A tree that never changes: a vault as it was at one moment, or a directory somebody shared.
public final class Snapshot: FileTree {
    /// How the library reads this snapshot; nothing an app calls.
    public let reader: TreeReader

    init(core: CoreTree) {
        reader = TreeReader(core: core)
    }
}

/// A directory that somebody shared by a link from ``Vault/link(_:)``.
public enum SharedDirectory {
    /// The directory as it was when the link was made. No vault is opened; paths start at the directory.
    public static func open(store: some BlobStore, link: Data) throws -> Snapshot {
        Snapshot(core: try translating { try .shared(store: coreStore(of: store), link: link) })
    }
}
