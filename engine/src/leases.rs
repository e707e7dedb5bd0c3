//! Leases: what is still being read must not be deleted.
//!
//! Whoever reads a past state holds a lease. A file that a checkpoint wants to delete waits as long
//! as a lease is held that may need it. Leases and births share one row of numbers, which is the
//! order in which they came:
//!
//! ```text
//!  lease 3   birth of a file   lease 8   its end as garbage   lease 12
//! ────┼──────────────┼────────────┼───────────────┼──────────────┼────▶
//!            the file waits for lease 8, and for no other
//! ```
//!
//! A [snapshot](Leases::take_snapshot) sees what was there when it was taken, so it needs no file
//! that was born later. A [lease on what comes](Leases::take), as of a compaction, is taken before
//! its holder looks: it needs whatever becomes garbage while it is held.
//!
//! Births are noted only while leases are held: without one, all that is there is as good as always
//! there. A value's file may be garbage and needed again before it is deleted; it keeps its birth.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use super::doomed::DoomedFile;
use super::sync::lock;
use super::value_ref::ValueRef;
use crate::segment_id::SegmentId;

/// The leases that are held.
#[derive(Debug, Default, Clone)]
pub(crate) struct Leases {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    /// Leases on what comes.
    open: BTreeSet<u64>,
    /// Snapshots, with the number of the first segment that was not there yet.
    snapshots: BTreeMap<u64, SegmentId>,
    /// The births of frame files, and of values' files that are there.
    frames: BTreeMap<u64, u64>,
    values: HashMap<ValueRef, u64>,
}

/// Keeps what was needed when it was taken, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    number: u64,
    held: Arc<Mutex<Held>>,
}

impl Leases {
    /// Takes a lease on all there is now and on what comes while it is held.
    pub(crate) fn take(&self) -> Lease {
        let mut held = lock(&self.held);
        let number = held.number();
        held.open.insert(number);
        Lease { number, held: self.held.clone() }
    }

    /// Takes a lease on what there is now. To be called under the state's lock, for the state that
    /// is read under it; `next_segment` is the number of its next segment.
    pub(crate) fn take_snapshot(&self, next_segment: SegmentId) -> Lease {
        let mut held = lock(&self.held);
        let number = held.number();
        held.snapshots.insert(number, next_segment);
        Lease { number, held: self.held.clone() }
    }

    /// A mark in time, for [`released`](Leases::released).
    pub(crate) fn now(&self) -> u64 {
        lock(&self.held).next
    }

    /// Says that no state before now names this frame file.
    pub(crate) fn frame_file_is_born(&self, number: u64) {
        let mut held = lock(&self.held);
        if !held.is_free() {
            let now = held.next;
            held.frames.entry(number).or_insert(now);
        }
    }

    /// Says that a value's file is about to be written. If it is there still it keeps its birth:
    /// `is_garbage` says that it is garbage which no checkpoint has taken yet. To be called under
    /// the state's lock, under which nothing was found to name it.
    pub(crate) fn value_is_born(&self, value: ValueRef, is_garbage: bool) {
        let mut held = lock(&self.held);
        if !held.is_free() {
            let birth = if is_garbage { 0 } else { held.next };
            held.values.entry(value).or_insert(birth);
        }
    }

    /// Says that a checkpoint is to delete a value's file: whoever writes it again finds it there.
    pub(crate) fn value_is_doomed(&self, value: ValueRef) {
        let mut held = lock(&self.held);
        if !held.is_free() {
            held.values.entry(value).or_insert(0);
        }
    }

    /// Says that a file is gone.
    pub(crate) fn is_gone(&self, file: &DoomedFile) {
        let mut held = lock(&self.held);
        match file {
            DoomedFile::Frames(number) => drop(held.frames.remove(number)),
            DoomedFile::Value(value) => drop(held.values.remove(value)),
            DoomedFile::Segment(_) | DoomedFile::Temp(_) => {}
        }
    }

