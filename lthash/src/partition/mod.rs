//! One named part of the data: what is known of it, and how far.
//!
//! Whether a partition is hashed is never guessed. It is *absent* until somebody begins to count,
//! *backfilling* while the rows that were there before are read, in order of their keys, and
//! *valid* after that. Only then does it have a hash. While rows are read, changes go on: those at
//! or below the cursor are counted, those above will be met as they are by then.

mod record;
mod tally;

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::batch::Placed;
use crate::change::{Change, Value};
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::hash::LtHash;
use crate::kernel::Kernel;
use crate::message::Row;

pub use record::Record;
pub use tally::{Statistics, Tally};

/// How far the rows of a partition are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Nothing is known of them.
    Absent,
    /// Those up to some key are counted, the others are not.
    Backfilling {
        /// The last key that was counted; `None` before the first.
        cursor: Option<Vec<u8>>,
    },
    /// All are counted.
    Valid,
}

/// How closely a mismatch can be located without reading rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// One hash for all: 2 KiB.
    Whole,
    /// One for each of 256 buckets, of which those with rows take 2 KiB each. A key's bucket is
    /// [`bucket_of`] it.
    Buckets,
}

/// A named part of the data and what is known of it.
#[derive(Debug, Clone)]
pub struct Partition {
    domain: Domain,
    state: State,
    /// Of all that is counted: the sum of the buckets, where there are any.
    total: Tally,
    /// Those that are not empty.
    buckets: Option<BTreeMap<u8, Tally>>,
}

/// Returns the bucket of a key: the highest byte of its 64-bit XXH3.
pub fn bucket_of(key: impl AsRef<[u8]>) -> u8 {
    xxhash_rust::xxh3::xxh3_64(key.as_ref()).to_be_bytes()[0]
}

impl Partition {
    /// Returns a partition that is known to have no rows: it is valid.
    pub fn empty(domain: Domain, detail: Detail) -> Self {
        Self { state: State::Valid, ..Self::absent(domain, detail) }
    }

    /// Returns a partition of which nothing is known.
    pub fn absent(domain: Domain, detail: Detail) -> Self {
        let buckets = match detail {
            Detail::Whole => None,
            Detail::Buckets => Some(BTreeMap::new()),
        };
        Self { domain, state: State::Absent, total: Tally::empty(), buckets }
    }

    /// Returns where its rows belong.
    pub fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Returns how far its rows are counted.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Returns how closely it is hashed.
    pub fn detail(&self) -> Detail {
        if self.buckets.is_some() { Detail::Buckets } else { Detail::Whole }
    }

    /// Returns the hash of its rows.
    ///
    /// # Errors
    ///
    /// [`Error::NotValid`] unless it is valid.
    pub fn hash(&self) -> Result<&LtHash> {
        match self.state {
            State::Valid => Ok(&self.total.hash),
            State::Absent | State::Backfilling { .. } => Err(self.not_valid()),
        }
    }

    /// Returns how many rows are counted; `None` where nothing is, or where it came from a record
    /// that did not say.
    pub fn statistics(&self) -> Option<Statistics> {
        self.total.statistics.filter(|_| self.state != State::Absent)
    }

    /// Returns the buckets that have rows, in order; none without [`Detail::Buckets`].
    pub fn buckets(&self) -> impl Iterator<Item = (u8, &Tally)> {
        self.buckets.iter().flatten().map(|(bucket, tally)| (*bucket, tally))
    }

