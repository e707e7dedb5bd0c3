//! There is one store over a log and over a partition at a time.

use sealwood_state::{Error, Import, StateConfig, StateStore};

use crate::common::{Machine, Rows, assert_is, open, set};

#[test]
fn a_second_store_is_refused_as_long_as_there_is_a_first() {
    let disks = Machine::new(&["storage"]);
    let (config, engines) = disks.start().unwrap();
    let refused = || {
        for refused in [
            StateStore::open(config.clone()).unwrap_err(),
            Import::begin(config.clone(), 9).unwrap_err(),
        ] {
            assert_eq!(refused.code(), "store-locked", "{refused:?}");
        }
    };
    let mut store = StateStore::open(config.clone()).unwrap();
    refused();
    store.apply("storage", &set(&[(b"a", Some(b"1"))])).unwrap();
    store.commit(1).unwrap();
    refused();
    let mut import = store.import(7).unwrap();
    refused();
    import.put("storage", "a", "2").unwrap();
    let store = import.finish().unwrap();
    refused();
    let rows: Rows = [(("storage", b"a".to_vec()), b"2".to_vec())].into();
    assert_is(&store, 7, &rows);
    // An import that has ended and is still held holds nothing.
    drop(store);
    assert_is(&StateStore::open(config.clone()).unwrap(), 7, &rows);
    drop(import);
    drop(Import::begin(config.clone(), 8).unwrap());
    assert!(matches!(StateStore::open(config), Err(Error::ImportUnfinished { version: 8 })));
    drop(engines);
}

/// Whoever has another log has not the partitions either.
#[test]
fn a_partition_belongs_to_one_store() {
    let disks = Machine::new(&["storage"]);
    let (config, engines) = disks.start().unwrap();
    let store = StateStore::open(config).unwrap();
    let other = open(&Machine::new(&[]).log).unwrap();
    let stolen = StateConfig::new(&other).partition_in("storage", &engines[1]);
    let refused = StateStore::open(stolen.clone()).unwrap_err();
    assert_eq!(refused.code(), "store-locked");
    // A store beside it, in the same engine, has others.
    let beside = StateConfig::new(&other).partition_in("beside", &engines[1]);
    drop(StateStore::open(beside).unwrap());
    drop(store);
    // What it refused, it has let go of as well.
    assert_eq!(StateStore::open(stolen.clone()).unwrap_err().code(), "other-partitions");
}

/// One that goes around this is noticed at the next commit.
#[test]
fn a_log_that_somebody_else_has_changed_is_noticed() {
    let disks = Machine::new(&["storage"]);
    let mut it = disks.run();
    it.store.commit(1).unwrap();
    let log = it.engines[0].namespace("state-log").unwrap();
    let head = log.get(b"head").unwrap().unwrap().bytes;
    log.put(b"head", head).unwrap();
    assert!(matches!(it.store.commit(2), Err(Error::OtherWriter)));
    assert!(matches!(it.store.import(7), Err(Error::OtherWriter)));
}

/// A partition that is said to be apart and is in the engine of the log is with it.
#[test]
fn one_engine_is_one_engine() {
    let disks = Machine::new(&[]);
    let engine = open(&disks.log).unwrap();
    let config = StateConfig::new(&engine).partition("with").partition_in("apart", &engine);
    let mut store = StateStore::open(config).unwrap();
    for name in ["with", "apart"] {
        store.apply(name, &set(&[(b"a", Some(b"1"))])).unwrap();
    }
    store.commit(1).unwrap();
    assert!(!engine.needs_sync());
}
