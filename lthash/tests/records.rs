//! Records of partitions: what was written is read, and nothing else is.

#![allow(clippy::unwrap_used)]

#[path = "common/noise.rs"]
mod noise;

use noise::noise;
use sealwood_lthash::{
    Change, Detail, Domain, Error, LtHash, Partition, PartitionedLtHash, Record, State, Statistics,
};

fn domain() -> Domain {
    Domain::new("rows").unwrap()
}

/// One of every kind.
fn records() -> Vec<Record> {
    let rows: Vec<_> = (0..40u8).map(|n| ([n], vec![n; n.into()])).collect();
    let added: Vec<_> = rows.iter().map(|(key, value)| Change::added(key, value)).collect();
    let mut partitions = Vec::new();
    for detail in [Detail::Whole, Detail::Buckets] {
        let absent = Partition::absent(domain(), detail);
        let empty = Partition::empty(domain(), detail);
        let mut valid = empty.clone();
        valid.apply(&added).unwrap();
        let mut begun = absent.clone();
        begun.begin_backfill(detail);
        let mut under_way = begun.clone();
        let first: Vec<_> = rows[..9].iter().map(|(key, value)| (key, value)).collect();
        under_way.backfill(&first).unwrap();
        let mut at_the_empty_key = begun.clone();
        at_the_empty_key.backfill(&[("", "")]).unwrap();
        partitions.extend([absent, empty, valid, begun, under_way, at_the_empty_key]);
    }
    partitions
        .into_iter()
        .zip(7..)
        .map(|(partition, version)| Record { version, partition })
        .collect()
}

fn assert_same(a: &Partition, b: &Partition) {
    assert_eq!(a.state(), b.state());
    assert_eq!(a.detail(), b.detail());
    assert_eq!(a.statistics(), b.statistics());
    assert_eq!(a.hash().ok(), b.hash().ok());
    assert!(a.buckets().eq(b.buckets()));
}

#[test]
fn records_come_back_and_go_on() {
    for record in records() {
        let bytes = record.encode();
        let Record { version, partition } = Record::decode(domain(), &bytes).unwrap();
        assert_eq!(version, record.version);
        assert_same(&partition, &record.partition);
        assert_eq!(Record { version, partition }.encode(), bytes);
        let mut state = PartitionedLtHash::new();
        assert_eq!(state.restore("rows", &bytes).unwrap(), version);
        if *record.partition.state() == State::Valid {
            let mut expected = record.partition.clone();
            let change = [Change::added(b"more", b"rows")];
            expected.apply(&change).unwrap();
            state.partition_mut("rows").unwrap().apply(&change).unwrap();
            assert_same(state.partition("rows").unwrap(), &expected);
        }
    }
}

#[test]
fn every_other_length_is_refused() {
    for record in records() {
        let bytes = record.encode();
        for length in (0..=4096).chain(bytes.len() - 3..=bytes.len() + 3) {
            let mut other = bytes.clone();
            other.resize(length, 0);
            if length != bytes.len() {
                assert_eq!(
                    Record::decode(domain(), &other).map(drop),
                    Err(Error::NotARecord),
                    "{length}"
                );
            }
        }
    }
    for length in 0..=4096 {
        let zeros = Record::decode(domain(), &vec![0; length]);
        assert_eq!(zeros.is_ok(), length == 8 || length == 2056, "{length}");
        let mut bytes = noise(length as u64, length);
        if let Some(first) = bytes.first_mut() {
            *first |= 0x80;
        }
        assert_eq!(Record::decode(domain(), &bytes).map(drop), Err(Error::NotARecord));
    }
}

#[test]
fn records_of_the_other_system_are_absent_or_valid() {
    let version = 0x0102_0304_0506_0708_u64;
    let mut bytes = version.to_be_bytes().to_vec();
    let absent = Record::decode(domain(), &bytes).unwrap();
    assert_eq!(absent.version, version);
    assert_eq!(absent.partition.state(), &State::Absent);
    let mut hash = LtHash::identity();
    hash.add_raw("a row of theirs");
    bytes.extend(hash.encode());
    let valid = Record::decode(domain(), &bytes).unwrap();
    assert_eq!(valid.version, version);
    assert_eq!(valid.partition.hash().unwrap(), &hash);
    assert_eq!(valid.partition.statistics(), None);
    // Ours says the same.
    let again = Record::decode(domain(), &valid.encode()).unwrap();
    assert_eq!(again.version, version);
    assert_same(&again.partition, &valid.partition);
    // Their versions are not negative.
    bytes[0] = 0x80;
    assert_eq!(Record::decode(domain(), &bytes).map(drop), Err(Error::NotARecord));
    assert_eq!(Record::decode(domain(), &bytes[..8]).map(drop), Err(Error::NotARecord));
}

#[test]
fn changed_bytes_are_refused_or_are_another_record() {
    for record in records() {
        let bytes = record.encode();
        for place in 0..bytes.len().min(80) {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                if let Ok(other) = Record::decode(domain(), &changed) {
                    assert_eq!(other.encode(), changed, "{place} {bit}");
                }
            }
        }
    }
}

#[test]
fn a_record_belongs_to_its_partition() {
    let record = Record { version: 1, partition: Partition::empty(domain(), Detail::Whole) };
    let bytes = record.encode();
    let others = [Domain::new("row").unwrap(), Domain::keyed(&[0; 32], "rows").unwrap()];
    for other in others {
        assert_eq!(Record::decode(other, &bytes).map(drop), Err(Error::OtherPartition));
    }
    let mut later = bytes;
    later[4] = 2;
    assert_eq!(
        Record::decode(domain(), &later).map(drop),
        Err(Error::RecordVersion { version: 2 })
    );
}

#[test]
fn numbers_that_overflow_are_refused() {
    let partition = Partition::empty(domain(), Detail::Whole);
    let mut bytes = Record { version: 0, partition }.encode();
    let rows = bytes.len() - LtHash::BYTES - 16;
    bytes[rows..rows + 8].fill(0xff);
    let mut partition = Record::decode(domain(), &bytes).unwrap().partition;
    let before = Statistics { rows: u64::MAX, bytes: 0 };
    assert_eq!(partition.statistics(), Some(before));
    assert_eq!(partition.apply(&[Change::added(b"k", b"")]), Err(Error::TooManyRows));
    assert_eq!(partition.statistics(), Some(before));
    assert!(partition.hash().unwrap().is_identity());
}