    /// Follows changes of rows: all of them, or those up to the cursor of a backfill.
    ///
    /// # Errors
    ///
    /// [`Error::NotValid`] if the partition is absent, [`Error::NoSuchRow`] if more is removed
    /// than there is, [`Error::TooManyRows`] if the numbers overflow. Then nothing is changed.
    pub fn apply(&mut self, changes: &[Change<'_>]) -> Result<()> {
        match &self.state {
            State::Absent => Err(self.not_valid()),
            State::Backfilling { cursor: None } => Ok(()),
            State::Backfilling { cursor: Some(cursor) } => {
                let counted = changes.iter().filter(|change| change.key <= cursor.as_slice());
                let counted: Vec<_> = counted.copied().collect();
                self.count(&counted)
            }
            State::Valid => self.count(changes),
        }
    }

    /// Begins to count rows that are there already, from the first on, whatever was known before.
    pub fn begin_backfill(&mut self, detail: Detail) {
        *self = Self {
            state: State::Backfilling { cursor: None },
            ..Self::absent(self.domain.clone(), detail)
        };
    }

    /// Counts the next rows of a backfill, as they are now, in ascending order of their keys. All
    /// rows between the last key counted before and the last of these have to be among them.
    ///
    /// # Errors
    ///
    /// [`Error::NotBackfilling`] in another state, [`Error::Order`] if a key is not above the one
    /// before it or above the cursor, [`Error::TooManyRows`] if the numbers overflow. Then nothing
    /// is changed.
    pub fn backfill<'v, K: AsRef<[u8]>, V: Into<Value<'v>> + Copy>(
        &mut self,
        rows: &'v [(K, V)],
    ) -> Result<()> {
        let State::Backfilling { cursor } = &self.state else {
            return Err(Error::NotBackfilling);
        };
        let mut last = cursor.as_deref();
        for (key, _) in rows {
            let key = key.as_ref();
            if last.is_some_and(|last| key <= last) {
                return Err(Error::Order);
            }
            last = Some(key);
        }
        let next = State::Backfilling { cursor: last.map(<[u8]>::to_vec) };
        let added = rows.iter().map(|(key, value)| Change::added(key.as_ref(), *value));
        self.count(&added.collect::<Vec<_>>())?;
        self.state = next;
        Ok(())
    }

    /// Ends a backfill that has met all rows.
    ///
    /// # Errors
    ///
    /// [`Error::NotBackfilling`] in another state.
    pub fn finish_backfill(&mut self) -> Result<()> {
        match self.state {
            State::Backfilling { .. } => self.state = State::Valid,
            State::Absent | State::Valid => return Err(Error::NotBackfilling),
        }
        Ok(())
    }

    /// Forgets all that is known: the partition is absent.
    pub fn forget(&mut self) {
        *self = Self::absent(self.domain.clone(), self.detail());
    }

    pub(crate) fn not_valid(&self) -> Error {
        Error::NotValid { partition: self.domain.name().to_vec() }
    }

    /// The buckets of which two partitions have different tallies; `None` unless both have buckets.
    pub(crate) fn differing_buckets(&self, other: &Self) -> Option<Vec<u8>> {
        let [ours, theirs] = [self.buckets.as_ref()?, other.buckets.as_ref()?];
        let buckets = (0..=u8::MAX).filter(|bucket| ours.get(bucket) != theirs.get(bucket));
        Some(buckets.collect())
    }

    /// Counts changes, or none of them.
    fn count(&mut self, changes: &[Change<'_>]) -> Result<()> {
        let mut total = self.total.statistics;
        for change in changes {
            total = total.map(|total| total.after(change)).transpose()?;
        }
        let Some(buckets) = &mut self.buckets else {
            let placed = changes.iter().map(|change| (0, change));
            merge(&self.domain, placed, |_, sum| self.total.hash.merge(sum));
            self.total.statistics = total;
            return Ok(());
        };
        let places: Vec<u8> = changes.iter().map(|change| bucket_of(change.key)).collect();
        let placed = places.iter().copied().zip(changes);
        let mut parts = [None; 1 << u8::BITS];
        for (bucket, change) in placed.clone() {
            let before = || buckets.get(&bucket).and_then(Tally::statistics);
            let part = &mut parts[usize::from(bucket)];
            *part = Some(part.or_else(before).unwrap_or_default().after(change)?);
        }
        merge(&self.domain, placed, |bucket, sum| {
            self.total.hash.merge(sum);
            buckets.entry(bucket).or_insert_with(Tally::empty).hash.merge(sum);
        });
        self.total.statistics = total;
        for (bucket, statistics) in (0..=u8::MAX).zip(parts) {
            let Some(statistics) = statistics else { continue };
            let tally = buckets.entry(bucket).or_insert_with(Tally::empty);
            tally.statistics = Some(statistics);
            if tally.is_empty() {
                buckets.remove(&bucket);
            }
        }
        Ok(())
    }
}

/// Calls `merge` with what changes make of the hash of each place.
fn merge<'c>(
    domain: &Domain,
    changes: impl Iterator<Item = (u8, &'c Change<'c>)> + Clone,
    merge: impl FnMut(u8, &LtHash),
) {
    let row = |place, key, value| Placed { place, message: Row::of(domain, key, value) };
    let removed = changes.clone();
    let removed = removed.filter_map(|(place, it)| Some(row(place, it.key, it.before?)));
    let added = changes.filter_map(|(place, it)| Some(row(place, it.key, it.after?)));
    Kernel::best().sum_each(domain.mode(), removed, added, merge);
}
