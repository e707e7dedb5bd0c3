//! A scan names what is damaged, and goes on past it if it is asked to.

use std::ops::ControlFlow;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Error, Finding, FindingKind, Namespace, Order, ScanItem};

use crate::common::{open_faulty, small};

fn read(disk: &FaultDisk, name: &str) -> Vec<u8> {
    let file = disk.open(name, OpenMode::Read).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(0, &mut bytes).unwrap();
    bytes
}

fn value_of(number: u32) -> Vec<u8> {
    number.to_le_bytes().repeat(3)
}

fn visit(namespace: &Namespace) -> (Vec<u8>, Result<(), Box<Finding>>) {
    let mut seen = Vec::new();
    let ended = namespace.scan().unwrap().for_each(|key, _| {
        seen.push(key[0]);
        ControlFlow::Continue(())
    });
    (seen, ended)
}

#[test]
fn a_damaged_value_is_named_and_passed_over_if_asked() {
    for len in [300, 2000] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        for number in 0..8u8 {
            one.put(&[number], vec![number; len]).unwrap();
        }
        for directory in ["log", "values"] {
            for info in disk.list(directory).unwrap() {
                let name = format!("{directory}/{}", info.name);
                let value = [3; 60];
                let at = read(&disk, &name).windows(60).position(|at| at == value);
                if let Some(at) = at {
                    disk.flip_bit(&name, at as u64 + 20, 1).unwrap();
                }
            }
        }
        let (seen, ended) = visit(&one);
        let finding = ended.unwrap_err();
        assert_eq!((&seen[..], finding.kind), (&[0, 1, 2][..], FindingKind::Value));
        assert_eq!((finding.namespace.unwrap(), finding.key.unwrap()), ("one".to_owned(), vec![3]));
        assert!(matches!(finding.error, Error::StoreCorrupt { .. }));
        let (mut seen, mut damaged) = (Vec::new(), Vec::new());
        let each = |key: &[u8], value: &[u8]| {
            assert_eq!(value, vec![key[0]; len]);
            seen.push(key[0]);
            ControlFlow::Continue(())
        };
        let scan = one.scan().unwrap();
        scan.for_each_or(each, |finding| {
            damaged.push(finding.key.unwrap());
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!((seen, damaged), (vec![0, 1, 2, 4, 5, 6, 7], vec![vec![3]]));
    }
}

#[test]
fn a_damaged_part_of_the_index_is_passed_over_if_asked_both_ways() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..3000u32 {
        one.put(&number.to_be_bytes(), value_of(number)).unwrap();
    }
    engine.close().unwrap();
    let frames = format!("frames/{}", disk.list("frames").unwrap()[0].name);
    // A bucket in the middle: its entries are kept in order.
    let bytes = read(&disk, &frames);
    let value = value_of(1500);
    let at = bytes.windows(12).position(|at| at == value).unwrap();
    disk.flip_bit(&frames, at as u64, 0).unwrap();
    let config = small().memory_bytes_max(1);
    let engine = open_faulty(&disk, config);
    let one = engine.namespace("one").unwrap();
    let (seen, ended) = visit(&one);
    assert_eq!(ended.unwrap_err().kind, FindingKind::Index);
    assert!(!seen.is_empty());
    for order in [Order::Ascending, Order::Descending] {
        let mut scan = one.scan().unwrap().pass_over();
        if order == Order::Descending {
            scan = scan.descending();
        }
        let mut scan = scan.limit(5000).open().unwrap();
        let (mut keys, mut damaged) = (Vec::new(), 0);
        while let Some(item) = scan.next().unwrap() {
            match item {
                ScanItem::Key(entry) => {
                    keys.push(u32::from_be_bytes(entry.key().try_into().unwrap()));
                }
                ScanItem::Damaged(finding) => {
                    assert_eq!(finding.kind, FindingKind::Index);
                    damaged += 1;
                }
                ScanItem::CommonPrefix(_) => panic!("no delimiter was asked for"),
            }
        }
        if order == Order::Descending {
            keys.reverse();
        }
        assert_eq!(damaged, 1, "{order:?}");
        assert!(keys.is_sorted() && !keys.contains(&1500), "{order:?}");
        assert_eq!((keys.first(), keys.last()), (Some(&0), Some(&2999)), "{order:?}");
        assert!(keys.len() > 1500, "{order:?}: {} keys", keys.len());
        // Where the cursor is placed into what is damaged, it goes on behind it.
        let from = 1500u32.to_be_bytes();
        let mut scan = one.scan().unwrap().pass_over().start_after(&from).open().unwrap();
        assert!(matches!(scan.next().unwrap(), Some(ScanItem::Damaged(_))));
        assert!(matches!(scan.next().unwrap(), Some(ScanItem::Key(_))));
    }
}
