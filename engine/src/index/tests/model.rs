//! Random operations on the index and on a `BTreeMap`.

use std::collections::BTreeSet;
use std::sync::Arc;

use proptest::prelude::*;

use super::support::*;
use crate::entry::{Place, Replaced};
use crate::frame::FrameRef;
use crate::index::{Seat, Snapshot, Tree};
use crate::segment_id::SegmentId;

#[derive(Debug, Clone)]
enum Step {
    Insert(Vec<u8>, Owned),
    Remove(Vec<u8>),
    /// Removes a key that is there: the one at this fraction of all.
    RemoveOne(u16),
    Overwrite(u16, Owned),
    /// Sets keys in their order, then sets or removes others that are there. The seats of all are
    /// found first, as the engine does that counts what names a value.
    Several(Vec<Vec<u8>>, Owned, Vec<(u16, Option<Owned>)>),
    Snapshot,
    Seek(Vec<u8>),
    /// A checkpoint.
    Checkpoint,
    /// A checkpoint that fails after so many frames.
    FailedCheckpoint(usize),
    /// Only what is needed stays in memory.
    Evict,
    /// The index is opened again from the last checkpoint's frames, just after a checkpoint.
    Reopen,
    /// Whatever is in these files is written anew.
    Relocate(u64),
    Expired(u64),
    Repoint(u16, Place),
    LongestPrefix(Vec<u8>, usize),
    RemovePrefix(Vec<u8>),
    Rename(Vec<u8>, Vec<u8>),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => (key(), owned()).prop_map(|(key, owned)| Step::Insert(key, owned)),
        3 => key().prop_map(Step::Remove),
        4 => any::<u16>().prop_map(Step::RemoveOne),
        4 => (any::<u16>(), owned()).prop_map(|(at, owned)| Step::Overwrite(at, owned)),
        5 => (
            proptest::collection::vec(key(), 0..4),
            owned(),
            proptest::collection::vec((any::<u16>(), proptest::option::of(owned())), 0..4),
        )
            .prop_map(|(set, owned, there)| Step::Several(set, owned, there)),
        1 => Just(Step::Snapshot),
        2 => key().prop_map(Step::Seek),
        1 => Just(Step::Checkpoint),
        1 => (0..8usize).prop_map(Step::FailedCheckpoint),
        2 => Just(Step::Evict),
        2 => Just(Step::Reopen),
        1 => (0..7u64).prop_map(Step::Relocate),
        1 => (0..120u64).prop_map(Step::Expired),
        1 => (any::<u16>(), place()).prop_map(|(at, to)| Step::Repoint(at, to)),
        1 => (key(), 0..20usize).prop_map(|(key, at_least)| Step::LongestPrefix(key, at_least)),
        1 => prefix().prop_map(Step::RemovePrefix),
        2 => (prefix(), prefix()).prop_map(|(from, to)| Step::Rename(from, to)),
    ]
}

fn place() -> impl Strategy<Value = Place> {
    (any::<u32>(), any::<u32>(), any::<u32>()).prop_map(|(segment, offset, len)| Place {
        segment: SegmentId::new(u64::from(segment)),
        offset: u64::from(offset),
        len,
    })
}

/// The beginning of a key.
fn prefix() -> impl Strategy<Value = Vec<u8>> {
    (key(), any::<u16>()).prop_map(|(mut key, at)| {
        key.truncate(usize::from(at) % (key.len() + 1));
        key
    })
}

fn nth(model: &Model, at: u16) -> Option<Vec<u8>> {
    model.keys().nth(usize::from(at) % model.len().max(1)).cloned()
}

fn replaced(owned: &Owned) -> Replaced {
    Replaced {
        revision: owned.revision,
        expires_at_ms: owned.expires_at_ms,
        place: owned.place,
        separated: match owned.body {
            OwnedBody::Separated(value) => Some(value),
            _ => None,
        },
    }
}

/// An index, what it should hold, and the frames of its checkpoints.
struct Bench {
    frames: Arc<Frames>,
    tree: Tree,
    model: Model,
    kept: Vec<(Snapshot, Model)>,
    /// The root of the last checkpoint.
    published: Option<FrameRef>,
}

