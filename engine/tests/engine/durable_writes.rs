//! What is acknowledged stays: deletes, expiries and revisions too, through clean restarts,
//! rotation and failures of the disk.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::sync::Arc;

use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{
    CommitOptions, Durability, Error, Expiry, PutOptions, RecoveryMode, Revision,
};

use crate::common::{
    TestClock, all, assert_no_strays, assert_whole, everything, open_faulty, pattern, small,
    try_open,
};

const RECOVERIES: [RecoveryMode; 2] = [RecoveryMode::Checkpoint, RecoveryMode::Rebuild];

#[test]
fn deleted_keys_stay_deleted_after_clean_restarts() {
    for recovery in RECOVERIES {
        for len in [5, 500, 5000] {
            let disk = FaultDisk::new();
            let config = || small().recovery(recovery);
            let engine = open_faulty(&disk, config());
            let one = engine.namespace("one").unwrap();
            one.put(b"gone", pattern(len, 1)).unwrap();
            one.put(b"kept", pattern(len, 2)).unwrap();
            engine.close().unwrap();
            let engine = open_faulty(&disk, config());
            assert!(engine.namespace("one").unwrap().delete(b"gone").unwrap());
            engine.close().unwrap();
            for _ in 0..3 {
                let engine = open_faulty(&disk, config());
                let one = engine.namespace("one").unwrap();
                assert_eq!(all(&one), [(b"kept".to_vec(), pattern(len, 2))]);
                engine.compact().unwrap();
                assert_whole(&engine);
                assert_no_strays(&engine);
                engine.close().unwrap();
            }
        }
    }
}

#[test]
fn changes_of_an_expiry_survive_restarts() {
    for recovery in RECOVERIES {
        let disk = FaultDisk::new();
        let clock = TestClock::at(1000);
        let config = || small().recovery(recovery).clock(Arc::new(clock.clone()));
        let engine = open_faulty(&disk, config());
        let one = engine.namespace("one").unwrap();
        for key in ["sooner", "later", "for good", "never put"] {
            if key != "never put" {
                let options = PutOptions::new().expires_at(Expiry::at_ms(5000));
                one.put_with(key.as_bytes(), pattern(400, 1), &options).unwrap();
            }
        }
        engine.close().unwrap();
        let engine = open_faulty(&disk, config());
        let one = engine.namespace("one").unwrap();
        assert!(one.expire_at(b"sooner", Expiry::at_ms(2000)).unwrap());
        assert!(one.expire_at(b"later", Expiry::at_ms(9000)).unwrap());
        assert!(one.persist(b"for good").unwrap());
        assert!(!one.persist(b"never put").unwrap());
        engine.close().unwrap();
        for compacted in [false, true] {
            let engine = open_faulty(&disk, config());
            let one = engine.namespace("one").unwrap();
            let expiry = |key: &[u8]| one.info(key).unwrap().unwrap().expires_at.map(Expiry::as_ms);
            assert_eq!(expiry(b"sooner"), Some(2000));
            assert_eq!(expiry(b"later"), Some(9000));
            assert_eq!(expiry(b"for good"), None);
            if !compacted {
                engine.compact().unwrap();
            }
            engine.close().unwrap();
        }
        clock.set(6000);
        let engine = open_faulty(&disk, config());
        let one = engine.namespace("one").unwrap();
        assert_eq!(engine.purge_expired().unwrap(), 1);
        assert_eq!(one.scan().unwrap().keys().unwrap(), [b"for good".to_vec(), b"later".to_vec()]);
        assert_eq!(one.len().unwrap(), 2);
        assert_whole(&engine);
    }
}

#[test]
fn sixteen_writers_over_small_segments_lose_nothing() {
    const WRITERS: u32 = 16;
    const WRITES: u32 = 60;
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let one = &one;
            scope.spawn(move || {
                for number in 0..WRITES {
                    let key = [writer.to_be_bytes(), number.to_be_bytes()].concat();
                    one.put(&key, pattern(100 + number as usize, u64::from(writer))).unwrap();
                }
            });
        }
    });
    assert!(engine.stats().segments > 20, "{:?}", engine.stats());
    for recovery in RECOVERIES {
        // All of it was acknowledged as durable.
        let left = disk.crash_states(1).next().unwrap();
        let engine = open_faulty(&left, small().recovery(recovery));
        let found = all(&engine.namespace("one").unwrap());
        assert_eq!(found.len() as u32, WRITERS * WRITES);
        for (key, value) in found {
            let (writer, number) = (u64::from(key[3]), usize::from(key[7]));
            assert_eq!(value, pattern(100 + number, writer));
        }
        assert_whole(&engine);
    }
}

