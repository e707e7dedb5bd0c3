//! What an engine holds in memory: the index, the log that waits, and the accounts of both.
//!
//! One [`State`] is behind one lock and does no I/O. A change comes in two steps.
//! [`State::prepare`] finds the seat of the key in the index, or says which part of the index is
//! not in memory: the caller releases the lock, loads it and begins again. Nothing was changed so
//! far, and conditions can be looked at. [`State::apply`] then cannot fail: index, accounts and
//! references change together, whether the change comes from a writer or from the log.

mod accounts;
mod appending;
mod references;
mod uncounted;

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::catalog::{LogPosition, NamespaceInfo};
use super::entry::{Body, Entry, Place, Replaced};
use super::events::{Event, EventKind, Events};
use super::frame::FrameFile;
use super::index::{NotResident, Seat, Snapshot, Tree};
use super::index_key::IndexKey;
use super::log::Pending;
use super::lthash_state::{Uncounted, Waiting};
use super::renames::{self, Rename};
use super::segments::Segments;
use super::value_ref::ValueRef;
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

pub(crate) use accounts::Namespaces;
use references::Count;
pub(crate) use references::{Garbage, count_of, referenced};

/// The engine in memory.
pub(crate) struct State {
    /// Every key of every namespace: the namespace's id, big endian, then the key.
    pub(crate) tree: Tree,
    /// Records that are not in a file yet.
    pub(crate) pending: Pending,
    /// The last revision that was given out.
    pub(crate) revision: Revision,
    /// The namespaces, by name.
    pub(crate) namespaces: Namespaces,
    /// Namespaces whose keys are still being removed.
    pub(crate) dropping: BTreeSet<NamespaceId>,
    /// The id of the next namespace.
    pub(crate) next_namespace: NamespaceId,
    /// The renames that older segments do not know of, ascending.
    pub(crate) renames: Vec<Rename>,
    /// The segments, by number.
    pub(crate) segments: Segments,
    /// The number of the next segment.
    pub(crate) next_segment: SegmentId,
    /// The replay order of the next segment that is not compaction's.
    pub(crate) next_replay_order: u64,
    /// What is no longer needed, for the next checkpoint.
    pub(crate) garbage: Garbage,
    /// What is to be counted in the hashes of tracked namespaces.
    pub(crate) waiting: Waiting<Snapshot>,
    /// The latest changes, for watches.
    pub(crate) events: Events,
    /// Where the log goes on after the last checkpoint.
    pub(crate) checkpointed: LogPosition,
    /// What all frame files of the last checkpoint take, and what of it is dead.
    pub(crate) frame_bytes: FrameFile,
}

/// One change of one key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) namespace: NamespaceId,
    pub(crate) key: &'a [u8],
    pub(crate) action: Action<'a>,
}

/// What becomes of the key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action<'a> {
    /// It gets a value, until a time (0 is never).
    Put { body: Body<'a>, expires_at_ms: u64 },
    /// It goes.
    Delete,
    /// It keeps its value until another time (0 is never).
    Expire { expires_at_ms: u64 },
}

/// A change that can be applied, as long as nothing else is.
#[derive(Debug)]
pub(crate) struct Prepared {
    key: IndexKey,
    seat: Seat,
    /// The separated value that one more entry will name.
    named: Option<Count>,
    /// The one that one fewer will.
    unnamed: Option<Count>,
}

impl Prepared {
    /// The state of the key, expired or not.
    pub(crate) fn present(&self) -> Option<Present> {
        let old = self.seat.old()?;
        Some(Present { revision: old.revision, expires_at_ms: old.expires_at_ms })
    }
}

/// What a condition or a reader looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Present {
    pub(crate) revision: Revision,
    pub(crate) expires_at_ms: u64,
}

impl State {
    /// The state of a key, expired or not.
    pub(crate) fn present(
        &self,
        namespace: NamespaceId,
        key: &[u8],
    ) -> Result<Option<Present>, NotResident> {
        self.tree.get(&IndexKey::new(namespace, key), |entry| Present {
            revision: entry.revision,
            expires_at_ms: entry.expires_at_ms,
        })
    }

