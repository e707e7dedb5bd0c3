//! Imports: all or nothing.

use sealwood_state::{Error, Import, StateStore};

use crate::common::{Machine, NAMES, Rows, Running, assert_is, assert_unchanged, hash_of, set};

fn some_rows() -> Rows {
    let mut rows = Rows::new();
    for (number, name) in (0..).zip(NAMES) {
        for key in 0..40_u8 {
            rows.insert((name, vec![key, number]), vec![key; usize::from(key % 5) * 300]);
        }
    }
    rows
}

fn put_all(import: &mut Import, rows: &Rows) {
    for ((name, key), value) in rows {
        import.put(name, key.clone(), value.clone()).unwrap();
    }
}

#[test]
fn an_import_purges_and_ends_with_the_hash_of_native_writes() {
    let rows = some_rows();
    let mut native = Machine::new(&["storage"]).run();
    for ((name, key), value) in &rows {
        native.store.apply(name, &set(&[(key, Some(value))])).unwrap();
    }
    let hash = native.store.commit(1).unwrap();
    assert_eq!(hash, hash_of(&rows));

    let disks = Machine::new(&["code", "storage"]);
    let Running { mut store, engines } = disks.run();
    for name in NAMES {
        store.apply(name, &set(&[(b"stale", Some(b"row")), (&[3, 0], Some(b"stale"))])).unwrap();
    }
    store.commit(1).unwrap();
    store.apply("code", &set(&[(b"not", Some(b"committed"))])).unwrap();
    let mut import = store.import(500).unwrap();
    // What comes twice counts once, as it came last.
    import.put("account", [3, 0], "first").unwrap();
    put_all(&mut import, &rows);
    let mut store = import.finish().unwrap();
    assert_is(&store, 500, &rows);
    assert_unchanged(&store);
    assert_eq!(store.hash().unwrap(), hash);
    assert!(store.state().unwrap().differences(&native.store.state().unwrap()).unwrap().is_empty());
    assert!(matches!(store.rollback(1), Err(Error::NotKept { oldest: 500, newest: 500 })));
    assert!(matches!(import.put("code", "a", "b"), Err(Error::InvalidArgument { .. })));
    store.commit(501).unwrap();
    assert_eq!(store.rollback(500).unwrap(), hash);
    Running { store, engines }.close();
    assert_is(&disks.run().store, 500, &rows);
}

/// After the last number there is none.
#[test]
fn the_last_version_is_the_last() {
    let disks = Machine::new(&["storage"]);
    let (config, _engines) = disks.start().unwrap();
    let mut import = Import::begin(config.clone(), u64::MAX - 1).unwrap();
    import.put("storage", "a", "1").unwrap();
    drop(import.finish().unwrap());
    let mut store = StateStore::open(config.clone()).unwrap();
    store.apply("storage", &set(&[(b"b", Some(b"2"))])).unwrap();
    store.commit(u64::MAX).unwrap();
    assert!(matches!(store.commit(u64::MAX), Err(Error::InvalidArgument { .. })));
    store.rollback(u64::MAX - 1).unwrap();
    store.apply("storage", &set(&[(b"a", None)])).unwrap();
    store.commit(u64::MAX).unwrap();
    drop(store);
    let store = StateStore::open(config).unwrap();
    assert_is(&store, u64::MAX, &Rows::new());
    assert_is(&store.import(1).unwrap().finish().unwrap(), 1, &Rows::new());
}

/// More than is put at once, and a key that comes again after it was put.
#[test]
fn large_imports_are_put_in_pieces() {
    let (config, _engines) = Machine::new(&["storage"]).start().unwrap();
    let mut import = Import::begin(config, 0).unwrap();
    let mut rows = Rows::new();
    for key in 0..9000_u32 {
        import.put("storage", key.to_be_bytes(), "1").unwrap();
        rows.insert(("storage", key.to_be_bytes().to_vec()), b"1".to_vec());
    }
    import.put("storage", 0_u32.to_be_bytes(), "2").unwrap();
    rows.insert(("storage", vec![0; 4]), b"2".to_vec());
    assert_is(&import.finish().unwrap(), 0, &rows);
}

#[test]
fn an_import_that_was_cut_off_is_seen_and_begun_again() {
    let disks = Machine::new(&["storage"]);
    let rows = some_rows();
    {
        let Running { mut store, engines } = disks.run();
        store.apply("account", &set(&[(b"old", Some(b"row"))])).unwrap();
        store.commit(1).unwrap();
        let mut import = store.import(7).unwrap();
        put_all(&mut import, &rows);
        drop(import);
        engines.iter().for_each(|engine| engine.close().unwrap());
    }
    for _ in 0..2 {
        let refused = disks.try_run().err().unwrap();
        assert!(matches!(refused, Error::ImportUnfinished { version: 7 }), "{refused:?}");
        let (config, engines) = disks.start().unwrap();
        let mut import = Import::begin(config, 7).unwrap();
        import.put("legacy", "half", "of it").unwrap();
        drop(import);
        engines.iter().for_each(|engine| engine.close().unwrap());
    }
    let (config, _engines) = disks.start().unwrap();
    let mut import = Import::begin(config.clone(), 8).unwrap();
    put_all(&mut import, &rows);
    let store = import.finish().unwrap();
    assert_is(&store, 8, &rows);
    drop((store, import));
    assert_is(&StateStore::open(config).unwrap(), 8, &rows);
}
