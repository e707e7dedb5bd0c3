//! What an engine is opened with and how its calls are made.

use sealwood::bridge::engine::{ConfigInput, ScanInput};
use sealwood::engine::{
    Access, Background, DeleteOptions, Durability, Expiry, Order, Precondition, PutOptions,
    RecoveryMode, Revision, Tracking,
};

/// What an opener may do.
pub type CoreAccess = Access;

/// What an opener may do.
#[uniffi::remote(Enum)]
pub enum CoreAccess {
    /// Read and write.
    ReadWrite,
    /// Read what was there at opening.
    ReadOnly,
}

/// Where the index comes from at opening.
pub type CoreRecoveryMode = RecoveryMode;

/// Where the index comes from at opening.
#[uniffi::remote(Enum)]
pub enum CoreRecoveryMode {
    /// The last checkpoint and the log after it.
    Checkpoint,
    /// The whole log.
    Rebuild,
    /// All that is whole; only to read.
    PassOver,
}

/// Whether checkpoints happen by themselves.
pub type CoreBackground = Background;

/// Whether checkpoints happen by themselves.
#[uniffi::remote(Enum)]
pub enum CoreBackground {
    /// A thread of the engine's runs them.
    Automatic,
    /// The app does, by `maintain`.
    Manual,
}

/// Settings of an engine; the engine's own where there is none.
pub type CoreEngineConfig = ConfigInput;

/// Settings of an engine; the engine's own where there is none.
#[uniffi::remote(Record)]
pub struct CoreEngineConfig {
    /// What the opener may do.
    pub access: CoreAccess,
    /// Where the index comes from.
    pub recovery: CoreRecoveryMode,
    /// Whether checkpoints happen by themselves.
    pub background: CoreBackground,
    /// From which size on values have files of their own, in bytes.
    pub separated_bytes_min: Option<u64>,
    /// About how many bytes of the index stay in memory.
    pub memory_bytes_max: Option<u64>,
    /// The most namespaces.
    pub namespaces_max: Option<u32>,
    /// How long nothing is written before a checkpoint, in milliseconds.
    pub checkpoint_idle_ms: Option<u32>,
    /// The most changes that are kept for watches.
    pub watch_events_max: Option<u32>,
    /// The most bytes of them.
    pub watch_bytes_max: Option<u64>,
}

/// When a write is acknowledged.
pub type CoreDurability = Durability;

/// When a write is acknowledged.
#[uniffi::remote(Enum)]
pub enum CoreDurability {
    /// At once.
    None,
    /// Once a sync that may be shared has covered it.
    Group,
    /// Once a sync has covered it that begins now.
    Sync,
}

/// What must hold of a key for a write to take effect.
#[derive(Debug, Clone, Copy, uniffi::Enum)]
pub enum CoreKeyPrecondition {
    /// Nothing.
    None,
    /// There is no such key.
    Absent,
    /// There is such a key.
    Present,
    /// Its last change made this revision.
    Revision {
        /// The revision.
        revision: u64,
    },
}

impl From<CoreKeyPrecondition> for Precondition {
    fn from(precondition: CoreKeyPrecondition) -> Self {
        match precondition {
            CoreKeyPrecondition::None => Self::None,
            CoreKeyPrecondition::Absent => Self::Absent,
            CoreKeyPrecondition::Present => Self::Present,
            CoreKeyPrecondition::Revision { revision } => Self::Revision(Revision::new(revision)),
        }
    }
}

/// How a key is put or deleted.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CoreWriteOptions {
    /// What must hold of the key.
    pub precondition: CoreKeyPrecondition,
    /// When it is acknowledged.
    pub durability: CoreDurability,
    /// When the key expires, in milliseconds since 1970. Of a put alone.
    pub expires_at_ms: Option<u64>,
}

impl CoreWriteOptions {
    pub(super) fn put(self) -> PutOptions {
        let mut options =
            PutOptions::new().precondition(self.precondition.into()).durability(self.durability);
        options.expires_at = self.expires_at_ms.map(Expiry::at_ms);
        options
    }

    pub(super) fn delete(self) -> DeleteOptions {
        DeleteOptions::new().precondition(self.precondition.into()).durability(self.durability)
    }
}

/// In which order a scan goes.
pub type CoreOrder = Order;

/// In which order a scan goes.
#[uniffi::remote(Enum)]
pub enum CoreOrder {
    /// From the first key to the last.
    Ascending,
    /// From the last key to the first.
    Descending,
}

/// Which keys are scanned, and how. All that is given counts.
pub type CoreScanOptions = ScanInput;

/// Which keys are scanned, and how. All that is given counts.
#[uniffi::remote(Record)]
pub struct CoreScanOptions {
    /// Only keys that begin with it.
    pub prefix: Vec<u8>,
    /// The first key.
    pub start: Option<Vec<u8>>,
    /// The key before which it ends.
    pub end: Option<Vec<u8>>,
    /// Only what comes after this key, in the order of the scan.
    pub start_after: Option<Vec<u8>>,
    /// In which order.
    pub order: CoreOrder,
    /// At most so many keys.
    pub limit: Option<u64>,
}

/// Whether a hash of the rows of a namespace is kept.
pub type CoreTracking = Tracking;

/// Whether a hash of the rows of a namespace is kept.
#[uniffi::remote(Enum)]
pub enum CoreTracking {
    /// None is.
    Off,
    /// One of all rows.
    Whole,
    /// One for each of 256 buckets of keys.
    Buckets,
}
