import SealwoodGenerated

/// Whether equal contents of a vault are stored as one. Fixed when the vault is created, so that every
/// writer follows it.
public enum Convergence: String, Hashable, Sendable, Codable, CaseIterable {
    /// Equal chunks are equal objects: a file that is put again is not sent again, and of a changed one
    /// what has changed. So whoever can have files put into the vault, and watches its store, can find
    /// out whether it holds a file that they have.
    case vault
    /// Nothing that is put is equal to anything else: what a put sends and asks for tells the length of
    /// a file and no more of its content. Every put sends the whole file. For apps whose users, or those
    /// who write to them, can have files put into the vault.
    case off

    init(_ core: CoreConvergence) {
        self =
            switch core {
            case .vault: .vault
            case .off: .off
            }
    }

    var core: CoreConvergence {
        switch self {
        case .vault: .vault
        case .off: .off
        }
    }
}

/// Settings of a vault. Where there is none, the library's own counts.
public struct VaultConfig: Hashable, Sendable, Codable {
    /// The size of a chunk of content, for a new vault.
    public var chunkBytes: UInt32?
    /// Whether equal contents are stored as one, for a new vault; ``Convergence/vault`` where there is
    /// none.
    public var convergence: Convergence?
    /// What a guess of the passphrase costs, for a new vault.
    public var kdf: Kdf
    /// What a passphrase may cost, in opening and in creating: its memory, and its work (memory
    /// times passes). Four times the library's own cost where there is none.
    public var kdfCeiling: KdfCeiling
    /// About how many bytes of directory nodes stay in memory.
    public var memoryBudgetBytes: UInt64?
    /// The most bytes one pack holds before it is padded.
    public var packBytesMax: UInt64?
    /// The most bytes of content one extent holds: at least a chunk, at most 64 chunks and 64 MiB;
    /// 16 MiB where there is none. A put has up to five extents in memory.
    public var extentBytesMax: UInt32?

    /// What deriving the key of a passphrase costs.
    public struct Kdf: Hashable, Sendable, Codable {
        /// Memory, in KiB.
        public var memoryKib: UInt32?
        /// Passes over that memory.
        public var passes: UInt32?
        /// Lanes of that memory.
        public var lanes: UInt32?

        /// What deriving the key of a passphrase costs.
        public init(memoryKib: UInt32? = nil, passes: UInt32? = nil, lanes: UInt32? = nil) {
            self.memoryKib = memoryKib
            self.passes = passes
            self.lanes = lanes
        }
    }

    /// The most that deriving the key of a passphrase may cost.
    public struct KdfCeiling: Hashable, Sendable, Codable {
        /// Memory, in KiB.
        public var memoryKib: UInt32?
        /// Passes over that memory.
        public var passes: UInt32?

        /// The most that deriving the key of a passphrase may cost.
        public init(memoryKib: UInt32? = nil, passes: UInt32? = nil) {
            self.memoryKib = memoryKib
            self.passes = passes
        }
    }

    /// Settings of a vault.
    public init(
        chunkBytes: UInt32? = nil, kdf: Kdf = Kdf(), kdfCeiling: KdfCeiling = KdfCeiling(),
        memoryBudgetBytes: UInt64? = nil, packBytesMax: UInt64? = nil,
        extentBytesMax: UInt32? = nil, convergence: Convergence? = nil
    ) {
        self.chunkBytes = chunkBytes
        self.convergence = convergence
        self.kdf = kdf
        self.kdfCeiling = kdfCeiling
        self.memoryBudgetBytes = memoryBudgetBytes
        self.packBytesMax = packBytesMax
        self.extentBytesMax = extentBytesMax
    }

    var core: CoreConfig {
        CoreConfig(
            chunkBytes: chunkBytes, convergence: convergence?.core,
            memoryKib: kdf.memoryKib, passes: kdf.passes, lanes: kdf.lanes,
            ceilingMemoryKib: kdfCeiling.memoryKib, ceilingPasses: kdfCeiling.passes,
            memoryBudgetBytes: memoryBudgetBytes, packBytesMax: packBytesMax,
            extentBytesMax: extentBytesMax)
    }
}
