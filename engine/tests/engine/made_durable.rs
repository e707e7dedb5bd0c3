//! What says that something is so says it durably, also when it is asked again after an outcome
//! that nobody knew.

use std::io::ErrorKind;

use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Engine, Error, Result, Tracking};

use crate::common::{open_faulty, small};

/// Does something that may have been done before.
type Act = fn(&Engine) -> Result<()>;
/// Whether it is done.
type IsDone = fn(&Engine) -> bool;

const ACTS: [(Act, IsDone); 4] = [
    (
        |engine| engine.namespace("new").map(drop),
        |engine| engine.namespaces().unwrap().contains(&"new".to_owned()),
    ),
    (
        |engine| engine.drop_namespace("old").map(drop),
        |engine| !engine.namespaces().unwrap().contains(&"old".to_owned()),
    ),
    (
        |engine| engine.namespace("kept")?.track(Tracking::Whole).map(drop),
        |engine| engine.namespace("kept").unwrap().tracked_state().unwrap().is_some(),
    ),
    (
        |engine| engine.namespace("kept")?.rename_prefix(b"from/", b"to/").map(drop),
        |engine| engine.namespace("kept").unwrap().get(b"to/1").unwrap().is_some(),
    ),
];

fn engine(disk: &FaultDisk) -> Engine {
    let engine = open_faulty(disk, small());
    engine.namespace("old").unwrap();
    engine.namespace("kept").unwrap().put(b"from/1", "row").unwrap();
    engine
}

fn fail(disk: &FaultDisk, operation: Operation, kind: ErrorKind) {
    disk.arm(Fault::new(FaultMode::FailBefore(kind)).on(&[operation]).below("log/"));
}

#[test]
fn what_is_asked_again_is_durable() {
    for (act, is_done) in ACTS {
        let disk = FaultDisk::new();
        let engine = engine(&disk);
        fail(&disk, Operation::WriteAt, ErrorKind::StorageFull);
        assert!(matches!(act(&engine), Err(Error::OutcomeUnknown)));
        // As long as nothing can be written nothing is told to be so.
        for _ in 0..3 {
            let again = act(&engine);
            assert!(matches!(again, Err(Error::OutcomeUnknown | Error::StoreFull)), "{again:?}");
        }
        disk.disarm();
        assert!(engine.poisoned().is_none());
        act(&engine).unwrap();
        for left in disk.crash_states(8) {
            assert!(is_done(&open_faulty(&left, small())));
        }
    }
}

#[test]
fn what_a_poisoned_engine_may_lose_it_does_not_give() {
    for (act, _) in ACTS {
        let disk = FaultDisk::new();
        let engine = engine(&disk);
        fail(&disk, Operation::Sync, ErrorKind::Other);
        assert!(matches!(act(&engine), Err(Error::OutcomeUnknown)));
        disk.disarm();
        let again = act(&engine);
        assert!(matches!(again, Err(Error::OutcomeUnknown | Error::StorePoisoned)), "{again:?}");
        // What was durable before is given.
        engine.namespace("kept").unwrap();
    }
}
