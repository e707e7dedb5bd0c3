//! Whether what is counted of a namespace is what its rows give.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use sealwood_lthash::{Detail, Partition, Record, State};

use super::bucket_rows::{BucketRows, ROWS_AT_ONCE};
use super::hashes::TrackedState;
use super::lthash_state::Hashed;
use super::snapshot::Snapshot;
use crate::error::{Error, Result};

/// What a check that was put away begins with.
const VERSION: u8 = 1;

/// A full scan of a tracked namespace at one revision, a piece at a time, to be compared with what
/// was counted of it by then. Others go on writing meanwhile. It takes the memory of two hashes and
/// of 256 rows, of no value more than 4,096 bytes, and keeps the files of its revision; it ends
/// where it is dropped, and after an error the next step tries again where this one began.
pub struct StateCheck {
    snapshot: Snapshot,
    counted: TrackedState,
    /// What was read, as a backfill whose cursor is the last key.
    found: Partition,
}

/// Where a scan has found other rows than were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateDifference {
    /// Somewhere in the namespace.
    Somewhere,
    /// In these of the 256 buckets, ascending. The bucket of a key is
    /// [`bucket_of`](sealwood_lthash::bucket_of) it.
    Buckets(Vec<u8>),
}

impl StateCheck {
    pub(crate) fn new(snapshot: Snapshot, counted: TrackedState) -> Self {
        let partition = &counted.partition;
        let mut found = Partition::absent(partition.domain().clone(), partition.detail());
        found.begin_backfill(partition.detail());
        Self { snapshot, counted, found }
    }

    /// Goes on with what was put away, unless it is of another namespace or other rows are counted
    /// by now.
    pub(crate) fn resume(
        snapshot: Snapshot,
        counted: TrackedState,
        bytes: &[u8],
    ) -> Result<Option<Self>> {
        let malformed = || Error::Malformed { what: "check that was put away" };
        let (&version, rest) = bytes.split_first().ok_or_else(malformed)?;
        if version != VERSION {
            return Err(Error::UnsupportedVersion { found: version.into() });
        }
        let (checksum, rest) = rest.split_first_chunk().ok_or_else(malformed)?;
        let (of, record) = rest.split_first_chunk().ok_or_else(malformed)?;
        if blake3::hash(rest) != *checksum {
            return Err(malformed());
        }
        let mut check = Self::new(snapshot, counted);
        if check.digest() != *of {
            return Ok(None);
        }
        let domain = check.found.domain().clone();
        let record = Record::decode(domain, record).map_err(|_| malformed())?;
        let is_scan = matches!(record.partition.state(), State::Backfilling { .. });
        let is_like = record.partition.detail() == check.found.detail();
        if record.version != 0 || !is_scan || !is_like {
            return Err(malformed());
        }
        check.found = record.partition;
        Ok(Some(check))
    }

    /// Returns where the check stands: the last key and some 2 KiB, of a namespace that is tracked
    /// in buckets up to 0.5 MiB. [`resume_check`](super::Namespace::resume_check) goes on from
    /// there, in this process or in another.
    pub fn put_away(&self) -> Vec<u8> {
        let record = Record { version: 0, partition: self.found.clone() }.encode();
        let rest = [self.digest().as_bytes(), &*record].concat();
        [&[VERSION], blake3::hash(&rest).as_bytes().as_slice(), &rest].concat()
    }

    /// By which it is told whether this is another namespace, or other rows are counted of it.
    fn digest(&self) -> blake3::Hash {
        let partition = self.counted.partition.clone();
        let id = self.snapshot.namespace.get().to_le_bytes();
        let record = Record { version: 0, partition }.encode();
        blake3::Hasher::new().update(&id).update(&record).finalize()
    }

    /// What was counted, and at which revision.
    pub fn counted(&self) -> &TrackedState {
        &self.counted
    }

    /// Whether all rows are counted. Else there is a backfill under way, and of no more than it has
    /// counted, which may be nothing, can a check say that it is right.
    pub fn is_of_all_rows(&self) -> bool {
        *self.counted.partition.state() == State::Valid
    }

    /// How many rows were read so far.
    pub fn rows(&self) -> u64 {
        rows(&self.found)
    }

    /// How many there are to read: as many as were counted. Where that is wrong there may be more
    /// or fewer.
    pub fn rows_counted(&self) -> u64 {
        rows(&self.counted.partition)
    }

