//! A checkpoint that fails loses nothing and is made good by the next.
//!
//! Faults are armed relative to now, and what happened is read from the disk's trace.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use sealwood_engine::faults::{Call, Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Background, Engine, EngineConfig, Namespace, RecoveryMode};

use crate::common::{all, assert_no_strays, assert_whole, everything, open_faulty, pattern, small};

const FAILING: FaultMode = FaultMode::FailBefore(ErrorKind::Other);

/// An engine with a published checkpoint, and after it changes and files to delete.
fn owing(disk: &FaultDisk, config: EngineConfig) -> (Engine, Namespace) {
    let engine = open_faulty(disk, config);
    let one = engine.namespace("one").unwrap();
    for number in 0..40u32 {
        one.put(&number.to_be_bytes(), pattern(200, u64::from(number))).unwrap();
    }
    for number in 0..6u32 {
        one.put(&[number as u8], pattern(1500, 100 + u64::from(number))).unwrap();
    }
    engine.checkpoint().unwrap();
    for number in 0..6u8 {
        assert!(one.delete(&[number]).unwrap());
    }
    for number in 0..20u32 {
        one.put(&number.to_be_bytes(), pattern(200, 50 + u64::from(number))).unwrap();
    }
    disk.clear_trace();
    (engine, one)
}

fn names(calls: &[Call]) -> Vec<(Operation, &str)> {
    calls.iter().map(|call| (call.operation, call.name.as_str())).collect()
}

fn removed(calls: &[Call]) -> Vec<&str> {
    let removes = calls.iter().filter(|call| call.operation == Operation::Remove);
    removes.map(|call| call.name.as_str()).collect()
}

/// Asserts that nothing is owed, lost or left over, in this engine and in the next two.
fn assert_settled(disk: &FaultDisk, engine: &Engine) {
    assert_no_strays(engine);
    assert_whole(engine);
    assert!(!engine.checkpoint().unwrap(), "something is still owed");
    let expected = everything(engine);
    for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
        // As a power cut would leave it: a checkpoint is durable.
        let left = disk.crash_states(1).next().unwrap();
        let engine = open_faulty(&left, small().recovery(recovery));
        assert_eq!(everything(&engine), expected);
        assert_whole(&engine);
    }
}

#[test]
fn a_checkpoint_with_nothing_to_do_makes_no_call() {
    let disk = FaultDisk::new();
    let (engine, one) = owing(&disk, small());
    assert!(engine.checkpoint().unwrap());
    disk.clear_trace();
    assert!(!engine.checkpoint().unwrap());
    assert_eq!(one.get(&0u32.to_be_bytes()).unwrap().unwrap().bytes.len(), 200);
    let calls = disk.trace();
    let changes: Vec<_> = calls.iter().filter(|call| call.is_change()).collect();
    assert_eq!(changes, Vec::<&Call>::new());
    disk.clear_trace();
    assert!(!engine.checkpoint().unwrap());
    assert_eq!(disk.trace(), []);
    assert_settled(&disk, &engine);
}

#[test]
fn frames_are_durable_before_the_manifest_and_the_manifest_before_anything_is_deleted() {
    let disk = FaultDisk::new();
    let (engine, _) = owing(&disk, small());
    engine.checkpoint().unwrap();
    let calls = disk.trace();
    let calls = names(&calls);
    let last = |operation: Operation, prefix: &str| {
        calls.iter().rposition(|call| call.0 == operation && call.1.starts_with(prefix)).unwrap()
    };
    let first = |operation: Operation, prefix: &str| {
        calls.iter().position(|call| call.0 == operation && call.1.starts_with(prefix)).unwrap()
    };
    let order = [
        last(Operation::WriteAt, "frames/"),
        last(Operation::Sync, "frames/"),
        first(Operation::WriteAt, "manifest"),
        last(Operation::Sync, "manifest"),
        first(Operation::Remove, ""),
        last(Operation::Remove, ""),
        last(Operation::SyncDir, "values"),
    ];
    assert!(order.is_sorted(), "{order:?} of {calls:?}");
    assert_settled(&disk, &engine);
}

#[test]
fn a_failed_write_keeps_everything_dirty_and_deletes_nothing() {
    for (operation, prefix) in [
        (Operation::WriteAt, "frames/"),
        (Operation::Sync, "frames/"),
        (Operation::WriteAt, "manifest"),
        (Operation::Sync, "manifest"),
    ] {
        let disk = FaultDisk::new();
        let (engine, one) = owing(&disk, small());
        let before = everything(&engine);
        let dirty = engine.stats().dirty_bytes;
        disk.arm(Fault::new(FAILING).on(&[operation]).below(prefix).nth(1));
        assert!(engine.checkpoint().is_err());
        let calls = disk.trace();
        assert!(calls.iter().any(|call| call.is_struck), "{operation:?} of {prefix}");
        assert_eq!(removed(&calls), Vec::<&str>::new());
        assert!(engine.stats().dirty_bytes >= dirty);
        assert_eq!(everything(&engine), before);
        assert_whole(&engine);

        // Nothing was acknowledged by it and nothing is refused after it.
        one.put(b"after", "a failed checkpoint").unwrap();
        disk.clear_trace();
        assert!(engine.checkpoint().unwrap());
        let values = removed(&disk.trace()).iter().filter(|it| it.starts_with("values/")).count();
        assert_eq!(values, 6, "the deletes that were put off");
        assert_settled(&disk, &engine);
    }
}

