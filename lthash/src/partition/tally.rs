//! A hash, and how much it is the hash of.

use crate::change::{Change, Value};
use crate::error::{Error, Result};
use crate::hash::LtHash;

/// How much there is in a partition or a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Rows.
    pub rows: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
}

/// The hash of some rows, and how many they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub(super) hash: LtHash,
    pub(super) statistics: Option<Statistics>,
}

impl Tally {
    /// Returns the hash.
    pub fn hash(&self) -> &LtHash {
        &self.hash
    }

    /// Returns how much it is the hash of; `None` if it came from a record that did not say.
    pub fn statistics(&self) -> Option<Statistics> {
        self.statistics
    }

    /// The tally of no rows.
    pub(super) fn empty() -> Self {
        Self { hash: LtHash::identity(), statistics: Some(Statistics::default()) }
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::empty()
    }

    /// Adds the rows of another tally, of which the numbers are known.
    pub(super) fn merge(&mut self, other: &Self) -> Result<()> {
        if let (Some(statistics), Some(other)) = (&mut self.statistics, other.statistics) {
            let rows = statistics.rows.checked_add(other.rows);
            let bytes = statistics.bytes.checked_add(other.bytes);
            let (Some(rows), Some(bytes)) = (rows, bytes) else { return Err(Error::TooManyRows) };
            *statistics = Statistics { rows, bytes };
        }
        self.hash.merge(&other.hash);
        Ok(())
    }
}

impl Statistics {
    /// What there is after a change.
    pub(super) fn after(self, change: &Change<'_>) -> Result<Self> {
        let bytes = |value: Value<'_>| (change.key.len() as u64).checked_add(value.length());
        let mut next = self;
        if let Some(before) = change.before {
            let rows = next.rows.checked_sub(1);
            let bytes = bytes(before).and_then(|bytes| next.bytes.checked_sub(bytes));
            let (Some(rows), Some(bytes)) = (rows, bytes) else { return Err(Error::NoSuchRow) };
            next = Self { rows, bytes };
        }
        if let Some(after) = change.after {
            let rows = next.rows.checked_add(1);
            let bytes = bytes(after).and_then(|bytes| next.bytes.checked_add(bytes));
            let (Some(rows), Some(bytes)) = (rows, bytes) else { return Err(Error::TooManyRows) };
            next = Self { rows, bytes };
        }
        Ok(next)
    }
}
