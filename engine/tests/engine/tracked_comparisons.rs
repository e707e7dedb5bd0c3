//! Two engines, and two namespaces of one name, are compared by their hashes.

use std::ops::ControlFlow;

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::{
    Durability, Error, Namespace, NamespaceDifference, PutOptions, RowDifference, Tracking,
};

use crate::common::{open, pattern, small};

const KINDS: [Tracking; 2] = [Tracking::Whole, Tracking::Buckets];

fn lazily() -> PutOptions {
    PutOptions::new().durability(Durability::None)
}

/// The differing rows of two namespaces, and how many rows were read for it.
fn differences(one: &Namespace, other: &Namespace) -> (Vec<RowDifference>, u64) {
    let mut told = Vec::new();
    let compared = one.compare(other, &mut |difference| {
        told.push(difference);
        ControlFlow::Continue(())
    });
    let compared = compared.unwrap();
    assert_eq!(compared.differences, told.len() as u64);
    (told, compared.rows_read)
}

#[test]
fn namespaces_of_two_engines_are_compared() {
    for tracking in KINDS {
        let disks = [MemoryDisk::new(), MemoryDisk::new()];
        let configs = [small(), small().inline_bytes_max(300).separated_bytes_min(5000)];
        let engines = [0, 1].map(|side| open(&disks[side], configs[side].clone()));
        let sides = engines.each_ref().map(|engine| engine.namespace("rows").unwrap());
        for side in &sides {
            side.track(tracking).unwrap();
            for number in 0..2000_u32 {
                let len = number as usize % 1100;
                side.put_with(&number.to_be_bytes(), pattern(len, 1), &lazily()).unwrap();
            }
        }
        let [one, other] = &sides;
        assert_eq!(differences(one, other), (vec![], 0));
        other.put(&7_u32.to_be_bytes(), "else").unwrap();
        let (told, rows_read) = differences(one, other);
        assert_eq!(told, [RowDifference::Value(7_u32.to_be_bytes().to_vec())]);
        let most = if tracking == Tracking::Buckets { 40 } else { 4000 };
        assert!(rows_read <= most, "{rows_read}");
        one.delete(&9_u32.to_be_bytes()).unwrap();
        one.put(b"more", "").unwrap();
        let (told, _) = differences(one, other);
        let expected = [
            RowDifference::Value(7_u32.to_be_bytes().to_vec()),
            RowDifference::OnlySecond(9_u32.to_be_bytes().to_vec()),
            RowDifference::OnlyFirst(b"more".to_vec()),
        ];
        assert_eq!(told, expected);
        let stopped = one.compare(other, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Cancelled)));
        let named_otherwise = engines[1].namespace("else").unwrap();
        named_otherwise.track(tracking).unwrap();
        let compared = one.compare(&named_otherwise, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(compared, Err(Error::InvalidArgument { .. })));
    }
}

