//! How many entries name each separated value, and what is no longer needed.
//!
//! The counts are entries of the index themselves, in a namespace of the engine's own, so that a
//! checkpoint has them and opening need not count: hash and length (8 bytes, big endian) to count
//! (8 bytes, little endian). They are no part of the log: replaying it makes
//! them again.

use std::collections::{BTreeMap, BTreeSet};

use super::State;
use crate::doomed::{Doomed, DoomedFile};
use crate::entry::{Body, Entry, Place};
use crate::index::{NotResident, Seat};
use crate::index_key::IndexKey;
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::value_ref::ValueRef;

/// Files that nothing needs once the next checkpoint is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Garbage {
    /// Values that no entry names, with the revision since which that is so.
    pub(crate) values: BTreeMap<ValueRef, Revision>,
    /// Values that no entry has named since they were written, nor names.
    pub(crate) strays: BTreeSet<ValueRef>,
    /// Segments that compaction has replaced or of which nothing is left.
    pub(crate) segments: BTreeSet<SegmentId>,
    /// Frame files that no checkpoint reaches.
    pub(crate) frame_files: BTreeSet<u64>,
    /// Files that were being written when the engine was cut off.
    pub(crate) temps: BTreeSet<String>,
}

impl Garbage {
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
            && self.strays.is_empty()
            && self.segments.is_empty()
            && self.frame_files.is_empty()
            && self.temps.is_empty()
    }

    /// Takes out what opening found unlisted.
    pub(crate) fn take_unlisted(&mut self) -> Vec<Doomed> {
        let segments = std::mem::take(&mut self.segments).into_iter().map(DoomedFile::Segment);
        let frames = std::mem::take(&mut self.frame_files).into_iter().map(DoomedFile::Frames);
        segments.chain(frames).map(|file| Doomed { file, mark: 0 }).collect()
    }
}

impl State {
    /// Lists a value that no entry names for the next checkpoint.
    pub(crate) fn is_unnamed(&mut self, value: ValueRef) {
        // What is listed already was named by the last checkpoint or by the log since.
        if !self.garbage.values.contains_key(&value) {
            self.garbage.strays.insert(value);
        }
    }

    /// How many entries name `value`.
    pub(crate) fn references(&self, value: &ValueRef) -> Result<u64, NotResident> {
        Ok(self.tree.get(&reference_key(value), |entry| count_of(&entry))?.unwrap_or(0))
    }

    /// Finds what is needed to change how many entries name `value`.
    pub(super) fn count(&self, value: ValueRef) -> Result<Count, NotResident> {
        let key = reference_key(&value);
        let seat = self.tree.seat(&key)?;
        let entries = self.tree.entry_at(&seat).map_or(0, |entry| count_of(&entry));
        Ok(Count { value, key, seat, entries })
    }

    /// One more entry names a value.
    pub(super) fn name(&mut self, counted: Option<&Count>) {
        if let Some(count) = counted {
            self.set_count(count, count.entries + 1);
        }
    }

    /// One entry fewer names a value.
    pub(super) fn unname(&mut self, counted: Option<&Count>, revision: Revision) {
        let Some(count) = counted else { return };
        if count.entries > 1 {
            self.set_count(count, count.entries - 1);
        } else {
            self.tree.take(&count.seat, &count.key);
            self.garbage.values.insert(count.value, revision);
        }
    }

    fn set_count(&mut self, count: &Count, entries: u64) {
        let entries = entries.to_le_bytes();
        let body = Body::Inline(&entries);
        let entry =
            Entry { revision: Revision::ZERO, expires_at_ms: 0, place: Place::default(), body };
        self.tree.set(&count.seat, &count.key, &entry);
    }
}

/// How many entries name a value, and where that is kept.
#[derive(Debug)]
pub(super) struct Count {
    value: ValueRef,
    key: IndexKey,
    seat: Seat,
    entries: u64,
}

/// The key of a value's count.
pub(crate) fn reference_key(value: &ValueRef) -> IndexKey {
    let mut name = [0; 40];
    name[..32].copy_from_slice(&value.hash);
    name[32..].copy_from_slice(&value.len.to_be_bytes());
    IndexKey::new(NamespaceId::REFERENCES, &name)
}

/// The value whose count is at a key of the index.
pub(crate) fn referenced(key: &[u8]) -> Option<ValueRef> {
    let (NamespaceId::REFERENCES, name) = IndexKey::split(key).ok()? else { return None };
    let name: &[u8; 40] = name.try_into().ok()?;
    let (hash, len) = name.split_at(32);
    Some(ValueRef { hash: hash.try_into().ok()?, len: u64::from_be_bytes(len.try_into().ok()?) })
}

/// The count in an entry.
pub(crate) fn count_of(entry: &Entry<'_>) -> u64 {
    match entry.body {
        Body::Inline(bytes) => bytes.try_into().map(u64::from_le_bytes).unwrap_or(0),
        _ => 0,
    }
}
