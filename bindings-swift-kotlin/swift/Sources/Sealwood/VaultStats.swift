import SealwoodGenerated

/// Figures of an open vault. Those of writes count this session's.
public struct VaultStats: Hashable, Sendable, Codable {
    /// How many commits the vault has seen in its life, as far as this session knows.
    public let sequence: UInt64
    /// Operations that are committed and not yet in directory nodes.
    public let tailOperations: UInt64
    /// The size of a chunk of content, in bytes.
    public let chunkBytes: UInt64
    /// Whether equal contents are stored as one.
    public let convergence: Convergence
    /// The time of the last commit of another session that this one has read, in milliseconds since
    /// 1970, if it was more than 5 minutes ahead of this device's clock then: one of the two clocks
    /// is wrong. Else `nil`.
    public let futureCommitMs: Int64?
    /// Root puts, and packs that hold nodes only.
    public let indexRequests: UInt64
    /// Bytes of roots and of sealed nodes.
    public let indexBytes: UInt64
    /// Packs that hold content.
    public let contentRequests: UInt64
    /// Bytes of sealed content in packs.
    public let contentBytes: UInt64
    /// Commits that took effect.
    public let commits: UInt64
    /// Commits that wrote nodes.
    public let spills: UInt64
    /// Commits that lost a race and were repeated.
    public let conflicts: UInt64

    init(_ core: CoreStats) {
        sequence = core.sequence
        tailOperations = core.tailOperations
        chunkBytes = core.chunkBytes
        convergence = Convergence(core.convergence)
        futureCommitMs = core.futureCommitMs
        indexRequests = core.indexRequests
        indexBytes = core.indexBytes
        contentRequests = core.contentRequests
        contentBytes = core.contentBytes
        commits = core.commits
        spills = core.spills
        conflicts = core.conflicts
    }
}
