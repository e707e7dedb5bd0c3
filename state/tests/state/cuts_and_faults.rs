//! Wherever the power is cut and whatever call fails, there is one version, whole, in all
//! partitions: the one before the step that was under way, or the one after.

use std::io::ErrorKind;

use sealwood_state::engine::Engine;
use sealwood_state::engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_state::{Error, Import, StateStore};

use crate::common::{Machine, Running, assert_is, assert_unchanged, set};
use crate::steps::{Expected, OnError, Step, run, script};

/// Calls that may find no room.
const TAKE_ROOM: [Operation; 4] =
    [Operation::Create, Operation::WriteAt, Operation::Append, Operation::SetLen];

fn machine() -> Machine {
    Machine::new(&["legacy", "storage"])
}

/// Asserts that a store is before or after the step that came after so many, and goes on. An import
/// that was under way is begun again.
fn check(disks: &Machine, done: usize, steps: &[Step], expected: &[Expected]) {
    let Running { mut store, engines } = match disks.try_run() {
        Ok(running) => running,
        Err(Error::ImportUnfinished { version }) => {
            let Some(Step::Import(to, rows)) = steps.get(done) else {
                panic!("an import that is not under way")
            };
            assert_eq!(version, *to);
            let (config, engines) = disks.start().unwrap();
            let mut import = Import::begin(config, version).unwrap();
            for ((name, key), value) in rows {
                import.put(name, key.clone(), value.clone()).unwrap();
            }
            let store = import.finish().unwrap();
            assert_is(&store, version, rows);
            Running { store, engines }
        }
        Err(error) => panic!("{error}\n{}", disks.log.origin()),
    };
    let may_be = &expected[done..expected.len().min(done + 2)];
    let found = may_be.iter().find(|(version, _)| *version == store.version());
    let (version, rows) = found.unwrap_or_else(|| panic!("version {}", store.version()));
    assert_is(&store, *version, rows);
    assert_unchanged(&store);
    sync(&engines);
    assert_eq!(disks.versions(), vec![*version; 4]);
    let mut rows = rows.clone();
    store.apply("storage", &set(&[(b"more", Some(b"1"))])).unwrap();
    rows.insert(("storage", b"more".to_vec()), b"1".to_vec());
    store.commit(version + 1).unwrap();
    assert_is(&store, version + 1, &rows);
    Running { store, engines }.close();
}

fn sync(engines: &[Engine]) {
    engines.iter().for_each(|engine| engine.sync().unwrap());
}

/// The number of calls or changes on each disk while all steps succeed.
fn counted(steps: &[Step], count: impl Fn(&FaultDisk) -> u64) -> Vec<u64> {
    let disks = machine();
    let whole = run(&disks, steps, OnError::Stop);
    assert_eq!(whole.done, steps.len(), "{:?}", whole.failed);
    drop(whole);
    disks.disks().into_iter().map(count).collect()
}

#[test]
fn there_is_one_version_wherever_the_power_is_cut() {
    let (steps, expected) = script();
    let mut skewed = 0;
    for (which, changes) in counted(&steps, FaultDisk::changes).into_iter().enumerate() {
        for cut in 0..changes {
            let disks = machine();
            disks.disks()[which].cut_at(cut);
            let it = run(&disks, &steps, OnError::Stop);
            for left in disks.cut_first_at(which) {
                let versions = left.versions();
                skewed += u32::from(versions.iter().any(|it| *it != versions[0]));
                check(&left, it.done, &steps, &expected);
            }
            drop(it);
        }
    }
    assert!(skewed > 100, "{skewed}");
}

#[test]
fn there_is_one_version_whatever_call_fails_and_it_can_be_tried_again() {
    let (steps, expected) = script();
    let (mut failed, mut again) = (0, 0);
    for (which, calls) in counted(&steps, FaultDisk::calls).into_iter().enumerate() {
        for nth in 1..=calls {
            let disks = machine();
            disks.disks()[which].arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).nth(nth));
            let it = run(&disks, &steps, OnError::TryAgain);
            disks.disks()[which].disarm();
            failed += usize::from(it.failed.is_some());
            again += it.again;
            assert!(it.failed.is_some() || it.done == steps.len());
            drop(it.engines);
            check(&disks.reopen(), it.done, &steps, &expected);
        }
    }
    // Of both there is enough for the test to be one.
    assert!(failed > 50 && again > 20, "{failed} failed, {again} succeeded when tried again");
}

