//! Large values: one file for one content, durable before anything names it, never changed.

use sealwood_engine::disk::Disk;
use sealwood_engine::faults::{FaultDisk, Operation};
use sealwood_engine::{Durability, PutOptions, VacuumMode};

use crate::common::{Ended, assert_no_strays, assert_whole, open_faulty, pattern, small};

const LEN: usize = 3000;

fn files(disk: &FaultDisk) -> usize {
    disk.list("values").unwrap().len()
}

#[test]
fn one_content_is_one_file_until_its_last_key_is_gone() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let (one, two) = (engine.namespace("one").unwrap(), engine.namespace("two").unwrap());
    one.put(b"a", pattern(LEN, 1)).unwrap();
    let written = engine.stats().value_bytes_written;
    one.put(b"b", pattern(LEN, 1)).unwrap();
    two.put(b"a", pattern(LEN, 1)).unwrap();
    assert_eq!(engine.stats().value_bytes_written, written, "it is there already");
    assert_eq!(files(&disk), 1);
    one.delete(b"a").unwrap();
    one.put(b"b", "small").unwrap();
    engine.checkpoint().unwrap();
    assert_eq!(two.get(b"a").unwrap().unwrap().bytes, pattern(LEN, 1));
    two.delete(b"a").unwrap();
    assert_eq!(files(&disk), 1, "a delete is for the next checkpoint");
    engine.checkpoint().unwrap();
    assert_eq!(files(&disk), 0);
    assert_whole(&engine);
}

#[test]
fn content_that_waits_for_its_deletion_is_never_written_in_place() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"a", pattern(LEN, 1)).unwrap();
    engine.checkpoint().unwrap();
    one.delete(b"a").unwrap();
    disk.clear_trace();
    one.put(b"b", pattern(LEN, 1)).unwrap();
    let in_place = disk.trace().into_iter().find(|call| {
        let writes = [Operation::WriteAt, Operation::Append, Operation::SetLen];
        writes.contains(&call.operation)
            && call.name.starts_with("values/")
            && !call.name.starts_with("values/tmp-")
    });
    assert_eq!(in_place, None);
    engine.checkpoint().unwrap();
    assert_eq!(one.get(b"b").unwrap().unwrap().bytes, pattern(LEN, 1));
    assert_no_strays(&engine);
}

#[test]
fn a_value_is_durable_under_its_name_before_the_log_names_it() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    disk.clear_trace();
    one.put(b"a", pattern(LEN, 1)).unwrap();
    let calls = disk.trace();
    let at = |operation: Operation, prefix: &str| {
        calls
            .iter()
            .position(|call| call.operation == operation && call.name.starts_with(prefix))
            .unwrap_or_else(|| panic!("no {operation:?} of {prefix}"))
    };
    let order = [
        at(Operation::WriteAt, "values/tmp-"),
        at(Operation::Sync, "values/tmp-"),
        at(Operation::Rename, "values/tmp-"),
        at(Operation::SyncDir, "values"),
        at(Operation::WriteAt, "log/"),
        at(Operation::Sync, "log/"),
    ];
    assert!(order.is_sorted(), "{order:?} of {calls:?}");
}

#[test]
fn a_value_that_was_overwritten_stays_until_the_overwrite_is_durable() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", pattern(LEN, 0)).unwrap();
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ended = Ended(&done);
            // Overwrites come while syncs and checkpoints are under way.
            let options = PutOptions::new().durability(Durability::None);
            for number in 1..300 {
                one.put_with(b"key", pattern(LEN, number % 5), &options).unwrap();
            }
        });
        let mut rounds = 0;
        while !done.load(std::sync::atomic::Ordering::SeqCst) || rounds < 20 {
            engine.checkpoint().unwrap();
            engine.sync().unwrap();
            rounds += 1;
            for left in disk.crash_states(6) {
                let engine = open_faulty(&left, small());
                let one = engine.namespace("one").unwrap();
                assert_eq!(one.get(b"key").unwrap().unwrap().bytes.len(), LEN);
                assert_whole(&engine);
            }
        }
    });
    engine.vacuum(VacuumMode::Delete).unwrap();
    assert_eq!(files(&disk), 1);
}

#[test]
fn a_refused_put_leaves_no_file() {
    use sealwood_engine::Precondition;
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", "small").unwrap();
    disk.clear_trace();
    assert!(
        one.put_with(
            b"key",
            pattern(LEN, 1),
            &PutOptions::new().precondition(Precondition::Absent)
        )
        .is_err()
    );
    assert_eq!(disk.trace(), [], "a condition is looked at first");
    // In a batch the first value is written before the second is refused.
    let mut batch = engine.batch();
    batch.put(&one, b"other", pattern(LEN, 2));
    batch.put_with(
        &one,
        b"key",
        pattern(LEN, 3),
        &PutOptions::new().precondition(Precondition::Absent),
    );
    assert!(batch.commit().is_err());
    engine.checkpoint().unwrap();
    assert_eq!(files(&disk), 0);
    assert_no_strays(&engine);
}

#[test]
fn a_vacuum_takes_what_nothing_names_and_only_tells_if_asked() {
    use sealwood_engine::disk::OpenMode;
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", pattern(LEN, 1)).unwrap();
    let stray = format!("values/{}-{LEN:x}", "ab".repeat(32));
    disk.open(&stray, OpenMode::CreateNew).unwrap().append(b"left over").unwrap();
    let found = engine.vacuum(VacuumMode::Report).unwrap();
    assert_eq!((found.values, found.value_bytes), (1, LEN as u64));
    assert_eq!(files(&disk), 2);
    // What can't be listed is not taken for empty.
    use sealwood_engine::faults::{Fault, FaultMode};
    let fault = Fault::new(FaultMode::FailBefore(std::io::ErrorKind::Other));
    disk.arm(fault.on(&[Operation::List]).nth(1));
    assert!(engine.vacuum(VacuumMode::Delete).is_err());
    assert_eq!(files(&disk), 2);
    assert_eq!(engine.vacuum(VacuumMode::Delete).unwrap().values, 1);
    assert_eq!(files(&disk), 1);
    assert_eq!(one.get(b"key").unwrap().unwrap().bytes, pattern(LEN, 1));
}
