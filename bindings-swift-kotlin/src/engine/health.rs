//! What is said of an engine as a whole.

use sealwood::bridge::engine::{Finding, Verified};
use sealwood::engine::{EngineStats, Vacuum};

use crate::error::CoreError;

/// What an engine holds and has done.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CoreEngineStats {
    /// The revision of the last change.
    pub revision: u64,
    /// All changes up to this one are durable.
    pub durable_revision: u64,
    /// Keys.
    pub keys: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Files of the log.
    pub segments: u64,
    /// Bytes of the log on the disk.
    pub log_disk_bytes: u64,
    /// Bytes of the log that are needed.
    pub log_live_bytes: u64,
    /// Bytes of the index in memory.
    pub index_bytes: u64,
    /// Bytes of the index that no checkpoint has.
    pub dirty_bytes: u64,
    /// Bytes of the log since the last checkpoint.
    pub log_since_checkpoint: u64,
    /// Snapshots, scans and the like that are open.
    pub leases: u64,
    /// Bytes written to the log by this opener.
    pub log_bytes_written: u64,
    /// Bytes written to files of values.
    pub value_bytes_written: u64,
    /// Bytes written anew to give back space.
    pub relocated_bytes: u64,
    /// Syncs of the log.
    pub log_syncs: u64,
    /// Checkpoints.
    pub checkpoints_published: u64,
}

impl From<EngineStats> for CoreEngineStats {
    fn from(stats: EngineStats) -> Self {
        Self {
            revision: stats.revision.get(),
            durable_revision: stats.durable_revision.get(),
            keys: stats.keys,
            namespaces: stats.namespaces,
            segments: stats.segments,
            log_disk_bytes: stats.log_disk_bytes,
            log_live_bytes: stats.log_live_bytes,
            index_bytes: stats.index_bytes,
            dirty_bytes: stats.dirty_bytes,
            log_since_checkpoint: stats.log_since_checkpoint,
            leases: stats.leases,
            log_bytes_written: stats.log_bytes_written,
            value_bytes_written: stats.value_bytes_written,
            relocated_bytes: stats.relocated_bytes,
            log_syncs: stats.log_syncs,
            checkpoints_published: stats.checkpoints_published,
        }
    }
}

/// Values that no key named.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CoreVacuum {
    /// How many.
    pub values: u64,
    /// Their bytes.
    pub value_bytes: u64,
}

impl From<Vacuum> for CoreVacuum {
    fn from(vacuum: Vacuum) -> Self {
        Self { values: vacuum.values, value_bytes: vacuum.value_bytes }
    }
}

/// What was checked, and what is wrong.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreVerified {
    /// Keys.
    pub keys: u64,
    /// Bytes of values.
    pub value_bytes: u64,
    /// How much is wrong.
    pub findings: u64,
    /// The first of it.
    pub first: Vec<CoreFinding>,
}

impl From<Verified> for CoreVerified {
    fn from(verified: Verified) -> Self {
        Self {
            keys: verified.keys,
            value_bytes: verified.value_bytes,
            findings: verified.findings,
            first: verified.first.into_iter().map(Into::into).collect(),
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreFinding {
    /// What it means, in the words of every language.
    pub kind: String,
    /// Whether it is damage, and not what a crash leaves.
    pub is_damage: bool,
    /// The namespace that it is about, where it is known.
    pub namespace: Option<String>,
    /// The key that it is about.
    pub key: Option<Vec<u8>>,
    /// What is wrong.
    pub error: CoreError,
}

impl From<Finding> for CoreFinding {
    fn from(finding: Finding) -> Self {
        Self {
            kind: finding.kind.to_owned(),
            is_damage: finding.is_damage,
            namespace: finding.namespace,
            key: finding.key,
            error: finding.error.into(),
        }
    }
}
