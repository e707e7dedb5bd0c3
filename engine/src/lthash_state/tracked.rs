//! One namespace: what of its rows is counted, and up to which revision.

use sealwood_lthash::{Change, Detail, Domain, Partition, State, Value};

use crate::error::{Error, Result};
use crate::revision::Revision;

/// The hash of a namespace.
#[derive(Debug, Clone)]
pub(crate) struct Tracked {
    partition: Partition,
    /// Changes up to it are counted, later ones are not.
    revision: Revision,
    /// Which of all changes of hashes was the last of this one.
    change: ChangeNumber,
}

/// Changes of what is counted have numbers, in their order, so that it can be told what is stored
/// of a namespace from what is not. 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ChangeNumber(u64);

impl ChangeNumber {
    /// The one after this.
    pub(super) fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What became of changes that were to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Followed {
    /// They are.
    Counted,
    /// They cannot be, for this reason: all rows are to be counted again.
    BeginsAnew(sealwood_lthash::Error),
}

/// Which rows a backfill counts next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fill<'a> {
    /// None: there is no backfill.
    Nothing,
    /// Those from the first on.
    All,
    /// Those after this key.
    After(&'a [u8]),
}

impl Tracked {
    /// A namespace that is tracked from this revision on, at which it has so many keys: none, and
    /// the hash is known; or some, and they are to be counted.
    pub(crate) fn begin(name: &str, detail: Detail, keys: u64, revision: Revision) -> Result<Self> {
        let domain = domain(name)?;
        let mut partition = Partition::empty(domain, detail);
        if keys > 0 {
            partition.begin_backfill(detail);
        }
        Ok(Self { partition, revision, change: ChangeNumber::default() })
    }

    /// What was stored of a namespace.
    pub(super) fn restored(partition: Partition, revision: Revision) -> Self {
        Self { partition, revision, change: ChangeNumber::default() }
    }

    /// What is known of its rows.
    pub(crate) fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The revision at which that is known.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// Which of all changes of hashes was the last of this one, since it was restored.
    pub(crate) fn change(&self) -> ChangeNumber {
        self.change
    }

    /// It was changed, and that was this change.
    pub(super) fn changed(&mut self, change: ChangeNumber) {
        self.change = change;
    }

    /// Counts changes that came next. All of them or none are counted.
    pub(super) fn follow(&mut self, changes: &[Change<'_>]) -> Followed {
        match self.partition.apply(changes) {
            Ok(()) => Followed::Counted,
            Err(error) => {
                self.begin_anew();
                Followed::BeginsAnew(error)
            }
        }
    }

    /// All changes up to a revision are counted.
    pub(super) fn is_at(&mut self, revision: Revision) {
        self.revision = revision;
    }

    /// Forgets what is counted: all rows are to be counted again.
    pub(super) fn begin_anew(&mut self) {
        self.partition.begin_backfill(self.partition.detail());
    }

    /// Which rows are to be counted next, besides changes.
    pub(crate) fn fill(&self) -> Fill<'_> {
        match self.partition.state() {
            State::Absent | State::Valid => Fill::Nothing,
            State::Backfilling { cursor: None } => Fill::All,
            State::Backfilling { cursor: Some(key) } => Fill::After(key),
        }
    }

    /// Whether changes of a row of this key are counted: a backfill has still to come to those
    /// above its cursor.
    pub(super) fn counts(&self, key: &[u8]) -> bool {
        match self.fill() {
            Fill::Nothing => true,
            Fill::All => false,
            Fill::After(cursor) => key <= cursor,
        }
    }

    /// Counts the rows that come next, as they are at its revision.
    pub(super) fn add(&mut self, rows: &[(&[u8], Value<'_>)]) -> Followed {
        match self.partition.backfill(rows) {
            Ok(()) => Followed::Counted,
            Err(error) => {
                self.begin_anew();
                Followed::BeginsAnew(error)
            }
        }
    }

    /// There are no more rows to be counted.
    pub(super) fn is_filled(&mut self) {
        // It fails where there is no backfill, and then there is nothing to end.
        let _ = self.partition.finish_backfill();
    }
}

/// Where the rows of a namespace belong.
pub(super) fn domain(name: &str) -> Result<Domain> {
    Domain::new(name).map_err(|_| Error::InvalidArgument { what: "the name is too long" })
}
