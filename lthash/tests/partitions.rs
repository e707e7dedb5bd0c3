//! Partitions: what they count is what is there, and the whole is their sum.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use sealwood_lthash::{
    Change, Detail, Difference, Domain, Error, LtHash, Partition, PartitionedLtHash, Place, State,
    Statistics, Value, bucket_of,
};

type Rows = BTreeMap<Vec<u8>, Vec<u8>>;

const DETAILS: [Detail; 2] = [Detail::Whole, Detail::Buckets];

fn rows(count: u32) -> Rows {
    (0..count).map(|n| (n.to_be_bytes().to_vec(), vec![n as u8; n as usize % 70])).collect()
}

fn counted(name: &str, detail: Detail, rows: &Rows) -> Partition {
    let mut partition = Partition::empty(Domain::new(name).unwrap(), detail);
    let added: Vec<_> = rows.iter().map(|(key, value)| Change::added(key, value)).collect();
    partition.apply(&added).unwrap();
    partition
}

/// Everything a valid partition says, against a full scan.
fn check(partition: &Partition, rows: &Rows) {
    let mut hash = LtHash::identity();
    rows.iter().for_each(|(key, value)| hash.add(partition.domain(), key, value));
    assert_eq!(partition.hash().unwrap(), &hash);
    let bytes = rows.iter().map(|(key, value)| (key.len() + value.len()) as u64).sum();
    let statistics = Statistics { rows: rows.len() as u64, bytes };
    assert_eq!(partition.statistics(), Some(statistics));
    if partition.detail() == Detail::Whole {
        assert_eq!(partition.buckets().count(), 0);
        return;
    }
    let mut expected: BTreeMap<u8, (LtHash, u64)> = BTreeMap::new();
    for (key, value) in rows {
        let bucket = expected.entry(bucket_of(key)).or_default();
        bucket.0.add(partition.domain(), key, value);
        bucket.1 += 1;
    }
    let actual = partition
        .buckets()
        .map(|(bucket, tally)| (bucket, (tally.hash().clone(), tally.statistics().unwrap().rows)));
    assert_eq!(actual.collect::<BTreeMap<_, _>>(), expected);
}

#[test]
fn the_whole_is_the_sum_and_the_untouched_stay_identity() {
    let mut state = PartitionedLtHash::new();
    for (name, detail) in [("accounts", Detail::Whole), ("code", Detail::Buckets)] {
        assert!(state.create(name, detail).unwrap().hash().unwrap().is_identity());
    }
    state.create("storage", Detail::Buckets).unwrap();
    assert!(state.hash().unwrap().is_identity());
    let accounts = state.partition_mut("accounts").unwrap();
    accounts.apply(&[Change::added(b"a", b"1"), Change::added(b"b", b"")]).unwrap();
    state.partition_mut("code").unwrap().apply(&[Change::added(b"a", b"1")]).unwrap();
    let mut sum = LtHash::identity();
    state.partitions().for_each(|partition| sum.merge(partition.hash().unwrap()));
    assert_eq!(state.hash().unwrap(), sum);
    assert_eq!(state.checksum().unwrap(), sum.checksum());
    let storage = state.partition("storage").unwrap();
    assert!(storage.hash().unwrap().is_identity());
    assert_eq!(storage.statistics(), Some(Statistics::default()));
    let error = state.create("code", Detail::Whole).map(drop).unwrap_err();
    assert_eq!(error, Error::PartitionExists { partition: b"code".to_vec() });
    assert!(!error.to_string().contains("code"), "{error}");
}

#[test]
fn moving_a_row_between_partitions_changes_the_whole() {
    for key in [None, Some([9; 32])] {
        let mut state = key.as_ref().map_or_else(PartitionedLtHash::new, PartitionedLtHash::keyed);
        for name in ["one", "two"] {
            state.create(name, Detail::Buckets).unwrap();
        }
        let row = (b"key".as_slice(), b"value".as_slice());
        state.partition_mut("one").unwrap().apply(&[Change::added(row.0, row.1)]).unwrap();
        let before = state.hash().unwrap();
        state.partition_mut("one").unwrap().apply(&[Change::removed(row.0, row.1)]).unwrap();
        state.partition_mut("two").unwrap().apply(&[Change::added(row.0, row.1)]).unwrap();
        assert_ne!(state.hash().unwrap(), before);
        assert!(state.partition("one").unwrap().hash().unwrap().is_identity());
        assert_eq!(state.partition("one").unwrap().buckets().count(), 0);
    }
}

