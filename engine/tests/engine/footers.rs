//! A footer says what the records say: where it is damaged, they are read.

use std::ops::ControlFlow;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Engine, Error, Finding, FindingKind, RecoveryMode};

use crate::common::{assert_whole, everything, open_faulty, pattern, small};

fn read(disk: &FaultDisk, name: &str) -> Vec<u8> {
    let file = disk.open(name, OpenMode::Read).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(0, &mut bytes).unwrap();
    bytes
}

fn findings(engine: &Engine) -> Vec<Finding> {
    let mut findings = Vec::new();
    engine
        .verify(&mut |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        })
        .unwrap();
    findings
}

/// An engine of several sealed segments and no checkpoint, and where the footer of the first is.
fn sealed(value_bytes: usize) -> (FaultDisk, String, usize) {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    let count = 12_000 / value_bytes;
    for number in 0..count as u16 {
        one.put(&number.to_be_bytes(), pattern(value_bytes, u64::from(number))).unwrap();
    }
    one.delete(&0u16.to_be_bytes()).unwrap();
    drop((one, engine));
    let name = format!("log/{}", disk.list("log").unwrap()[0].name);
    let bytes = read(&disk, &name);
    let start = bytes.windows(8).rposition(|at| at == b"SWlogdir").unwrap();
    assert!(disk.list("log").unwrap().len() > 2);
    (disk, name, start)
}

#[test]
fn every_flipped_bit_of_a_footer_costs_a_scan_and_nothing_else() {
    for value_bytes in [500, 40] {
        let (disk, name, start) = sealed(value_bytes);
        let len = read(&disk, &name).len();
        let expected = everything(&open_faulty(&disk.reopen(), small()));
        for bit in start * 8..len * 8 {
            let damaged = disk.reopen();
            damaged.flip_bit(&name, (bit / 8) as u64, (bit % 8) as u8).unwrap();
            let recovery = [RecoveryMode::Checkpoint, RecoveryMode::Rebuild][bit % 2];
            let engine = open_faulty(&damaged, small().recovery(recovery));
            assert_eq!(everything(&engine), expected, "bit {bit} of {start} to {len}");
            if bit % 5 != 0 {
                continue;
            }
            let found = findings(&engine);
            assert_eq!(found.len(), 1, "bit {bit}: {found:?}");
            assert_eq!(found[0].kind, FindingKind::Footer, "bit {bit}");
            let Error::StoreCorrupt { file, offset, .. } = &found[0].error else { panic!() };
            assert_eq!((file, *offset), (&name, start as u64), "bit {bit}");
        }
    }
}

#[test]
fn compaction_reads_past_a_damaged_footer_and_leaves_none() {
    let (disk, name, start) = sealed(500);
    disk.flip_bit(&name, start as u64 + 3, 1).unwrap();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..10u16 {
        one.put(&number.to_be_bytes(), pattern(500, 77)).unwrap();
    }
    let expected = everything(&engine);
    assert!(engine.compact().unwrap() > 0);
    assert_eq!(everything(&engine), expected);
    assert_whole(&engine);
    engine.close().unwrap();
    let rebuilt = open_faulty(&disk, small().recovery(RecoveryMode::Rebuild));
    assert_eq!(everything(&rebuilt), expected);
}

/// Without the whole footer nothing says that the records before a cut are all.
#[test]
fn a_footer_that_is_cut_off_is_damage() {
    let (disk, name, start) = sealed(500);
    for len in [start, start + 4] {
        let damaged = disk.reopen();
        damaged.truncate(&name, len as u64).unwrap();
        let opened = crate::common::try_open(&damaged, small());
        assert!(matches!(opened, Err(Error::StoreCorrupt { .. })), "{len}: {opened:?}");
    }
}

#[test]
fn a_segment_that_cannot_be_read_keeps_no_other_from_being_compacted() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for round in 0..2 {
        for number in 0..60u8 {
            if round == 0 || number % 4 != 0 {
                one.put(&[number], pattern(400, u64::from(number + round))).unwrap();
            }
        }
    }
    engine.checkpoint().unwrap();
    let segments = disk.list("log").unwrap();
    let damaged = format!("log/{}", segments[2].name);
    // Within a record that is dead.
    disk.flip_bit(&damaged, 59 + 450 + 100, 0).unwrap();
    let (expected, before) = (everything(&engine), engine.stats());
    for _ in 0..2 {
        let Err(Error::StoreCorrupt { file, .. }) = engine.compact() else {
            panic!("the damage was not told");
        };
        assert_eq!(file, damaged);
        assert_eq!(engine.stats().unreadable_segments, 1);
    }
    assert!(engine.stats().log_disk_bytes * 3 < before.log_disk_bytes * 2);
    assert_eq!(everything(&engine), expected);
    let found = findings(&engine);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(matches!(found[0].kind, FindingKind::Log { revisions: Some(_), .. }), "{found:?}");
    engine.close().unwrap();
    assert_eq!(everything(&open_faulty(&disk, small())), expected);
}
