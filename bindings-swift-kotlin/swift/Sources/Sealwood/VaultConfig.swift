import SealwoodGenerated

/// Settings of a vault. Where there is none, the library's own counts.
public struct VaultConfig: Hashable, Sendable, Codable {
    /// The size of a chunk of content, for a new vault.
    public var chunkBytes: UInt32?
    /// What a guess of the passphrase costs, for a new vault.
    public var kdf: Kdf
    /// What a passphrase may cost, in opening and in creating: its memory, and its work (memory
    /// times passes). Four times the library's own cost where there is none.
    public var kdfCeiling: KdfCeiling
    /// About how many bytes of directory nodes stay in memory.
    public var memoryBudgetBytes: UInt64?
    /// The most bytes one pack of content holds.
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
        extentBytesMax: UInt32? = nil
    ) {
        self.chunkBytes = chunkBytes
        self.kdf = kdf
        self.kdfCeiling = kdfCeiling
        self.memoryBudgetBytes = memoryBudgetBytes
        self.packBytesMax = packBytesMax
        self.extentBytesMax = extentBytesMax
    }

    var core: CoreConfig {
        CoreConfig(
            chunkBytes: chunkBytes, memoryKib: kdf.memoryKib, passes: kdf.passes, lanes: kdf.lanes,
            ceilingMemoryKib: kdfCeiling.memoryKib, ceilingPasses: kdfCeiling.passes,
            memoryBudgetBytes: memoryBudgetBytes, packBytesMax: packBytesMax,
            extentBytesMax: extentBytesMax)
    }
}
