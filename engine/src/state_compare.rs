//! Where two tracked namespaces differ.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::bucket_rows::BucketRows;
use super::hashes::TrackedState;
use super::lthash_state::Hashed;
use super::snapshot::Snapshot;
use super::state_check::{StateDifference, difference};
use crate::error::{Error, Result};

/// How many rows of a step. Where buckets are looked at, some hundred keys are passed over for
/// each.
const ROWS_AT_ONCE: usize = 64;

/// In what two namespaces differ.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowDifference {
    /// The first alone has this key.
    OnlyFirst(Vec<u8>),
    /// The second alone has it.
    OnlySecond(Vec<u8>),
    /// Both have this key, with different values.
    Value(Vec<u8>),
}

/// What a comparison has looked at and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Compared {
    /// Rows that differ.
    pub differences: u64,
    /// Rows of either side whose values were read or looked up: none where the hashes are the same.
    pub rows_read: u64,
}

/// One side of a comparison.
pub(crate) struct Side {
    pub(crate) snapshot: Snapshot,
    pub(crate) counted: TrackedState,
}

/// A comparison of two namespaces, a piece at a time. Others go on writing meanwhile. It keeps the
/// files of both revisions, and ends where it is dropped.
pub struct StateComparison {
    sides: [Side; 2],
    /// What is looked at of either; nothing once all is.
    rows: Option<[BucketRows; 2]>,
    compared: Compared,
}

impl StateComparison {
    pub(crate) fn new(first: Side, second: Side) -> Result<Self> {
        let sides = [first, second];
        let [one, other] = [&sides[0], &sides[1]].map(|side| &side.counted.partition);
        if one.domain().name() != other.domain().name() {
            return Err(Error::InvalidArgument {
                what: "only namespaces of one name are compared",
            });
        }
        if one.hash().ok().zip(other.hash().ok()).is_none() {
            return Err(Error::InvalidArgument {
                what: "not all rows are counted: backfill first",
            });
        }
        let looked_at: Option<BTreeSet<u8>> = match difference(one, other) {
            None => None,
            Some(StateDifference::Buckets(buckets)) => Some(buckets.into_iter().collect()),
            Some(StateDifference::Somewhere) => Some((0..=u8::MAX).collect()),
        };
        let rows = looked_at.map(|buckets| {
            [&sides[0], &sides[1]]
                .map(|side| BucketRows::new(side.snapshot.clone(), buckets.clone()))
        });
        Ok(Self { sides, rows, compared: Compared::default() })
    }

    /// What it has looked at and found so far.
    pub fn compared(&self) -> Compared {
        self.compared
    }

    /// Compares the next rows, 64 at most, and tells `each` of those that differ, in the order of
    /// their keys. Returns whether there are more. If `each` breaks off, that is
    /// [`Error::Cancelled`].
    pub fn step(&mut self, each: &mut dyn FnMut(RowDifference) -> ControlFlow<()>) -> Result<bool> {
        let [first, second] = [&self.sides[0], &self.sides[1]].map(|side| &side.snapshot.shared);
        let _calls = (first.enter()?, second.enter()?);
        let Some([one, other]) = &mut self.rows else { return Ok(false) };
        for _ in 0..ROWS_AT_ONCE {
            let order = match (one.peek()?, other.peek()?) {
                (None, None) => {
                    self.rows = None;
                    return Ok(false);
                }
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some((one, _)), Some((other, _))) => one.cmp(other),
            };
            let told = match order {
                Ordering::Less => one.take().map(|(key, _)| RowDifference::OnlyFirst(key)),
                Ordering::Greater => other.take().map(|(key, _)| RowDifference::OnlySecond(key)),
                Ordering::Equal => {
                    let (Some((key, ours)), Some((_, theirs))) = (one.take(), other.take()) else {
                        continue;
                    };
                    let ours = Hashed::of(&**first, &ours)?;
                    let theirs = Hashed::of(&**second, &theirs)?;
                    self.compared.rows_read += 1;
                    (ours != theirs).then_some(RowDifference::Value(key))
                }
            };
            self.compared.rows_read += 1;
            if let Some(told) = told {
                self.compared.differences += 1;
                if each(told).is_break() {
                    return Err(Error::Cancelled);
                }
            }
        }
        Ok(true)
    }

    /// Compares all the rest.
    pub(crate) fn finish(
        mut self,
        each: &mut dyn FnMut(RowDifference) -> ControlFlow<()>,
    ) -> Result<Compared> {
        while self.step(each)? {}
        Ok(self.compared)
    }
}

impl std::fmt::Debug for StateComparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateComparison").field("compared", &self.compared).finish_non_exhaustive()
    }
}