    /// Reads the next rows, 256 at most. Returns whether there are more. Where a backfill was under
    /// way only those are read that it had counted.
    ///
    /// [`Error::StoreCorrupt`] if a value is damaged.
    pub fn step(&mut self) -> Result<bool> {
        let shared = &self.snapshot.shared;
        let _call = shared.enter()?;
        let Some(until) = until(&self.counted.partition) else { return Ok(false) };
        let mut rows = self.snapshot.rows_after(cursor(&self.found), ROWS_AT_ONCE)?;
        rows.retain(|(key, _)| until.holds(key));
        let values = rows.iter().map(|(_, source)| Hashed::of(&**shared, source));
        let values = values.collect::<Result<Vec<_>>>()?;
        let rows = rows.iter().zip(&values).map(|((key, _), it)| (key.as_slice(), it.value()));
        let rows: Vec<_> = rows.collect();
        let added = self.found.backfill(&rows);
        added.map_err(|_| Error::Malformed { what: "row of a namespace" })?;
        Ok(!rows.is_empty())
    }

    /// Where what was read so far differs from what was counted; nothing if both are the same. All
    /// rows are to be read before: that says [`step`](Self::step). The namespace is as it was
    /// counted only if [all rows](Self::is_of_all_rows) were.
    pub fn difference(&self) -> Option<StateDifference> {
        difference(&self.counted.partition, &self.found)
    }

    /// Passes to `each` the keys in the buckets of the [`difference`](Self::difference), ascending,
    /// and returns how many they are. One of them at least has another value than was counted, or
    /// was not counted; or one that was counted is gone, and has no key to be told. Which it is, a
    /// hash cannot say: read them again where the rows came from, or
    /// [`compare`](super::Namespace::compare) with another engine. Of a namespace that is tracked
    /// as a whole these are all keys. If `each` breaks off, that is [`Error::Cancelled`].
    ///
    /// The index is walked, 256 keys at a time; no value is read.
    pub fn candidates(&self, each: &mut dyn FnMut(&[u8]) -> ControlFlow<()>) -> Result<u64> {
        let _call = self.snapshot.shared.enter()?;
        let buckets = match self.difference() {
            None => return Ok(0),
            Some(StateDifference::Buckets(buckets)) => buckets.into_iter().collect(),
            Some(StateDifference::Somewhere) => (0..=u8::MAX).collect(),
        };
        let Some(until) = until(&self.counted.partition) else { return Ok(0) };
        let mut rows = BucketRows::new(self.snapshot.clone(), buckets);
        let mut told = 0;
        while rows.peek()?.is_some_and(|(key, _)| until.holds(key)) {
            let Some((key, _)) = rows.take() else { break };
            told += 1;
            if each(&key).is_break() {
                return Err(Error::Cancelled);
            }
        }
        Ok(told)
    }
}

/// Up to which key rows are counted.
enum Until<'a> {
    Key(&'a [u8]),
    TheLast,
}

impl Until<'_> {
    fn holds(&self, key: &[u8]) -> bool {
        match self {
            Self::Key(until) => key <= *until,
            Self::TheLast => true,
        }
    }
}

/// None where no rows are counted.
fn until(partition: &Partition) -> Option<Until<'_>> {
    match partition.state() {
        State::Valid => Some(Until::TheLast),
        State::Backfilling { .. } => cursor(partition).map(Until::Key),
        State::Absent => None,
    }
}

/// The last key of a backfill.
fn cursor(partition: &Partition) -> Option<&[u8]> {
    match partition.state() {
        State::Backfilling { cursor } => cursor.as_deref(),
        State::Absent | State::Valid => None,
    }
}

fn rows(partition: &Partition) -> u64 {
    partition.statistics().unwrap_or_default().rows
}

/// Where two partitions differ, as far as they are counted.
pub(crate) fn difference(one: &Partition, other: &Partition) -> Option<StateDifference> {
    if [one, other].iter().any(|partition| partition.detail() == Detail::Whole) {
        let [one, other] = [one, other].map(|partition| {
            let mut whole = partition.clone();
            // What a backfill has counted so far is to be looked at: it has a hash once it ends.
            let _ = whole.finish_backfill();
            (whole.hash().ok().cloned(), whole.statistics().unwrap_or_default())
        });
        return (one != other).then_some(StateDifference::Somewhere);
    }
    let [one, other] = [one, other].map(|it| it.buckets().collect::<BTreeMap<_, _>>());
    let differs = |bucket: &u8| one.get(bucket) != other.get(bucket);
    let buckets: Vec<u8> = (0..=u8::MAX).filter(differs).collect();
    (!buckets.is_empty()).then_some(StateDifference::Buckets(buckets))
}

impl std::fmt::Debug for StateCheck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StateCheck").field("rows", &self.rows()).finish_non_exhaustive()
    }
}
