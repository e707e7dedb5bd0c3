//! What is asked for is done, and hardly more: the reads and writes it takes are counted.

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::faults::{FaultDisk, Operation};
use sealwood_engine::{Durability, Expiry, PutOptions, ScanItem};

use crate::common::{assert_whole, open, open_faulty, pattern, small};

const LATER: PutOptions = PutOptions::new().durability(Durability::None);

fn reads(disk: &FaultDisk, below: &str) -> usize {
    let trace = disk.trace();
    let matching = trace
        .iter()
        .filter(|call| call.operation == Operation::ReadAt && call.name.starts_with(below));
    matching.count()
}

#[test]
fn a_scan_of_keys_reads_no_values() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for (number, len) in [10, 500, 5000].into_iter().enumerate() {
        one.put(&[number as u8], pattern(len, 1)).unwrap();
    }
    engine.close().unwrap();
    let engine = open_faulty(&disk, small());
    disk.clear_trace();
    let mut lengths = Vec::new();
    let mut scan = engine.namespace("one").unwrap().scan().unwrap().open().unwrap();
    while let Some(item) = scan.next().unwrap() {
        let ScanItem::Key(entry) = item else { panic!("no delimiter was asked for") };
        lengths.push(entry.info().len);
    }
    assert_eq!(lengths, [10, 500, 5000]);
    assert_eq!((reads(&disk, "log/"), reads(&disk, "values/")), (0, 0));
    assert!(reads(&disk, "frames/") > 0);
}

/// The frames that a roll-up reads follow its directories, not the keys in them.
#[test]
fn a_roll_up_reads_little_however_many_keys_there_are() {
    let frames_read = |keys: u32| {
        let disk = FaultDisk::new();
        let config = small().segment_bytes_max(1 << 20);
        let engine = open_faulty(&disk, config.clone());
        let one = engine.namespace("one").unwrap();
        for number in 0..keys {
            let key = format!("directory {:02}/{number:06}", number % 16);
            one.put_with(key.as_bytes(), "", &LATER).unwrap();
        }
        engine.close().unwrap();
        let engine = open_faulty(&disk, config);
        let one = engine.namespace("one").unwrap();
        disk.clear_trace();
        assert_eq!(one.scan().unwrap().delimiter(b'/').keys().unwrap().len(), 16);
        reads(&disk, "frames/")
    };
    let (few, many) = (frames_read(16_000), frames_read(64_000));
    assert!(many <= few + 32 && many < 120, "{few} frames of 16,000 keys, {many} of 64,000");
}

#[test]
fn the_longest_prefix_that_is_a_key_is_found() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    assert_eq!(one.longest_prefix(b"a/b/c").unwrap(), None);
    for key in ["a", "a/b/", "a/b/c/d", "b"] {
        one.put(key.as_bytes(), "").unwrap();
    }
    let longest = |key: &str| one.longest_prefix(key.as_bytes()).unwrap();
    assert_eq!(longest("a/b/c"), Some(4));
    assert_eq!(longest("a/b/c/d"), Some(7));
    assert_eq!(longest("a/b"), Some(1));
    assert_eq!(longest("c"), None);
    one.put(b"", "").unwrap();
    assert_eq!(longest("c"), Some(0));
    let gone = PutOptions::new().expires_at(Expiry::at_ms(1));
    one.put_with(b"a/b/", "", &gone).unwrap();
    assert_eq!(longest("a/b/c"), Some(1));
}

#[test]
fn a_flush_is_owed_until_it_is_done_and_then_costs_nothing() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    assert!(!engine.needs_sync());
    one.put_with(b"a", "1", &LATER).unwrap();
    assert!(engine.needs_sync());
    let stats = engine.stats();
    assert!(stats.durable_revision < stats.revision);
    engine.sync().unwrap();
    assert!(!engine.needs_sync());
    engine.sync().unwrap();
    assert_eq!(engine.stats().log_syncs, stats.log_syncs + 1);
}

