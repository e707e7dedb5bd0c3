//! The last segment after a crash: what counts is kept, what was synced and is gone is reported.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::log::buffer::{Pending, SegmentLimits};
use crate::log::record::{Batched, PutValue, encode, encode_behind};
use crate::log::segment::footer::FooterBuilder;
use crate::log::testing::BytesFile;
use crate::namespace_id::NamespaceId;
use crate::segments::SegmentKind;

const SEGMENT: SegmentId = SegmentId::new(21);

fn header() -> SegmentHeader {
    SegmentHeader {
        kind: SegmentKind::Original,
        id: SEGMENT,
        replay_order: 5,
        through: 5,
        before: 0,
        as_of: Revision::ZERO,
    }
}

/// A segment in the making, and what of it counts.
struct Written {
    bytes: Vec<u8>,
    /// Where each record begins.
    starts: Vec<usize>,
    /// Up to where all counts, after each record outside of a batch and after each whole batch.
    ends: Vec<usize>,
    revision: Revision,
}

impl Written {
    fn new() -> Self {
        let bytes = header().encode();
        let ends = vec![bytes.len()];
        Self { bytes, starts: Vec::new(), ends, revision: Revision::ZERO }
    }

    fn add(&mut self, record: &Record<'_>, batched: Batched) -> &mut Self {
        self.starts.push(self.bytes.len());
        encode(record, batched, SEGMENT, self.bytes.len() as u64, &mut self.bytes);
        if batched == Batched::No {
            self.ends.push(self.bytes.len());
        }
        self
    }

    fn put(&mut self, len: usize, batched: Batched) -> &mut Self {
        self.revision = self.revision.next();
        let value = vec![0xee; len];
        let record = Record::Put {
            namespace: NamespaceId::new(1),
            key: b"key",
            revision: self.revision,
            expires_at_ms: 0,
            value: PutValue::Bytes(&value),
        };
        self.add(&record, batched)
    }

    fn batch(&mut self, lens: &[usize]) -> &mut Self {
        for len in lens {
            self.put(*len, Batched::Yes);
        }
        self.revision = self.revision.next();
        let end = Record::BatchEnd { revision: self.revision, count: lens.len() as u64 };
        self.add(&end, Batched::No)
    }

    /// Says that everything before is synced.
    fn mark(&mut self) -> &mut Self {
        self.add(&Record::Mark { synced: self.bytes.len() as u64 }, Batched::No)
    }

    fn seal(&self) -> Vec<u8> {
        let footer = FooterBuilder::without_directory(SEGMENT, self.revision);
        [&self.bytes[..], &footer.finish(self.bytes.len() as u64)].concat()
    }

    /// The greatest end at which all before `offset` counts.
    fn end_before(&self, offset: usize) -> u64 {
        self.ends.iter().copied().filter(|end| *end <= offset).max().unwrap() as u64
    }
}

/// Puts, a batch, two marks, and more behind them.
fn sample() -> Written {
    let mut written = Written::new();
    written.put(10, Batched::No).batch(&[5, 0, 40]).mark();
    written.put(700, Batched::No).mark().batch(&[3, 3]).put(1, Batched::No);
    written
}

fn judge(bytes: &[u8], known_synced: u64) -> Result<Tail> {
    examine(&BytesFile::open(bytes), SEGMENT, 0, known_synced)
}

/// Where the records that count end, in a segment that may be appended to.
fn end_of(bytes: &[u8]) -> u64 {
    match judge(bytes, 0).unwrap() {
        Tail::Open(tail) => {
            assert_eq!((tail.header, tail.len), (header(), bytes.len() as u64));
            tail.end
        }
        other => panic!("{other:?}"),
    }
}

