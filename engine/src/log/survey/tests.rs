#![allow(clippy::unwrap_used)]

use super::*;
use crate::log::record::{Batched, PutValue, encode};
use crate::log::testing::BytesFile;
use crate::namespace_id::NamespaceId;

const SEGMENT: SegmentId = SegmentId::new(3);
const FROM: u64 = 59;

/// Records one after another.
struct Log {
    bytes: Vec<u8>,
    revision: Revision,
    /// Where each begins.
    starts: Vec<u64>,
}

impl Log {
    fn new() -> Self {
        Self { bytes: vec![0; FROM as usize], revision: Revision::ZERO, starts: Vec::new() }
    }

    fn add(&mut self, record: &Record<'_>, batched: Batched) {
        let offset = self.bytes.len() as u64;
        self.starts.push(offset);
        encode(record, batched, SEGMENT, offset, &mut self.bytes);
    }

    fn put(&mut self, len: usize, batched: Batched) -> &mut Self {
        self.revision = self.revision.next();
        let value = vec![0xaa; len];
        let (revision, value) = (self.revision, PutValue::Bytes(&value));
        let put = Record::Put {
            namespace: NamespaceId::FIRST,
            key: b"k",
            revision,
            expires_at_ms: 0,
            value,
        };
        self.add(&put, batched);
        self
    }

    fn end(&mut self, count: u64) -> &mut Self {
        self.add(&Record::BatchEnd { revision: self.revision, count }, Batched::No);
        self
    }

    fn survey(&self) -> Survey {
        let file = BytesFile::open(&self.bytes);
        Survey::of(&file, SEGMENT, FROM..self.bytes.len() as u64).unwrap()
    }

    fn len(&self) -> u64 {
        self.bytes.len() as u64
    }
}

#[test]
fn what_is_whole_is_one_range() {
    let mut log = Log::new();
    log.put(5, Batched::No).put(0, Batched::Yes).put(9, Batched::Yes).end(2);
    let expected = Survey {
        whole: std::iter::once(FROM..log.len()).collect(),
        damaged: vec![],
        revision_max: Revision::new(3),
    };
    assert_eq!(log.survey(), expected);
}

#[test]
fn around_every_damaged_byte_the_other_records_are_found() {
    let mut log = Log::new();
    for len in [5, 70_000, 0, 300_000, 8] {
        log.put(len, Batched::No);
    }
    let bounds: Vec<u64> = log.starts.iter().copied().chain([log.len()]).collect();
    for number in 0..5usize {
        let (start, end) = (bounds[number], bounds[number + 1]);
        for at in [start, start + 9, start + 12, end - 1] {
            log.bytes[at as usize] ^= 8;
            let survey = log.survey();
            log.bytes[at as usize] ^= 8;
            let before = Revision::new(number as u64);
            let after = (number < 4).then_some(before.next().next());
            let damaged = Damaged { range: start..end, before, after };
            assert_eq!(survey.damaged, [damaged], "byte {at}");
            let sides = [FROM..start, end..log.len()];
            let sides: Vec<_> = sides.into_iter().filter(|side| !side.is_empty()).collect();
            assert_eq!(survey.whole, sides, "byte {at}");
        }
    }
}

#[test]
fn a_batch_counts_whole_or_not_at_all() {
    let mut log = Log::new();
    log.put(5, Batched::No);
    log.put(5, Batched::Yes).put(5, Batched::Yes).put(5, Batched::Yes).end(3);
    log.put(5, Batched::No);
    let (from, to) = (log.starts[1], log.starts[5]);
    for number in 1..5 {
        let at = log.starts[number] as usize + 14;
        log.bytes[at] ^= 1;
        let survey = log.survey();
        log.bytes[at] ^= 1;
        assert_eq!(survey.whole, [FROM..from, to..log.len()], "record {number}");
        let lost: u64 = survey.damaged.iter().map(|it| it.range.end - it.range.start).sum();
        assert_eq!(lost, to - from, "record {number}");
        let last = survey.damaged.last().unwrap();
        let sides = (Revision::new(1), Some(Revision::new(5)));
        assert_eq!((last.before, last.after), sides, "record {number}");
    }
}

#[test]
fn a_record_at_another_place_is_none() {
    let mut inner = Log::new();
    inner.put(30, Batched::No);
    let copy = inner.bytes[FROM as usize..].to_vec();
    let mut log = Log::new();
    log.put(5, Batched::No);
    let value = copy.repeat(3);
    let put = Record::Put {
        namespace: NamespaceId::FIRST,
        key: b"k",
        revision: Revision::new(2),
        expires_at_ms: 0,
        value: PutValue::Bytes(&value),
    };
    log.add(&put, Batched::No);
    let at = log.starts[1] as usize;
    log.bytes[at] ^= 1;
    let survey = log.survey();
    assert_eq!(survey.whole, std::iter::once(FROM..log.starts[1]).collect::<Vec<_>>());
    assert_eq!(survey.damaged.len(), 1);
}
