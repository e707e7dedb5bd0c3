//! What waits to be written: readable until it is, and a whole log once it is.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::log::record::logged_value;
use crate::log::segment::scan::{Scan, Scanned};
use crate::log::tail::{Tail, examine};
use crate::log::testing::BytesFile;
use crate::namespace_id::NamespaceId;
use crate::segments::SegmentKind;
use crate::value_ref::ValueRef;

const FIRST: SegmentId = SegmentId::FIRST;
const SECOND: SegmentId = SegmentId::new(2);
const LIMITS: SegmentLimits = SegmentLimits { segment_bytes_max: 4_096, inline_bytes_max: 16 };

fn header(id: u64) -> SegmentHeader {
    SegmentHeader {
        kind: SegmentKind::Original,
        id: SegmentId::new(id),
        replay_order: id,
        through: id,
        before: 0,
        as_of: Revision::ZERO,
    }
}

fn put<'a>(key: &'a [u8], value: &'a [u8]) -> Record<'a> {
    let value = PutValue::Bytes(value);
    Record::Put {
        namespace: NamespaceId::new(1),
        key,
        revision: Revision::new(1),
        expires_at_ms: 0,
        value,
    }
}

/// Writes chunks to files that are vectors.
fn write(files: &mut Vec<(SegmentId, Vec<u8>)>, chunks: &[Chunk]) {
    for chunk in chunks {
        if chunk.creates {
            assert_eq!(chunk.offset, 0);
            files.push((chunk.segment, Vec::new()));
        }
        let (_, bytes) = files.iter_mut().find(|(segment, _)| *segment == chunk.segment).unwrap();
        assert_eq!(bytes.len() as u64, chunk.offset);
        bytes.extend_from_slice(&chunk.bytes);
    }
}

fn value_of(pending: &Pending, place: Place) -> Option<Vec<u8>> {
    let record = pending.read(place)?;
    Some(logged_value(&record, place).unwrap().to_vec())
}

#[test]
fn a_record_is_read_until_it_is_written() {
    let mut pending = Pending::new(&header(1), LIMITS);
    let first = pending.append(&put(b"a", b"first"), Batched::No);
    assert_eq!(value_of(&pending, first).unwrap(), b"first");
    let taken = pending.take();
    let second = pending.append(&put(b"b", b"second"), Batched::No);
    assert_eq!(value_of(&pending, first).unwrap(), b"first");
    assert_eq!(value_of(&pending, second).unwrap(), b"second");
    pending.written(&taken);
    assert_eq!(value_of(&pending, first), None);
    assert_eq!(value_of(&pending, second).unwrap(), b"second");
    let other = Place { segment: SECOND, ..second };
    assert_eq!(value_of(&pending, other), None);
    let taken = pending.take();
    assert_eq!(value_of(&pending, second).unwrap(), b"second");
    pending.written(&taken);
    assert_eq!(value_of(&pending, second), None);
    assert_eq!((pending.take(), pending.bytes()), (Vec::new(), 0));
}

#[test]
fn chunks_make_segments_that_replay_sees_whole() {
    let mut pending = Pending::new(&header(1), LIMITS);
    let mut files = Vec::new();
    let mut places = Vec::new();
    let mut lens = Vec::new();
    for number in 0..300u32 {
        if pending.is_full() {
            let len = pending.rotate(&header(pending.segment().get() + 1));
            lens.push(len);
        }
        let value = vec![number as u8; number as usize];
        places.push((pending.append(&put(b"key", &value), Batched::No), value));
        if number % 7 == 0 {
            let chunks = pending.take();
            write(&mut files, &chunks);
            pending.written(&chunks);
        }
        if number % 21 == 0 {
            pending.synced();
        }
    }
    let chunks = pending.take();
    write(&mut files, &chunks);
    pending.written(&chunks);
    assert!(lens.len() > 5);
    assert_eq!(
        files.iter().map(|file| file.1.len() as u64).collect::<Vec<_>>()[..lens.len()],
        lens
    );
    for (place, value) in &places {
        let (_, bytes) = files.iter().find(|file| file.0 == place.segment).unwrap();
        let start = place.offset as usize;
        let record = &bytes[start..start + place.len as usize];
        assert_eq!(logged_value(record, *place).unwrap(), value);
    }
    for (segment, bytes) in &files {
        let tail = examine(&BytesFile::open(bytes), *segment, 0, bytes.len() as u64).unwrap();
        match tail {
            Tail::Sealed(..) => assert_ne!(*segment, pending.segment()),
            Tail::Open(tail) => {
                assert_eq!((*segment, tail.end), (pending.segment(), pending.len()));
            }
        }
    }
}

