//! Partitions as a handle.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::LtHash;
use super::hash::key;
use crate::error::{Error, Result};
use crate::lthash::{self, Change, Detail, Difference, Partition, Record};

/// The partitions of some data, changed through a shared reference; see
/// [`lthash::PartitionedLtHash`]. Calls that name a partition there is none of fail with
/// [`Error::InvalidArgument`].
pub struct PartitionedLtHash(Mutex<lthash::PartitionedLtHash>);

/// A row before and after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowChange {
    /// The key of the row.
    pub key: Vec<u8>,
    /// Its value until now, `None` if there was no such row.
    pub before: Option<Vec<u8>>,
    /// Its value from now on, `None` if there is no such row any more.
    pub after: Option<Vec<u8>>,
}

impl PartitionedLtHash {
    /// A state without partitions; with a secret of 32 bytes, which is wiped, or without one.
    pub fn new(secret: Option<Vec<u8>>) -> Result<Self> {
        let partitions = match secret {
            Some(secret) => lthash::PartitionedLtHash::keyed(&*key(secret)?),
            None => lthash::PartitionedLtHash::new(),
        };
        Ok(Self(Mutex::new(partitions)))
    }

    /// Makes a partition that is known to have no rows.
    pub fn create(&self, name: &[u8], detail: Detail) -> Result<()> {
        self.lock().create(name, detail)?;
        Ok(())
    }

    /// Takes a partition up from its record. Returns the version of the record.
    pub fn restore(&self, name: &[u8], record: &[u8]) -> Result<u64> {
        Ok(self.lock().restore(name, record)?)
    }

    /// Drops a partition. Returns whether there was one.
    pub fn remove(&self, name: &[u8]) -> bool {
        self.lock().remove(name).is_some()
    }

    /// The names of the partitions, ascending.
    pub fn names(&self) -> Vec<Vec<u8>> {
        self.lock().partitions().map(|partition| partition.domain().name().to_vec()).collect()
    }

    /// A partition as it is now.
    pub fn partition(&self, name: &[u8]) -> Option<Partition> {
        self.lock().partition(name).cloned()
    }

    /// Follows changes of rows.
    pub fn apply(&self, name: &[u8], changes: &[RowChange]) -> Result<()> {
        let changes: Vec<Change<'_>> = changes.iter().map(RowChange::change).collect();
        self.change(name, |partition| partition.apply(&changes))
    }

    /// Begins to count the rows of a partition.
    pub fn begin_backfill(&self, name: &[u8], detail: Detail) -> Result<()> {
        self.change(name, |partition| {
            partition.begin_backfill(detail);
            Ok(())
        })
    }

    /// Counts the next rows of a backfill, keys and values, ascending.
    pub fn backfill(&self, name: &[u8], rows: &[(Vec<u8>, Vec<u8>)]) -> Result<()> {
        let rows: Vec<(&[u8], &[u8])> =
            rows.iter().map(|(key, value)| (key.as_slice(), value.as_slice())).collect();
        self.change(name, |partition| partition.backfill(&rows))
    }

    /// Ends a backfill that has met all rows.
    pub fn finish_backfill(&self, name: &[u8]) -> Result<()> {
        self.change(name, Partition::finish_backfill)
    }

    /// Forgets all that is known of a partition.
    pub fn forget(&self, name: &[u8]) -> Result<()> {
        self.change(name, |partition| {
            partition.forget();
            Ok(())
        })
    }

    /// The hash of all rows.
    pub fn hash(&self) -> Result<LtHash> {
        Ok(self.lock().hash()?.into())
    }

    /// The 32 bytes of the checksum of the hash of all rows.
    pub fn checksum(&self) -> Result<Vec<u8>> {
        Ok(self.lock().checksum()?.as_bytes().to_vec())
    }

    /// Where another state differs from this one.
    pub fn differences(&self, other: &Self) -> Result<Vec<Difference>> {
        // Not both locks at once: two may be compared crosswise, and one with itself.
        let other = other.lock().clone();
        Ok(self.lock().differences(&other)?)
    }

    fn change(
        &self,
        name: &[u8],
        change: impl FnOnce(&mut Partition) -> lthash::Result<()>,
    ) -> Result<()> {
        let mut partitions = self.lock();
        let partition = partitions.partition_mut(name);
        let what = "there is no partition of this name";
        Ok(change(partition.ok_or(Error::InvalidArgument { what })?)?)
    }

    fn lock(&self) -> MutexGuard<'_, lthash::PartitionedLtHash> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RowChange {
    fn change(&self) -> Change<'_> {
        Change {
            key: &self.key,
            before: self.before.as_ref().map(Into::into),
            after: self.after.as_ref().map(Into::into),
        }
    }
}

/// The record of a partition at a version of the data.
pub fn record(partition: &Partition, version: u64) -> Vec<u8> {
    Record { version, partition: partition.clone() }.encode()
}