#[test]
fn a_failed_delete_is_tried_again_while_the_others_proceed() {
    let disk = FaultDisk::new();
    let (engine, _) = owing(&disk, small());
    disk.arm(Fault::new(FAILING).on(&[Operation::Remove]).below("values/").nth(2));
    assert!(engine.checkpoint().is_err());
    let calls = disk.trace();
    assert_eq!(removed(&calls).iter().filter(|it| it.starts_with("values/")).count(), 6);
    let struck: Vec<_> = calls.iter().filter(|call| call.is_struck).collect();
    assert_eq!(struck.len(), 1);
    let kept = struck[0].name.clone();
    assert_eq!(engine.stats().deletes_failed, 1);
    assert_eq!(engine.stray_files().unwrap().len(), 1, "all the others are gone");

    disk.clear_trace();
    assert!(engine.checkpoint().unwrap());
    assert_eq!(removed(&disk.trace()), [kept.as_str()]);
    assert_settled(&disk, &engine);
}

#[test]
fn deletes_whose_directory_is_not_synced_are_made_again() {
    let disk = FaultDisk::new();
    let (engine, _) = owing(&disk, small());
    disk.arm(Fault::new(FAILING).on(&[Operation::SyncDir]).below("values").nth(1));
    assert!(engine.checkpoint().is_err());
    let mut first: Vec<String> = removed(&disk.trace()).iter().map(|it| it.to_string()).collect();
    first.retain(|name| name.starts_with("values/"));
    disk.clear_trace();
    assert!(engine.checkpoint().unwrap());
    let mut again: Vec<String> = removed(&disk.trace()).iter().map(|it| it.to_string()).collect();
    first.sort();
    again.sort();
    assert_eq!(again, first, "and they find nothing, which is no error");
    assert_settled(&disk, &engine);
}

/// Each I/O call of a checkpoint fails once, before its effect and after it.
#[test]
fn a_checkpoint_is_made_good_whichever_call_of_it_failed() {
    let calls = {
        let disk = FaultDisk::new();
        let (engine, _) = owing(&disk, small());
        engine.checkpoint().unwrap();
        disk.trace().len() as u64
    };
    assert!(calls > 10, "{calls}");
    for nth in 1..=calls {
        for mode in [
            FAILING,
            FaultMode::FailAfter(ErrorKind::Other),
            FaultMode::FailBefore(ErrorKind::StorageFull),
        ] {
            let disk = FaultDisk::new();
            let (engine, one) = owing(&disk, small());
            let before = everything(&engine);
            disk.arm(Fault::new(mode).nth(nth));
            let outcome = engine.checkpoint();
            let struck = disk.trace().into_iter().find(|call| call.is_struck).unwrap();
            disk.disarm();
            assert_eq!(everything(&engine), before, "{struck:?}");
            if engine.poisoned().is_some() {
                panic!("a checkpoint of a synced log has poisoned the engine: {struck:?}");
            }
            // A power cut now loses nothing either.
            for left in disk.crash_states(12) {
                let engine = open_faulty(&left, small());
                assert_eq!(everything(&engine), before, "{struck:?}\n{}", left.origin());
            }
            one.put(b"after", "it").unwrap();
            engine.checkpoint().unwrap_or_else(|error| panic!("{error} after {struck:?}"));
            assert!(outcome.is_err() || struck.operation == Operation::Open, "{struck:?}");
            assert_eq!(engine.stray_files().unwrap(), Vec::<String>::new(), "{struck:?}");
            assert_settled(&disk, &engine);
        }
    }
}

fn automatic() -> EngineConfig {
    small().background(Background::Automatic).checkpoint_idle(Duration::from_millis(5))
}

/// Waits until something holds, for much longer than it takes.
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(30), "{what} did not come about");
        std::thread::yield_now();
    }
}

#[test]
fn the_background_recovers_from_a_failed_write_and_a_failed_sync() {
    for operation in [Operation::WriteAt, Operation::Sync] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, automatic());
        let one = engine.namespace("one").unwrap();
        one.put(b"large", pattern(2000, 1)).unwrap();
        disk.arm(Fault::new(FAILING).on(&[operation]).below("frames/").nth(1));
        one.put(b"key", pattern(50, 2)).unwrap();
        assert!(one.delete(b"large").unwrap());
        let struck = || disk.trace().iter().any(|call| call.is_struck);
        wait_for("the fault", struck);
        wait_for("a later checkpoint", || {
            let stats = engine.stats();
            stats.dirty_bytes == 0 && engine.stray_files().unwrap().is_empty()
        });
        assert_eq!(all(&one), [(b"key".to_vec(), pattern(50, 2))]);
        assert!(engine.poisoned().is_none());
        engine.close().unwrap();
        let engine = open_faulty(&disk, small());
        assert_settled(&disk, &engine);
    }
}
