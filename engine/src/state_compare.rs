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

/// Compares two sides; see [`Namespace::compare`](super::Namespace::compare).
pub(crate) fn compare(
    first: &Side,
    second: &Side,
    each: &mut dyn FnMut(RowDifference) -> ControlFlow<()>,
) -> Result<Compared> {
    let mut compared = Compared::default();
    let [one, other] = [first, second].map(|side| &side.counted.partition);
    if one.domain().name() != other.domain().name() {
        return Err(Error::InvalidArgument { what: "only namespaces of one name are compared" });
    }
    if one.hash().ok().zip(other.hash().ok()).is_none() {
        return Err(Error::InvalidArgument { what: "not all rows are counted: backfill first" });
    }
    let looked_at: BTreeSet<u8> = match difference(one, other) {
        None => return Ok(compared),
        Some(StateDifference::Buckets(buckets)) => buckets.into_iter().collect(),
        Some(StateDifference::Somewhere) => (0..=u8::MAX).collect(),
    };
    let mut sides = [first, second].map(|side| BucketRows::new(&side.snapshot, &looked_at));
    loop {
        let [one, other] = &mut sides;
        let order = match (one.peek()?, other.peek()?) {
            (None, None) => return Ok(compared),
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
                let ours = Hashed::of(&*first.snapshot.shared, &ours)?;
                let theirs = Hashed::of(&*second.snapshot.shared, &theirs)?;
                compared.rows_read += 1;
                (ours != theirs).then_some(RowDifference::Value(key))
            }
        };
        compared.rows_read += 1;
        if let Some(told) = told {
            compared.differences += 1;
            if each(told).is_break() {
                return Err(Error::Cancelled);
            }
        }
    }
}
