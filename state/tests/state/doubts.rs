//! What nobody knows to be durable: a log that was written and not synced, an import of which a
//! write has found no room.

use std::io::ErrorKind;

use sealwood_state::engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_state::engine::{Engine, Error as EngineError};
use sealwood_state::{Error, Import, StateConfig, StateStore};

use crate::common::{Machine, Rows, Running, assert_is, assert_unchanged, open, rows_of, set};

/// The next write of a disk finds no room.
fn no_room(disk: &FaultDisk, nth: u64) {
    let writes = [Operation::WriteAt, Operation::Append];
    let fault = Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull));
    disk.arm(fault.on(&writes).nth(nth));
}

/// Whether an error says that nobody knows.
fn is_unknown(error: &Error) -> bool {
    matches!(error, Error::Engine(EngineError::OutcomeUnknown))
}

/// Lets one write of the log after the other find no room, until it is one that leaves a call in
/// doubt.
fn until_unknown(log: &FaultDisk, mut call: impl FnMut() -> sealwood_state::Result<()>) {
    for nth in 1..100 {
        no_room(log, nth);
        let error = call().unwrap_err();
        log.disarm();
        if is_unknown(&error) {
            return;
        }
    }
    panic!("it is never in doubt");
}

/// A store whose commit of version 1 was applied and is not durable.
fn in_doubt() -> (Machine, Running, Rows) {
    let disks = Machine::new(&["storage"]);
    let mut it = disks.run();
    for name in ["account", "storage"] {
        it.store.apply(name, &set(&[(b"a", Some(b"1"))])).unwrap();
    }
    until_unknown(&disks.log, || it.store.commit(1).map(drop));
    assert!(is_unknown(&it.store.hash().unwrap_err()));
    assert!(it.engines[0].needs_sync() && it.engines[0].poisoned().is_none());
    let rows = ["account", "storage"].map(|name| ((name, b"a".to_vec()), b"1".to_vec())).into();
    (disks, it, rows)
}

/// No partition has a version that a power cut may take from the log.
#[test]
fn what_is_built_upon_is_made_durable_first() {
    let (disks, Running { store, engines }, rows) = in_doubt();
    drop(store);
    let config = config_of(&engines);
    let store = StateStore::open(config).unwrap();
    // The partition is durable by itself, whatever the log is.
    engines[1].sync().unwrap();
    assert_is(&disks.cut().run().store, 1, &rows);
    assert_is(&store, 1, &rows);
}

#[test]
fn what_cannot_be_made_durable_is_not_built_upon() {
    let (disks, Running { store, engines }, _) = in_doubt();
    drop(store);
    let config = config_of(&engines);
    no_room(&disks.log, 1);
    let refused = StateStore::open(config.clone()).unwrap_err();
    assert!(matches!(refused, Error::Engine(EngineError::StoreFull)), "{refused:?}");
    engines[1].sync().unwrap();
    assert_eq!(disks.versions()[3], 0);
    assert_is(&disks.cut().run().store, 0, &Rows::new());
    assert_eq!(StateStore::open(config).unwrap().version(), 1);
}

#[test]
fn a_commit_in_doubt_is_ended_by_trying_again() {
    let (disks, mut it, rows) = in_doubt();
    // As long as it cannot be made durable it stays in doubt.
    no_room(&disks.log, 1);
    assert!(it.store.commit(1).is_err());
    assert!(is_unknown(&it.store.hash().unwrap_err()));
    let hash = it.store.commit(1).unwrap();
    assert_is(&it.store, 1, &rows);
    assert_unchanged(&it.store);
    assert_eq!(it.store.hash().unwrap(), hash);
    assert_is(&disks.cut().run().store, 1, &rows);
    it.store.commit(2).unwrap();
    it.store.rollback(1).unwrap();
    it.close();
    assert_is(&disks.run().store, 1, &rows);
}

/// Whatever else comes next ends it as well.
#[test]
fn a_commit_in_doubt_is_ended_by_what_comes_next() {
    for next in 0..4 {
        let (_disks, mut it, rows) = in_doubt();
        match next {
            0 => it.store.apply("code", &set(&[])).unwrap(),
            1 => it.store.discard().unwrap(),
            2 => assert!(it.store.rollback(0).unwrap().is_identity()),
            _ => {
                let store = it.store.import(7).unwrap().finish().unwrap();
                assert_is(&store, 7, &Rows::new());
                continue;
            }
        }
        match next {
            2 => assert_is(&it.store, 0, &Rows::new()),
            _ => assert_is(&it.store, 1, &rows),
        }
    }
}

