//! Damage is reported: never taken for data, never papered over.

use std::ops::ControlFlow;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Error, Finding, RecoveryMode};

use crate::common::{assert_whole, everything, open_faulty, pattern, small, try_open};

fn len_of(disk: &FaultDisk, name: &str) -> u64 {
    disk.open(name, OpenMode::Read).unwrap().len().unwrap()
}

/// The only file of a directory.
fn only(disk: &FaultDisk, directory: &str) -> String {
    let files = disk.list(directory).unwrap();
    assert_eq!(files.len(), 1, "{files:?}");
    format!("{directory}/{}", files[0].name)
}

fn is_corrupt<T>(outcome: &sealwood_engine::Result<T>) -> bool {
    matches!(outcome, Err(Error::StoreCorrupt { .. }))
}

#[test]
fn damage_in_the_middle_of_the_log_is_reported_and_nothing_is_cut() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..5u8 {
        one.put(&[number], pattern(40, u64::from(number))).unwrap();
    }
    let before_last = engine.stats().log_disk_bytes;
    one.put(b"last", "says that all before it was synced").unwrap();
    drop((one, engine));
    let log = only(&disk, "log");
    let len = len_of(&disk, &log);
    for offset in 0..before_last {
        for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
            let damaged = disk.reopen();
            damaged.flip_bit(&log, offset, 3).unwrap();
            let outcome = try_open(&damaged, small().recovery(recovery));
            // A version that nobody knows is one that is newer.
            let is_version = matches!(outcome, Err(Error::UnsupportedVersion { .. }));
            assert!(is_corrupt(&outcome) || is_version, "byte {offset}: {outcome:?}");
            assert_eq!(len_of(&damaged, &log), len, "byte {offset}");
        }
    }
}

#[test]
fn damage_anywhere_in_a_closed_engine_is_never_taken_for_data() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..12u8 {
        let len = [10, 300, 1500][usize::from(number) % 3];
        one.put(&[number], pattern(len, u64::from(number))).unwrap();
    }
    one.delete(&[0]).unwrap();
    one.delete(&[1]).unwrap();
    let expected = everything(&engine);
    engine.close().unwrap();
    let mut noticed = 0;
    for directory in ["", "log", "frames", "values"] {
        for file in disk.list(directory).unwrap() {
            let name = match directory {
                "" => file.name,
                _ => format!("{directory}/{}", file.name),
            };
            for offset in (0..file.len).step_by(7) {
                let damaged = disk.reopen();
                damaged.flip_bit(&name, offset, (offset % 8) as u8).unwrap();
                noticed += u32::from(is_noticed(&damaged, &expected, &name, offset));
            }
        }
    }
    assert!(noticed > 500, "{noticed}");
}

/// Whether damage is noticed by opening or verifying; what is read all the same is right.
fn is_noticed(
    disk: &FaultDisk,
    expected: &crate::ledger::Contents,
    name: &str,
    offset: u64,
) -> bool {
    let engine = match try_open(disk, small()) {
        Ok(engine) => engine,
        Err(Error::StoreCorrupt { .. } | Error::UnsupportedVersion { .. }) => return true,
        Err(error) => panic!("{error} for byte {offset} of {name}"),
    };
    let mut found = 0;
    let verified = engine.verify(&mut |_| {
        found += 1;
        ControlFlow::Continue(())
    });
    let one = engine.namespace("one").unwrap();
    for (key, seen) in &expected["one"] {
        match one.get(key) {
            Ok(value) => assert_eq!(value.unwrap().bytes, seen.value, "byte {offset} of {name}"),
            Err(Error::StoreCorrupt { .. }) => {
                assert!(found > 0, "verify does not see byte {offset} of {name}");
            }
            Err(error) => panic!("{error} for byte {offset} of {name}"),
        }
    }
    for deleted in [[0], [1]] {
        assert!(!matches!(one.get(&deleted), Ok(Some(_))), "byte {offset} of {name}");
    }
    verified.is_err() || found > 0
}

