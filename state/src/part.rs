//! One partition as it lies in its engine.
//!
//! Its rows are a namespace of its name. Beside it the *book* has what belongs to them: the record
//! of hash and version (`sealwood_lthash::Record`), and for each version that is kept what was
//! there before it. Rows, record and undo change in one batch. So a partition is at one version at
//! any time, whatever happens, and its hash is that of its rows.

use bytes::Bytes;
use sealwood_engine::{Batch, CommitOptions, Durability, Engine, Error as EngineError, Namespace};
use sealwood_lthash::{Detail, Domain, LtHash, Partition, Record, State};

use crate::change_set::ChangeSet;
use crate::claim::{Claim, is_same};
use crate::codec::{version_key, version_of};
use crate::entry::Checksum;
use crate::error::{Error, Result};
use crate::names::book_of;
use crate::undo::Undo;
use crate::working::Working;

/// The key of the record in the book. Those of versions have another length.
const RECORD: &[u8] = b"record";

/// How many undos that are needed no more are deleted at once.
const SWEPT_MAX: usize = 1000;

/// Where a partition is.
#[derive(Debug, Clone)]
pub(crate) enum Home {
    /// In the engine that has the log of versions.
    WithLog,
    /// In another.
    Apart(Engine),
}

/// A partition, at the version it has come to.
#[derive(Debug)]
pub(crate) struct Part {
    name: String,
    home: Home,
    engine: Engine,
    rows: Namespace,
    book: Namespace,
    detail: Detail,
    version: u64,
    committed: Partition,
    /// Up to this version it is known to be durable.
    durable: u64,
    _claim: Claim,
}

impl Part {
    /// Looks at nothing yet.
    pub(crate) fn open(log: &Engine, name: &str, home: Home, detail: Detail) -> Result<Self> {
        let (home, engine) = match home {
            Home::Apart(engine) if !is_same(log, &engine) => (Home::Apart(engine.clone()), engine),
            Home::Apart(_) | Home::WithLog => (Home::WithLog, log.clone()),
        };
        let claim = Claim::new(&engine, vec![name.to_owned(), book_of(name)])?;
        let (rows, book) = namespaces(&engine, name)?;
        let committed = Partition::empty(domain(name)?, detail);
        let name = name.to_owned();
        Ok(Self {
            name,
            home,
            engine,
            rows,
            book,
            detail,
            version: 0,
            committed,
            durable: 0,
            _claim: claim,
        })
    }