#[test]
fn a_rollback_in_doubt_is_ended_by_trying_again() {
    let (disks, mut it, rows) = in_doubt();
    it.store.commit(1).unwrap();
    it.store.apply("storage", &set(&[(b"b", Some(b"2"))])).unwrap();
    it.store.commit(2).unwrap();
    until_unknown(&disks.log, || it.store.rollback(1).map(drop));
    it.store.rollback(1).unwrap();
    assert_is(&it.store, 1, &rows);
    assert_is(&disks.cut().run().store, 1, &rows);
}

/// Whichever write of an import finds no room: the call is made again, and the hash is that of the
/// rows.
#[test]
fn an_import_that_found_no_room_has_the_hash_of_its_rows() {
    let rows: Rows =
        (0..40_u8).map(|key| (("storage", vec![key]), vec![key; usize::from(key)])).collect();
    let mut again = 0;
    for on_log in [true, false] {
        for nth in 1.. {
            let disks = Machine::new(&["storage"]);
            let (config, engines) = disks.start().unwrap();
            let mut import = Import::begin(config.clone(), 3).unwrap();
            let disk = if on_log { &disks.log } else { &disks.apart["storage"] };
            no_room(disk, nth);
            for ((name, key), value) in &rows {
                import.put(name, key.clone(), value.clone()).unwrap();
            }
            let store = match import.finish() {
                Ok(store) => {
                    assert_is(&store, 3, &rows);
                    break;
                }
                Err(_) => import.finish().unwrap(),
            };
            again += 1;
            assert_is(&store, 3, &rows);
            assert!(matches!(import.put("code", "a", "1"), Err(Error::InvalidArgument { .. })));
            drop(store);
            assert_is(&StateStore::open(config).unwrap(), 3, &rows);
            assert_is(&disks.cut().run().store, 3, &rows);
            drop(engines);
        }
    }
    assert!(again > 3, "{again}");
}

/// Rows that come while it is not known whether the import has ended would be in no version.
#[test]
fn no_rows_come_to_an_import_that_may_have_ended() {
    let disks = Machine::new(&["storage"]);
    let (config, _engines) = disks.start().unwrap();
    let mut import = Import::begin(config.clone(), 3).unwrap();
    import.put("account", "a", "1").unwrap();
    // At first it is the rows that find no room, at last the end itself.
    for nth in 1.. {
        no_room(&disks.log, nth);
        assert!(import.finish().is_err(), "it has ended, and was never in doubt");
        disks.log.disarm();
        if import.put("account", "a", "1").is_err() {
            break;
        }
    }
    assert!(is_unknown(&import.put("account", "b", "2").unwrap_err()));
    let rows = [(("account", b"a".to_vec()), b"1".to_vec())].into();
    let store = import.finish().unwrap();
    assert_is(&store, 3, &rows);
    assert_eq!(rows_of(&store), rows);
}

/// A row whose put has failed is not kept: trying for long fills no memory.
#[test]
fn a_row_that_could_not_be_put_is_not_there() {
    let disk = FaultDisk::new();
    let engine = open(&disk).unwrap();
    let config = StateConfig::new(&engine).partition("rows");
    let mut import = Import::begin(config, 1).unwrap();
    disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::StorageFull)));
    let row = |key: u64| (key.to_be_bytes(), key.to_le_bytes().to_vec());
    let mut keys = 0..;
    let refused = keys.find(|key| {
        let (key, value) = row(*key);
        import.put("rows", key, value).is_err()
    });
    let refused = refused.unwrap();
    for key in refused..refused + 5 {
        let (key, value) = row(key);
        assert!(import.put("rows", key, value).is_err());
    }
    disk.disarm();
    let store = import.finish().unwrap();
    assert_eq!(store.statistics("rows").unwrap().rows, refused);
    assert_eq!(store.get("rows", &row(refused).0).unwrap(), None);
    assert!(store.snapshot().unwrap().verify().unwrap().is_empty());
}

/// The configuration of a store with a partition apart, over engines that are open.
fn config_of(engines: &[Engine]) -> StateConfig {
    let config = ["account", "code", "legacy"]
        .iter()
        .fold(StateConfig::new(&engines[0]), |config, name| config.partition(name));
    config.partition_in("storage", &engines[1])
}
