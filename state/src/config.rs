//! Which partitions a store has, and where they live.

use sealwood_engine::Engine;
use sealwood_lthash::Detail;

use crate::error::{Error, Result};
use crate::head::KEPT_VERSIONS_MAX;
use crate::names::check_partition;
use crate::part::Home;

/// The most partitions of one store.
pub const PARTITIONS_MAX: usize = 255;

/// Where a store is, and how it is made if it is not there yet. Partitions are named here each time
/// it is opened, and are the same as when it was made.
#[derive(Debug, Clone)]
pub struct StateConfig {
    pub(crate) log: Engine,
    pub(crate) partitions: Vec<(String, Home)>,
    pub(crate) kept_versions: u64,
    pub(crate) detail: Detail,
}

impl StateConfig {
    /// Begins with the engine that has the log of versions.
    pub fn new(log: &Engine) -> Self {
        Self { log: log.clone(), partitions: Vec::new(), kept_versions: 128, detail: Detail::Whole }
    }

    /// A partition in the engine that has the log: its rows change in the very batch that makes a
    /// version.
    ///
    /// Its name is that of a namespace, 1 to 58 characters of `[A-Za-z0-9_-]`; it is not `log` and
    /// does not begin with `state-`. It is the domain of the elements of its rows.
    #[must_use]
    pub fn partition(mut self, name: &str) -> Self {
        self.partitions.push((name.to_owned(), Home::WithLog));
        self
    }

    /// A partition in an engine of its own, which may be in another directory or on another disk.
    /// What it has lost or not got yet, it gets from the log. If it is the engine that has the log,
    /// this is the same as [`partition`](Self::partition).
    #[must_use]
    pub fn partition_in(mut self, name: &str, engine: &Engine) -> Self {
        self.partitions.push((name.to_owned(), Home::Apart(engine.clone())));
        self
    }

    /// How many versions before the newest one can be gone back to:
    /// 128, unless said otherwise, at most [`KEPT_VERSIONS_MAX`]. Each takes its changes, and what
    /// was there before them.
    #[must_use]
    pub fn kept_versions(mut self, versions: u64) -> Self {
        self.kept_versions = versions;
        self
    }

    /// How closely rows are hashed where a store is made or imported; [`Detail::Whole`], unless
    /// said otherwise. [`Detail::Buckets`] names the bucket of a row that is wrong, for up to
    /// 0.5 MiB a partition in each commit. A store that is there stays as it is.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.detail = detail;
        self
    }

    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |what| Err(Error::InvalidArgument { what });
        if self.partitions.is_empty() || self.partitions.len() > PARTITIONS_MAX {
            return refuse("a store has 1 to 255 partitions");
        }
        if self.kept_versions > KEPT_VERSIONS_MAX {
            return refuse("at most 10,000 versions are kept");
        }
        for (at, (name, _)) in self.partitions.iter().enumerate() {
            check_partition(name)?;
            if self.partitions[..at].iter().any(|(other, _)| other == name) {
                return refuse("each partition is named once");
            }
        }
        Ok(())
    }

    /// The names of the partitions, ascending.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.partitions.iter().map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }
}
