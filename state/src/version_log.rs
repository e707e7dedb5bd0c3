//! The log of versions: the truth about which there are.
//!
//! It is a namespace of one engine: the head, and an entry for each version that is kept. A version
//! is there from the moment its entry is durable, and its head says so; a partition that lacks it
//! gets it from here. A version is gone again from the moment the head says that there are fewer.

use sealwood_engine::{Batch, Engine, Error as EngineError, Namespace, Precondition, PutOptions};

use crate::codec::version_key;
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::head::{Head, Stage, Versions};

const NAMESPACE: &str = "state-log";

/// The key of the head. Those of versions have another length.
const HEAD: &[u8] = b"head";

/// The log, and its head as it was read or written last.
#[derive(Debug, Clone)]
pub(crate) struct VersionLog {
    engine: Engine,
    entries: Namespace,
    head: Option<Head>,
    /// What must hold of the head for it to be the one we know.
    unchanged: Precondition,
}

impl VersionLog {
    pub(crate) fn open(engine: &Engine) -> Result<Self> {
        let entries = engine.namespace(NAMESPACE)?;
        let (head, unchanged) = match entries.get(HEAD)? {
            None => (None, Precondition::Absent),
            Some(value) => {
                (Some(Head::decode(&value.bytes)?), Precondition::Revision(value.revision))
            }
        };
        Ok(Self { engine: engine.clone(), entries, head, unchanged })
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

    /// Commits a batch with a new head, durably.
    ///
    /// Unless nobody knows whether it was, an error means that nothing has happened.
    pub(crate) fn commit(&mut self, mut batch: Batch, head: Head) -> Result<()> {
        let options = PutOptions::new().precondition(self.unchanged);
        // The last one, so that the revision of the batch is its own.
        batch.put_with(&self.entries, HEAD, head.encode(), &options);
        let revision = batch.commit().map_err(|error| match error {
            EngineError::PreconditionFailed => Error::OtherWriter,
            error => Error::Engine(error),
        })?;
        self.head = Some(head);
        self.unchanged = Precondition::Revision(revision);
        Ok(())
    }
}