    /// Finds what `change` needs, so that it can be applied under the same hold of the lock.
    pub(crate) fn prepare(&self, change: &Change<'_>) -> Result<Prepared, NotResident> {
        let key = IndexKey::new(change.namespace, change.key);
        let seat = self.tree.seat(&key)?;
        let old = match change.action {
            Action::Put { .. } | Action::Delete => seat.old().and_then(|old| old.separated),
            Action::Expire { .. } => None,
        };
        let new = match change.action {
            Action::Put { body: Body::Separated(value), .. } => Some(value),
            _ => None,
        };
        // Putting the same content again changes no count.
        let stays = old == new;
        let named = new.filter(|_| !stays).map(|value| self.count(value)).transpose()?;
        let unnamed = old.filter(|_| !stays).map(|value| self.count(value)).transpose()?;
        Ok(Prepared { key, seat, named, unnamed })
    }

    /// Applies a change that the log tells of after all that the index has.
    pub(crate) fn replay_next(
        &mut self,
        change: &Change<'_>,
        revision: Revision,
        place: Place,
    ) -> Result<(), NotResident> {
        let prepared = self.prepare(change)?;
        self.apply(change, prepared, revision, place);
        Ok(())
    }

    /// Applies a change that the log tells of. Nothing happens if the key has a later state.
    pub(crate) fn replay(
        &mut self,
        change: &Change<'_>,
        revision: Revision,
        place: Place,
    ) -> Result<(), NotResident> {
        let prepared = self.prepare(change)?;
        if prepared.present().is_some_and(|present| present.revision > revision) {
            self.revision = self.revision.max(revision);
            match change.action {
                Action::Put { .. } => self.stillborn(place),
                Action::Delete | Action::Expire { .. } => self.note(place),
            }
            return Ok(());
        }
        self.apply(change, prepared, revision, place);
        Ok(())
    }

    /// Whether nothing has changed since `prepared`, so that it can be applied.
    pub(crate) fn is_current(&self, prepared: &Prepared) -> bool {
        self.tree.is_current(&prepared.seat)
    }

    /// Applies a change whose record has this revision and place, and for which this was prepared
    /// and [is current](State::is_current).
    pub(crate) fn apply(
        &mut self,
        change: &Change<'_>,
        prepared: Prepared,
        revision: Revision,
        place: Place,
    ) {
        let Prepared { key, seat, named, unnamed } = prepared;
        self.revision = self.revision.max(revision);
        let Change { namespace, action, .. } = *change;
        self.put_aside(change, &seat, place);
        let kind = match action {
            Action::Put { body, expires_at_ms } => {
                if let Body::Separated(value) = &body {
                    self.garbage.values.remove(value);
                    self.garbage.strays.remove(value);
                }
                // In this order all ways stay in memory: the engine's own namespace is the first.
                self.name(named.as_ref());
                self.tree.set(&seat, &key, &Entry { revision, expires_at_ms, place, body });
                self.unname(unnamed.as_ref(), revision);
                self.live(place);
                match seat.old() {
                    Some(old) => self.dead(old.place),
                    None => self.key_was_made(namespace, change.key.len() as u64),
                }
                EventKind::Put
            }
            Action::Delete => {
                self.note(place);
                let Some(old) = seat.old() else { return };
                self.dead(old.place);
                self.count_keys(namespace, -1);
                self.unname(unnamed.as_ref(), revision);
                self.tree.take(&seat, &key);
                EventKind::Delete
            }
            Action::Expire { expires_at_ms } => {
                self.note(place);
                let Some(found) = self.tree.entry_at(&seat).map(|entry| OwnedEntry::of(&entry))
                else {
                    return;
                };
                self.tree.set(&seat, &key, &Entry { revision, expires_at_ms, ..found.entry() });
                EventKind::Expire
            }
        };
        self.events.push(Event { revision, kind, namespace, key: key.into_key() });
    }

    /// Makes a namespace.
    pub(crate) fn create_namespace(&mut self, name: &str, info: NamespaceInfo, place: Place) {
        self.revision = self.revision.max(info.created);
        self.lasting_note(place);
        self.next_namespace = self.next_namespace.max(info.id.next());
        self.namespaces.insert(name.to_owned(), info);
    }

