//! All partitions together.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;
use sealwood::lthash::{Difference, Place};

use crate::api::call::clamp;
use crate::api::engine::hash::LtHash;
use crate::api::engine::partition::{Detail, Partition};
use crate::api::error::Failure;

/// A row before and after a change.
#[derive(Debug, Clone)]
pub struct RowChangeSpec {
    /// Its key.
    pub key: Vec<u8>,
    /// Its value until now.
    pub before: Option<Vec<u8>>,
    /// Its value from now on.
    pub after: Option<Vec<u8>>,
}

/// Where in a partition two states differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferencePlace {
    /// The first alone has it.
    OnlyFirst,
    /// The second alone has it.
    OnlySecond,
    /// Somewhere in it.
    Somewhere,
    /// In some of its buckets.
    Buckets,
}

/// Where two states differ.
#[derive(Debug, Clone)]
pub struct DifferenceRecord {
    /// The name of the partition.
    pub partition: Vec<u8>,
    /// Where in it.
    pub place: DifferencePlace,
    /// The buckets that differ.
    pub buckets: Option<Vec<u8>>,
}

impl From<Difference> for DifferenceRecord {
    fn from(difference: Difference) -> Self {
        let (place, buckets) = match difference.place {
            Place::OnlyFirst => (DifferencePlace::OnlyFirst, None),
            Place::OnlySecond => (DifferencePlace::OnlySecond, None),
            Place::Somewhere => (DifferencePlace::Somewhere, None),
            Place::Buckets(buckets) => (DifferencePlace::Buckets, Some(buckets)),
        };
        Self { partition: difference.partition, place, buckets }
    }
}

/// The partitions of some data.
#[frb(opaque)]
pub struct PartitionedLtHash {
    inner: core::PartitionedLtHash,
}

impl PartitionedLtHash {
    /// A state without partitions, with a secret or without one.
    #[frb(sync)]
    pub fn empty(secret: Option<Vec<u8>>) -> Result<PartitionedLtHash, Failure> {
        Ok(Self { inner: core::PartitionedLtHash::new(secret)? })
    }

    /// Makes a partition that has no rows.
    #[frb(sync)]
    pub fn create(&self, name: Vec<u8>, detail: Detail) -> Result<(), Failure> {
        Ok(self.inner.create(&name, detail)?)
    }

    /// Takes a partition up and returns the version of its record.
    #[frb(sync)]
    pub fn restore(&self, name: Vec<u8>, record: Vec<u8>) -> Result<i64, Failure> {
        Ok(clamp(self.inner.restore(&name, &record)?))
    }

    /// Drops a partition and returns whether there was one.
    #[frb(sync)]
    pub fn remove(&self, name: Vec<u8>) -> bool {
        self.inner.remove(&name)
    }

    /// The names of the partitions.
    #[frb(sync)]
    pub fn names(&self) -> Vec<Vec<u8>> {
        self.inner.names()
    }

    /// A partition as it is now.
    #[frb(sync)]
    pub fn partition(&self, name: Vec<u8>) -> Option<Partition> {
        self.inner.partition(&name).map(|inner| Partition { inner })
    }

    /// Follows changes of rows.
    #[frb(sync)]
    pub fn apply(&self, name: Vec<u8>, changes: Vec<RowChangeSpec>) -> Result<(), Failure> {
        let changes = changes.into_iter().map(|change| {
            let RowChangeSpec { key, before, after } = change;
            core::RowChange { key, before, after }
        });
        Ok(self.inner.apply(&name, &changes.collect::<Vec<_>>())?)
    }

    /// Begins to count rows.
    #[frb(sync)]
    pub fn begin_backfill(&self, name: Vec<u8>, detail: Detail) -> Result<(), Failure> {
        Ok(self.inner.begin_backfill(&name, detail)?)
    }

    /// Counts the next rows of a backfill.
    #[frb(sync)]
    pub fn backfill(&self, name: Vec<u8>, rows: Vec<(Vec<u8>, Vec<u8>)>) -> Result<(), Failure> {
        Ok(self.inner.backfill(&name, &rows)?)
    }

    /// Ends a backfill.
    #[frb(sync)]
    pub fn finish_backfill(&self, name: Vec<u8>) -> Result<(), Failure> {
        Ok(self.inner.finish_backfill(&name)?)
    }

    /// Forgets all that is known of a partition.
    #[frb(sync)]
    pub fn forget(&self, name: Vec<u8>) -> Result<(), Failure> {
        Ok(self.inner.forget(&name)?)
    }

    /// The hash of all rows.
    #[frb(sync)]
    pub fn hash(&self) -> Result<LtHash, Failure> {
        Ok(LtHash { inner: self.inner.hash()? })
    }

    /// The 32 bytes of its checksum.
    #[frb(sync)]
    pub fn checksum(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.inner.checksum()?)
    }

    /// Where another state differs.
    #[frb(sync)]
    pub fn differences(&self, other: &PartitionedLtHash) -> Result<Vec<DifferenceRecord>, Failure> {
        let differences = self.inner.differences(&other.inner)?;
        Ok(differences.into_iter().map(DifferenceRecord::from).collect())
    }
}
