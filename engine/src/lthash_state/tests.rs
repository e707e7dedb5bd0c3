//! The hash beside a model of an engine: whatever happens, it is that of a full scan.
#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use sealwood_lthash::{Detail, Domain, Partition, Record, State, Value};

use super::hashed::{Hashed, NAMED_BYTES_MIN};
use super::{Change, Counted, Fill, Held, Reader, Uncounted, Waiting, decode, encode};
use crate::entry::{Body, Place};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::source::Source;
use crate::value_ref::ValueRef;

type Rows = BTreeMap<Vec<u8>, Source>;
type Index = BTreeMap<NamespaceId, Rows>;

const NOTES: NamespaceId = NamespaceId::new(0);
const EMPTY: NamespaceId = NamespaceId::new(2);
const NAMES: [&str; 3] = ["notes", "photos", "empty"];
const DETAILS: [Detail; 3] = [Detail::Whole, Detail::Buckets, Detail::Whole];

/// What lies outside the index, and what cannot be read of it.
#[derive(Default)]
struct Stored {
    logged: RefCell<BTreeMap<u64, Bytes>>,
    separated: RefCell<BTreeMap<ValueRef, Bytes>>,
    damaged: RefCell<Vec<u64>>,
    /// So many more reads go well.
    reads: RefCell<Option<u32>>,
}

impl Reader for Stored {
    type Snapshot = Index;

    fn read(&self, source: &Source) -> Result<Bytes> {
        match &mut *self.reads.borrow_mut() {
            Some(0) => return Err(Error::Cancelled),
            Some(reads) => *reads -= 1,
            None => {}
        }
        match source {
            Source::Here(bytes) => Ok(bytes.clone()),
            Source::Logged(place, _) if self.damaged.borrow().contains(&place.offset) => {
                let file = "log/1".to_owned();
                Err(Error::StoreCorrupt { what: "log record", file, offset: place.offset })
            }
            Source::Logged(place, _) => Ok(self.logged.borrow()[&place.offset].clone()),
            Source::Separated(value) => Ok(self.separated.borrow()[value].clone()),
        }
    }

    fn name(&self, value: &[u8]) -> ValueRef {
        ValueRef { hash: *blake3::hash(value).as_bytes(), len: value.len() as u64 }
    }

    fn rows(
        &self,
        snapshot: &Index,
        namespace: NamespaceId,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Source)>> {
        let rows = snapshot[&namespace].iter();
        let wanted = rows.filter(|(key, _)| {
            key.starts_with(prefix) && after.is_none_or(|after| key.as_slice() > after)
        });
        // A step of few rows, so that much happens between the steps.
        Ok(wanted.take(max.min(3)).map(|(key, source)| (key.clone(), source.clone())).collect())
    }
}

/// One change of the index, as the log would have it.
#[derive(Clone)]
enum Logged {
    Track(NamespaceId),
    Put(NamespaceId, Vec<u8>, Source),
    Delete(NamespaceId, Vec<u8>),
    Rename(NamespaceId, Vec<u8>, Vec<u8>),
    Drop(NamespaceId),
}

/// The index of an engine with what is hashed of it, and the last checkpoint of both.
struct Engine {
    stored: Stored,
    index: Index,
    revision: Revision,
    waiting: Waiting<Index>,
    counted: Counted,
    tracked: BTreeSet<NamespaceId>,
    since: Vec<Logged>,
    checkpoint: (Index, Revision, BTreeMap<NamespaceId, Vec<u8>>),
}

impl Engine {
    fn new() -> Self {
        let index: Index =
            (0..3).map(|namespace| (NamespaceId::new(namespace), Rows::new())).collect();
        Self {
            stored: Stored::default(),
            checkpoint: (index.clone(), Revision::ZERO, BTreeMap::new()),
            index,
            revision: Revision::ZERO,
            waiting: Waiting::new(),
            counted: Counted::default(),
            tracked: BTreeSet::new(),
            since: Vec::new(),
        }
    }

