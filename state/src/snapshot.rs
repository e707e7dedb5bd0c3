//! A version as it was, whatever happens later.

use bytes::Bytes;
use sealwood_engine::{OwnedScanItem, ScanBuilder, ScanIter, Snapshot};
use sealwood_lthash::{Checksum, LtHash, Partition, PartitionedLtHash, Record, bucket_of};

use crate::error::{Error, Result};
use crate::part::{Part, hash_of};

/// All partitions at one version, with their hashes. It keeps what it needs in the engines, and may
/// be read by other threads beside a store that goes on.
#[derive(Debug, Clone)]
pub struct StateSnapshot {
    version: u64,
    partitions: Vec<PartitionSnapshot>,
}

/// A partition at one version.
#[derive(Debug, Clone)]
pub struct PartitionSnapshot {
    name: String,
    rows: Snapshot,
    state: Partition,
}

/// The rows of a partition, or of one of its buckets, by ascending key.
#[derive(Debug)]
pub struct Rows {
    scan: ScanIter,
    bucket: Option<u8>,
}

impl StateSnapshot {
    pub(crate) fn new(version: u64, parts: &[Part]) -> Result<Self> {
        let partitions = parts.iter().map(|part| {
            let rows = part.rows().snapshot()?;
            Ok(PartitionSnapshot {
                name: part.name().to_owned(),
                rows,
                state: part.committed().clone(),
            })
        });
        Ok(Self { version, partitions: partitions.collect::<Result<_>>()? })
    }

    /// Returns the version.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns the hash of all rows.
    pub fn hash(&self) -> LtHash {
        let mut sum = LtHash::identity();
        // They are valid, or there would be no snapshot.
        self.partitions.iter().filter_map(|one| one.state.hash().ok()).for_each(|it| sum.merge(it));
        sum
    }

    /// Returns the checksum of the hash of all rows.
    pub fn checksum(&self) -> Checksum {
        self.hash().checksum()
    }

    /// Returns the partitions, in the order of their names.
    pub fn partitions(&self) -> &[PartitionSnapshot] {
        &self.partitions
    }

    /// Returns a partition.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPartition`].
    pub fn partition(&self, name: &str) -> Result<&PartitionSnapshot> {
        let found = self.partitions.iter().find(|partition| partition.name == name);
        found.ok_or_else(|| Error::UnknownPartition { partition: name.to_owned() })
    }

    /// Returns the hashes of the partitions, to be compared with another's.
    ///
    /// # Errors
    ///
    /// None, unless there is something wrong with the hashes.
    pub fn state(&self) -> Result<PartitionedLtHash> {
        state_of(self.partitions.iter().map(|partition| &partition.state))
    }
}

impl PartitionSnapshot {
    /// Returns the name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the hash, the number of rows and bytes, and the buckets, if there are any.
    pub fn state(&self) -> &Partition {
        &self.state
    }

    /// Returns the value of a row.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub fn get(&self, key: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.rows.get(key)?.map(|value| value.bytes))
    }

    /// Scans the keys in all ways that the engine knows.
    pub fn scan(&self) -> ScanBuilder {
        self.rows.scan()
    }

    /// Returns all rows.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub fn rows(&self) -> Result<Rows> {
        self.rows_after(None)
    }

    /// Returns the rows whose keys come after one.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub fn rows_after(&self, key: Option<&[u8]>) -> Result<Rows> {
        let scan = match key {
            Some(key) => self.scan().start_after(key),
            None => self.scan(),
        };
        Ok(Rows { scan: scan.iter()?, bucket: None })
    }

    /// Returns the rows of one of the 256 buckets of keys. All keys are gone through, and only the
    /// values of the bucket are read.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub fn bucket_rows(&self, bucket: u8) -> Result<Rows> {
        Ok(Rows { bucket: Some(bucket), ..self.rows()? })
    }
}

impl Iterator for Rows {
    type Item = Result<(Vec<u8>, Bytes)>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let entry = match self.scan.next()? {
                Ok(OwnedScanItem::Key(entry)) => entry,
                // Neither is asked for.
                Ok(OwnedScanItem::CommonPrefix(_) | OwnedScanItem::Damaged(_)) => continue,
                Err(error) => return Some(Err(error.into())),
            };
            if self.bucket.is_none_or(|bucket| bucket == bucket_of(entry.key())) {
                let value = entry.value();
                return Some(value.map(|value| (entry.into_key(), value)).map_err(Into::into));
            }
        }
    }
}

/// Partitions, put together.
pub(crate) fn state_of<'p>(
    partitions: impl Iterator<Item = &'p Partition>,
) -> Result<PartitionedLtHash> {
    let mut state = PartitionedLtHash::new();
    for partition in partitions {
        hash_of(partition)?;
        let name = partition.domain().name();
        let record = Record { version: 0, partition: partition.clone() };
        state.restore(name, &record.encode()).map_err(|source| Error::BadRecord {
            partition: String::from_utf8_lossy(name).into_owned(),
            source,
        })?;
    }
    Ok(state)
}