    /// Reads at which version it is, and its hash: version 0 and no rows where nothing is.
    pub(crate) fn load(&mut self) -> Result<()> {
        let rows = self.rows.len()?;
        let Some(record) = self.book.get(RECORD)? else {
            if rows > 0 {
                return Err(Error::NotHashed { partition: self.name.clone() });
            }
            self.version = 0;
            self.committed = Partition::empty(domain(&self.name)?, self.detail);
            return Ok(());
        };
        let record = Record::decode(domain(&self.name)?, &record.bytes);
        let Record { version, partition } =
            record.map_err(|source| Error::BadRecord { partition: self.name.clone(), source })?;
        // A record of another system has no statistics, and elements of another making.
        let statistics = partition.statistics().filter(|_| *partition.state() == State::Valid);
        match statistics {
            None => return Err(Error::NotHashed { partition: self.name.clone() }),
            Some(statistics) if statistics.rows != rows => return Err(self.drifted()),
            Some(_) => {}
        }
        self.version = version;
        self.committed = partition;
        Ok(())
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_with_log(&self) -> bool {
        matches!(self.home, Home::WithLog)
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    pub(crate) fn committed(&self) -> &Partition {
        &self.committed
    }

    pub(crate) fn rows(&self) -> &Namespace {
        &self.rows
    }

    pub(crate) fn checksum(&self) -> Result<Checksum> {
        checksum(&self.committed)
    }

    /// What is committed of a row.
    pub(crate) fn read(&self, key: &[u8]) -> Result<Option<Bytes>> {
        Ok(self.rows.get(key)?.map(|value| value.bytes))
    }

    /// Adds a version to a batch: rows, undo and record. Undos of `forgotten` versions go.
    pub(crate) fn write(
        &self,
        batch: &mut Batch,
        version: u64,
        working: &Working,
        forgotten: impl Iterator<Item = u64>,
    ) {
        put_rows(batch, &self.rows, &working.changes());
        let undo = Undo { version, before: working.inverse() };
        batch.put(&self.book, &version_key(version), undo.encode());
        forgotten.for_each(|version| {
            batch.delete(&self.book, &version_key(version));
        });
        self.write_record(batch, version, working.hash());
    }

    /// Adds the record alone to a batch.
    pub(crate) fn write_record(&self, batch: &mut Batch, version: u64, hash: &Partition) {
        let record = Record { version, partition: hash.clone() };
        batch.put(&self.book, RECORD, record.encode());
    }

    /// A batch that made this version is committed.
    pub(crate) fn advance(&mut self, version: u64, hash: Partition) {
        self.version = version;
        self.committed = hash;
    }

    /// Makes the next version of what the log has of it. Not durable yet: the log has it.
    pub(crate) fn redo(&mut self, changes: &ChangeSet, after: &Checksum) -> Result<()> {
        let version = self.version + 1;
        let mut working = Working::new(&self.committed);
        working.apply(changes, usize::MAX, |key| self.read(key))?;
        if checksum(working.hash())? != *after {
            return Err(Error::Misaligned { partition: self.name.clone(), version });
        }
        self.commit_apart(version, &working, std::iter::empty())
    }

    /// Makes a version in a batch of its own. Not durable yet: the log has it.
    pub(crate) fn commit_apart(
        &mut self,
        version: u64,
        working: &Working,
        forgotten: impl Iterator<Item = u64>,
    ) -> Result<()> {
        let mut batch = self.engine.batch();
        self.write(&mut batch, version, working, forgotten);
        batch.commit_with(&lazily())?;
        self.advance(version, working.hash().clone());
        Ok(())
    }

    /// Fails unless it can go back from a version to an earlier one.
    pub(crate) fn check_undos(&self, to: u64, from: u64) -> Result<()> {
        for missing in (to..from).map(|before| before + 1) {
            if self.book.info(&version_key(missing))?.is_none() {
                return Err(Error::Gap { missing });
            }
        }
        Ok(())
    }

    /// Goes back by one version. Not durable yet.
    pub(crate) fn undo(&mut self) -> Result<()> {
        let version = self.version;
        let gap = Error::Gap { missing: version };
        let undo = self.book.get(&version_key(version))?.ok_or(gap)?;
        let Undo { version: written, before } = Undo::decode(&undo.bytes)?;
        if written != version {
            return Err(Error::Malformed { what: "undo of a version" });
        }
        let mut working = Working::new(&self.committed);
        working.apply(&before, usize::MAX, |key| self.read(key))?;
        let mut batch = self.engine.batch();
        put_rows(&mut batch, &self.rows, &before);
        batch.delete(&self.book, &version_key(version));
        self.write_record(&mut batch, version - 1, working.hash());
        batch.commit_with(&lazily())?;
        self.advance(version - 1, working.hash().clone());
        self.durable = self.durable.min(self.version);
        Ok(())
    }

    /// Makes durable what it is, unless it is known to be up to a version.
    pub(crate) fn make_durable(&mut self, version: u64) -> Result<()> {
        if !self.is_with_log() && self.durable < version {
            self.sync()?;
        }
        Ok(())
    }

    /// Makes durable what it is.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.engine.sync()?;
        self.durable = self.version;
        Ok(())
    }

    /// Deletes undos up to a version, which a cut commit may have left.
    pub(crate) fn sweep(&self, oldest: u64) -> Result<()> {
        loop {
            let scan = self.book.scan()?.range(..=version_key(oldest)).limit(SWEPT_MAX);
            let mut batch = self.engine.batch();
            for key in scan.keys()?.iter().filter(|key| version_of(key).is_some()) {
                batch.delete(&self.book, key);
            }
            if batch.is_empty() {
                return Ok(());
            }
            batch.commit_with(&lazily())?;
        }
    }

    /// Drops all there is, durably, and begins without rows.
    pub(crate) fn purge(&mut self) -> Result<()> {
        for name in [&self.name, &book_of(&self.name)] {
            self.engine.drop_namespace(name)?;
        }
        (self.rows, self.book) = namespaces(&self.engine, &self.name)?;
        self.advance(0, Partition::empty(domain(&self.name)?, self.detail));
        self.durable = 0;
        Ok(())
    }

    /// Puts rows of an import, which is not durable yet.
    pub(crate) fn import(&mut self, changes: &ChangeSet) -> Result<()> {
        let mut working = Working::new(&self.committed);
        working.apply(changes, usize::MAX, |key| self.read(key))?;
        let mut batch = self.engine.batch();
        put_rows(&mut batch, &self.rows, &working.changes());
        let outcome = batch.commit_with(&lazily());
        // What nobody knows to be kept was applied: whoever puts it again finds it there. That it
        // is durable shows the end of the import, or fails.
        if matches!(outcome, Ok(_) | Err(EngineError::OutcomeUnknown)) {
            self.committed = working.hash().clone();
        }
        outcome?;
        Ok(())
    }

    /// Ends an import, which is not durable yet.
    pub(crate) fn finish_import(&mut self, version: u64) -> Result<()> {
        let counted = self.committed.statistics().unwrap_or_default();
        if counted.rows != self.rows.len()? {
            return Err(self.drifted());
        }
        let mut batch = self.engine.batch();
        self.write_record(&mut batch, version, &self.committed);
        batch.commit_with(&lazily())?;
        self.version = version;
        Ok(())
    }

    fn drifted(&self) -> Error {
        Error::Drifted { partition: self.name.clone() }
    }
}

/// The hash of a partition, of which only valid ones are taken up.
pub(crate) fn hash_of(partition: &Partition) -> Result<&LtHash> {
    let name = partition.domain().name();
    let not_valid = |_| Error::NotHashed { partition: String::from_utf8_lossy(name).into_owned() };
    partition.hash().map_err(not_valid)
}

/// The checksum of that hash.
pub(crate) fn checksum(partition: &Partition) -> Result<Checksum> {
    Ok(*hash_of(partition)?.checksum().as_bytes())
}

fn put_rows(batch: &mut Batch, rows: &Namespace, changes: &ChangeSet) {
    for (key, value) in changes.iter() {
        match value {
            Some(value) => batch.put(rows, key, value.clone()),
            None => batch.delete(rows, key),
        };
    }
}

fn namespaces(engine: &Engine, name: &str) -> Result<(Namespace, Namespace)> {
    Ok((engine.namespace(name)?, engine.namespace(&book_of(name))?))
}

fn domain(name: &str) -> Result<Domain> {
    Domain::new(name).map_err(|_| Error::InvalidArgument { what: "the name of a partition" })
}

/// What the log has need not be waited for.
fn lazily() -> CommitOptions {
    CommitOptions::new().durability(Durability::None)
}
