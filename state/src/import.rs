//! Replacing all there is.
//!
//! The head says durably that an import is under way before anything is purged, and that there is a
//! version only after all rows are durable. What lies in between is never taken for a version.

use bytes::Bytes;

use crate::change_set::{ChangeSet, check_key};
use crate::config::StateConfig;
use crate::error::{Error, Result};
use crate::head::Stage;
use crate::part::Part;
use crate::store::{StateStore, begin_at, head_of, parts_of};
use crate::version_log::VersionLog;

/// How many rows of a partition are put together.
const ROWS_MAX: usize = 4096;

/// How many bytes wait in a partition before they are put.
const BYTES_MAX: usize = 4 << 20;

/// An import under way. Dropping it leaves a store that can only be imported anew.
#[derive(Debug)]
pub struct Import {
    /// None once it has ended.
    log: Option<VersionLog>,
    parts: Vec<Part>,
    waiting: Vec<Waiting>,
    kept_versions: u64,
    version: u64,
}

/// Rows of one partition that are not put yet.
#[derive(Debug, Default)]
struct Waiting {
    rows: ChangeSet,
    bytes: usize,
}

impl StateStore {
    /// Replaces all there is by an import, which will have a version of its own. What is in no
    /// version yet is discarded, and no earlier version can be gone back to.
    ///
    /// # Errors
    ///
    /// Those of [`Import::begin`].
    pub fn import(mut self, version: u64) -> Result<Import> {
        self.log.resolve()?;
        Import::of(self.log, self.parts, self.kept_versions, version)
    }
}

impl Import {
    /// Begins an import, which ends as a store at a version: where there is no store yet, in place
    /// of one, or of an import that was cut off. All rows of the partitions are gone from here on,
    /// also such as no store has put there.
    ///
    /// # Errors
    ///
    /// [`Error::OtherPartitions`], [`Error::InvalidArgument`], [`Error::InUse`], and those of the
    /// engines.
    pub fn begin(config: StateConfig, version: u64) -> Result<Self> {
        let (log, parts) = parts_of(&config)?;
        Self::of(log, parts, config.kept_versions, version)
    }

    pub(crate) fn of(
        mut log: VersionLog,
        mut parts: Vec<Part>,
        kept_versions: u64,
        version: u64,
    ) -> Result<Self> {
        let mut batch = log.batch();
        if let Ok(versions) = log.versions() {
            log.forget(&mut batch, versions.oldest..=versions.newest);
        }
        log.commit(batch, head_of(&parts, Stage::Importing { version }))?;
        parts.iter_mut().try_for_each(Part::purge)?;
        let waiting = parts.iter().map(|_| Waiting::default()).collect();
        Ok(Self { log: Some(log), parts, waiting, kept_versions, version })
    }

    /// Puts a row, in any order. Of a key that comes twice the last value counts. Rows of a
    /// partition are put together, some thousands or 4 MiB. After an error this row is not among
    /// them, and the call can be made again.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownPartition`], [`Error::InvalidArgument`] for a key of more than 65,536 bytes
    /// or after [`finish`](Self::finish), and those of the engines. As long as nobody knows whether
    /// a `finish` that failed has ended the import, it is that the outcome is unknown.
    pub fn put(
        &mut self,
        partition: &str,
        key: impl Into<Vec<u8>>,
        value: impl Into<Bytes>,
    ) -> Result<()> {
        self.log.as_ref().ok_or_else(ended)?.check_known()?;
        let found = self.parts.iter().position(|part| part.name() == partition);
        let unknown = || Error::UnknownPartition { partition: partition.to_owned() };
        let at = found.ok_or_else(unknown)?;
        let (key, value) = (key.into(), value.into());
        check_key(&key)?;
        let waiting = &mut self.waiting[at];
        if waiting.rows.len() >= ROWS_MAX || waiting.bytes >= BYTES_MAX {
            waiting.put_into(&mut self.parts[at])?;
        }
        waiting.bytes += key.len() + value.len();
        waiting.rows.put(key, value);
        Ok(())
    }

    /// Ends the import: the store is at its version, durably, with the hash that the same rows have
    /// however they came there. After an error it can be called again.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] if it has ended before, and those of the engines.
    pub fn finish(&mut self) -> Result<StateStore> {
        let log = self.log.as_mut().ok_or_else(ended)?;
        log.resolve()?;
        // Unless nobody could tell, and it has ended.
        if log.versions().is_err() {
            for (waiting, part) in self.waiting.iter_mut().zip(&mut self.parts) {
                waiting.put_into(part)?;
                part.finish_import(self.version)?;
                part.sync()?;
            }
            begin_at(log, &self.parts, self.version)?;
        }
        let log = self.log.take().ok_or_else(ended)?;
        Ok(StateStore::at_version(log, std::mem::take(&mut self.parts), self.kept_versions))
    }
}

impl Waiting {
    fn put_into(&mut self, part: &mut Part) -> Result<()> {
        if !self.rows.is_empty() {
            part.import(&self.rows)?;
            *self = Self::default();
        }
        Ok(())
    }
}

fn ended() -> Error {
    Error::InvalidArgument { what: "the import has ended" }
}
