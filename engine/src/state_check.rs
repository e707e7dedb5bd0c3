//! Whether what is counted of a namespace is what its rows give, and where two namespaces differ.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sealwood_lthash::{Change, Partition, State, Tally, bucket_of};

use super::hashes::TrackedState;
use super::lthash_state::{Hashed, Reader};
use super::snapshot::Snapshot;
use super::source::Source;
use crate::error::{Error, Result};

/// How many rows are read at once.
const ROWS_AT_ONCE: usize = 256;

/// A full scan of a tracked namespace at one revision, a piece at a time, to be compared with what
/// was counted of it by then. Others go on writing meanwhile. It takes the memory of two hashes and
/// of 256 rows, of no value more than 1,023 bytes; it ends where it is dropped, and after an error
/// the next step tries again where this one began.
pub struct StateCheck {
    snapshot: Snapshot,
    counted: TrackedState,
    found: Partition,
    /// The last key that was read.
    after: Option<Vec<u8>>,
    rows: u64,
}

/// Where a scan has found other rows than were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateDifference {
    /// Somewhere in the namespace.
    Somewhere,
    /// In these of the 256 buckets, ascending. The bucket of a key is
    /// [`bucket_of`] it.
    Buckets(Vec<u8>),
}

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

impl StateCheck {
    pub(crate) fn new(snapshot: Snapshot, counted: TrackedState) -> Self {
        let partition = &counted.partition;
        let found = Partition::empty(partition.domain().clone(), partition.detail());
        Self { snapshot, counted, found, after: None, rows: 0 }
    }

    /// What was counted, and at which revision.
    pub fn counted(&self) -> &TrackedState {
        &self.counted
    }

    /// How many rows were read so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Reads the next rows, 256 at most. Returns whether there are more. Where a backfill was under
    /// way only those are read that it had counted.
    ///
    /// [`Error::StoreCorrupt`] if a value is damaged.
    pub fn step(&mut self) -> Result<bool> {
        let shared = &self.snapshot.shared;
        let _call = shared.enter()?;
        let until = match self.counted.partition.state() {
            State::Valid => None,
            State::Backfilling { cursor: Some(cursor) } => Some(cursor.as_slice()),
            State::Backfilling { cursor: None } | State::Absent => return Ok(false),
        };
        let mut rows = self.snapshot.rows_after(self.after.as_deref(), ROWS_AT_ONCE)?;
        rows.retain(|(key, _)| until.is_none_or(|until| key.as_slice() <= until));
        let values = rows.iter().map(|(_, source)| Hashed::of(&**shared, source));
        let values = values.collect::<Result<Vec<_>>>()?;
        let changes = rows.iter().zip(&values).map(|((key, _), it)| Change::added(key, it.value()));
        let changes: Vec<_> = changes.collect();
        let added = self.found.apply(&changes);
        added.map_err(|_| Error::Malformed { what: "row of a namespace" })?;
        self.rows += rows.len() as u64;
        let Some((last, _)) = rows.pop() else { return Ok(false) };
        self.after = Some(last);
        Ok(true)
    }

    /// Where what was read so far differs from what was counted; nothing if both are the same. All
    /// rows are to be read before: that says [`step`](Self::step).
    pub fn difference(&self) -> Option<StateDifference> {
        difference(&self.counted.partition, &self.found)
    }
}

/// Where two partitions differ, as far as they are counted.
fn difference(one: &Partition, other: &Partition) -> Option<StateDifference> {
    if one.buckets().next().is_none() && other.buckets().next().is_none() {
        let [one, other] = [one, other].map(|partition| {
            let mut whole = partition.clone();
            // What a backfill has counted so far is to be looked at: it has a hash once it ends.
            let _ = whole.finish_backfill();
            (whole.hash().ok().cloned(), whole.statistics().unwrap_or_default())
        });
        return (one != other).then_some(StateDifference::Somewhere);
    }
    let tally = |partition: &Partition, bucket: u8| -> Option<Tally> {
        partition.buckets().find(|(number, _)| *number == bucket).map(|(_, tally)| tally.clone())
    };
    let differs = |bucket: &u8| tally(one, *bucket) != tally(other, *bucket);
    let buckets: Vec<u8> = (0..=u8::MAX).filter(differs).collect();
    (!buckets.is_empty()).then_some(StateDifference::Buckets(buckets))
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
        Some(StateDifference::Buckets(buckets)) if one.detail() == other.detail() => {
            buckets.into_iter().collect()
        }
        Some(_) => (0..=u8::MAX).collect(),
    };
    let mut sides = [first, second].map(|side| Rows::new(&side.snapshot, &looked_at));
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
                let ours = Hashed::of(&*one.snapshot.shared, &ours)?;
                let theirs = Hashed::of(&*other.snapshot.shared, &theirs)?;
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

/// The rows of some buckets of a namespace, in order.
struct Rows<'a> {
    snapshot: &'a Snapshot,
    buckets: &'a BTreeSet<u8>,
    /// The last key that was looked at.
    after: Option<Vec<u8>>,
    /// What comes next, the last first.
    next: Vec<(Vec<u8>, Source)>,
}

impl<'a> Rows<'a> {
    fn new(snapshot: &'a Snapshot, buckets: &'a BTreeSet<u8>) -> Self {
        Self { snapshot, buckets, after: None, next: Vec::new() }
    }

    /// The next row; none after the last.
    fn peek(&mut self) -> Result<Option<&(Vec<u8>, Source)>> {
        while self.next.is_empty() {
            let mut rows = self.snapshot.rows_after(self.after.as_deref(), ROWS_AT_ONCE)?;
            let Some((last, _)) = rows.last() else { return Ok(None) };
            self.after = Some(last.clone());
            rows.retain(|(key, _)| self.buckets.contains(&bucket_of(key)));
            rows.reverse();
            self.next = rows;
        }
        Ok(self.next.last())
    }

    /// Takes what was looked at.
    fn take(&mut self) -> Option<(Vec<u8>, Source)> {
        self.next.pop()
    }
}

impl Snapshot {
    /// The next rows after a key; those that have expired are rows.
    fn rows_after(&self, after: Option<&[u8]>, max: usize) -> Result<Vec<(Vec<u8>, Source)>> {
        self.shared.rows(&self.tree, self.namespace, b"", after, max)
    }
}

impl std::fmt::Debug for StateCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateCheck").field("rows", &self.rows).finish_non_exhaustive()
    }
}
