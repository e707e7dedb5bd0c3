//! Footers: the same steps as the records give, or none.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::entry::{Body, Place};
use crate::log::record::{Batched, PutValue, Record, encode};
use crate::log::segment::header::SegmentHeader;
use crate::log::segment::steps::Steps;
use crate::log::step::Step;
use crate::log::testing::BytesFile;
use crate::namespace_id::NamespaceId;
use crate::segments::SegmentKind;
use crate::value_ref::ValueRef;

const SEGMENT: SegmentId = SegmentId::new(12);
const NAMESPACE: NamespaceId = NamespaceId::new(17);
const INLINE_BYTES_MAX: u32 = 16;
const SEGMENT_BYTES_MAX: u64 = 1 << 20;

fn header() -> SegmentHeader {
    SegmentHeader {
        kind: SegmentKind::Original,
        id: SEGMENT,
        replay_order: 12,
        through: 12,
        before: 0,
        as_of: Revision::ZERO,
    }
}

/// A segment in the making.
struct Written {
    bytes: Vec<u8>,
    footer: FooterBuilder,
}

impl Written {
    fn new() -> Self {
        let bytes = header().encode();
        let header_len = bytes.len() as u64;
        let footer = FooterBuilder::new(SEGMENT, header_len, INLINE_BYTES_MAX, SEGMENT_BYTES_MAX);
        Self { bytes, footer }
    }

    fn add(&mut self, record: &Record<'_>, batched: Batched) {
        let offset = self.bytes.len() as u64;
        let len = encode(record, batched, SEGMENT, offset, &mut self.bytes);
        self.footer.add(Place { segment: SEGMENT, offset, len }, record);
    }

    /// The sealed segment, and where its footer begins.
    fn seal(self) -> (Vec<u8>, u64) {
        let Self { mut bytes, footer } = self;
        let records_end = bytes.len() as u64;
        bytes.extend_from_slice(&footer.finish(records_end));
        (bytes, records_end)
    }
}

/// Records of every kind, with values large enough for a directory.
fn every_kind() -> Written {
    let large = vec![5; 10_000];
    let separated = PutValue::Separated(ValueRef { hash: [9; 32], len: 1 << 33 });
    let put = |key, revision: u64, value| Record::Put {
        namespace: NAMESPACE,
        key,
        revision: Revision::new(revision),
        expires_at_ms: revision % 2 * 1_000,
        value,
    };
    let mut written = Written::new();
    let name = "files";
    written.add(
        &Record::NamespaceCreate {
            namespace: NAMESPACE,
            revision: Revision::new(1),
            name,
            threshold: 9,
        },
        Batched::No,
    );
    written.add(&put(b"large", 2, PutValue::Bytes(&large)), Batched::No);
    written.add(&Record::Mark { synced: 99 }, Batched::No);
    written.add(&put(b"small", 3, PutValue::Bytes(b"inline")), Batched::Yes);
    written.add(&put(b"separated", 4, separated), Batched::Yes);
    written.add(&Record::BatchEnd { revision: Revision::new(5), count: 2 }, Batched::No);
    written.add(
        &Record::Delete { namespace: NAMESPACE, key: b"small", revision: Revision::new(6) },
        Batched::No,
    );
    let expire = Record::Expire {
        namespace: NAMESPACE,
        key: b"large",
        revision: Revision::new(7),
        expires_at_ms: 1 << 41,
    };
    written.add(&expire, Batched::No);
    let rename =
        Record::Rename { namespace: NAMESPACE, from: b"a", to: b"b", revision: Revision::new(8) };
    written.add(&rename, Batched::No);
    written.add(
        &Record::NamespaceDrop { namespace: NAMESPACE, revision: Revision::new(9) },
        Batched::No,
    );
    // Compaction copies records whose revisions do not ascend.
    written.add(&put(b"old", 2, PutValue::Bytes(&large)), Batched::No);
    written
}

