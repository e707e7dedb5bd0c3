//! One partition as it was when it was asked for.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;
use sealwood::lthash;

use crate::api::call::clamp;
use crate::api::engine::hash::LtHash;
use crate::api::error::Failure;
use crate::api::input::unsigned;

pub use sealwood::lthash::Detail;

/// How closely a partition is hashed.
#[frb(mirror(Detail))]
pub enum _Detail {
    /// One hash for all, of 2 KiB.
    Whole,
    /// One hash for each of 256 buckets of keys, of which those with rows take 2 KiB each.
    Buckets,
}

/// How far the rows of a partition are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionState {
    /// Not at all.
    Absent,
    /// Up to some key.
    Backfilling,
    /// All of them.
    Valid,
}

/// What a partition is.
#[derive(Debug, Clone)]
pub struct PartitionRecord {
    /// Its name.
    pub name: Vec<u8>,
    /// How far its rows are counted.
    pub state: PartitionState,
    /// Of a backfill the last key that was counted.
    pub cursor: Option<Vec<u8>>,
    /// How closely it is hashed.
    pub detail: Detail,
    /// How many rows are counted.
    pub rows: Option<i64>,
    /// How many bytes their keys and values have.
    pub bytes: Option<i64>,
    /// The numbers of the buckets that have rows.
    pub buckets: Vec<u8>,
}

/// A partition.
#[frb(opaque)]
pub struct Partition {
    pub(crate) inner: lthash::Partition,
}

impl Partition {
    /// What it is.
    #[frb(sync)]
    pub fn about(&self) -> PartitionRecord {
        let partition = &self.inner;
        let (state, cursor) = match partition.state() {
            lthash::State::Absent => (PartitionState::Absent, None),
            lthash::State::Backfilling { cursor } => (PartitionState::Backfilling, cursor.clone()),
            lthash::State::Valid => (PartitionState::Valid, None),
        };
        let statistics = partition.statistics();
        PartitionRecord {
            name: partition.domain().name().to_vec(),
            state,
            cursor,
            detail: partition.detail(),
            rows: statistics.map(|statistics| clamp(statistics.rows)),
            bytes: statistics.map(|statistics| clamp(statistics.bytes)),
            buckets: partition.buckets().map(|(bucket, _)| bucket).collect(),
        }
    }

    /// The hash of its rows.
    #[frb(sync)]
    pub fn hash(&self) -> Result<LtHash, Failure> {
        let hash = self.inner.hash().map_err(sealwood::Error::from)?;
        Ok(LtHash { inner: hash.clone().into() })
    }

    /// Its record at a version.
    #[frb(sync)]
    pub fn encode(&self, version: i64) -> Result<Vec<u8>, Failure> {
        Ok(core::record(&self.inner, unsigned(version)?))
    }
}