#[test]
fn changes_are_followed_as_a_scan_would_see_them() {
    for detail in DETAILS {
        let mut expected = rows(300);
        let mut partition = counted("p", detail, &expected);
        check(&partition, &expected);
        for step in 0..20u32 {
            let mut changes = Vec::new();
            let before = expected.clone();
            let keys: Vec<_> = (0..9u32).map(|n| (n * 37 + step * 11).to_be_bytes()).collect();
            let value = vec![step as u8; step as usize * 80];
            for (index, key) in keys.iter().enumerate() {
                let old = before.get(key.as_slice()).map(Vec::as_slice);
                let new = (index % 3 != 0).then_some(value.as_slice());
                let [before, after] = [old, new].map(|value| value.map(Value::from));
                changes.push(Change { key, before, after });
                match new {
                    Some(value) => expected.insert(key.to_vec(), value.to_vec()),
                    None => expected.remove(key.as_slice()),
                };
            }
            partition.apply(&changes).unwrap();
            check(&partition, &expected);
        }
        partition.apply(&[]).unwrap();
        check(&partition, &expected);
        let all: Vec<_> = expected.iter().map(|(key, value)| Change::removed(key, value)).collect();
        partition.apply(&all).unwrap();
        check(&partition, &Rows::new());
    }
}

#[test]
fn a_row_is_made_replaced_and_made_again() {
    for detail in DETAILS {
        let mut partition = Partition::empty(Domain::new("p").unwrap(), detail);
        let steps = [
            Change::added(b"k", b""),
            Change::replaced(b"k", b"", b"1"),
            Change::removed(b"k", b"1"),
            Change::added(b"k", b"2"),
        ];
        partition.apply(&steps).unwrap();
        check(&partition, &Rows::from([(b"k".to_vec(), b"2".to_vec())]));
    }
}

#[test]
fn more_than_there_is_cannot_be_removed_and_changes_nothing() {
    for detail in DETAILS {
        let expected = rows(5);
        let mut partition = counted("p", detail, &expected);
        let key = [0xff; 4];
        let all: Vec<_> = expected.iter().map(|(key, value)| Change::removed(key, value)).collect();
        let mut too_many = all.clone();
        too_many.push(Change::removed(&key, b""));
        assert_eq!(partition.apply(&too_many), Err(Error::NoSuchRow));
        check(&partition, &expected);
        // As many rows, but more bytes.
        let last = all.len() - 1;
        let mut too_long = all.clone();
        let value = [0; 1000];
        too_long[last].before = Some(Value::Bytes(&value));
        assert_eq!(partition.apply(&too_long), Err(Error::NoSuchRow));
        check(&partition, &expected);
    }
}

#[test]
fn without_all_rows_there_is_no_hash() {
    let mut state = PartitionedLtHash::new();
    state.create("known", Detail::Whole).unwrap();
    let not_valid = Error::NotValid { partition: b"unknown".to_vec() };
    let unknown = state.create("unknown", Detail::Whole).unwrap();
    unknown.forget();
    assert_eq!(unknown.state(), &State::Absent);
    assert_eq!(unknown.apply(&[Change::added(b"k", b"v")]), Err(not_valid.clone()));
    assert_eq!(unknown.statistics(), None);
    assert_eq!(unknown.backfill(&[("a", "b")]), Err(Error::NotBackfilling));
    assert_eq!(unknown.finish_backfill(), Err(Error::NotBackfilling));
    assert_eq!(state.hash().map(drop), Err(not_valid.clone()));
    let unknown = state.partition_mut("unknown").unwrap();
    unknown.begin_backfill(Detail::Buckets);
    assert_eq!(unknown.hash().map(drop), Err(not_valid.clone()));
    assert_eq!(state.checksum().map(drop), Err(not_valid.clone()));
    assert!(!not_valid.to_string().contains("unknown"), "{not_valid}");
    state.partition_mut("unknown").unwrap().finish_backfill().unwrap();
    assert!(state.hash().unwrap().is_identity());
}

#[test]
fn a_backfill_beside_changes_ends_as_a_scan() {
    for detail in DETAILS {
        let mut live = rows(200);
        let mut partition = Partition::absent(Domain::new("p").unwrap(), Detail::Whole);
        partition.begin_backfill(detail);
        let mut step = 0u32;
        loop {
            // Changes all over, at the cursor, below and above it.
            let cursor = match partition.state() {
                State::Backfilling { cursor } => cursor.clone(),
                other => panic!("{other:?}"),
            };
            let mut keys: Vec<Vec<u8>> =
                (0..4u32).map(|n| (n * 53 + step).to_be_bytes().to_vec()).collect();
            keys.extend(cursor.clone());
            keys.sort();
            keys.dedup();
            let value = vec![step as u8; 3];
            let before: Vec<_> = keys.iter().map(|key| live.get(key).cloned()).collect();
            let changes: Vec<_> = keys
                .iter()
                .zip(&before)
                .enumerate()
                .map(|(index, (key, before))| Change {
                    key,
                    before: before.as_ref().map(Value::from),
                    after: (index % 2 == 0).then_some(Value::from(&value)),
                })
                .collect();
            partition.apply(&changes).unwrap();
            for change in &changes {
                match change.after {
                    Some(_) => live.insert(change.key.to_vec(), value.clone()),
                    None => live.remove(change.key),
                };
            }
            let next: Vec<_> = live
                .iter()
                .filter(|(key, _)| cursor.as_ref().is_none_or(|cursor| *key > cursor))
                .take(17)
                .collect();
            if next.is_empty() {
                break;
            }
            partition.backfill(&next).unwrap();
            step += 1;
        }
        assert!(step > 5);
        partition.finish_backfill().unwrap();
        check(&partition, &live);
    }
}