impl Bench {
    fn new() -> Self {
        let (tree, model) = (Tree::new(), Model::new());
        Self { frames: Frames::new(), tree, model, kept: Vec::new(), published: None }
    }

    fn insert(&mut self, key: Vec<u8>, owned: Owned) {
        let before = loading(&self.frames, || self.tree.insert(&key, &owned.entry()));
        assert_eq!(before, self.model.insert(key, owned).as_ref().map(replaced));
    }

    fn remove(&mut self, key: &[u8]) {
        let before = loading(&self.frames, || self.tree.remove(key));
        assert_eq!(before, self.model.remove(key).as_ref().map(replaced));
    }

    fn several(&mut self, mut set: Vec<Vec<u8>>, owned: &Owned, there: Vec<(u16, Option<Owned>)>) {
        set.sort();
        set.dedup();
        let mut changes: Vec<_> = set.into_iter().map(|key| (key, Some(owned.clone()))).collect();
        let (count, mut found) = (changes.len(), BTreeSet::new());
        for (at, change) in there {
            if let Some(key) = nth(&self.model, at)
                && found.insert(key.clone())
            {
                changes.push((key, change));
            }
        }
        let seats: Vec<Seat> = loading(&self.frames, || {
            changes.iter().map(|(key, _)| self.tree.seat(key)).collect::<Result<_, _>>()
        });
        for (number, ((key, change), seat)) in changes.into_iter().zip(seats).enumerate() {
            match change {
                Some(owned) => {
                    self.tree.set(&seat, &key, &owned.entry());
                    self.model.insert(key, owned);
                }
                None => {
                    self.tree.take(&seat, &key);
                    assert!(number >= count && self.model.remove(&key).is_some());
                }
            }
        }
    }

    fn seek(&self, key: Vec<u8>) {
        let mut cursor = self.tree.snapshot().cursor(self.frames.clone());
        cursor.seek(&key).unwrap();
        let expected = self.model.range(key.clone()..).next().map(|(key, _)| &key[..]);
        assert!(cursor.key() == expected);
        cursor.seek_before(&key).unwrap();
        let expected = self.model.range(..key.clone()).next_back().map(|(key, _)| &key[..]);
        assert!(cursor.key() == expected);
        let found = loading(&self.frames, || self.tree.get(&key, Owned::of));
        assert_eq!(found.as_ref(), self.model.get(&key));
        let seat = loading(&self.frames, || self.tree.seat(&key));
        assert_eq!(self.tree.entry_at(&seat).map(Owned::of), found);
        let body = found.as_ref().map(|owned| owned.entry().body);
        assert_eq!(self.tree.body_at(&seat), body);
        let snapshot = self.tree.snapshot();
        assert_eq!(snapshot.get(&key, &*self.frames, Owned::of).unwrap(), found);
    }

    /// A checkpoint, beside which the tree changes.
    fn checkpoint(&mut self, fails_after: usize) {
        if !self.tree.is_dirty() {
            return;
        }
        let mut capture = self.tree.capture();
        self.insert(b"beside the checkpoint".to_vec(), Owned::inline(1, b"x"));
        if let Some(key) = nth(&self.model, 3) {
            self.remove(&key);
        }
        let mut sink = Sink { fails_after, ..Sink::new(&self.frames) };
        match capture.write(&mut sink) {
            Err(_) => {
                self.tree.restore(capture);
                sink.written.into_iter().for_each(|frame| self.frames.delete(frame));
            }
            Ok(written) => {
                assert_eq!(written.frames(), sink.written.len());
                self.published = Some(written.root());
                written.confirm();
                // Snapshots of before must not need frames that are gone.
                self.kept.clear();
                for frame in capture.dead_frames() {
                    self.frames.delete(frame);
                }
                drop(capture);
                self.assert_frames();
            }
        }
    }

