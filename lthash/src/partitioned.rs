//! All partitions together.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use crate::compression::Mode;
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::hash::{Checksum, LtHash};
use crate::partition::{Detail, Partition, Record};

/// The partitions of some data. Their hash is the sum of the partitions' hashes, and is never kept
/// beside them. As a partition's name is part of its rows' elements, the same row in another
/// partition makes another hash.
#[derive(Clone)]
pub struct PartitionedLtHash {
    mode: Mode,
    partitions: BTreeMap<Vec<u8>, Partition>,
}

/// Where two states differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The name of the partition.
    pub partition: Vec<u8>,
    /// Where in it.
    pub place: Place,
}

/// Where in a partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Only the first state has the partition.
    OnlyFirst,
    /// Only the second state has it.
    OnlySecond,
    /// Somewhere: at least one of the two has no buckets.
    Somewhere,
    /// In these buckets, in ascending order.
    Buckets(Vec<u8>),
}

impl PartitionedLtHash {
    /// Returns a state without partitions, whose elements anybody can compute.
    pub fn new() -> Self {
        Self { mode: Mode::plain(), partitions: BTreeMap::new() }
    }

    /// Returns a state without partitions, whose elements are made with a secret key.
    pub fn keyed(key: &[u8; 32]) -> Self {
        Self { mode: Mode::keyed(key), partitions: BTreeMap::new() }
    }

    /// Makes a partition that is known to have no rows. For one that may have some, have it count
    /// them: [`Partition::begin_backfill`].
    ///
    /// # Errors
    ///
    /// [`Error::DomainLength`] for a name that is too long, [`Error::PartitionExists`] for one that
    /// is taken.
    pub fn create(&mut self, name: impl AsRef<[u8]>, detail: Detail) -> Result<&mut Partition> {
        let partition = Partition::empty(self.domain(name.as_ref())?, detail);
        self.insert(partition)
    }

    /// Takes a partition up from its record, and returns the version of the data it was stored at.
    ///
    /// # Errors
    ///
    /// Those of [`Record::decode`], and of [`create`](Self::create).
    pub fn restore(&mut self, name: impl AsRef<[u8]>, record: &[u8]) -> Result<u64> {
        let Record { version, partition } = Record::decode(self.domain(name.as_ref())?, record)?;
        self.insert(partition)?;
        Ok(version)
    }

    /// Returns a partition.
    pub fn partition(&self, name: impl AsRef<[u8]>) -> Option<&Partition> {
        self.partitions.get(name.as_ref())
    }

    /// Returns a partition, to be changed.
    pub fn partition_mut(&mut self, name: impl AsRef<[u8]>) -> Option<&mut Partition> {
        self.partitions.get_mut(name.as_ref())
    }

    /// Returns all partitions in the order of their names.
    pub fn partitions(&self) -> impl Iterator<Item = &Partition> {
        self.partitions.values()
    }

    /// Drops a partition and returns it.
    pub fn remove(&mut self, name: impl AsRef<[u8]>) -> Option<Partition> {
        self.partitions.remove(name.as_ref())
    }

    /// Returns the hash of all rows.
    ///
    /// # Errors
    ///
    /// [`Error::NotValid`] unless all partitions are valid.
    pub fn hash(&self) -> Result<LtHash> {
        let mut sum = LtHash::identity();
        for partition in self.partitions() {
            sum.merge(partition.hash()?);
        }
        Ok(sum)
    }

    /// Returns the checksum of the hash of all rows.
    ///
    /// # Errors
    ///
    /// [`Error::NotValid`] unless all partitions are valid.
    pub fn checksum(&self) -> Result<Checksum> {
        Ok(self.hash()?.checksum())
    }

    /// Returns where another state differs from this one, partition by partition in the order of
    /// their names: nothing if both are of the same rows.
    ///
    /// # Errors
    ///
    /// [`Error::NotValid`] unless all partitions of both that have the same name are valid.
    pub fn differences(&self, other: &Self) -> Result<Vec<Difference>> {
        let mut differences = Vec::new();
        for (name, ours) in &self.partitions {
            let place = match other.partitions.get(name) {
                None => Place::OnlyFirst,
                Some(theirs) if ours.hash()? == theirs.hash()? => continue,
                Some(theirs) => {
                    ours.differing_buckets(theirs).map_or(Place::Somewhere, Place::Buckets)
                }
            };
            differences.push(Difference { partition: name.clone(), place });
        }
        for name in other.partitions.keys().filter(|name| !self.partitions.contains_key(*name)) {
            differences.push(Difference { partition: name.clone(), place: Place::OnlySecond });
        }
        differences.sort_by(|a, b| a.partition.cmp(&b.partition));
        Ok(differences)
    }

    fn domain(&self, name: &[u8]) -> Result<Domain> {
        Domain::with_mode(name, self.mode.clone())
    }

    fn insert(&mut self, partition: Partition) -> Result<&mut Partition> {
        match self.partitions.entry(partition.domain().name().to_vec()) {
            Entry::Vacant(place) => Ok(place.insert(partition)),
            Entry::Occupied(taken) => {
                Err(Error::PartitionExists { partition: taken.key().clone() })
            }
        }
    }
}

impl Default for PartitionedLtHash {
    fn default() -> Self {
        Self::new()
    }
}