#[test]
fn a_failed_compaction_leaves_the_engine_writable_and_loses_nothing() {
    for nth in 1.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        for number in 0..60u8 {
            one.put(&[number % 40], pattern(300, u64::from(number))).unwrap();
        }
        one.delete(&[39]).unwrap();
        let before = everything(&engine);
        disk.clear_trace();
        disk.arm(Fault::new(FaultMode::FailAfter(ErrorKind::Other)).nth(nth));
        let outcome = engine.compact();
        disk.disarm();
        let Some(struck) = disk.trace().into_iter().find(|call| call.is_struck) else {
            assert!(outcome.unwrap() > 0);
            assert!(nth > 20, "{nth}");
            return;
        };
        assert_eq!(everything(&engine), before, "{struck:?}");
        if engine.poisoned().is_some() {
            // It was the log itself: the segment that was active was being sealed.
            assert!(struck.name.starts_with("log"), "{struck:?}");
        } else {
            one.put(b"after", "it").unwrap();
            one.delete(b"after").unwrap();
        }
        for recovery in RECOVERIES {
            for left in disk.crash_states(6) {
                let engine = open_faulty(&left, small().recovery(recovery));
                assert_eq!(everything(&engine), before, "{struck:?}\n{}", left.origin());
                assert_whole(&engine);
            }
        }
        if engine.poisoned().is_none() {
            engine.compact().unwrap_or_else(|error| panic!("{error} after {struck:?}"));
            assert_eq!(everything(&engine), before, "{struck:?}");
            assert_whole(&engine);
            assert_eq!(engine.stray_files().unwrap(), Vec::<String>::new(), "{struck:?}");
        }
    }
}

#[test]
fn a_failed_append_changes_nothing_that_opening_again_shows_and_ends_writing() {
    for operation in [Operation::WriteAt, Operation::Sync] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        one.put(b"key", "old").unwrap();
        let before = everything(&engine);
        let fault = Fault::new(FaultMode::FailBefore(ErrorKind::Other));
        disk.arm(fault.on(&[operation]).below("log/").nth(1));
        let outcome = one.put(b"key", "new");
        assert!(matches!(outcome, Err(Error::OutcomeUnknown)), "{outcome:?}");
        assert!(engine.poisoned().is_some());
        for outcome in [
            one.put(b"other", "value").map(|_| ()),
            one.delete(b"key").map(|_| ()),
            engine.checkpoint().map(|_| ()),
            engine.sync(),
            engine.compact().map(|_| ()),
            engine.namespace("two").map(|_| ()),
            engine.drop_namespace("one").map(|_| ()),
        ] {
            assert!(matches!(outcome, Err(Error::StorePoisoned)), "{outcome:?}");
        }
        // Reading goes on.
        assert!(one.get(b"key").unwrap().is_some());
        engine.close().unwrap();
        let left = disk.crash_states(1).next().unwrap();
        let engine = open_faulty(&left, small());
        assert_eq!(everything(&engine), before);
        engine.namespace("one").unwrap().put(b"key", "newer").unwrap();
    }
}

#[test]
fn after_a_sync_that_failed_once_and_then_lies_nothing_is_acknowledged() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"before", "it").unwrap();
    disk.arm(Fault::new(FaultMode::LoseUnsynced(ErrorKind::Other)).below("log/").nth(1));
    let mut acknowledged = BTreeSet::from([b"before".to_vec()]);
    for number in 0..10u8 {
        if one.put(&[number], "value").is_ok() {
            acknowledged.insert(vec![number]);
        }
        let options = PutOptions::new().durability(Durability::Sync);
        if one.put_with(&[number], "value", &options).is_ok() {
            acknowledged.insert(vec![number]);
        }
    }
    assert_eq!(acknowledged.len(), 1, "a later sync says nothing of what the failed one lost");
    let left = disk.crash_states(1).next().unwrap();
    let engine = open_faulty(&left, small());
    let keys = engine.namespace("one").unwrap().scan().unwrap().keys().unwrap();
    assert_eq!(keys, [b"before".to_vec()]);
}

