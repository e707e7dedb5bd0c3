//! What an engine says of itself, as plain values.

use sealwood::bridge::engine::{Finding, Verified};
use sealwood::engine::{EngineStats, Vacuum};

use crate::api::call::clamp;
use crate::api::error::Failure;

/// What was checked, and what is wrong.
#[derive(Debug, Clone)]
pub struct VerifiedRecord {
    /// Keys.
    pub keys: i64,
    /// Bytes of values.
    pub value_bytes: i64,
    /// How much is wrong.
    pub findings: i64,
    /// The first of it.
    pub first: Vec<FindingRecord>,
}

impl From<Verified> for VerifiedRecord {
    fn from(verified: Verified) -> Self {
        Self {
            keys: clamp(verified.keys),
            value_bytes: clamp(verified.value_bytes),
            findings: clamp(verified.findings),
            first: verified.first.into_iter().map(FindingRecord::from).collect(),
        }
    }
}

/// Something that is wrong.
#[derive(Debug, Clone)]
pub struct FindingRecord {
    /// The name of its kind.
    pub kind: String,
    /// Whether it is damage.
    pub is_damage: bool,
    /// The namespace it is about.
    pub namespace: Option<String>,
    /// The key it is about.
    pub key: Option<Vec<u8>>,
    /// What is wrong.
    pub error: Failure,
}

impl From<Finding> for FindingRecord {
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

/// Values that no key named.
#[derive(Debug, Clone, Copy)]
pub struct VacuumRecord {
    /// How many there were.
    pub values: i64,
    /// Their bytes.
    pub value_bytes: i64,
}

impl From<Vacuum> for VacuumRecord {
    fn from(vacuum: Vacuum) -> Self {
        Self { values: clamp(vacuum.values), value_bytes: clamp(vacuum.value_bytes) }
    }
}

/// Figures of an engine.
#[derive(Debug, Clone, Copy)]
pub struct EngineFigures {
    /// The revision of the last change.
    pub revision: i64,
    /// The last revision that is durable.
    pub durable_revision: i64,
    /// Keys.
    pub keys: i64,
    /// Namespaces.
    pub namespaces: i64,
    /// Segments of the log.
    pub segments: i64,
    /// What the segments take.
    pub log_disk_bytes: i64,
    /// What of that the index names.
    pub log_live_bytes: i64,
    /// What the index takes in memory.
    pub index_bytes: i64,
    /// What of that the next checkpoint has to write.
    pub dirty_bytes: i64,
    /// How much log opening would have to replay.
    pub log_since_checkpoint: i64,
    /// What keeps files from being deleted.
    pub leases: i64,
    /// Bytes appended to the log.
    pub log_bytes_written: i64,
    /// Bytes of separated values written.
    pub value_bytes_written: i64,
    /// Bytes that compaction has written anew.
    pub relocated_bytes: i64,
    /// Syncs of the log.
    pub log_syncs: i64,
    /// Checkpoints published.
    pub checkpoints_published: i64,
}

impl From<EngineStats> for EngineFigures {
    fn from(stats: EngineStats) -> Self {
        Self {
            revision: clamp(stats.revision.get()),
            durable_revision: clamp(stats.durable_revision.get()),
            keys: clamp(stats.keys),
            namespaces: clamp(stats.namespaces),
            segments: clamp(stats.segments),
            log_disk_bytes: clamp(stats.log_disk_bytes),
            log_live_bytes: clamp(stats.log_live_bytes),
            index_bytes: clamp(stats.index_bytes),
            dirty_bytes: clamp(stats.dirty_bytes),
            log_since_checkpoint: clamp(stats.log_since_checkpoint),
            leases: clamp(stats.leases),
            log_bytes_written: clamp(stats.log_bytes_written),
            value_bytes_written: clamp(stats.value_bytes_written),
            relocated_bytes: clamp(stats.relocated_bytes),
            log_syncs: clamp(stats.log_syncs),
            checkpoints_published: clamp(stats.checkpoints_published),
        }
    }
}
