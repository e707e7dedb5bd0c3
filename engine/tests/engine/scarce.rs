//! No room and no file handles: nothing is lost, nothing piles up, and it goes on by itself once
//! there are some again.

use std::io::ErrorKind;

use sealwood_engine::disk::Disk;
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Durability, Error, PutOptions, RecoveryMode};

use crate::common::{all, assert_no_strays, assert_whole, open_faulty, pattern, small};

const LAZY: PutOptions = PutOptions::new().durability(Durability::None);

fn used(disk: &FaultDisk) -> u64 {
    let files = ["", "log", "frames", "values"].map(|directory| disk.list(directory).unwrap());
    files.iter().flatten().map(|file| file.len).sum()
}

#[test]
fn checkpoints_that_fail_leave_nothing_and_a_full_disk_recovers_by_itself() {
    for room in (0..12_000).step_by(500) {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        for number in 0..40u8 {
            one.put(&[number], pattern(300, u64::from(number))).unwrap();
        }
        engine.checkpoint().unwrap();
        for number in 0..100u8 {
            one.put(&[number, 1], pattern(12, u64::from(number))).unwrap();
        }
        // A put after this one may not find room; its record may wait in memory.
        disk.set_capacity(Some(used(&disk) + room));
        let mut acknowledged = all(&one);
        for number in 0..20u8 {
            let taken = |disk: &FaultDisk| (used(disk), disk.list("frames").unwrap().len());
            let before = taken(&disk);
            match engine.checkpoint() {
                Ok(_) => {}
                Err(Error::StoreFull) => {
                    assert_eq!(
                        taken(&disk),
                        before,
                        "checkpoint {number} with {room} left something"
                    );
                }
                Err(error) => panic!("{error}"),
            }
        }
        let (mut unknown, mut refused) = (0, 0);
        for number in 0..40u8 {
            let value = pattern(400, u64::from(number));
            match one.put(&[number, 2], value.clone()) {
                Ok(_) => acknowledged.push((vec![number, 2], value)),
                Err(Error::OutcomeUnknown) => unknown += 1,
                Err(Error::StoreFull) => refused += 1,
                Err(error) => panic!("{error}"),
            }
            assert!(engine.poisoned().is_none(), "with {room}");
        }
        assert!(unknown <= 1 && refused > 0, "{unknown} unknown, {refused} refused, with {room}");
        // What is acknowledged is there, whatever happens now.
        for left in disk.crash_states(3) {
            let left = open_faulty(&left, small());
            let found = all(&left.namespace("one").unwrap());
            assert!(acknowledged.iter().all(|it| found.contains(it)), "with {room}");
        }
        disk.set_capacity(None);
        one.put(b"room", "again").unwrap();
        engine.checkpoint().unwrap();
        let found = all(&one);
        assert!(acknowledged.iter().all(|it| found.contains(it)));
        assert_whole(&engine);
        assert_no_strays(&engine);
        engine.close().unwrap();
        assert_eq!(all(&open_faulty(&disk, small()).namespace("one").unwrap()), found);
    }
}

/// Each call on the log that may find no room finds none once, before and after a part of it.
#[test]
fn a_write_of_the_log_that_finds_no_room_is_made_good_by_the_next() {
    for nth in 1..40 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        let fault = Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull));
        disk.arm(fault.on(&[Operation::WriteAt, Operation::Open]).below("log/").nth(nth));
        let mut acknowledged = Vec::new();
        for number in 0..40u8 {
            let value = pattern(300, u64::from(number));
            match one.put(&[number], value.clone()) {
                Ok(_) => acknowledged.push((vec![number], value)),
                // Readers see it, and the next put makes it durable.
                Err(Error::OutcomeUnknown) => {
                    assert_eq!(one.get(&[number]).unwrap().unwrap().bytes, value);
                    acknowledged.push((vec![number], value));
                }
                Err(Error::StoreFull) => assert!(one.get(&[number]).unwrap().is_none()),
                Err(error) => panic!("{error}"),
            }
        }
        assert!(engine.poisoned().is_none());
        assert!(acknowledged.len() >= 39);
        one.put(b"last", "it").unwrap();
        acknowledged.push((b"last".to_vec(), b"it".to_vec()));
        acknowledged.sort();
        let left = disk.crash_states(1).next().unwrap();
        let left = open_faulty(&left, small());
        assert_eq!(all(&left.namespace("one").unwrap()), acknowledged, "{nth}");
        assert_whole(&left);
    }
}