    /// A value of this length where values of its length are, or are not by default.
    fn value(&self, seed: u64, len: usize, kind: u64) -> Source {
        let bytes = Bytes::from(vec![seed as u8; len]);
        match kind {
            0 => Source::Here(bytes),
            1 => {
                let offset = self.stored.logged.borrow().len() as u64;
                self.stored.logged.borrow_mut().insert(offset, bytes);
                Source::Logged(Place { segment: SegmentId::FIRST, offset, len: 0 }, len as u32)
            }
            _ => {
                let name = self.stored.name(&bytes);
                self.stored.separated.borrow_mut().insert(name, bytes);
                Source::Separated(name)
            }
        }
    }

    fn apply(&mut self, change: Logged) {
        self.since.push(change.clone());
        self.replay(change);
    }

    fn replay(&mut self, change: Logged) {
        self.revision = self.revision.next();
        match change {
            Logged::Track(id) => {
                let (name, keys) = (NAMES[id.get() as usize], self.index[&id].len() as u64);
                let (name, detail) = (name.to_owned(), DETAILS[id.get() as usize]);
                self.waiting.add(id, Uncounted::Tracked { name, detail, keys });
                self.tracked.insert(id);
            }
            Logged::Put(id, key, source) => {
                let after = Some(source.clone());
                let before = self.index.get_mut(&id).unwrap().insert(key.clone(), source);
                add_row(&mut self.waiting, id, &key, [before, after]);
            }
            Logged::Delete(id, key) => {
                let Some(before) = self.index.get_mut(&id).unwrap().remove(&key) else { return };
                add_row(&mut self.waiting, id, &key, [Some(before), None]);
            }
            Logged::Rename(id, from, to) => {
                let index = self.index.clone();
                let rows = self.index.get_mut(&id).unwrap();
                let moved: Vec<_> = rows.extract_if(.., |key, _| key.starts_with(&from)).collect();
                for (key, source) in moved {
                    rows.insert([&to, &key[from.len()..]].concat(), source);
                }
                self.waiting.add(id, Uncounted::Renamed { from, to, index, counted: None });
            }
            Logged::Drop(id) => {
                self.index.insert(id, Rows::new());
                self.waiting.add(id, Uncounted::Untracked);
                self.tracked.remove(&id);
            }
        }
    }

    fn count(&mut self) -> Result<()> {
        let mut taken = self.waiting.take();
        let counted = self.counted.count(&self.stored, &mut taken, self.revision);
        self.waiting.give_back(taken);
        counted
    }

    fn fill(&mut self, id: NamespaceId) {
        self.count().unwrap();
        self.counted.fill(&self.stored, &self.index, id).unwrap();
    }

    fn checkpoint(&mut self) {
        self.count().unwrap();
        let records = self.counted.all().map(|(id, tracked)| (id, encode(tracked))).collect();
        self.checkpoint = (self.index.clone(), self.revision, records);
        self.since.clear();
    }

    /// Opens again: the checkpoint, and all that was logged after it.
    fn crash(&mut self) {
        let (index, revision, records) = self.checkpoint.clone();
        (self.index, self.revision) = (index, revision);
        self.waiting = Waiting::new();
        self.counted = Counted::default();
        self.tracked.clear();
        for (id, record) in records {
            let number = id.get() as usize;
            let tracked = decode(NAMES[number], DETAILS[number], revision, &record).unwrap();
            self.counted.restore(id, tracked);
            self.tracked.insert(id);
        }
        self.since.clone().into_iter().for_each(|change| self.replay(change));
    }

    /// Every tracked namespace is as a full scan of what it has counted.
    fn check(&mut self) {
        self.count().unwrap();
        assert_eq!(self.waiting.bytes(), 0);
        for (id, tracked) in self.counted.all() {
            assert_eq!(tracked.revision(), self.revision);
            let is_counted = |key: &[u8]| match tracked.fill() {
                Fill::Nothing => true,
                Fill::All => false,
                Fill::After(cursor) => key <= cursor,
            };
            let rows = self.index[&id].iter().filter(|(key, _)| is_counted(key));
            let scanned = self.scan(id, rows);
            let mut counted = tracked.partition().clone();
            // It has no hash before: what is counted so far is looked at.
            let _ = counted.finish_backfill();
            assert_eq!(counted.hash(), scanned.hash(), "namespace {id}");
            assert_eq!(counted.statistics(), scanned.statistics());
            assert!(counted.buckets().eq(scanned.buckets()));
        }
    }

