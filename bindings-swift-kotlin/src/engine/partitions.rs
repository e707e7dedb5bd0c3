//! All partitions together.

use std::sync::Arc;

use sealwood::bridge::engine::{PartitionedLtHash, RowChange};
use sealwood::lthash::{Difference, Place};

use super::hash::{CoreLtHash, CoreRow, pairs};
use super::partition::{CoreDetail, CorePartition};
use crate::error::CoreError;

/// A row before and after a change.
pub type CoreRowChange = RowChange;

/// A row before and after a change.
#[uniffi::remote(Record)]
pub struct CoreRowChange {
    /// The key of the row.
    pub key: Vec<u8>,
    /// Its value until now; nothing if there was no such row.
    pub before: Option<Vec<u8>>,
    /// Its value from now on; nothing if there is no such row any more.
    pub after: Option<Vec<u8>>,
}

/// Where two states differ.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreDifference {
    /// The name of the partition.
    pub partition: Vec<u8>,
    /// Where in it.
    pub place: CorePlace,
}

/// Where in a partition two states differ.
pub type CorePlace = Place;

/// Where in a partition two states differ.
#[uniffi::remote(Enum)]
pub enum CorePlace {
    /// Only the first has it.
    OnlyFirst,
    /// Only the second has it.
    OnlySecond,
    /// Somewhere.
    Somewhere,
    /// In these buckets, ascending.
    Buckets(Vec<u8>),
}

impl From<Difference> for CoreDifference {
    fn from(difference: Difference) -> Self {
        Self { partition: difference.partition, place: difference.place }
    }
}

/// The partitions of some data and what is known of each.
#[derive(uniffi::Object)]
pub struct CorePartitionedLtHash {
    partitions: PartitionedLtHash,
}

#[uniffi::export]
impl CorePartitionedLtHash {
    /// A state without partitions.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { partitions: PartitionedLtHash::new(None)? }))
    }

    /// A state without partitions, with a secret of 32 bytes.
    #[uniffi::constructor]
    pub fn keyed(secret: &[u8]) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { partitions: PartitionedLtHash::new(Some(secret.to_vec()))? }))
    }

    /// Makes a partition that is known to have no rows.
    pub fn create(&self, name: Vec<u8>, detail: CoreDetail) -> Result<(), CoreError> {
        Ok(self.partitions.create(&name, detail)?)
    }

    /// Takes a partition up from its record. Returns the version of the record.
    pub fn restore(&self, name: Vec<u8>, record: Vec<u8>) -> Result<u64, CoreError> {
        Ok(self.partitions.restore(&name, &record)?)
    }

    /// Drops a partition. Returns whether there was one.
    pub fn remove(&self, name: Vec<u8>) -> bool {
        self.partitions.remove(&name)
    }

    /// The names of the partitions, ascending.
    pub fn names(&self) -> Vec<Vec<u8>> {
        self.partitions.names()
    }

    /// A partition as it is now.
    pub fn partition(&self, name: Vec<u8>) -> Option<Arc<CorePartition>> {
        self.partitions.partition(&name).map(CorePartition::new)
    }

    /// Follows changes of rows: all of them or none.
    pub fn apply(&self, name: Vec<u8>, changes: Vec<CoreRowChange>) -> Result<(), CoreError> {
        Ok(self.partitions.apply(&name, &changes)?)
    }

    /// Begins to count the rows of a partition.
    pub fn begin_backfill(&self, name: Vec<u8>, detail: CoreDetail) -> Result<(), CoreError> {
        Ok(self.partitions.begin_backfill(&name, detail)?)
    }

    /// Counts the next rows of a backfill, ascending.
    pub fn backfill(&self, name: Vec<u8>, rows: Vec<CoreRow>) -> Result<(), CoreError> {
        Ok(self.partitions.backfill(&name, &pairs(rows))?)
    }

    /// Ends a backfill that has met all rows.
    pub fn finish_backfill(&self, name: Vec<u8>) -> Result<(), CoreError> {
        Ok(self.partitions.finish_backfill(&name)?)
    }

    /// Forgets all that is known of a partition.
    pub fn forget(&self, name: Vec<u8>) -> Result<(), CoreError> {
        Ok(self.partitions.forget(&name)?)
    }

    /// The hash of all rows.
    pub fn hash(&self) -> Result<Arc<CoreLtHash>, CoreError> {
        Ok(CoreLtHash::new(self.partitions.hash()?))
    }

    /// The 32 bytes of the checksum of the hash of all rows.
    pub fn checksum(&self) -> Result<Vec<u8>, CoreError> {
        Ok(self.partitions.checksum()?)
    }

    /// Where another state differs from this one.
    pub fn differences(
        &self,
        other: Arc<CorePartitionedLtHash>,
    ) -> Result<Vec<CoreDifference>, CoreError> {
        let differences = self.partitions.differences(&other.partitions)?;
        Ok(differences.into_iter().map(Into::into).collect())
    }
}