#[test]
fn a_damaged_value_is_reported_with_its_key_and_the_others_are_read() {
    for (len, directory) in [(300, "log"), (5000, "values")] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        one.put(b"damaged", pattern(len, 1)).unwrap();
        let name = only(&disk, directory);
        // Within the value, wherever its record or file begins.
        let offset = len_of(&disk, &name) - 100;
        one.put(b"whole", pattern(len, 2)).unwrap();
        engine.close().unwrap();
        disk.flip_bit(&name, offset, 0).unwrap();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        let read = one.get(b"damaged");
        assert!(is_corrupt(&read), "{read:?}");
        assert_eq!(one.get(b"whole").unwrap().unwrap().bytes, pattern(len, 2));
        let mut findings: Vec<Finding> = Vec::new();
        let verified = engine.verify(&mut |finding| {
            findings.push(finding);
            ControlFlow::Continue(())
        });
        assert_eq!(verified.unwrap().findings, 1);
        assert!(findings[0].key.as_ref().unwrap().ends_with(b"damaged"));
        assert!(matches!(findings[0].error, Error::StoreCorrupt { .. }));
        // Putting it again mends it.
        one.put(b"damaged", pattern(len, 3)).unwrap();
        assert_eq!(one.get(b"damaged").unwrap().unwrap().bytes, pattern(len, 3));
    }
}

#[test]
fn damaged_frames_are_made_anew_from_the_log() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..100u8 {
        one.put(&[number], pattern(12, u64::from(number))).unwrap();
    }
    let expected = everything(&engine);
    engine.close().unwrap();
    let frames = only(&disk, "frames");
    for offset in (0..len_of(&disk, &frames)).step_by(11) {
        disk.flip_bit(&frames, offset, 1).unwrap();
    }
    assert!(is_corrupt(&try_open(&disk, small())));
    let engine = open_faulty(&disk, small().recovery(RecoveryMode::Rebuild));
    assert_eq!(everything(&engine), expected);
    engine.close().unwrap();
    assert_eq!(everything(&open_faulty(&disk, small())), expected);
}

#[test]
fn a_missing_segment_or_manifest_is_reported() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..30u8 {
        one.put(&[number], pattern(500, u64::from(number))).unwrap();
    }
    engine.close().unwrap();
    let segments = disk.list("log").unwrap();
    for segment in &segments[..segments.len() - 1] {
        let damaged = disk.reopen();
        damaged.remove(&format!("log/{}", segment.name)).unwrap();
        assert!(is_corrupt(&try_open(&damaged, small())), "{}", segment.name);
    }
    disk.remove("manifest").unwrap();
    assert!(is_corrupt(&try_open(&disk, small())));
}

/// What a compaction misreads it may copy wrongly or not at all; then it may not delete it.
#[test]
fn a_bit_that_flips_in_a_read_of_a_compaction_costs_nothing() {
    let mut refused = 0;
    for bit in [0, 90, 500, 3000] {
        for at in 1.. {
            let disk = FaultDisk::new();
            let engine = open_faulty(&disk, small());
            let one = engine.namespace("one").unwrap();
            for round in 0..2 {
                for number in 0..30u8 {
                    if round == 0 || number % 3 == 0 {
                        one.put(&[number], pattern(400, u64::from(number))).unwrap();
                    }
                }
            }
            let before = everything(&engine);
            let calls = disk.calls();
            disk.arm(Fault::new(FaultMode::FlipBit(bit)).on(&[Operation::ReadAt]).nth(at));
            refused += usize::from(engine.compact().is_err());
            let struck = disk.trace().iter().any(|call| call.number >= calls && call.is_struck);
            disk.disarm();
            assert_eq!(everything(&engine), before, "bit {bit} of read {at}");
            assert_whole(&engine);
            engine.compact().unwrap();
            engine.close().unwrap();
            let again = open_faulty(&disk, small().recovery(RecoveryMode::Rebuild));
            assert_eq!(everything(&again), before, "bit {bit} of read {at}, rebuilt");
            if !struck {
                break;
            }
        }
    }
    assert!(refused > 0, "no compaction noticed");
}