#[test]
fn two_engines_are_compared() {
    let engines = [0, 1].map(|_| open(&MemoryDisk::new(), small()));
    for engine in &engines {
        for name in ["equal", "other", "rows", "untracked"] {
            let namespace = engine.namespace(name).unwrap();
            let is_tracked = name != "untracked";
            namespace.track(if is_tracked { Tracking::Buckets } else { Tracking::Off }).unwrap();
            for number in 0..300_u32 {
                namespace.put_with(&number.to_be_bytes(), pattern(50, 1), &lazily()).unwrap();
            }
        }
    }
    let [one, other] = &engines;
    let differences = || {
        let mut told = Vec::new();
        let compared = one.compare(other, &mut |name, difference| {
            told.push((name.to_owned(), difference));
            ControlFlow::Continue(())
        });
        (compared.unwrap(), told)
    };
    let unknown = ("untracked".to_owned(), NamespaceDifference::NotCounted);
    let (compared, told) = differences();
    assert_eq!(told, [unknown]);
    assert!(!compared.are_equal());
    assert_eq!((compared.namespaces, compared.not_counted, compared.rows_read), (3, 1, 0));
    for engine in &engines {
        engine.drop_namespace("untracked").unwrap();
    }
    let (compared, told) = differences();
    assert_eq!(told, []);
    assert!(compared.are_equal());
    one.namespace("first").unwrap();
    other.namespace("second").unwrap();
    other.namespace("rows").unwrap().put(b"more", "row").unwrap();
    let (compared, told) = differences();
    let expected = [
        ("first", NamespaceDifference::OnlyFirst),
        ("rows", NamespaceDifference::Row(RowDifference::OnlySecond(b"more".to_vec()))),
        ("second", NamespaceDifference::OnlySecond),
    ];
    assert_eq!(told, expected.map(|(name, difference)| (name.to_owned(), difference)));
    assert_eq!((compared.missing, compared.differences), (2, 1));
    assert!(compared.rows_read < 20, "{compared:?}");
    for end in 1..=3 {
        let mut told = 0;
        let ended = one.compare(other, &mut |_, _| {
            told += 1;
            if told == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(ended, Err(Error::Cancelled)));
        assert_eq!(told, end);
    }
}

/// How closely either side is hashed makes no difference as long as the hashes are the same.
#[test]
fn nothing_is_read_of_what_is_hashed_otherwise_and_is_equal() {
    let sides = KINDS.map(|tracking| {
        let namespace = open(&MemoryDisk::new(), small()).namespace("rows").unwrap();
        namespace.track(tracking).unwrap();
        for number in 0..300_u32 {
            namespace.put_with(&number.to_be_bytes(), pattern(50, 1), &lazily()).unwrap();
        }
        namespace
    });
    for [one, other] in [[&sides[0], &sides[1]], [&sides[1], &sides[0]]] {
        assert_eq!(differences(one, other), (vec![], 0));
        one.put(b"more", "row").unwrap();
        let (told, rows_read) = differences(one, other);
        assert_eq!(told, [RowDifference::OnlyFirst(b"more".to_vec())]);
        assert_eq!(rows_read, 601);
        one.delete(b"more").unwrap();
    }
}

/// What a namespace is when its turn comes is what is told of it.
#[test]
fn namespaces_that_go_while_engines_are_compared_are_told_as_gone() {
    let names = ["a", "both", "first", "made", "second", "z"];
    let engines = [0, 1].map(|_| {
        let engine = open(&MemoryDisk::new(), small());
        for name in names {
            let namespace = engine.namespace(name).unwrap();
            namespace.track(Tracking::Buckets).unwrap();
            namespace.put(b"key", "value").unwrap();
        }
        engine
    });
    let [one, other] = &engines;
    one.namespace("a").unwrap().put(b"key", "other").unwrap();
    one.namespace("z").unwrap().put(b"more", "row").unwrap();
    let mut told = Vec::new();
    let compared = one.compare(other, &mut |name, difference| {
        if name == "a" {
            for (engine, name) in
                [(one, "both"), (other, "both"), (one, "first"), (one, "made"), (other, "second")]
            {
                engine.drop_namespace(name).unwrap();
            }
            one.namespace("made").unwrap().track(Tracking::Whole).unwrap();
        }
        told.push((name.to_owned(), difference));
        ControlFlow::Continue(())
    });
    let compared = compared.unwrap();
    let expected = [
        ("a", NamespaceDifference::Row(RowDifference::Value(b"key".to_vec()))),
        ("first", NamespaceDifference::OnlySecond),
        ("made", NamespaceDifference::Row(RowDifference::OnlySecond(b"key".to_vec()))),
        ("second", NamespaceDifference::OnlyFirst),
        ("z", NamespaceDifference::Row(RowDifference::OnlyFirst(b"more".to_vec()))),
    ];
    assert_eq!(told, expected.map(|(name, difference)| (name.to_owned(), difference)));
    assert_eq!((compared.namespaces, compared.missing, compared.differences), (3, 2, 3));
}

/// One side is counted, and the other is not, or not at all, or not yet.
#[test]
fn what_is_not_counted_is_told_and_is_not_equal() {
    for (begun, count) in [(Tracking::Off, 0), (Tracking::Whole, 1), (Tracking::Buckets, 2)] {
        let engines = [0, 1].map(|_| open(&MemoryDisk::new(), small()));
        let [one, other] = engines.each_ref().map(|engine| engine.namespace("rows").unwrap());
        one.track(Tracking::Buckets).unwrap();
        for number in 0..600_u32 {
            for side in [&one, &other] {
                side.put_with(&number.to_be_bytes(), pattern(50, 1), &lazily()).unwrap();
            }
        }
        other.track(begun).unwrap();
        for _ in 0..count {
            assert!(other.backfill_some().unwrap());
        }
        for [first, second] in [[0, 1], [1, 0]] {
            let mut told = Vec::new();
            let compared = engines[first].compare(&engines[second], &mut |name, difference| {
                told.push((name.to_owned(), difference));
                ControlFlow::Continue(())
            });
            assert_eq!(told, [("rows".to_owned(), NamespaceDifference::NotCounted)]);
            let compared = compared.unwrap();
            assert_eq!((compared.namespaces, compared.not_counted), (0, 1));
            assert!(!compared.are_equal());
        }
    }
}