fn texts(mut steps: Steps) -> Vec<String> {
    let mut texts = Vec::new();
    while let Some(step) = steps.next().unwrap() {
        texts.push(format!("{step:?}"));
    }
    texts
}

fn scanned(bytes: &[u8], from: u64, end: u64) -> Vec<String> {
    let file = BytesFile::open(bytes);
    texts(Steps::of_records(&file, SEGMENT, from, end, INLINE_BYTES_MAX))
}

fn read(bytes: &[u8]) -> Option<Footer> {
    Footer::read(&BytesFile::open(bytes), SEGMENT, bytes.len() as u64).unwrap()
}

fn listed(bytes: &[u8], from: u64) -> Vec<String> {
    let footer = read(bytes).unwrap();
    let file = BytesFile::open(bytes);
    texts(Steps::of_sealed(&file, SEGMENT, from, footer, INLINE_BYTES_MAX))
}

#[test]
fn the_directory_gives_what_the_records_give_from_anywhere() {
    let (bytes, records_end) = every_kind().seal();
    let footer = read(&bytes).unwrap();
    assert!(footer.directory.is_some());
    assert_eq!((footer.records_end, footer.revision_max), (records_end, Revision::new(9)));
    let all = scanned(&bytes, SegmentHeader::LEN, records_end);
    assert_eq!(all.len(), 9);
    assert_eq!(listed(&bytes, SegmentHeader::LEN), all);
    let mut steps = Steps::of_records(
        &BytesFile::open(&bytes),
        SEGMENT,
        SegmentHeader::LEN,
        records_end,
        INLINE_BYTES_MAX,
    );
    let mut places = Vec::new();
    while let Some(step) = steps.next().unwrap() {
        places.push(step.place);
    }
    for (number, place) in places.iter().enumerate() {
        assert_eq!(listed(&bytes, place.offset), all[number..]);
        let end = place.offset + u64::from(place.len);
        assert_eq!(listed(&bytes, end), all[number + 1..]);
    }
}

#[test]
fn the_revision_of_a_batch_end_counts() {
    let mut written = Written::new();
    written.add(
        &Record::Delete { namespace: NAMESPACE, key: b"k", revision: Revision::new(3) },
        Batched::Yes,
    );
    written.add(&Record::BatchEnd { revision: Revision::new(4), count: 1 }, Batched::No);
    let (bytes, _) = written.seal();
    assert_eq!(read(&bytes).unwrap().revision_max, Revision::new(4));
}

#[test]
fn a_directory_that_would_be_long_is_left_out() {
    let mut written = Written::new();
    for revision in (0..100).map(Revision::new) {
        written.add(&Record::Delete { namespace: NAMESPACE, key: b"key", revision }, Batched::No);
    }
    let (bytes, records_end) = written.seal();
    let footer = read(&bytes).unwrap();
    assert_eq!(footer, Footer { records_end, revision_max: Revision::new(99), directory: None });
    assert!((bytes.len() as u64) < records_end + 40);
    assert_eq!(
        listed(&bytes, SegmentHeader::LEN),
        scanned(&bytes, SegmentHeader::LEN, records_end)
    );
}

#[test]
fn collecting_takes_no_more_memory_than_may_be_written() {
    let mut footer = FooterBuilder::new(SEGMENT, 59, INLINE_BYTES_MAX, 8_000);
    for revision in 0..10_000 {
        let place = Place { segment: SEGMENT, offset: 59 + revision * 20, len: 20 };
        let revision = Revision::new(revision);
        footer.add(place, &Record::Delete { namespace: NAMESPACE, key: b"k", revision });
        assert!(footer.collected() <= 1_000);
    }
    let bytes = footer.finish(1 << 40);
    let footer = Footer::decode(bytes, SEGMENT, 1 << 40).unwrap();
    assert_eq!((footer.revision_max, footer.directory), (Revision::new(9_999), None));
}