    /// Whether no lease that may need a file that was garbage at the mark is held.
    pub(crate) fn released(&self, file: &DoomedFile, mark: u64) -> bool {
        let held = lock(&self.held);
        if held.open.first().is_some_and(|oldest| *oldest < mark) {
            return false;
        }
        let birth = held.birth(file).min(mark);
        let needs = |next_segment: SegmentId| match file {
            DoomedFile::Segment(number) => *number < next_segment,
            _ => true,
        };
        !held.snapshots.range(birth..mark).any(|(_, next_segment)| needs(*next_segment))
    }

    /// How many are held.
    pub(crate) fn count(&self) -> usize {
        let held = lock(&self.held);
        held.open.len() + held.snapshots.len()
    }
}

impl Held {
    fn is_free(&self) -> bool {
        self.open.is_empty() && self.snapshots.is_empty()
    }

    /// The number of a new lease.
    fn number(&mut self) -> u64 {
        if self.is_free() {
            // No lease before this one is left that births could be compared with.
            self.frames.clear();
            self.values.clear();
        }
        let number = self.next;
        self.next += 1;
        number
    }

    fn birth(&self, file: &DoomedFile) -> u64 {
        let birth = match file {
            DoomedFile::Frames(number) => self.frames.get(number),
            DoomedFile::Value(value) => self.values.get(value),
            DoomedFile::Segment(_) | DoomedFile::Temp(_) => None,
        };
        birth.copied().unwrap_or(0)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        held.open.remove(&self.number);
        held.snapshots.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: ValueRef = ValueRef { hash: [1; 32], len: 1 };

    #[test]
    fn garbage_is_released_when_all_leases_before_it_are_gone() {
        let leases = Leases::default();
        let first = leases.take();
        let mark = leases.now();
        let second = leases.take();
        let temp = DoomedFile::Temp("values/tmp-0".to_owned());
        assert!(!leases.released(&temp, mark));
        drop(first);
        assert!(leases.released(&temp, mark));
        assert_eq!(leases.count(), 1);
        drop(second);
        assert!(leases.released(&temp, u64::MAX));
    }

    #[test]
    fn a_snapshot_holds_nothing_that_was_born_after_it() {
        let leases = Leases::default();
        let early = leases.take_snapshot(SegmentId::new(5));
        leases.frame_file_is_born(7);
        leases.value_is_born(VALUE, false);
        let files = [
            DoomedFile::Segment(SegmentId::new(5)),
            DoomedFile::Frames(7),
            DoomedFile::Value(VALUE),
        ];
        let mark = leases.now();
        assert!(files.iter().all(|file| leases.released(file, mark)));
        assert!(!leases.released(&DoomedFile::Segment(SegmentId::new(4)), mark));
        assert!(!leases.released(&DoomedFile::Frames(6), mark));
        // A later one, taken before the end of them, holds them.
        let late = leases.take_snapshot(SegmentId::new(6));
        let mark = leases.now();
        assert!(files.iter().all(|file| !leases.released(file, mark)));
        drop(late);
        assert!(files.iter().all(|file| leases.released(file, mark)));
        // Whoever looks after he has taken it holds them too.
        let open = leases.take();
        let mark = leases.now();
        assert!(files.iter().all(|file| !leases.released(file, mark)));
        drop((open, early));
        assert!(files.iter().all(|file| leases.released(file, mark)));
    }

    /// A value that is written again before its file was deleted is as old as the file.
    #[test]
    fn a_file_that_is_needed_again_keeps_its_birth() {
        let leases = Leases::default();
        let snapshot = leases.take_snapshot(SegmentId::FIRST);
        leases.value_is_doomed(VALUE);
        leases.value_is_born(VALUE, false);
        assert!(!leases.released(&DoomedFile::Value(VALUE), leases.now()));
        leases.is_gone(&DoomedFile::Value(VALUE));
        leases.value_is_born(VALUE, true);
        assert!(!leases.released(&DoomedFile::Value(VALUE), leases.now()));
        leases.is_gone(&DoomedFile::Value(VALUE));
        leases.value_is_born(VALUE, false);
        assert!(leases.released(&DoomedFile::Value(VALUE), leases.now()));
        drop(snapshot);
    }
}
