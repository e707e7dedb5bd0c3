//! The hashes of tracked namespaces: what waits is counted, and rows that were there before.
//!
//! Whoever counts holds the lock of the hashes. A checkpoint takes it before it looks, and counts
//! all that waits before it deletes anything. So what is uncounted names what is there, and what
//! the index names is there as long as the lock is held.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use sealwood_lthash::Partition;

use super::background::Pace;
use super::config::{Background, Durability};
use super::index;
use super::log::{Batched, Record};
use super::lthash_rows;
use super::lthash_state::{Counted, Reader, Waiting};
use super::reserve::Effect;
use super::shared::Shared;
use super::source::Source;
use super::state::State;
use super::sync::lock;
use super::tracking::Tracking;
use super::value_ref::ValueRef;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// How many bytes of what is uncounted are counted together, at least.
pub(crate) const UNCOUNTED_BYTES_MIN: usize = 1 << 20;

/// How many bytes of it wait before writers count them themselves.
const UNCOUNTED_BYTES_MAX: usize = 16 << 20;

/// How often some rows of a backfill are counted before anything else is done: a checkpoint, with
/// its syncs, is to be made for many of them.
const FILLS_AT_ONCE: usize = 16;

/// What is known of the rows of a tracked namespace at one revision.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TrackedState {
    /// Changes up to this revision are counted, later ones are not.
    pub revision: Revision,
    /// The hash, as far as the rows are counted, and how many they are. Its domain is the name of
    /// the namespace.
    pub partition: Partition,
}

impl Reader for Shared {
    type Snapshot = index::Snapshot;

    fn read(&self, source: &Source) -> Result<Bytes> {
        self.read_all(source)
    }

    fn name(&self, value: &[u8]) -> ValueRef {
        self.values.address(value)
    }

    fn rows(
        &self,
        snapshot: &index::Snapshot,
        namespace: NamespaceId,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Source)>> {
        lthash_rows::rows(snapshot, &self.frames, namespace, prefix, after, max)
    }
}

impl Shared {
    /// Begins to track a namespace, or ends it; see
    /// [`Namespace::track`](super::Namespace::track).
    pub(crate) fn track(&self, namespace: NamespaceId, tracking: Tracking) -> Result<bool> {
        self.admit(Effect::Adds)?;
        self.check_writable()?;
        let (is_change, revision) = {
            let mut state = self.write();
            let info = state.namespaces.by_id(namespace).ok_or(Error::NamespaceDropped)?;
            if info.tracked.tracking == tracking {
                (false, info.tracked.since)
            } else {
                let revision = state.revision.next();
                state.make_room();
                let record = Record::Track { namespace, revision, tracking };
                let place = state.append(&record, Batched::No);
                state.track(namespace, tracking, revision, place);
                (true, revision)
            }
        };
        self.wake();
        // Who said so before may not have waited until it was durable.
        self.acknowledge(revision, Durability::Sync)?;
        Ok(is_change)
    }

    /// What is known of a namespace now, or none if it is not tracked, and what is to be looked at
    /// of the state of just then.
    pub(crate) fn tracked_state<T>(
        &self,
        namespace: NamespaceId,
        look: impl FnOnce(&State) -> T,
    ) -> Result<(Option<TrackedState>, T)> {
        let mut counted = lock(&self.hashes);
        let (is_there, seen) = self.count_up_to(&mut counted, |state| {
            (state.namespaces.by_id(namespace).is_some(), look(state))
        })?;
        if !is_there {
            return Err(Error::NamespaceDropped);
        }
        let state = counted.of(namespace).map(|tracked| TrackedState {
            revision: tracked.revision(),
            partition: tracked.partition().clone(),
        });
        Ok((state, seen))
    }

    /// Counts the next rows of a namespace that are not counted yet. Returns whether there are
    /// more.
    pub(crate) fn backfill_some(&self, namespace: NamespaceId) -> Result<bool> {
        Ok(self.fill(&mut lock(&self.hashes), namespace)? == Filled::Some)
    }