    fn scan<'a>(
        &self,
        id: NamespaceId,
        rows: impl Iterator<Item = (&'a Vec<u8>, &'a Source)>,
    ) -> Partition {
        let domain = Domain::new(NAMES[id.get() as usize]).unwrap();
        let mut partition = Partition::empty(domain, DETAILS[id.get() as usize]);
        for (key, source) in rows {
            let hashed = Hashed::of(&self.stored, source).unwrap();
            let added = sealwood_lthash::Change::added(key, hashed.value());
            partition.apply(&[added]).unwrap();
        }
        partition
    }
}

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn key(&mut self) -> Vec<u8> {
        let folder = b"abc"[self.below(3) as usize];
        [&[folder, b'/'], &b"0123456789abcdef"[..self.below(16) as usize]].concat()
    }
}

/// One thing that may happen, and often does.
fn happen(engine: &mut Engine, numbers: &mut Numbers) {
    let id = NamespaceId::new(numbers.below(2) as u32);
    match numbers.below(20) {
        0..=7 => {
            let len = [0, 1, 40, 1_023, 1_024, 5_000][numbers.below(6) as usize];
            let source = engine.value(numbers.below(200), len, numbers.below(3));
            engine.apply(Logged::Put(id, numbers.key(), source));
        }
        8 | 9 => engine.apply(Logged::Delete(id, numbers.key())),
        10 | 11 => {
            let [from, to] = [b"abc"[numbers.below(3) as usize], b"def"[numbers.below(3) as usize]];
            let [from, to] = if numbers.below(2) == 0 { [from, to] } else { [to, from] };
            let is_free = !engine.index[&id].keys().any(|key| key.starts_with(&[to]));
            if is_free {
                engine.apply(Logged::Rename(id, vec![from], vec![to]));
            }
        }
        12..=14 => engine.fill(id),
        15 => engine.checkpoint(),
        16 => engine.crash(),
        17 => engine.count().unwrap(),
        18 if !engine.tracked.contains(&id) => engine.apply(Logged::Track(id)),
        18 if numbers.below(8) == 0 => engine.apply(Logged::Drop(id)),
        _ => {}
    }
}

#[test]
fn the_hash_is_that_of_a_scan_whatever_happens() {
    let mut ended = 0;
    for seed in 0..60 {
        let mut engine = Engine::new();
        let mut numbers = Numbers(seed);
        engine.apply(Logged::Track(EMPTY));
        for step in 0..150 {
            happen(&mut engine, &mut numbers);
            // Not always, so that much may wait together.
            if step % 5 == 0 {
                engine.check();
            }
        }
        for id in [0, 1].map(NamespaceId::new) {
            if !engine.tracked.contains(&id) {
                engine.apply(Logged::Track(id));
            }
            engine.fill(id);
            while engine.counted.of(id).unwrap().fill() != Fill::Nothing {
                engine.fill(id);
            }
        }
        engine.check();
        for (_, tracked) in engine.counted.all() {
            assert_eq!(*tracked.partition().state(), State::Valid);
            ended += 1;
        }
        assert!(engine.counted.of(EMPTY).unwrap().partition().hash().unwrap().is_identity());
    }
    assert_eq!(ended, 180);
}