/// Overwrites a third of all values again and again and compacts each time. Returns how much was
/// put, and how much compaction wrote anew.
fn put_and_relocated(separated_bytes_min: u64) -> (u64, u64) {
    let config = small().separated_bytes_min(separated_bytes_min).segment_bytes_max(256 << 10);
    let engine = open(&MemoryDisk::new(), config);
    let one = engine.namespace("one").unwrap();
    let mut put = 0;
    for round in 0..12 {
        for number in (0..30u8).filter(|number| round == 0 || number % 3 == round % 3) {
            let value = pattern(32 << 10, u64::from(number) * 100 + u64::from(round));
            put += value.len() as u64;
            one.put(&[number], value).unwrap();
        }
        engine.compact().unwrap();
        assert_whole(&engine);
    }
    (put, engine.stats().relocated_bytes)
}

/// What is copied by compaction are the names of large values, not the values. The same script with
/// the values in the log says what copying them would cost.
#[test]
fn compaction_never_copies_a_separated_value() {
    let (put, separated) = put_and_relocated(1000);
    let (_, logged) = put_and_relocated(16 << 20);
    assert!(separated * 200 < put, "{separated} of {put}");
    assert!(logged * 3 > put, "{logged} of {put} in the log: the script has little to copy");
    assert!(separated * 100 < logged, "{separated} apart, {logged} in the log");
}

/// What was written without waiting goes to the log before the checkpoint that includes it.
#[test]
fn the_log_is_durable_before_a_frame_is_written() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    disk.clear_trace();
    one.put_with(b"a", pattern(500, 1), &LATER).unwrap();
    one.put_with(b"b", pattern(5000, 1), &LATER).unwrap();
    engine.checkpoint().unwrap();
    let calls: Vec<(Operation, String)> = disk
        .trace()
        .into_iter()
        .filter(|call| call.is_change())
        .map(|call| (call.operation, call.to.unwrap_or(call.name)))
        .collect();
    let at = |operation: Operation, prefix: &str| {
        let found = calls.iter().position(|call| call.0 == operation && call.1.starts_with(prefix));
        found.unwrap_or_else(|| panic!("no {operation:?} of {prefix} in {calls:?}"))
    };
    let order = [
        at(Operation::Sync, "values/"),
        at(Operation::Rename, "values/"),
        at(Operation::SyncDir, "values"),
        at(Operation::WriteAt, "log/"),
        at(Operation::Sync, "log/"),
        at(Operation::WriteAt, "frames/"),
    ];
    assert!(order.is_sorted(), "{order:?} of {calls:?}");
}

/// Without a thread, with more keys than one piece removes.
#[test]
fn maintenance_a_piece_at_a_time_does_what_the_background_does() {
    let disk = FaultDisk::new();
    let clock = crate::common::TestClock::at(1);
    let config = small()
        .clock(std::sync::Arc::new(clock.clone()))
        .memory_bytes_max(16 << 10)
        .compaction_dead_percent(50);
    let engine = open_faulty(&disk, config);
    let one = engine.namespace("one").unwrap();
    let gone = engine.namespace("gone").unwrap();
    for number in 0..600u16 {
        let (key, value) = (number.to_be_bytes(), pattern(60, u64::from(number)));
        let options = PutOptions::new().expires_at(Expiry::at_ms(5));
        one.put_with(&[&key[..], b"expires"].concat(), value.clone(), &options).unwrap();
        one.put(&key, value.clone()).unwrap();
        one.put(&key, value.clone()).unwrap();
        gone.put(&key, value).unwrap();
    }
    engine.drop_namespace("gone").unwrap();
    clock.set(10);
    let before = engine.stats();
    let mut pieces = 1;
    assert!(engine.maintain().unwrap());
    assert!(engine.stats().keys > 600, "all at once");
    while engine.maintain().unwrap() {
        pieces += 1;
        assert!(pieces < 1000, "it never ends");
    }
    let after = engine.stats();
    assert_eq!(after.keys, 600);
    assert_eq!(after.dirty_bytes, 0);
    assert!(after.index_bytes <= 32 << 10, "{after:?}");
    assert!(after.log_disk_bytes * 2 < before.log_disk_bytes, "{before:?} {after:?}");
    assert!(after.relocated_bytes > 0);
    assert!(!engine.maintain().unwrap());
}