#[test]
fn chunks_say_what_they_begin_and_end() {
    let mut pending = Pending::new(&header(1), LIMITS);
    let value = PutValue::Separated(ValueRef { hash: [1; 32], len: 1 << 20 });
    let separated = Record::Put {
        namespace: NamespaceId::new(1),
        key: b"k",
        revision: Revision::new(1),
        expires_at_ms: 0,
        value,
    };
    pending.append(&put(b"a", b"1"), Batched::No);
    let said = |pending: &mut Pending| -> Vec<_> {
        let chunks = pending.take();
        let said = |it: &Chunk| (it.segment, it.creates, it.separated, it.seals);
        chunks.iter().map(said).collect()
    };
    assert_eq!(said(&mut pending), [(FIRST, true, false, false)]);
    pending.append(&separated, Batched::No);
    assert_eq!(said(&mut pending), [(FIRST, false, true, false)]);
    pending.append(&put(b"b", b"2"), Batched::No);
    assert_eq!(said(&mut pending), [(FIRST, false, false, false)]);
    pending.rotate(&header(2));
    // The next one is there before this one is sealed.
    assert_eq!(said(&mut pending), [(SECOND, true, false, false), (FIRST, false, false, true)]);
}

#[test]
fn a_chunk_outgrows_its_bound_by_one_record_at_most() {
    let mut pending = Pending::new(&header(1), LIMITS);
    let value = vec![7; 300_000];
    for _ in 0..10 {
        pending.append(&put(b"k", &value), Batched::No);
    }
    let chunks = pending.take();
    assert!(chunks.len() > 1);
    assert!(chunks.iter().all(|chunk| chunk.bytes.len() < CHUNK_BYTES + value.len() + 100));
}

/// What the marks of a segment say, and the records that stand for one, in order.
fn marks(bytes: &[u8], segment: SegmentId) -> Vec<u64> {
    let from = SegmentHeader::LEN;
    let mut scan = Scan::new(BytesFile::open(bytes), segment, from, bytes.len() as u64);
    let mut marks = Vec::new();
    while let Scanned::Record(place, decoded) = scan.next().unwrap() {
        match (decoded.record, decoded.behind) {
            (Record::Mark { synced }, _) => marks.push(synced),
            (_, Behind::Synced) => marks.push(place.offset),
            _ => {}
        }
    }
    marks
}

#[test]
fn marks_say_what_is_synced_once_and_never_more() {
    let mut pending = Pending::new(&header(1), LIMITS);
    let mut files = Vec::new();
    let mut turn = |pending: &mut Pending, sync: bool| {
        pending.append(&put(b"k", b"value"), Batched::No);
        let chunks = pending.take();
        write(&mut files, &chunks);
        pending.written(&chunks);
        if sync {
            pending.synced();
        }
        files.clone()
    };
    turn(&mut pending, false);
    turn(&mut pending, true);
    let first = pending.len();
    turn(&mut pending, false);
    turn(&mut pending, false);
    turn(&mut pending, true);
    let second = pending.len();
    let files = turn(&mut pending, false);
    assert_eq!(marks(&files[0].1, FIRST), [first, second]);
    // A record that is appended between a write and the news of its sync is not taken for synced.
    let mut pending = Pending::new(&header(1), LIMITS);
    let mut files = Vec::new();
    pending.append(&put(b"a", b"1"), Batched::No);
    let chunks = pending.take();
    write(&mut files, &chunks);
    let synced = pending.len();
    pending.append(&put(b"b", b"2"), Batched::No);
    pending.written(&chunks);
    pending.synced();
    let chunks = pending.take();
    write(&mut files, &chunks);
    pending.append(&put(b"c", b"3"), Batched::No);
    write(&mut files, &pending.take());
    assert_eq!(marks(&files[0].1, FIRST), [synced]);
}

#[test]
fn a_sync_of_the_segment_before_says_nothing_of_the_next() {
    let mut pending = Pending::new(&header(1), LIMITS);
    pending.append(&put(b"a", b"1"), Batched::No);
    let chunks = pending.take();
    pending.rotate(&header(2));
    pending.written(&chunks);
    pending.synced();
    pending.take();
    pending.append(&put(b"b", b"2"), Batched::No);
    let mut files = vec![(SECOND, header(2).encode())];
    write(&mut files, &pending.take());
    assert_eq!(marks(&files[0].1, SECOND), Vec::<u64>::new());
}

#[test]
fn a_segment_that_was_there_goes_on_where_it_ended() {
    let mut bytes = header(4).encode();
    let len = bytes.len() as u64;
    let (segment, revision) = (SegmentId::new(4), Revision::new(9));
    let footer = FooterBuilder::without_directory(segment, revision);
    let mut pending = Pending::resume(segment, len, footer, LIMITS);
    let place = pending.append(&put(b"a", b"1"), Batched::No);
    assert_eq!(place.segment, segment);
    pending.rotate(&header(5));
    let chunks = pending.take();
    assert_eq!(chunks[0].offset, len);
    assert!(!chunks[0].creates);
    chunks.iter().filter(|chunk| chunk.segment == segment).for_each(|chunk| {
        bytes.extend_from_slice(&chunk.bytes);
    });
    assert_eq!(marks(&bytes, segment), [len]);
    let Tail::Sealed(_, footer) = examine(&BytesFile::open(&bytes), segment, 0, 0).unwrap() else {
        panic!()
    };
    assert_eq!((footer.revision_max, footer.directory), (revision, None));
}