#[test]
fn a_read_that_fails_for_now_counts_nothing_twice() {
    for reads in 0..60 {
        let mut engine = Engine::new();
        engine.apply(Logged::Track(NOTES));
        for number in 0..20 {
            let source = engine.value(number, 40, number % 3);
            engine.apply(Logged::Put(NOTES, format!("a/{number}").into_bytes(), source));
        }
        engine.apply(Logged::Rename(NOTES, b"a".to_vec(), b"b".to_vec()));
        let source = engine.value(9, 9, 1);
        engine.apply(Logged::Put(NOTES, b"b/3".to_vec(), source));
        *engine.stored.reads.borrow_mut() = Some(reads);
        let outcome = engine.count();
        *engine.stored.reads.borrow_mut() = None;
        assert_eq!(outcome.is_ok(), reads >= 34, "{reads} {outcome:?}");
        engine.check();
        assert_eq!(*engine.counted.of(NOTES).unwrap().partition().state(), State::Valid);
    }
}

#[test]
fn what_is_lost_has_all_rows_counted_again() {
    for renamed in [None, Some((b"a".to_vec(), b"b".to_vec()))] {
        let mut engine = Engine::new();
        engine.apply(Logged::Track(NOTES));
        for number in 0..9 {
            let source = engine.value(number, 40, 1);
            engine.apply(Logged::Put(NOTES, format!("a/{number}").into_bytes(), source));
        }
        engine.count().unwrap();
        engine.stored.damaged.borrow_mut().push(4);
        if let Some((from, to)) = renamed {
            engine.apply(Logged::Rename(NOTES, from, to));
            engine.apply(Logged::Delete(NOTES, b"b/4".to_vec()));
        } else {
            engine.apply(Logged::Delete(NOTES, b"a/4".to_vec()));
        }
        engine.count().unwrap();
        let tracked = engine.counted.of(NOTES).unwrap();
        assert_eq!(*tracked.partition().state(), State::Backfilling { cursor: None });
        assert!(tracked.partition().hash().is_err());
        while engine.counted.of(NOTES).unwrap().fill() != Fill::Nothing {
            engine.fill(NOTES);
        }
        engine.check();
    }
}

#[test]
fn values_are_the_same_wherever_they_lie() {
    let engine = Engine::new();
    for len in [0, 1, NAMED_BYTES_MIN as usize - 1, NAMED_BYTES_MIN as usize, 70_000] {
        let all = [0, 1, 2].map(|kind| engine.value(5, len, kind));
        let all = all.map(|source| Hashed::of(&engine.stored, &source).unwrap());
        assert!(all.iter().all(|hashed| *hashed == all[0]), "{len}");
        let is_named = matches!(all[0].value(), Value::Named { .. });
        assert_eq!(is_named, len as u64 >= NAMED_BYTES_MIN);
        assert_eq!(all[0].value().length(), len as u64);
    }
    // The name of a large one is not read.
    let large = engine.value(5, 70_000, 2);
    *engine.stored.reads.borrow_mut() = Some(0);
    Hashed::of(&engine.stored, &large).unwrap();
}

#[test]
fn a_record_is_of_its_revision_and_name() {
    let mut engine = Engine::new();
    engine.apply(Logged::Track(NOTES));
    engine.count().unwrap();
    let record = encode(engine.counted.of(NOTES).unwrap());
    let whole = Detail::Whole;
    let again = decode("notes", whole, engine.revision, &record).unwrap();
    assert_eq!(encode(&again), record);
    assert!(decode("notes", whole, engine.revision.next(), &record).is_err());
    assert!(decode("notes", Detail::Buckets, engine.revision, &record).is_err());
    assert!(decode("photos", whole, engine.revision, &record).is_err());
    for len in 0..record.len() {
        assert!(decode("notes", whole, engine.revision, &record[..len]).is_err(), "{len}");
    }
    // Records of which nothing is known, of ours and of another system.
    let mut partition = again.partition().clone();
    partition.forget();
    let version = engine.revision.get();
    let absent = Record { version, partition }.encode();
    let theirs = [&version.to_be_bytes()[..], &[0; 2048]].concat();
    for unknown in [absent, theirs[..8].to_vec(), theirs] {
        assert!(decode("notes", whole, engine.revision, &unknown).is_err());
    }
}

