//! The store: partitions, their log, and what is not committed yet.

use bytes::Bytes;
use sealwood_engine::Batch;
use sealwood_lthash::{LtHash, Partition, PartitionedLtHash, Statistics};

use crate::align::align;
use crate::change_set::{CHANGES_MAX, ChangeSet};
use crate::config::StateConfig;
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::head::{Head, Stage, Versions};
use crate::part::{Part, hash_of};
use crate::snapshot::StateSnapshot;
use crate::version_log::VersionLog;
use crate::working::Working;

/// Rows in named partitions, with versions and a hash.
///
/// Changes are made to the working state by [`apply`](Self::apply), as often as one likes, and
/// become a version by [`commit`](Self::commit). The working state is seen by
/// [`get`](Self::get) and hashed in [`working_hash`](Self::working_hash); what is committed is
/// hashed in [`hash`](Self::hash) and read from a [`snapshot`](Self::snapshot).
///
/// Calls block. One thread changes the store; snapshots go to others and stay as they are.
#[derive(Debug)]
pub struct StateStore {
    pub(crate) log: VersionLog,
    /// In the order of their names.
    pub(crate) parts: Vec<Part>,
    /// What is not committed of each of them.
    pub(crate) working: Vec<Working>,
    pub(crate) kept_versions: u64,
    pub(crate) unsettled: Option<Unsettled>,
}

/// What has happened in the log, or may have, and not in all partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unsettled {
    Commit,
    Rollback,
}

impl StateStore {
    /// Opens a store, or makes one at version 0 where there are no rows. Partitions that are ahead
    /// or behind are brought to the newest version of the log.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] for a name or a number that is none. [`Error::InUse`] as long as
    /// another store or import of this process has the log or a partition.
    /// [`Error::ImportUnfinished`] after an import that was cut off. [`Error::OtherPartitions`],
    /// [`Error::NotHashed`], [`Error::Drifted`], [`Error::BadRecord`], [`Error::Gap`],
    /// [`Error::Ahead`] and [`Error::Misaligned`] if log and partitions do not belong together. Of
    /// those that can be told beforehand nothing is changed. Those of the engines: a log that
    /// cannot be made durable is not built upon.
    pub fn open(config: StateConfig) -> Result<Self> {
        let (mut log, mut parts) = parts_of(&config)?;
        if log.head().is_none() {
            make(&mut log, &mut parts)?;
        }
        align(&mut log, &mut parts)?;
        Ok(Self::at_version(log, parts, config.kept_versions))
    }

    /// A store whose partitions all are at the newest version of the log.
    pub(crate) fn at_version(log: VersionLog, parts: Vec<Part>, kept_versions: u64) -> Self {
        let mut store = Self { log, parts, working: Vec::new(), kept_versions, unsettled: None };
        store.discard_working();
        store
    }

    /// Returns the newest version.
    pub fn version(&self) -> u64 {
        self.versions().newest
    }

    /// Returns the first version that can be [gone back](Self::rollback) to.
    pub fn oldest_version(&self) -> u64 {
        self.versions().oldest
    }

    /// Returns the hash of all rows of the newest version.
    ///
    /// # Errors
    ///
    /// [`Error::Unsettled`].
    pub fn hash(&self) -> Result<LtHash> {
        self.check_settled()?;
        sum(self.parts.iter().map(Part::committed))
    }

    /// Returns the hash of all rows as they are with all changes so far. After a commit it is
    /// that of the version.
    ///
    /// # Errors
    ///
    /// [`Error::Unsettled`].
    pub fn working_hash(&self) -> Result<LtHash> {
        self.check_settled()?;
        sum(self.working.iter().map(Working::hash))
    }

    /// Returns the hashes of the partitions at the newest version, to be compared with another's.
    ///
    /// # Errors
    ///
    /// [`Error::Unsettled`].
    pub fn state(&self) -> Result<PartitionedLtHash> {
        self.check_settled()?;
        crate::snapshot::state_of(self.parts.iter().map(Part::committed))
    }

    /// Returns how many rows a partition has at the newest version, and how many bytes.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPartition`], [`Error::Unsettled`].
    pub fn statistics(&self, partition: &str) -> Result<Statistics> {
        self.check_settled()?;
        let at = self.find(partition)?;
        Ok(self.parts[at].committed().statistics().unwrap_or_default())
    }

    /// Returns the names of the partitions, ascending.
    pub fn partitions(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(Part::name)
    }

    /// Returns the value of a row with all changes so far.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPartition`], [`Error::Unsettled`], and those of the engine.
    pub fn get(&self, partition: &str, key: &[u8]) -> Result<Option<Bytes>> {
        self.check_settled()?;
        let at = self.find(partition)?;
        match self.working[at].get(key) {
            Some(now) => Ok(now.cloned()),
            None => self.parts[at].read(key),
        }
    }