#[test]
fn rows_of_a_backfill_come_in_order_and_once() {
    let mut partition = Partition::absent(Domain::new("p").unwrap(), Detail::Whole);
    partition.begin_backfill(Detail::Whole);
    assert_eq!(partition.backfill(&[("b", "1"), ("a", "1")]), Err(Error::Order));
    assert_eq!(partition.backfill(&[("b", "1"), ("b", "1")]), Err(Error::Order));
    assert_eq!(partition.state(), &State::Backfilling { cursor: None });
    // The empty key is one like others.
    partition.backfill(&[("", "0"), ("b", "1")]).unwrap();
    assert_eq!(partition.backfill(&[("b", "1")]), Err(Error::Order));
    assert_eq!(partition.backfill(&[("a", "1")]), Err(Error::Order));
    partition.backfill::<&str, &str>(&[]).unwrap();
    assert_eq!(partition.state(), &State::Backfilling { cursor: Some(b"b".to_vec()) });
    partition.finish_backfill().unwrap();
    let expected = [("", "0"), ("b", "1")].map(|(key, value)| (key.into(), value.into()));
    check(&partition, &Rows::from(expected));
}

#[test]
fn differences_name_partitions_and_buckets() {
    let state = |changed: &[u8]| {
        let mut state = PartitionedLtHash::new();
        for (name, detail) in
            [("same", Detail::Buckets), ("rows", Detail::Buckets), ("whole", Detail::Whole)]
        {
            let partition = state.create(name, detail).unwrap();
            let mut rows = rows(1000);
            if name != "same" {
                rows.insert(7u32.to_be_bytes().to_vec(), changed.to_vec());
            }
            let added: Vec<_> = rows.iter().map(|(key, value)| Change::added(key, value)).collect();
            partition.apply(&added).unwrap();
        }
        state
    };
    let (first, mut second) = (state(b"x"), state(b"y"));
    assert_eq!(first.differences(&state(b"x")).unwrap(), []);
    second.create("more", Detail::Whole).unwrap();
    let difference = |name: &str, place| Difference { partition: name.into(), place };
    let bucket = bucket_of(7u32.to_be_bytes());
    let rest =
        [difference("rows", Place::Buckets(vec![bucket])), difference("whole", Place::Somewhere)];
    let with = |place| {
        let mut all = vec![difference("more", place)];
        all.extend(rest.clone());
        all
    };
    assert_eq!(first.differences(&second).unwrap(), with(Place::OnlySecond));
    assert_eq!(second.differences(&first).unwrap(), with(Place::OnlyFirst));
    let dropped = second.remove("more").unwrap();
    assert_eq!(dropped.domain().name(), b"more");
    assert_eq!(first.differences(&second).unwrap(), rest);
}

#[test]
fn values_by_name_are_counted_by_their_length() {
    for detail in DETAILS {
        let mut partition = Partition::empty(Domain::new("p").unwrap(), detail);
        let large = Value::Named { bytes: 1 << 40, name: &[7; 32] };
        partition.apply(&[Change::added(b"key", large)]).unwrap();
        assert_eq!(partition.statistics(), Some(Statistics { rows: 1, bytes: (1 << 40) + 3 }));
        let mut by_bytes = Partition::empty(Domain::new("p").unwrap(), detail);
        by_bytes.apply(&[Change::added(b"key", &[7; 32])]).unwrap();
        assert_ne!(partition.hash().unwrap(), by_bytes.hash().unwrap());
        let replaced = [Change::replaced(b"key", large, &[7; 32])];
        partition.apply(&replaced).unwrap();
        assert_eq!(partition.hash().unwrap(), by_bytes.hash().unwrap());
        assert_eq!(partition.statistics(), by_bytes.statistics());
        let endless = Value::Named { bytes: u64::MAX, name: b"" };
        assert_eq!(partition.apply(&[Change::added(b"k", endless)]), Err(Error::TooManyRows));
    }
}