/// A sync that says the disk is full says nothing of what it holds.
#[test]
fn a_sync_that_finds_no_room_ends_writing() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    let fault = Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull));
    disk.arm(fault.on(&[Operation::Sync]).below("log/").nth(1));
    assert!(matches!(one.put(b"key", "value"), Err(Error::OutcomeUnknown)));
    assert!(engine.poisoned().is_some());
}

/// An attempt to publish that fails may have landed: what it names stays until that is settled, and
/// then goes, however many attempts fail.
#[test]
fn attempts_to_publish_that_fail_leave_one_set_of_frames_at_most() {
    for mode in [
        FaultMode::FailBefore(ErrorKind::StorageFull),
        FaultMode::FailAfter(ErrorKind::StorageFull),
    ] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        one.put(b"key", pattern(300, 1)).unwrap();
        engine.checkpoint().unwrap();
        one.put(b"other", pattern(300, 2)).unwrap();
        let before = all(&one);
        let files = disk.list("frames").unwrap().len();
        for _ in 0..10 {
            // The second write of the manifest is that of the slot, after one that empties it.
            disk.arm(Fault::new(mode).on(&[Operation::Sync]).below("manifest").every(2));
            let _ = engine.checkpoint();
            disk.disarm();
            assert!(disk.list("frames").unwrap().len() <= files + 2);
            for left in disk.crash_states(4) {
                let left = open_faulty(&left, small());
                assert_eq!(all(&left.namespace("one").unwrap()), before);
            }
            one.put(b"key", pattern(300, 1)).unwrap();
        }
        engine.checkpoint().unwrap();
        assert_no_strays(&engine);
        assert_whole(&engine);
    }
}

#[test]
fn with_too_few_handles_writes_are_refused_and_go_on_when_there_are_enough() {
    for handles in 0..8 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        let mut acknowledged = Vec::new();
        for number in 0..60u8 {
            if number == 20 {
                // Its own read handles are no reason to have none for writing.
                for number in 0..20u8 {
                    one.get(&[number]).unwrap();
                }
                disk.set_open_max(Some(handles));
            }
            let value = pattern([10, 700, 2000][usize::from(number) % 3], u64::from(number));
            match one.put(&[number], value.clone()) {
                Ok(_) => acknowledged.push((vec![number], value)),
                Err(Error::StoreUnavailable { .. }) => {
                    assert!(number >= 20);
                    disk.set_open_max(None);
                    assert!(one.get(&[number]).unwrap().is_none(), "it was not applied");
                    disk.set_open_max(Some(handles));
                }
                Err(error) => panic!("{error}"),
            }
            if number % 10 == 9 {
                match engine.checkpoint() {
                    Ok(_) | Err(Error::StoreUnavailable { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
            }
        }
        assert!(engine.poisoned().is_none(), "{handles} handles");
        if handles >= 4 {
            assert_eq!(acknowledged.len(), 60, "{handles} handles are enough");
        }
        disk.set_open_max(None);
        one.put(b"handles", "again").unwrap();
        one.put_with(b"lazy", pattern(2000, 1), &LAZY).unwrap();
        engine.checkpoint().unwrap();
        let found = all(&one);
        assert!(acknowledged.iter().all(|it| found.contains(it)), "{handles} handles");
        assert_whole(&engine);
        assert_no_strays(&engine);
        engine.close().unwrap();
        assert_eq!(disk.open_handles(), 0);
    }
}

#[test]
fn a_checkpoint_that_fails_after_a_rebuild_leaves_the_last_checkpoint() {
    for at in 1.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        engine.namespace("one").unwrap().put(b"key", "value").unwrap();
        engine.close().unwrap();
        let rebuilding = small().recovery(RecoveryMode::Rebuild);
        let engine = open_faulty(&disk, rebuilding);
        let calls = disk.calls();
        disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull)).nth(at));
        let _ = engine.close();
        let struck = disk.trace().iter().any(|call| call.number >= calls && call.is_struck);
        let engine = open_faulty(&disk.reopen(), small());
        let value = engine.namespace("one").unwrap().get(b"key").unwrap().unwrap();
        assert_eq!(&value.bytes[..], b"value", "call {at}");
        if !struck {
            assert!(at > 5, "{at}");
            return;
        }
    }
}