    /// A checkpoint after which nothing is owed.
    fn whole_checkpoint(&mut self) {
        while self.tree.is_dirty() {
            let mut capture = self.tree.capture();
            let written = capture.write(&mut Sink::new(&self.frames)).unwrap();
            self.published = Some(written.root());
            written.confirm();
            self.kept.clear();
            capture.dead_frames().into_iter().for_each(|frame| self.frames.delete(frame));
        }
        assert_eq!(
            self.tree.memory().dirty,
            if self.published.is_some() { 0 } else { self.tree.memory().resident }
        );
        self.assert_frames();
    }

    /// Asserts that exactly the frames of the last checkpoint are stored.
    fn assert_frames(&self) {
        let Some(root) = self.published else { return };
        let stored = Tree::from_frame(root).snapshot();
        let mut reachable = Vec::new();
        stored.frames_below(&*self.frames, &mut |frame| reachable.push(frame)).unwrap();
        reachable.sort_by_key(|frame| frame.offset);
        assert_eq!(reachable, self.frames.all());
    }

    fn verify(&self) {
        let mut keys = self.model.iter();
        let snapshot = self.tree.snapshot();
        let counted = snapshot
            .verify(
                &*self.frames,
                &mut |key, entry| {
                    let expected = keys.next().map(|(key, owned)| (&key[..], owned.clone()));
                    assert!(expected == Some((key, Owned::of(entry))), "another key");
                    Ok(())
                },
                &mut Err,
            )
            .unwrap();
        assert_eq!(counted, self.model.len() as u64);
        assert_same(&snapshot, &self.frames, &self.model);
        assert_bounds(&self.tree);
    }

    fn reopen(&mut self) {
        self.whole_checkpoint();
        if let Some(root) = self.published {
            self.tree = Tree::from_frame(root);
        }
    }

    fn expired(&self, now_ms: u64) {
        let found = loading(&self.frames, || self.tree.expired(now_ms, 7));
        let due = self
            .model
            .iter()
            .filter(|(_, owned)| owned.expires_at_ms != 0 && owned.expires_at_ms <= now_ms);
        let due: Vec<_> = due.take(found.len().max(1)).map(|(key, _)| key.clone()).collect();
        // It may give fewer than there are, if the next would have to be loaded, but not none.
        assert!(found == due && found.len() <= 7);
    }

    fn repoint(&mut self, at: u16, to: Place) {
        let Some(key) = nth(&self.model, at) else { return };
        let from = self.model[&key].place;
        let elsewhere = Place { segment: from.segment.next(), ..from };
        assert!(!loading(&self.frames, || self.tree.repoint(&key, elsewhere, to)));
        assert!(loading(&self.frames, || self.tree.repoint(&key, from, to)));
        self.model.get_mut(&key).unwrap().place = to;
    }

    fn longest_prefix(&self, key: &[u8], at_least: usize) {
        let found = loading(&self.frames, || self.tree.longest_prefix(key, at_least));
        let expected = self.model.keys().filter(|stored| key.starts_with(stored)).map(Vec::len);
        assert_eq!(found, expected.filter(|len| *len >= at_least).max());
    }

    fn below(&self, prefix: &[u8]) -> Vec<Vec<u8>> {
        let from = self.model.range(prefix.to_vec()..);
        from.map(|(key, _)| key.clone()).take_while(|key| key.starts_with(prefix)).collect()
    }