#[test]
fn a_full_disk_loses_nothing_whenever_it_is_full() {
    let used = |disk: &FaultDisk| -> u64 {
        use sealwood_engine::disk::Disk;
        let list = |directory| disk.list(directory).unwrap();
        let files = ["", "log", "frames", "values"].map(list);
        files.iter().flatten().map(|file| file.len).sum()
    };
    let start = {
        let disk = FaultDisk::new();
        open_faulty(&disk, small()).namespace("one").unwrap();
        used(&disk)
    };
    let (mut refused, mut room) = (0, 0);
    while room < 40_000 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        disk.set_capacity(Some(start + room));
        let mut acknowledged = Vec::new();
        let mut unknown = None;
        for number in 0..30u8 {
            let len = [10, 700, 2000][usize::from(number) % 3];
            let value = pattern(len, u64::from(number));
            match one.put(&[number], value.clone()) {
                Ok(_) => acknowledged.push((vec![number], value)),
                Err(Error::OutcomeUnknown) => unknown = Some((vec![number], value)),
                Err(Error::StoreFull | Error::StorePoisoned) => refused += 1,
                Err(error) => panic!("{error}"),
            }
            if number % 8 == 7 {
                match engine.checkpoint() {
                    Ok(_)
                    | Err(Error::StoreFull | Error::StorePoisoned | Error::OutcomeUnknown) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
        for left in disk.crash_states(3) {
            let engine = open_faulty(&left, small());
            let mut found = all(&engine.namespace("one").unwrap());
            found.retain(|found| Some(found) != unknown.as_ref());
            assert_eq!(found, acknowledged, "with room for {room}");
            engine.namespace("one").unwrap().put(b"room", "again").unwrap();
            assert_whole(&engine);
        }
        room += 331;
    }
    assert!(refused > 100, "{refused}");
}

#[test]
fn with_too_few_handles_nothing_is_lost_and_nothing_breaks() {
    for handles in 0..12 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small().open_files_max(4));
        let one = engine.namespace("one").unwrap();
        let mut acknowledged = Vec::new();
        for number in 0..40u8 {
            if number == 10 {
                disk.set_open_max(Some(handles));
            }
            let value = pattern([10, 700, 2000][usize::from(number) % 3], u64::from(number));
            if one.put(&[number], value.clone()).is_ok() {
                acknowledged.push((vec![number], value));
            }
        }
        // Whether they succeed or not.
        let _ = (engine.checkpoint(), engine.compact());
        disk.set_open_max(None);
        for (key, value) in &acknowledged {
            assert_eq!(one.get(key).unwrap().unwrap().bytes, value, "{handles} handles");
        }
        let left = disk.crash_states(1).next().unwrap();
        let engine = open_faulty(&left, small());
        let found = all(&engine.namespace("one").unwrap());
        for acknowledged in &acknowledged {
            assert!(found.contains(acknowledged), "{handles} handles");
        }
        assert_whole(&engine);
    }
}

#[test]
fn revisions_only_grow_over_restarts_deletes_and_a_clock_that_goes_back() {
    for recovery in RECOVERIES {
        let disk = FaultDisk::new();
        let clock = TestClock::at(1 << 40);
        let config = || small().recovery(recovery).clock(Arc::new(clock.clone()));
        let mut last = Revision::ZERO;
        for restart in 0..8u64 {
            let engine = open_faulty(&disk, config());
            assert!(engine.revision() >= last);
            let one = engine.namespace("one").unwrap();
            let put = one.put(b"key", pattern(300, restart)).unwrap();
            assert!(put > last, "{put} after {last}");
            assert!(one.delete(b"key").unwrap());
            last = engine.revision();
            assert!(last > put);
            if restart % 2 == 1 {
                engine.compact().unwrap();
            }
            engine.close().unwrap();
            clock.set((1 << 40) - restart * 1000);
        }
    }
}

#[test]
fn a_torn_end_is_cut_at_every_byte() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small().segment_bytes_max(1 << 20));
    let one = engine.namespace("one").unwrap();
    let mut states = vec![(file_len(&disk), everything(&engine))];
    let options = PutOptions::new().durability(Durability::None);
    for number in 0..6u8 {
        one.put_with(&[number], pattern(usize::from(number) * 20, 1), &options).unwrap();
        let mut batch = engine.batch();
        batch.put(&one, b"a", vec![number]).put(&one, b"b", vec![number; 30]);
        batch.commit_with(&CommitOptions::new().durability(Durability::None)).unwrap();
    }
    // In the file, but not synced: no record says that what is before it was.
    drop((one, engine));
    let whole = file_len(&disk);
    let start = states.pop().unwrap().0;
    let mut seen = BTreeSet::new();
    for len in start..=whole {
        let torn = disk.reopen();
        torn.truncate(LOG, len).unwrap();
        let rebuilt = {
            let config = small().recovery(RecoveryMode::Rebuild);
            everything(&open_faulty(&torn.reopen(), config))
        };
        let engine = open_faulty(&torn, small());
        let one = engine.namespace("one").unwrap();
        let found = all(&one);
        assert_eq!(everything(&engine), rebuilt);
        let (a, b) = (one.get(b"a").unwrap(), one.get(b"b").unwrap());
        assert_eq!(a.is_some(), b.is_some(), "a batch was parted at {len}");
        if let (Some(a), Some(b)) = (a, b) {
            assert_eq!(a.bytes[0], b.bytes[0], "a batch was parted at {len}");
        }
        seen.insert(found.len());
        one.put(b"after", "it").unwrap();
        drop((one, engine));
        let engine = open_faulty(&torn, small());
        assert_eq!(all(&engine.namespace("one").unwrap()).len(), found.len() + 1);
        assert_whole(&engine);
    }
    assert_eq!(seen, BTreeSet::from([0, 1, 3, 4, 5, 6, 7, 8]));
}

/// The first segment.
const LOG: &str = "log/0000000000000001";

fn file_len(disk: &FaultDisk) -> u64 {
    use sealwood_engine::disk::{Disk, OpenMode};
    disk.open(LOG, OpenMode::Read).unwrap().len().unwrap()
}

#[test]
fn a_second_opener_is_refused_until_the_first_is_gone() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let refused = try_open(&disk, small());
    assert!(matches!(refused, Err(Error::StoreLocked)), "{refused:?}");
    engine.close().unwrap();
    let second = open_faulty(&disk, small());
    drop(second);
    open_faulty(&disk, small());
}
