//! Large values whose writing or removal fails midway: nothing is half done, nothing is left over.

use std::io::ErrorKind;

use sealwood_engine::disk::Disk;
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Durability, Engine, PutOptions};

use crate::common::{assert_no_strays, assert_whole, open_faulty, pattern, small};

fn value_files(disk: &FaultDisk) -> usize {
    disk.list("values").unwrap().len()
}

fn settle(engine: &Engine) {
    engine.checkpoint().unwrap();
    assert_whole(engine);
    assert_no_strays(engine);
}

/// Between the delete and the checkpoint that would remove the file another key may name it again.
#[test]
fn a_value_that_is_named_again_is_not_deleted() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"a", pattern(5000, 1)).unwrap();
    engine.checkpoint().unwrap();
    one.delete(b"a").unwrap();
    one.put(b"b", pattern(5000, 1)).unwrap();
    settle(&engine);
    assert_eq!(one.get(b"b").unwrap().unwrap().bytes, pattern(5000, 1));
    // The same with a removal that failed before and is owed.
    one.delete(b"b").unwrap();
    let refused = FaultMode::FailBefore(ErrorKind::PermissionDenied);
    disk.arm(Fault::new(refused).on(&[Operation::Remove]).below("values/"));
    assert!(engine.checkpoint().is_err());
    one.put(b"c", pattern(5000, 1)).unwrap();
    disk.disarm();
    settle(&engine);
    assert_eq!(one.get(b"c").unwrap().unwrap().bytes, pattern(5000, 1));
}

#[test]
fn a_batch_whose_value_cannot_be_written_changes_nothing_and_leaves_nothing() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"kept", "before").unwrap();
    for nth in 1..=3 {
        let full = FaultMode::FailBefore(ErrorKind::StorageFull);
        disk.arm(Fault::new(full).on(&[Operation::WriteAt]).below("values/").nth(nth));
        let mut batch = engine.batch();
        batch.put(&one, b"kept", "after");
        for number in 0..3 {
            batch.put(&one, &[number], pattern(5000, u64::from(number)));
        }
        assert_eq!(batch.commit().unwrap_err().code(), "store-full");
        disk.disarm();
        assert_eq!(one.scan().unwrap().keys().unwrap(), [b"kept"]);
        assert_eq!(one.get(b"kept").unwrap().unwrap().bytes, "before");
        settle(&engine);
        assert_eq!(value_files(&disk), 0);
    }
    one.put(b"kept", "after").unwrap();
}

/// A value whose name may be lost is not acknowledged, whoever was to make it durable.
#[test]
fn a_value_whose_name_is_not_durable_is_not_acknowledged() {
    let failing = || {
        let fault = Fault::new(FaultMode::FailBefore(ErrorKind::Other));
        fault.on(&[Operation::SyncDir]).below("values").nth(1)
    };
    for durability in [Durability::Group, Durability::Sync] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        let options = PutOptions::new().durability(durability);
        disk.arm(failing());
        assert!(one.put_with(b"key", pattern(5000, 1), &options).is_err());
        disk.disarm();
        assert_eq!(one.info(b"key").unwrap(), None);
        one.put_with(b"key", pattern(5000, 1), &options).unwrap();
        settle(&engine);
        for left in disk.crash_states(20) {
            let one = open_faulty(&left, small()).namespace("one").unwrap();
            assert_eq!(one.get(b"key").unwrap().unwrap().bytes, pattern(5000, 1));
        }
    }
    // One that is owed: the sync that was to pay says that it did not.
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    let later = PutOptions::new().durability(Durability::None);
    one.put_with(b"key", pattern(5000, 1), &later).unwrap();
    disk.arm(failing());
    assert!(engine.sync().is_err());
    disk.disarm();
    for left in disk.crash_states(20) {
        let engine = open_faulty(&left, small());
        assert_whole(&engine);
    }
}
