//! A snapshot sees the same whatever happens, and gives everything back when it is dropped.

use sealwood_engine::disk::Disk;
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Engine, Snapshot, VacuumMode};

use crate::common::{assert_no_strays, assert_whole, everything, open_faulty, pattern, small};

fn assert_reads(snapshot: &Snapshot, key: &[u8], value: &[u8]) {
    assert_eq!(snapshot.get(key).unwrap().unwrap().bytes, value);
}

/// Nothing is left of what was deleted.
fn assert_given_back(engine: &Engine) {
    engine.checkpoint().unwrap();
    assert_no_strays(engine);
    assert_whole(engine);
}

#[test]
fn a_large_value_stays_as_long_as_a_snapshot_sees_it() {
    let engine = open_faulty(&FaultDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", pattern(5000, 1)).unwrap();
    let snapshot = one.snapshot().unwrap();
    one.put(b"key", pattern(5000, 2)).unwrap();
    engine.checkpoint().unwrap();
    engine.vacuum(VacuumMode::Delete).unwrap();
    assert_reads(&snapshot, b"key", &pattern(5000, 1));
    drop(snapshot);
    assert_given_back(&engine);
}

#[test]
fn a_value_that_comes_and_goes_twice_stays_for_the_later_snapshot() {
    let engine = open_faulty(&FaultDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", pattern(5000, 1)).unwrap();
    let earlier = one.snapshot().unwrap();
    one.delete(b"key").unwrap();
    engine.checkpoint().unwrap();
    drop(earlier);
    one.put(b"key", pattern(5000, 1)).unwrap();
    let later = one.snapshot().unwrap();
    one.delete(b"key").unwrap();
    engine.checkpoint().unwrap();
    assert_reads(&later, b"key", &pattern(5000, 1));
    drop(later);
    assert_given_back(&engine);
}

#[test]
fn a_snapshot_outlives_compaction_and_the_end_of_its_namespace() {
    let engine = open_faulty(&FaultDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    for number in 0..60u8 {
        one.put(&[number], pattern(usize::from(number) * 30, 1)).unwrap();
    }
    let snapshot = engine.snapshot().unwrap();
    let before = everything(&engine);
    for number in 0..60u8 {
        one.put(&[number], pattern(500, 2)).unwrap();
    }
    assert!(engine.compact().unwrap() > 0 || engine.stats().deletes > 0);
    assert!(engine.drop_namespace("one").unwrap());
    engine.compact().unwrap();
    engine.checkpoint().unwrap();
    let seen = snapshot.namespace("one").unwrap();
    assert_eq!(seen.scan().keys().unwrap().len(), 60);
    for (key, value) in &before["one"] {
        assert_reads(&seen, key, &value.value);
    }
    drop((seen, snapshot));
    assert_given_back(&engine);
    assert_eq!(engine.namespaces().unwrap(), Vec::<String>::new());
}

/// What is written, overwritten and compacted while a snapshot is held goes as if it were not
/// there.
#[test]
fn a_snapshot_holds_what_it_sees_and_nothing_that_came_later() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    let fill = |seed: u64| {
        for number in 0..30u8 {
            let len = [10, 700, 5000][usize::from(number) % 3];
            one.put(&[number], pattern(len, seed * 100 + u64::from(number))).unwrap();
        }
    };
    let used = || {
        let files = ["log", "frames", "values"].map(|directory| disk.list(directory).unwrap());
        files.iter().flatten().map(|file| file.len).sum::<u64>()
    };
    fill(0);
    // The same content before and after: its file is needed however often it came and went.
    let snapshot = engine.snapshot().unwrap();
    let before = everything(&engine);
    let mut most = 0;
    for seed in 1..40 {
        fill(if seed % 7 == 0 { 0 } else { seed });
        engine.compact().unwrap();
        if seed > 3 {
            most = most.max(used());
        }
        let _short = one.snapshot().unwrap();
    }
    let seen = snapshot.namespace("one").unwrap();
    for (key, value) in &before["one"] {
        assert_reads(&seen, key, &value.value);
    }
    drop((seen, snapshot));
    engine.compact().unwrap();
    assert_given_back(&engine);
    // What is there, what the snapshot sees, and something for what is under way.
    assert!(most < 2 * used(), "{most} bytes were held, {} are live", used());
}