    /// Changes rows of a partition: all of them or, after an error, none. What was there before is
    /// read here, so that the hash follows whatever a caller believes; what changes nothing, such
    /// as deleting a row that is not there, is no change.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPartition`], [`Error::InvalidArgument`] for a key of more than 65,536 bytes,
    /// [`Error::TooManyChanges`] if more than [`CHANGES_MAX`] rows differ from the newest version.
    pub fn apply(&mut self, partition: &str, changes: &ChangeSet) -> Result<()> {
        self.settle()?;
        let at = self.find(partition)?;
        let others: usize = self.working.iter().map(Working::len).sum();
        let rows_max = CHANGES_MAX - (others - self.working[at].len());
        let part = &self.parts[at];
        self.working[at].apply(changes, rows_max, |key| part.read(key))
    }

    /// Takes back what is in no version yet.
    ///
    /// # Errors
    ///
    /// Those of ending what is [unsettled](Error::Unsettled).
    pub fn discard(&mut self) -> Result<()> {
        self.settle()?;
        self.discard_working();
        Ok(())
    }

    /// Returns the newest version to be read, whatever happens later.
    ///
    /// # Errors
    ///
    /// [`Error::Unsettled`].
    pub fn snapshot(&self) -> Result<StateSnapshot> {
        self.check_settled()?;
        StateSnapshot::new(self.version(), &self.parts)
    }

    pub(crate) fn versions(&self) -> Versions {
        // It was opened, so there are some.
        self.log.versions().unwrap_or(Versions::only(0))
    }

    pub(crate) fn discard_working(&mut self) {
        self.working = self.parts.iter().map(|part| Working::new(part.committed())).collect();
    }

    /// Ends what has happened in the log and not in all partitions.
    pub(crate) fn settle(&mut self) -> Result<()> {
        if self.unsettled.is_some() {
            self.log.resolve()?;
            align(&mut self.log, &mut self.parts)?;
            self.unsettled = None;
            self.discard_working();
        }
        Ok(())
    }

    /// Writes a batch to the log. Unless it has clearly not happened, it is unsettled from then on.
    pub(crate) fn write_log(&mut self, batch: Batch, to: Versions, what: Unsettled) -> Result<()> {
        let head = head_of(&self.parts, Stage::Ready(to));
        // Before, so that it holds as well where this does not return.
        self.unsettled = Some(what);
        let outcome = self.log.commit(batch, head);
        if outcome.is_err() && self.log.check_known().is_ok() {
            self.unsettled = None;
        }
        outcome
    }

    fn check_settled(&self) -> Result<()> {
        self.log.check_known()?;
        match self.unsettled {
            None => Ok(()),
            Some(_) => Err(Error::Unsettled { version: self.version() }),
        }
    }

    fn find(&self, partition: &str) -> Result<usize> {
        let unknown = |_| Error::UnknownPartition { partition: partition.to_owned() };
        self.parts.binary_search_by(|part| part.name().cmp(partition)).map_err(unknown)
    }
}

/// The log and the partitions of a store, in the order of their names.
pub(crate) fn parts_of(config: &StateConfig) -> Result<(VersionLog, Vec<Part>)> {
    config.check()?;
    let log = VersionLog::open(&config.log)?;
    if log.head().is_some_and(|head| head.names != config.names()) {
        return Err(Error::OtherPartitions);
    }
    let mut homes = config.partitions.clone();
    homes.sort_by(|(one, _), (other, _)| one.cmp(other));
    let parts =
        homes.into_iter().map(|(name, home)| Part::open(log.engine(), &name, home, config.detail));
    let parts = parts.collect::<Result<_>>()?;
    Ok((log, parts))
}

/// Makes a store without rows, at version 0.
fn make(log: &mut VersionLog, parts: &mut [Part]) -> Result<()> {
    for part in parts.iter_mut() {
        part.load()?;
        let (partition, version) = (part.name().to_owned(), part.version());
        if version > 0 {
            return Err(Error::Ahead { partition, version, newest: 0 });
        }
        // An import may have had this version, or was to have it.
        if !hash_of(part.committed())?.is_identity() {
            return Err(Error::Misaligned { partition, version });
        }
    }
    begin_at(log, parts, 0)
}

/// Begins the log with a version as the partitions have it.
pub(crate) fn begin_at(log: &mut VersionLog, parts: &[Part], version: u64) -> Result<()> {
    let checksums = parts.iter().map(Part::checksum).collect::<Result<_>>()?;
    let mut batch = log.batch();
    log.put(&mut batch, &Entry { version, checksums, changes: None });
    log.commit(batch, head_of(parts, Stage::Ready(Versions::only(version))))
}

pub(crate) fn head_of(parts: &[Part], stage: Stage) -> Head {
    Head { stage, names: parts.iter().map(|part| part.name().to_owned()).collect() }
}

fn sum<'p>(partitions: impl Iterator<Item = &'p Partition>) -> Result<LtHash> {
    let mut sum = LtHash::identity();
    for partition in partitions {
        sum.merge(hash_of(partition)?);
    }
    Ok(sum)
}