    fn remove_prefix(&mut self, prefix: &[u8]) {
        let mut told = Vec::new();
        let frames = self.frames.clone();
        let count = self.tree.remove_prefix(prefix, &*frames, &mut |gone| told.push(gone));
        let below = self.below(prefix);
        assert_eq!(count.unwrap(), below.len() as u64);
        let expected: Vec<_> =
            below.iter().map(|key| replaced(&self.model.remove(key).unwrap())).collect();
        assert_eq!(told, expected);
        assert!(loading(&frames, || self.tree.is_prefix_empty(prefix)));
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) {
        let empty = loading(&self.frames, || self.tree.is_prefix_empty(to));
        assert_eq!(empty, self.below(to).is_empty());
        if !empty || from.starts_with(to) || to.starts_with(from) {
            return;
        }
        let renamed = loading(&self.frames, || self.tree.rename_prefix(from, to));
        let below = self.below(from);
        assert_eq!(renamed, !below.is_empty());
        for key in below {
            let owned = self.model.remove(&key).unwrap();
            self.model.insert([to, &key[from.len()..]].concat(), owned);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Insert(key, owned) => self.insert(key, owned),
            Step::Remove(key) => self.remove(&key),
            Step::RemoveOne(at) => {
                if let Some(key) = nth(&self.model, at) {
                    self.remove(&key);
                }
            }
            Step::Overwrite(at, owned) => {
                if let Some(key) = nth(&self.model, at) {
                    self.insert(key, owned);
                }
            }
            Step::Several(set, owned, there) => self.several(set, &owned, there),
            Step::Snapshot => {
                let snapshot = self.tree.snapshot();
                self.kept.push((snapshot, self.model.clone()));
            }
            Step::Seek(key) => self.seek(key),
            Step::Checkpoint => self.checkpoint(usize::MAX),
            Step::FailedCheckpoint(fails_after) => self.checkpoint(fails_after),
            Step::Evict => self.tree.evict(0),
            Step::Reopen => self.reopen(),
            Step::Relocate(file) => {
                self.whole_checkpoint();
                let left = self.frames.all().into_iter().filter(|frame| frame.file == file);
                let left: Vec<_> = left.collect();
                let count = self.tree.relocate(&|found| found == file, &*self.frames).unwrap();
                assert_eq!(count, left.len() as u64);
                self.whole_checkpoint();
                assert!(self.frames.all().iter().all(|frame| !left.contains(frame)));
            }
            Step::Expired(now_ms) => self.expired(now_ms),
            Step::Repoint(at, to) => self.repoint(at, to),
            Step::LongestPrefix(key, at_least) => self.longest_prefix(&key, at_least),
            Step::RemovePrefix(prefix) => self.remove_prefix(&prefix),
            Step::Rename(from, to) => self.rename(&from, &to),
        }
    }

    fn finish(mut self) {
        self.verify();
        for (snapshot, model) in &self.kept {
            assert_same(snapshot, &self.frames, model);
        }
        self.reopen();
        self.verify();
        for key in std::mem::take(&mut self.model).into_keys() {
            assert!(loading(&self.frames, || self.tree.remove(&key)).is_some());
        }
        self.kept.clear();
        assert!(self.tree.memory().resident < 2_000, "{:?}", self.tree.memory());
        self.whole_checkpoint();
        assert!(self.frames.all().len() <= 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn the_index_is_a_map(steps in proptest::collection::vec(step(), 1..600)) {
        let mut bench = Bench::new();
        for step in steps {
            bench.step(step);
        }
        bench.finish();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    /// Of an index that was just opened only the ways to the keys themselves are in memory, and
    /// full buckets side by side give parts of their tiles to each other.
    #[test]
    fn changes_at_once_need_nothing_but_the_ways_to_their_keys(
        keys in proptest::collection::vec((short_key(), 500..4_000usize), 20..200),
        removed in proptest::collection::vec(any::<u16>(), 0..60),
        changes in proptest::collection::vec(
            (
                proptest::collection::vec(short_key(), 0..4),
                proptest::collection::vec((any::<u16>(), proptest::option::of(owned())), 0..4),
                500..4_000usize,
            ),
            1..20,
        ),
    ) {
        let mut bench = Bench::new();
        for (key, len) in keys {
            bench.insert(key, Owned::inline(1, &vec![7; len]));
        }
        // Tiles that begin before the first key that is left in them.
        for at in removed {
            bench.step(Step::RemoveOne(at));
        }
        for (set, there, len) in changes {
            bench.reopen();
            bench.several(set, &Owned::inline(2, &vec![8; len]), there);
        }
        bench.verify();
        bench.reopen();
        bench.verify();
    }
}

/// Keys of any first byte, of which many begin alike.
fn short_key() -> impl Strategy<Value = Vec<u8>> {
    (any::<u8>(), proptest::collection::vec(b'a'..b'd', 0..5))
        .prop_map(|(first, rest)| [&[first][..], &rest].concat())
}