fn damage_at(bytes: &[u8], known_synced: u64) -> u64 {
    match judge(bytes, known_synced) {
        Err(Error::StoreCorrupt { file, offset, .. }) => {
            assert_eq!(file, segment_name(SEGMENT));
            offset
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_whole_segment_is_kept_whole() {
    let written = sample();
    let len = written.bytes.len() as u64;
    for known_synced in [0, len] {
        let Tail::Open(tail) = judge(&written.bytes, known_synced).unwrap() else { panic!() };
        assert_eq!((tail.end, tail.revision_max), (len, written.revision));
    }
    assert_eq!(end_of(&header().encode()), SegmentHeader::LEN);
}

#[test]
fn every_cut_keeps_the_records_and_batches_that_are_whole() {
    let written = sample();
    for cut in 0..written.bytes.len() {
        let bytes = &written.bytes[..cut];
        if cut < SegmentHeader::LEN as usize {
            assert_eq!(damage_at(bytes, 0), 0);
        } else {
            assert_eq!(end_of(bytes), written.end_before(cut), "cut at {cut}");
        }
        // What was synced and is missing is damage.
        assert!(damage_at(bytes, cut as u64 + 1) <= cut as u64);
    }
}

#[test]
fn a_cut_can_be_examined_from_any_record_that_counts() {
    let written = sample();
    let cut = written.bytes.len() - 1;
    for from in written.ends.iter().filter(|end| **end <= cut) {
        let file = BytesFile::open(&written.bytes[..cut]);
        let Tail::Open(tail) = examine(&file, SEGMENT, *from as u64, 0).unwrap() else { panic!() };
        assert_eq!(tail.end, written.end_before(cut));
    }
}

#[test]
fn a_flipped_byte_below_a_mark_is_damage_and_above_the_last_one_a_torn_tail() {
    let written = sample();
    let synced = *written
        .starts
        .iter()
        .rfind(|start| written.bytes[**start + HEAD_BYTES - 1] == KIND_MARK)
        .unwrap();
    for at in SegmentHeader::LEN as usize..written.bytes.len() {
        let start = written.starts.iter().copied().filter(|start| *start <= at).max().unwrap();
        let mut bytes = written.bytes.clone();
        bytes[at] ^= 0x10;
        if start < synced {
            assert_eq!(damage_at(&bytes, 0), start as u64, "byte {at}");
        } else {
            assert_eq!(end_of(&bytes), written.end_before(start), "byte {at}");
            assert_eq!(damage_at(&bytes, start as u64 + 1), start as u64);
        }
    }
}

#[test]
fn a_lost_page_is_damage_only_if_it_was_synced() {
    let mut written = Written::new();
    for _ in 0..40 {
        written.put(100, Batched::No);
    }
    written.mark();
    let synced = written.starts[40];
    for _ in 0..40 {
        written.put(100, Batched::No);
    }
    for page in (0..written.bytes.len() / 512).map(|page| page * 512) {
        if (page..page + 512).contains(&synced) {
            // The mark itself is lost, and no other says as much.
            continue;
        }
        let mut bytes = written.bytes.clone();
        bytes[page..page + 512].fill(0);
        let start = written.starts.iter().copied().filter(|start| *start <= page).max();
        match start {
            None => assert_eq!(damage_at(&bytes, 0), 0),
            Some(start) if start < synced => assert_eq!(damage_at(&bytes, 0), start as u64),
            Some(start) => assert_eq!(end_of(&bytes), start as u64),
        }
    }
}

#[test]
fn a_lost_header_is_damage() {
    let mut written = Written::new();
    written.put(10, Batched::No);
    for at in 0..SegmentHeader::LEN as usize {
        let mut bytes = written.bytes.clone();
        bytes[at] ^= 1;
        assert_eq!(damage_at(&bytes, 0), 0);
    }
    assert_eq!(damage_at(&[], 0), 0);
    assert_eq!(damage_at(&[0; 5_000], 0), 0);
}

#[test]
fn a_mark_is_found_wherever_it_is() {
    // The last lengths put marks before, across and behind the bound of what is searched at once.
    let spread = (SEARCH_BYTES - 300..SEARCH_BYTES + 10).step_by(7);
    for len in [0, 1, 511].into_iter().chain(spread) {
        let mut written = Written::new();
        written.put(10, Batched::No).put(len, Batched::No).mark();
        let mut bytes = written.bytes.clone();
        bytes[written.starts[0]] ^= 1;
        assert_eq!(damage_at(&bytes, 0), written.starts[0] as u64, "{len}");
    }
}

#[test]
fn long_records_do_not_say_what_was_synced_and_have_a_mark_in_front() {
    let value = vec![7; SYNCED_BYTES_MAX];
    let record = Record::Put {
        namespace: NamespaceId::new(1),
        key: b"k",
        revision: Revision::new(2),
        expires_at_ms: 0,
        value: PutValue::Bytes(&value),
    };
    let mut bytes = Vec::new();
    encode_behind(&record, Batched::No, Behind::Synced, SEGMENT, 0, &mut bytes);
    assert_eq!(decode(&bytes, SEGMENT, 0), Err(DecodeError::Invalid));

    let limits = SegmentLimits { segment_bytes_max: 1 << 20, inline_bytes_max: 16 };
    let mut pending = Pending::new(&header(), limits);
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    for _ in 0..5 {
        pending.append(&record, Batched::No);
        let chunks = pending.take();
        chunks.iter().for_each(|chunk| bytes.extend_from_slice(&chunk.bytes));
        pending.written(&chunks);
        pending.synced();
        ends.push(bytes.len());
    }
    for (group, end) in ends.iter().enumerate() {
        let mut bytes = bytes.clone();
        bytes[end - 1] ^= 1;
        let outcome = judge(&bytes, 0);
        assert_eq!(outcome.is_err(), group < 4, "group {group}: {outcome:?}");
    }
}

#[test]
fn a_mark_inside_a_value_is_no_mark() {
    let mut other = Written::new();
    other.put(1_000, Batched::No).mark();
    let mark = &other.bytes[other.starts[1]..];
    let mut written = Written::new();
    written.put(10, Batched::No);
    let record = Record::Put {
        namespace: NamespaceId::new(1),
        key: b"k",
        revision: Revision::new(2),
        expires_at_ms: 0,
        value: PutValue::Bytes(mark),
    };
    written.add(&record, Batched::No);
    let mut bytes = written.bytes.clone();
    bytes[written.starts[0]] ^= 1;
    assert_eq!(end_of(&bytes), SegmentHeader::LEN);
}

#[test]
fn a_sealed_segment_is_sealed_only_as_a_whole() {
    let mut written = Written::new();
    written.put(10, Batched::No).batch(&[1, 2]).put(600, Batched::No);
    let sealed = written.seal();
    match judge(&sealed, 0).unwrap() {
        Tail::Sealed(found, footer) => {
            assert_eq!(found, header());
            assert_eq!(footer.records_end, written.bytes.len() as u64);
        }
        other => panic!("{other:?}"),
    }
    for cut in written.bytes.len()..sealed.len() {
        assert_eq!(end_of(&sealed[..cut]), written.bytes.len() as u64);
    }
    // The footer may be there without all records before it.
    for at in SegmentHeader::LEN as usize..sealed.len() {
        let mut bytes = sealed.clone();
        bytes[at] ^= 1;
        let start = written.starts.iter().copied().filter(|start| *start <= at).max().unwrap();
        let broken = if at < written.bytes.len() { start } else { written.bytes.len() };
        assert_eq!(end_of(&bytes), written.end_before(broken), "byte {at}");
        assert_eq!(damage_at(&bytes, sealed.len() as u64), broken as u64);
    }
}

#[test]
fn a_batch_that_contradicts_itself_is_damage() {
    let mut miscounted = Written::new();
    miscounted
        .put(1, Batched::Yes)
        .add(&Record::BatchEnd { revision: Revision::new(2), count: 2 }, Batched::No);
    let mut interrupted = Written::new();
    interrupted.put(1, Batched::Yes).put(1, Batched::No);
    let mut alone = Written::new();
    alone.add(&Record::BatchEnd { revision: Revision::new(1), count: 0 }, Batched::No);
    for written in [miscounted, interrupted, alone] {
        let last = *written.starts.last().unwrap() as u64;
        assert_eq!(damage_at(&written.bytes, 0), last);
    }
    // A mark may come between the records of a batch.
    let mut marked = Written::new();
    marked.put(1, Batched::Yes).mark().put(1, Batched::Yes);
    assert_eq!(end_of(&marked.bytes), SegmentHeader::LEN);
    marked.add(&Record::BatchEnd { revision: Revision::new(3), count: 2 }, Batched::No);
    assert_eq!(end_of(&marked.bytes), marked.bytes.len() as u64);
}

#[test]
fn the_revision_of_what_is_cut_does_not_count() {
    let mut written = Written::new();
    written.put(1, Batched::No).put(1, Batched::Yes);
    let Tail::Open(tail) = judge(&written.bytes, 0).unwrap() else { panic!() };
    assert_eq!(tail.revision_max, Revision::new(1));
}

#[test]
fn the_header_of_another_segment_is_damage() {
    let other = SegmentHeader { id: SEGMENT.next(), ..header() };
    assert_eq!(damage_at(&other.encode(), 0), 0);
}
