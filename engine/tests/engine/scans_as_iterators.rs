//! A scan as an iterator gives what a scan gives, and its items outlive it.

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::{Error, Namespace, OwnedScanItem};

use crate::common::{open, pattern, small};

/// Lengths of values in the index, in the log and in files of their own.
const LENGTHS: [usize; 3] = [10, 400, 3000];

fn filled() -> Namespace {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    for directory in ["a", "b", "c"] {
        for len in LENGTHS {
            let key = format!("{directory}/{len:04}");
            one.put(key.as_bytes(), pattern(len, 1)).unwrap();
        }
    }
    one
}

fn key(item: OwnedScanItem) -> Vec<u8> {
    match item {
        OwnedScanItem::Key(entry) => entry.into_key(),
        OwnedScanItem::CommonPrefix(prefix) => prefix,
        OwnedScanItem::Damaged(finding) => panic!("{finding}"),
    }
}

#[test]
fn an_iterator_gives_what_the_scan_gives() {
    let one = filled();
    let scan = || one.scan().unwrap();
    let scans = [
        scan(),
        scan().descending(),
        scan().prefix(b"b/"),
        scan().range("a/0400".."c/0400"),
        scan().delimiter(b'/'),
        scan().limit(4),
    ];
    for scan in scans {
        let items = scan.clone().iter().unwrap();
        let keys: Vec<Vec<u8>> = items.map(|item| key(item.unwrap())).collect();
        assert!(!keys.is_empty());
        assert_eq!(keys, scan.keys().unwrap());
    }
}

#[test]
fn an_item_outlives_its_scan_and_its_key() {
    let one = filled();
    let items: Vec<_> = one.scan().unwrap().prefix(b"a/").iter().unwrap().collect();
    for len in LENGTHS {
        assert!(one.delete(format!("a/{len:04}").as_bytes()).unwrap());
    }
    assert_eq!(items.len(), LENGTHS.len());
    for (item, len) in items.into_iter().zip(LENGTHS) {
        let OwnedScanItem::Key(entry) = item.unwrap() else { panic!("a key was there") };
        assert_eq!((entry.key(), entry.info().len), (format!("a/{len:04}").as_bytes(), len as u64));
        assert_eq!(entry.value().unwrap(), pattern(len, 1));
    }
}

#[test]
fn an_iterator_ends_with_its_first_error() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    for number in 0..3u8 {
        one.put(&[number], "x").unwrap();
    }
    let mut items = one.scan().unwrap().iter().unwrap();
    assert!(items.next().unwrap().is_ok());
    engine.close().unwrap();
    assert!(matches!(items.next(), Some(Err(Error::Closed))));
    assert!(items.next().is_none());
}