    /// Counts what waits, if that is much or there is nothing else to do, and some of the rows that
    /// were there before. Returns whether there is more to be done.
    pub(crate) fn count_some(&self, pace: Pace) -> Result<bool> {
        self.counting_asked.store(false, Ordering::SeqCst);
        let (bytes, is_empty) = {
            let state = self.read();
            (state.waiting.bytes(), state.waiting.is_empty())
        };
        let is_due = bytes >= UNCOUNTED_BYTES_MIN || (pace == Pace::Idle && !is_empty);
        let unfilled = {
            let mut counted = lock(&self.hashes);
            if is_due {
                self.count(&mut counted)?;
            }
            counted.unfilled()
        };
        let mut all = Ok(false);
        for namespace in unfilled {
            all = match (all, self.fill_many(namespace)) {
                (Ok(more), Ok(filled)) => Ok(more || filled == Filled::Some),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        all
    }

    /// Counts many rows of a backfill. In between others count and look.
    fn fill_many(&self, namespace: NamespaceId) -> Result<Filled> {
        for _ in 0..FILLS_AT_ONCE {
            self.check_open()?;
            if self.fill(&mut lock(&self.hashes), namespace)? == Filled::All {
                return Ok(Filled::All);
            }
        }
        Ok(Filled::Some)
    }

    /// Called by writers, who leave so many bytes uncounted. The write itself went well: what
    /// cannot be counted now stays.
    pub(crate) fn uncounted_backpressure(&self, bytes: usize) {
        if bytes < UNCOUNTED_BYTES_MIN {
            return;
        }
        let is_asked = self.counting_asked.load(Ordering::SeqCst) || self.ask_to_count();
        let alone = !is_asked && self.config.background == Background::Automatic;
        if (bytes >= UNCOUNTED_BYTES_MAX || alone)
            && let Err(error) = self.count(&mut lock(&self.hashes))
        {
            log::warn!("changes of rows are not in the hash of their namespace yet: {error}");
        }
    }

    /// Wakes the background to count what waits. Returns whether there is one.
    fn ask_to_count(&self) -> bool {
        let worker = lock(&self.worker);
        worker.as_ref().inspect(|worker| {
            self.counting_asked.store(true, Ordering::SeqCst);
            worker.wake();
        });
        worker.is_some()
    }

    /// Counts all that waits.
    fn count(&self, counted: &mut Counted) -> Result<()> {
        self.count_up_to(counted, |_| ())
    }

    /// Counts all that waits. Returns what is to be looked at of the state up to which that was.
    fn count_up_to<T>(&self, counted: &mut Counted, look: impl FnOnce(&State) -> T) -> Result<T> {
        let (waiting, revision, seen) = {
            let mut state = self.write();
            (state.waiting.take(), state.revision, look(&state))
        };
        self.count_taken(counted, waiting, revision).map(|()| seen)
    }

    /// Counts what was taken of all that waits. What cannot be counted is given back.
    pub(crate) fn count_taken(
        &self,
        counted: &mut Counted,
        mut taken: Waiting<index::Snapshot>,
        revision: Revision,
    ) -> Result<()> {
        let outcome = counted.count(self, &mut taken, revision);
        if !taken.is_spent() {
            let is_uncounted = !taken.is_empty();
            let mut state = self.write();
            state.waiting.give_back(taken);
            if is_uncounted {
                state.bound_uncounted();
            }
        }
        outcome
    }

    /// Counts the next rows of a namespace that were there before it was tracked.
    fn fill(&self, counted: &mut Counted, namespace: NamespaceId) -> Result<Filled> {
        // Changes have to be counted up to the very revision at which rows are read.
        let snapshot = self.count_up_to(counted, |state| state.tree.snapshot())?;
        let more = counted.fill(self, &snapshot, namespace)?;
        Ok(if more { Filled::Some } else { Filled::All })
    }
}

/// How far the rows of a namespace are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Filled {
    Some,
    All,
}