/// Adds a change of a row, as the index does.
fn add_row<S>(waiting: &mut Waiting<S>, id: NamespaceId, key: &[u8], values: [Option<Source>; 2]) {
    let place = Place { segment: SegmentId::FIRST, offset: 0, len: 0 };
    let [before, after] = values.each_ref().map(|value| {
        value.as_ref().map(|value| match value {
            Source::Here(bytes) => Held::of(&Body::Inline(bytes), place),
            Source::Logged(place, len) => Held::of(&Body::Logged { len: *len }, *place),
            Source::Separated(value) => Held::of(&Body::Separated(*value), place),
        })
    });
    waiting.add_row(id, &Change { key, before, after });
}

#[test]
fn what_waits_is_measured() {
    let mut waiting: Waiting<()> = Waiting::new();
    let row = |len| [None, Some(Source::Here(Bytes::from(vec![0; len])))];
    add_row(&mut waiting, NOTES, &[0; 8], row(1_000));
    let one = waiting.bytes();
    assert!(one >= 1_008);
    add_row(&mut waiting, EMPTY, &[0; 8], row(0));
    let both = waiting.bytes();
    let taken = waiting.take();
    assert_eq!((waiting.bytes(), taken.bytes()), (0, both));
    add_row(&mut waiting, NOTES, &[0; 8], row(1_000));
    waiting.give_back(taken);
    assert_eq!(waiting.bytes(), both + one);
    waiting.forget(EMPTY);
    assert_eq!(waiting.bytes(), 2 * one);
    waiting.counted_rows(NOTES, 1);
    assert_eq!(waiting.bytes(), one);
    waiting.counted_rows(NOTES, 1);
    assert_eq!(waiting.bytes(), 0);
}

/// More bytes than can be counted are an error of whoever counts, who is not to begin for ever.
#[test]
fn rows_that_are_too_many_are_an_error() {
    let mut engine = Engine::new();
    for number in 0..2 {
        let value = ValueRef { hash: [number; 32], len: u64::MAX - 10 };
        engine.apply(Logged::Put(NOTES, vec![b'a', number], Source::Separated(value)));
    }
    engine.apply(Logged::Track(NOTES));
    engine.count().unwrap();
    let filled = engine.counted.fill(&engine.stored, &engine.index, NOTES);
    assert!(matches!(filled, Err(Error::Malformed { .. })), "{filled:?}");
    let tracked = engine.counted.of(NOTES).unwrap();
    assert_eq!(*tracked.partition().state(), State::Backfilling { cursor: None });
    // It ends once there are fewer.
    engine.apply(Logged::Delete(NOTES, vec![b'a', 1]));
    while engine.counted.of(NOTES).unwrap().fill() != Fill::Nothing {
        engine.fill(NOTES);
    }
    engine.check();
}

/// A backfill has still to come to what is above its cursor, and does not begin anew for it.
#[test]
fn what_is_not_counted_yet_is_not_read() {
    let mut engine = Engine::new();
    for number in 0..9 {
        let source = engine.value(number, 40, 1);
        engine.apply(Logged::Put(NOTES, format!("{number}").into_bytes(), source));
    }
    engine.apply(Logged::Track(NOTES));
    engine.fill(NOTES);
    let state = State::Backfilling { cursor: Some(b"2".to_vec()) };
    assert_eq!(*engine.counted.of(NOTES).unwrap().partition().state(), state);
    engine.stored.damaged.borrow_mut().extend([5, 7]);
    let source = engine.value(9, 9, 0);
    engine.apply(Logged::Put(NOTES, b"5".to_vec(), source));
    engine.apply(Logged::Rename(NOTES, b"7".to_vec(), b"8/".to_vec()));
    engine.apply(Logged::Delete(NOTES, b"8/".to_vec()));
    engine.count().unwrap();
    assert_eq!(*engine.counted.of(NOTES).unwrap().partition().state(), state);
    while engine.counted.of(NOTES).unwrap().fill() != Fill::Nothing {
        engine.fill(NOTES);
    }
    engine.check();
}