/// Where a call found no room the engine goes on, and so does the store: whatever was under way is
/// done when it is tried again, and rows, hash and version are as if nothing had happened.
#[test]
fn what_found_no_room_is_done_when_tried_again() {
    let (steps, expected) = script();
    let takes_room = |disk: &FaultDisk| {
        disk.trace().iter().filter(|call| TAKE_ROOM.contains(&call.operation)).count() as u64
    };
    let mut again = 0;
    for (which, calls) in counted(&steps, takes_room).into_iter().enumerate() {
        for nth in 1..=calls {
            let disks = machine();
            let no_room = Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull));
            disks.disks()[which].arm(no_room.on(&TAKE_ROOM).nth(nth));
            let it = run(&disks, &steps, OnError::TryAgain);
            assert_eq!(it.done, steps.len(), "disk {which}, call {nth}: {:?}", it.failed);
            again += it.again;
            drop(it.engines);
            check(&disks.reopen(), it.done, &steps, &expected);
        }
    }
    assert!(again > 50, "{again}");
}

/// A commit that is in the log and not in a partition: nothing is read until it is, and whatever
/// comes next ends it.
#[test]
fn a_commit_that_stops_between_partitions_goes_on() {
    for next in 0..3 {
        let disks = machine();
        let mut it = disks.run();
        it.store.commit(1).unwrap();
        let storage = &disks.apart["storage"];
        // A file of its own for the value, and it cannot be made.
        it.store.apply("storage", &set(&[(b"large", Some(&[1; 2000]))])).unwrap();
        let hash = it.store.working_hash().unwrap();
        storage.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).nth(1));
        assert!(matches!(it.store.commit(2), Err(Error::Engine(_))));
        assert_eq!(it.store.version(), 2);
        assert!(matches!(it.store.get("code", b"a"), Err(Error::Unsettled { version: 2 })));
        assert!(matches!(it.store.hash(), Err(Error::Unsettled { version: 2 })));
        assert!(matches!(it.store.snapshot(), Err(Error::Unsettled { version: 2 })));
        sync(&it.engines);
        assert_eq!(disks.versions(), [2, 2, 2, 1]);
        match next {
            0 => assert_eq!(it.store.commit(2).unwrap(), hash),
            1 => it.store.apply("code", &set(&[])).unwrap(),
            _ => {
                assert!(it.store.rollback(1).unwrap().is_identity());
                assert_is(&it.store, 1, &Default::default());
                continue;
            }
        }
        assert_eq!(it.store.hash().unwrap(), hash);
        let rows = [(("storage", b"large".to_vec()), vec![1; 2000])].into();
        assert_is(&it.store, 2, &rows);
        drop(it);
        assert_is(&disks.cut().run().store, 2, &rows);
    }
}

/// Until a rollback has reached all partitions, none may come back from what it took back.
#[test]
fn what_was_rolled_back_does_not_come_back() {
    let disks = machine();
    let mut it = disks.run();
    for version in 1..=3_u8 {
        it.store.apply("storage", &set(&[(&[version], Some(b"old"))])).unwrap();
        it.store.commit(version.into()).unwrap();
    }
    // Partitions that had all of it durably.
    sync(&it.engines);
    it.store.rollback(1).unwrap();
    for version in 2..=3_u8 {
        it.store.apply("storage", &set(&[(&[version], Some(b"new"))])).unwrap();
        it.store.commit(version.into()).unwrap();
    }
    let rows = [(1, b"old"), (2, b"new"), (3, b"new")]
        .map(|(key, value)| (("storage", vec![key]), value.to_vec()))
        .into();
    let cut = disks.cut();
    assert_eq!(cut.versions()[3], 1);
    let store: StateStore = cut.run().store;
    assert_is(&store, 3, &rows);
}
