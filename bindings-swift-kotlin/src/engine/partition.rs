//! One partition as it was when it was asked for.

use std::sync::Arc;

use sealwood::Error;
use sealwood::bridge::engine::record;
use sealwood::lthash::{Detail, Partition, State};

use super::hash::CoreLtHash;
use crate::error::CoreError;

/// How closely a mismatch can be located without reading rows.
pub type CoreDetail = Detail;

/// How closely a mismatch can be located without reading rows.
#[uniffi::remote(Enum)]
pub enum CoreDetail {
    /// Not at all: one hash for all.
    Whole,
    /// To one of 256 buckets.
    Buckets,
}

/// How far the rows of a partition are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CorePartitionState {
    /// Nothing is known of them.
    Absent,
    /// Some are.
    Backfilling,
    /// All are.
    Valid,
}

/// What is known of a partition besides its hash.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CorePartitionInfo {
    /// Its name.
    pub name: Vec<u8>,
    /// How far its rows are counted.
    pub state: CorePartitionState,
    /// Of a backfill, the last key that was counted.
    pub cursor: Option<Vec<u8>>,
    /// How closely a mismatch can be located.
    pub detail: CoreDetail,
    /// Rows that were counted, where that is known.
    pub rows: Option<u64>,
    /// Bytes of their keys and values.
    pub bytes: Option<u64>,
    /// The numbers of the buckets that have rows, ascending.
    pub buckets: Vec<u8>,
}

/// A partition.
#[derive(uniffi::Object)]
pub struct CorePartition {
    partition: Partition,
}

impl CorePartition {
    pub(super) fn new(partition: Partition) -> Arc<Self> {
        Arc::new(Self { partition })
    }
}

#[uniffi::export]
impl CorePartition {
    /// What is known of it besides its hash.
    pub fn info(&self) -> CorePartitionInfo {
        let partition = &self.partition;
        let (state, cursor) = match partition.state() {
            State::Absent => (CorePartitionState::Absent, None),
            State::Backfilling { cursor } => (CorePartitionState::Backfilling, cursor.clone()),
            State::Valid => (CorePartitionState::Valid, None),
        };
        let statistics = partition.statistics();
        CorePartitionInfo {
            name: partition.domain().name().to_vec(),
            state,
            cursor,
            detail: partition.detail(),
            rows: statistics.map(|it| it.rows),
            bytes: statistics.map(|it| it.bytes),
            buckets: partition.buckets().map(|(bucket, _)| bucket).collect(),
        }
    }

    /// The hash of its rows; `state-not-valid` unless all are counted.
    pub fn hash(&self) -> Result<Arc<CoreLtHash>, CoreError> {
        let hash = self.partition.hash().map_err(Error::from)?;
        Ok(CoreLtHash::new(hash.clone().into()))
    }

    /// Its record at a version of the data.
    pub fn encode(&self, version: u64) -> Vec<u8> {
        record(&self.partition, version)
    }
}