#[test]
fn every_cut_and_every_flipped_byte_leaves_no_footer() {
    let (bytes, records_end) = every_kind().seal();
    for cut in 0..bytes.len() {
        assert_eq!(read(&bytes[..cut]), None, "cut at {cut}");
    }
    for at in records_end as usize..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert_eq!(read(&flipped), None, "byte {at}");
    }
    let mut moved = bytes[..records_end as usize].to_vec();
    moved.push(0);
    moved.extend_from_slice(&bytes[records_end as usize..]);
    assert_eq!(read(&moved), None);
}

/// A footer with a right checksum around any fields.
fn forged(body: &[u8], records_end: u64) -> Vec<u8> {
    builder::seal(body.to_vec(), SEGMENT, records_end)
}

#[test]
fn a_directory_that_breaks_the_format_is_damage() {
    let mut body = FOOTER_MAGIC.to_vec();
    body.extend_from_slice(&[1, 9, 2, 59]);
    let one = [TAG_NAMESPACE_DROP, 0, 20, 2, 5];
    for steps in [
        &one[..],
        &[&one[..], &one, &one].concat(),
        &[99, 0, 20, 2, 5],
        &[TAG_NAMESPACE_DROP, 0xff, 0xff, 0xff, 0x7f, 20, 2, 5],
    ] {
        let bytes = forged(&[&body[..], steps].concat(), 1_000);
        let mut directory = Footer::decode(bytes, SEGMENT, 1_000).unwrap().directory.unwrap();
        let outcome = loop {
            match directory.next() {
                Ok(Some(_)) => {}
                end => break end.map(|_| ()),
            }
        };
        assert_eq!(outcome.unwrap_err().code(), "store-corrupt", "{steps:?}");
    }
}

proptest! {
    #[test]
    fn any_footer_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..120)) {
        let bytes = forged(&[&FOOTER_MAGIC[..], &body].concat(), 1_000);
        if let Some(Footer { directory: Some(mut directory), .. }) =
            Footer::decode(bytes, SEGMENT, 1_000)
        {
            while let Ok(Some(step)) = directory.next() {
                prop_assert!(step.place.offset + u64::from(step.place.len) <= 1_000);
            }
        }
    }

    #[test]
    fn scan_and_footer_agree(
        records in proptest::collection::vec(
            (any::<u32>(), proptest::collection::vec(any::<u8>(), 0..20), any::<u64>(), 0..40_000usize),
            0..20,
        ),
    ) {
        let mut written = Written::new();
        for (namespace, key, number, len) in &records {
            let value = vec![1; *len];
            let (namespace, revision) = (NamespaceId::new(*namespace), Revision::new(*number));
            let record = if number % 4 == 0 {
                Record::Delete { namespace, key, revision }
            } else {
                let value = PutValue::Bytes(&value);
                let expires_at_ms = number >> 8;
                Record::Put { namespace, key, revision, expires_at_ms, value }
            };
            written.add(&record, Batched::No);
        }
        let (bytes, records_end) = written.seal();
        prop_assert_eq!(
            listed(&bytes, SegmentHeader::LEN),
            scanned(&bytes, SegmentHeader::LEN, records_end)
        );
        let revision_max = records.iter().map(|record| record.2).max().unwrap_or(0);
        prop_assert_eq!(read(&bytes).unwrap().revision_max.get(), revision_max);
    }
}

#[test]
fn a_step_says_where_the_value_is() {
    let place = Place { segment: SEGMENT, offset: 59, len: 99 };
    for (len, inline) in [(16, true), (17, false)] {
        let value = vec![0; len];
        let put = Record::Put {
            namespace: NAMESPACE,
            key: b"k",
            revision: Revision::new(1),
            expires_at_ms: 0,
            value: PutValue::Bytes(&value),
        };
        let step = Step::of(place, &put, INLINE_BYTES_MAX).unwrap();
        let crate::log::step::What::Put { body, .. } = step.what else { panic!() };
        let expected = if inline { Body::Inline(&value) } else { Body::Logged { len: len as u32 } };
        assert_eq!(body, expected);
    }
}
