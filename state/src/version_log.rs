//! The log of versions: the truth about which there are.
//!
//! It is a namespace of one engine: the head, and an entry for each version that is kept. A version
//! is there from the moment its entry is durable, and its head says so; a partition that lacks it
//! gets it from here. A version is gone again from the moment the head says that there are fewer.

use sealwood_engine::{Batch, Engine, Error as EngineError, Namespace, Precondition, PutOptions};

use crate::claim::Claim;
use crate::codec::version_key;
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::head::{Head, Stage, Versions};
use crate::names::LOG;

/// The key of the head. Those of versions have another length.
const HEAD: &[u8] = b"head";

/// The log, and its head as it was read or written last.
#[derive(Debug)]
pub(crate) struct VersionLog {
    engine: Engine,
    entries: Namespace,
    head: Option<Head>,
    /// What must hold of the head for it to be the one we know.
    unchanged: Precondition,
    /// The head of a batch of which nobody could tell whether it is durable.
    in_doubt: Option<Head>,
    _claim: Claim,
}

impl VersionLog {
    pub(crate) fn open(engine: &Engine) -> Result<Self> {
        let claim = Claim::new(engine, vec![LOG.to_owned()])?;
        let entries = engine.namespace(LOG)?;
        let (head, unchanged) = read_head(&entries)?;
        let engine = engine.clone();
        Ok(Self { engine, entries, head, unchanged, in_doubt: None, _claim: claim })
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// The versions there are.
    pub(crate) fn versions(&self) -> Result<Versions> {
        match self.head.as_ref().map(|head| head.stage) {
            None => Ok(Versions::only(0)),
            Some(Stage::Ready(versions)) => Ok(versions),
            Some(Stage::Importing { version }) => Err(Error::ImportUnfinished { version }),
        }
    }

    pub(crate) fn batch(&self) -> Batch {
        self.engine.batch()
    }

    /// What there is of a version: a gap, if nothing is.
    pub(crate) fn entry(&self, version: u64) -> Result<Entry> {
        self.kept_entry(version)?.ok_or(Error::Gap { missing: version })
    }

    /// What there is of a version, if it is kept.
    pub(crate) fn kept_entry(&self, version: u64) -> Result<Option<Entry>> {
        let Some(value) = self.entries.get(&version_key(version))? else { return Ok(None) };
        let entry = Entry::decode(&value.bytes)?;
        let parts = self.head.as_ref().map_or(0, |head| head.names.len());
        if entry.version != version || entry.checksums.len() != parts {
            return Err(Error::Malformed { what: "entry of the log of versions" });
        }
        Ok(Some(entry))
    }

    pub(crate) fn put(&self, batch: &mut Batch, entry: &Entry) {
        batch.put(&self.entries, &version_key(entry.version), entry.encode());
    }

    pub(crate) fn forget(&self, batch: &mut Batch, versions: impl Iterator<Item = u64>) {
        for version in versions {
            batch.delete(&self.entries, &version_key(version));
        }
    }

    /// Makes durable what the log has. A version may be seen before it is durable: by who opens the
    /// log in the engine in which its commit could not be ended.
    pub(crate) fn sync(&self) -> Result<()> {
        Ok(self.engine.sync()?)
    }

    /// Fails while nobody knows whether the last batch is there.
    pub(crate) fn check_known(&self) -> Result<()> {
        match self.in_doubt {
            None => Ok(()),
            Some(_) => Err(Error::Engine(EngineError::OutcomeUnknown)),
        }
    }

    /// Finds out what became of the last batch, if nobody could tell: it is there, and from then on
    /// durable, or the error stays.
    pub(crate) fn resolve(&mut self) -> Result<()> {
        if self.in_doubt.is_some() {
            // What was applied is seen, and fails here if it cannot be made durable.
            self.sync()?;
            let (head, unchanged) = read_head(&self.entries)?;
            if head != self.in_doubt {
                return Err(Error::OtherWriter);
            }
            (self.head, self.unchanged, self.in_doubt) = (head, unchanged, None);
        }
        Ok(())
    }

    /// Commits a batch with a new head, durably.
    ///
    /// An error means that nothing has happened, unless the batch is [in doubt](Self::resolve).
    pub(crate) fn commit(&mut self, mut batch: Batch, head: Head) -> Result<()> {
        let options = PutOptions::new().precondition(self.unchanged);
        // The last one, so that the revision of the batch is its own.
        batch.put_with(&self.entries, HEAD, head.encode(), &options);
        match batch.commit() {
            Ok(revision) => {
                self.head = Some(head);
                self.unchanged = Precondition::Revision(revision);
                Ok(())
            }
            Err(EngineError::PreconditionFailed) => Err(Error::OtherWriter),
            Err(error) => {
                if matches!(error, EngineError::OutcomeUnknown) {
                    self.in_doubt = Some(head);
                }
                Err(error.into())
            }
        }
    }
}

/// The head, if there is one, and what holds as long as nobody changes it.
fn read_head(entries: &Namespace) -> Result<(Option<Head>, Precondition)> {
    Ok(match entries.get(HEAD)? {
        None => (None, Precondition::Absent),
        Some(value) => (Some(Head::decode(&value.bytes)?), Precondition::Revision(value.revision)),
    })
}