    /// Drops a namespace: its keys are out of reach at once and are removed bit by bit.
    pub(crate) fn drop_namespace(&mut self, id: NamespaceId, revision: Revision, place: Place) {
        self.revision = self.revision.max(revision);
        self.note(place);
        self.next_namespace = self.next_namespace.max(id.next());
        let info = self.namespaces.by_id(id);
        let was_tracked = info.is_some_and(|info| info.tracked.since > Revision::ZERO);
        self.namespaces.remove(id);
        self.dropping.insert(id);
        self.waiting.forget(id);
        if was_tracked {
            self.waiting.add(id, Uncounted::Untracked);
        }
    }

    /// The key that a record speaks of by now, if it could still be live. The record was found in
    /// `segment` with this key and revision.
    pub(crate) fn resolve<'a>(
        &self,
        segment: SegmentId,
        namespace: NamespaceId,
        key: &'a [u8],
        revision: Revision,
    ) -> Option<Cow<'a, [u8]>> {
        let as_of = self.segments.get(&segment).map_or(Revision::ZERO, |segment| segment.as_of);
        renames::resolve(&self.renames, namespace, key, revision.max(as_of).next()..=Revision::MAX)
    }

    /// Takes account of a rename that the index has done; `index` is the one [from before
    /// it](State::before_rename).
    pub(crate) fn renamed(&mut self, rename: Rename, place: Place, index: Option<Snapshot>) {
        self.revision = self.revision.max(rename.revision);
        self.note(place);
        let Rename { revision, namespace, .. } = rename;
        let growth = (rename.to.len() as u64).saturating_sub(rename.from.len() as u64);
        let longest = self.namespaces.by_id(namespace).map_or(0, |info| info.key_bytes_max);
        self.set_key_bytes_max(namespace, longest + growth);
        let kind = EventKind::Rename { to: rename.to.clone() };
        self.events.push(Event { revision, kind, namespace, key: rename.from.clone() });
        if let Some(index) = index {
            let (from, to) = (rename.from.clone(), rename.to.clone());
            self.waiting.add(namespace, Uncounted::Renamed { from, to, index, counted: None });
        }
        self.renames.push(rename);
    }

    /// Takes a key of a dropped namespace out of the index; the log has said so already.
    pub(crate) fn forget(&mut self, index_key: &[u8]) -> Result<(), NotResident> {
        let seat = self.tree.seat(index_key)?;
        let Some(old) = seat.old() else { return Ok(()) };
        let unnamed = old.separated.map(|value| self.count(value)).transpose()?;
        self.dead(old.place);
        self.unname(unnamed.as_ref(), self.revision);
        self.tree.take(&seat, index_key);
        Ok(())
    }

    /// Takes account of a key of the namespace that is out of the index already.
    pub(crate) fn give_up(
        &mut self,
        namespace: NamespaceId,
        replaced: &Replaced,
        revision: Revision,
    ) -> Result<(), NotResident> {
        let unnamed = replaced.separated.map(|value| self.count(value)).transpose()?;
        self.count_keys(namespace, -1);
        self.dead(replaced.place);
        self.unname(unnamed.as_ref(), revision);
        Ok(())
    }
}

/// An entry that outlives the index's lock.
#[derive(Debug, Clone)]
pub(crate) struct OwnedEntry {
    revision: Revision,
    expires_at_ms: u64,
    place: Place,
    body: OwnedBody,
}

#[derive(Debug, Clone)]
enum OwnedBody {
    Inline(Vec<u8>),
    Logged { len: u32 },
    Separated(ValueRef),
}

impl OwnedEntry {
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        let body = match entry.body {
            Body::Inline(bytes) => OwnedBody::Inline(bytes.to_vec()),
            Body::Logged { len } => OwnedBody::Logged { len },
            Body::Separated(value) => OwnedBody::Separated(value),
        };
        let Entry { revision, expires_at_ms, place, .. } = *entry;
        Self { revision, expires_at_ms, place, body }
    }

    pub(crate) fn entry(&self) -> Entry<'_> {
        let body = match &self.body {
            OwnedBody::Inline(bytes) => Body::Inline(bytes),
            OwnedBody::Logged { len } => Body::Logged { len: *len },
            OwnedBody::Separated(value) => Body::Separated(*value),
        };
        let Self { revision, expires_at_ms, place, .. } = *self;
        Entry { revision, expires_at_ms, place, body }
    }
}
