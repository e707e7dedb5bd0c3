//! What is not a store's own, or not whole, is never taken for it.

use std::sync::Arc;

use sealwood_state::engine::disk::MemoryDisk;
use sealwood_state::engine::{Background, Durability, Engine, EngineConfig, PutOptions};
use sealwood_state::lthash::{Domain, LtHash, Partition, Record};
use sealwood_state::{Error, Import, StateConfig, StateStore};

use crate::common::{Machine, Rows, Running, assert_is, open, set};

fn with_a_row() -> (Machine, Rows) {
    let disks = Machine::new(&["storage"]);
    let mut it = disks.run();
    for name in ["account", "storage"] {
        it.store.apply(name, &set(&[(b"a", Some(b"1"))])).unwrap();
    }
    it.store.commit(1).unwrap();
    it.close();
    let rows = ["account", "storage"].map(|name| ((name, b"a".to_vec()), b"1".to_vec())).into();
    (disks, rows)
}

#[test]
fn records_of_every_other_length_are_refused() {
    let disk = Arc::new(MemoryDisk::new());
    let config = EngineConfig::default().background(Background::Manual);
    let engine = Engine::open(disk, config).unwrap();
    let config = StateConfig::new(&engine).partition("rows");
    let mut store = StateStore::open(config.clone()).unwrap();
    store.apply("rows", &set(&[(b"a", Some(b"1"))])).unwrap();
    let hash = store.commit(1).unwrap();
    drop(store);
    let book = engine.namespace("state-rows").unwrap();
    let record = book.get(b"record").unwrap().unwrap().bytes;
    let lazily = PutOptions::new().durability(Durability::None);
    for len in 0..=4096_usize {
        // Ours cut or with something after it; then zeros, which 8 and 2,056 of are a version, and
        // a version and a hash.
        let mut ours = record.to_vec();
        ours.resize(len, 0);
        for bytes in [ours, vec![0; len]] {
            if bytes == record {
                continue;
            }
            let is_of_reference = bytes.first() == Some(&0) && [8, 2056].contains(&len);
            book.put_with(b"record", bytes, &lazily).unwrap();
            let refused = StateStore::open(config.clone()).unwrap_err();
            let expected = match refused {
                Error::NotHashed { .. } => is_of_reference,
                Error::BadRecord { .. } => !is_of_reference,
                _ => false,
            };
            assert!(expected, "{len} bytes: {refused:?}");
        }
    }
    book.put(b"record", record).unwrap();
    assert_eq!(StateStore::open(config).unwrap().hash().unwrap(), hash);
}

/// A hash that is missing is not the hash of nothing.
#[test]
fn rows_without_a_hash_are_refused_until_they_are_imported() {
    let (disks, _) = with_a_row();
    let (config, engines) = disks.start().unwrap();
    engines[1].namespace("state-storage").unwrap().delete(b"record").unwrap();
    let refused = StateStore::open(config.clone()).unwrap_err();
    assert!(matches!(&refused, Error::NotHashed { partition } if partition == "storage"));

    // The same of a namespace that somebody else has made.
    let fresh = Machine::new(&[]);
    let engine = open(&fresh.log).unwrap();
    engine.namespace("rows").unwrap().put(b"a", "1").unwrap();
    let config = StateConfig::new(&engine).partition("rows");
    assert!(matches!(StateStore::open(config.clone()), Err(Error::NotHashed { .. })));
    let mut import = sealwood_state::Import::begin(config, 5).unwrap();
    import.put("rows", "a", "1").unwrap();
    let store = import.finish().unwrap();
    let mut hash = LtHash::identity();
    hash.add(&Domain::new("rows").unwrap(), b"a", b"1");
    assert_eq!((store.version(), store.hash().unwrap()), (5, hash));
}

/// A partition that is backfilled by somebody else has no hash either.
#[test]
fn only_valid_records_are_taken() {
    let (disks, _) = with_a_row();
    let (config, engines) = disks.start().unwrap();
    let book = engines[1].namespace("state-storage").unwrap();
    let mut partition =
        Partition::empty(Domain::new("storage").unwrap(), sealwood_state::lthash::Detail::Whole);
    partition.begin_backfill(partition.detail());
    book.put(b"record", Record { version: 1, partition }.encode()).unwrap();
    assert!(matches!(StateStore::open(config), Err(Error::NotHashed { .. })));
}

#[test]
fn rows_that_somebody_else_has_made_are_noticed() {
    let (disks, rows) = with_a_row();
    let (config, engines) = disks.start().unwrap();
    let namespace = engines[1].namespace("storage").unwrap();
    namespace.put(b"b", "2").unwrap();
    let refused = StateStore::open(config.clone()).unwrap_err();
    assert!(matches!(&refused, Error::Drifted { partition } if partition == "storage"));
    namespace.delete(b"b").unwrap();
    assert_is(&StateStore::open(config.clone()).unwrap(), 1, &rows);
    // One that was changed is found by reading all.
    namespace.put(b"a", "2").unwrap();
    let store = StateStore::open(config).unwrap();
    let differences = store.snapshot().unwrap().verify().unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].partition, b"storage");
}

#[test]
fn a_store_has_the_partitions_it_was_made_with() {
    let (disks, rows) = with_a_row();
    let log = open(&disks.log).unwrap();
    let config = StateConfig::new(&log);
    for config in [
        config.clone().partition("account"),
        ["account", "code", "legacy", "storage", "more"]
            .iter()
            .fold(config.clone(), |config, name| config.partition(name)),
    ] {
        let refused = StateStore::open(config).unwrap_err();
        assert_eq!(refused.code(), "other-partitions");
    }
    // One that is elsewhere now, where it is empty, gets its rows from the log.
    let config = ["account", "code", "legacy", "storage"]
        .iter()
        .fold(config, |config, name| config.partition(name));
    assert_is(&StateStore::open(config).unwrap(), 1, &rows);
}

#[test]
fn a_partition_without_its_log_is_refused() {
    let (disks, _) = with_a_row();
    let Machine { apart, .. } = disks;
    let alone = Machine { apart, ..Machine::new(&[]) };
    assert!(matches!(alone.try_run().err(), Some(Error::Ahead { version: 1, newest: 0, .. })));
}

/// Rows of which no log tells are no version 0, complete as they may look.
#[test]
fn rows_of_version_0_without_their_log_are_refused() {
    let disks = Machine::new(&["storage"]);
    let (config, engines) = disks.start().unwrap();
    let mut import = Import::begin(config, 0).unwrap();
    import.put("storage", "a", "1").unwrap();
    drop((import.finish().unwrap(), import));
    engines.iter().for_each(|engine| engine.close().unwrap());
    let alone = Machine { apart: disks.apart, ..Machine::new(&[]) };
    let refused = alone.try_run().err().unwrap();
    assert!(matches!(refused, Error::Misaligned { version: 0, .. }), "{refused:?}");
}

/// Nobody goes through versions that cannot be there.
#[test]
fn a_head_of_more_versions_than_are_kept_is_refused() {
    let (disks, _) = with_a_row();
    let (config, engines) = disks.start().unwrap();
    let log = engines[0].namespace("state-log").unwrap();
    let head = log.get(b"head").unwrap().unwrap().bytes;
    let (begin, names) = (&head[..6], &head[9..]);
    // 200,000 in all three places where there is a number above 0.
    let many = [0xc0, 0x9a, 0x0c];
    let claims: [[&[u8]; 3]; 3] =
        [[&many, &[0], &many], [&[0], &[0], &many], [&many, &[0x7f], &many]];
    for versions in claims {
        log.put(b"head", [begin, &versions.concat(), names].concat()).unwrap();
        for refused in [
            StateStore::open(config.clone()).unwrap_err(),
            Import::begin(config.clone(), 1).unwrap_err(),
        ] {
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
    }
}

#[test]
fn names_and_numbers_are_checked() {
    let engine = open(&Machine::new(&[]).log).unwrap();
    let config = StateConfig::new(&engine);
    let long = "n".repeat(59);
    for config in [
        config.clone(),
        config.clone().partition("a").partition("a"),
        config.clone().partition("state-log"),
        // Its book would be the log of versions, of this store or of another.
        config.clone().partition("log"),
        config.clone().partition_in("log", &open(&Machine::new(&[]).log).unwrap()),
        config.clone().partition("first").partition("no name"),
        config.clone().partition(""),
        config.clone().partition(&long),
        config.clone().partition("a").kept_versions(10_001),
    ] {
        let refused = StateStore::open(config).unwrap_err();
        assert!(matches!(refused, Error::InvalidArgument { .. }), "{refused:?}");
    }
    assert_eq!(engine.namespaces().unwrap(), [""; 0]);
}

/// Bytes of the log that are none.
#[test]
fn damaged_records_of_the_log_are_refused() {
    let (disks, rows) = with_a_row();
    let (config, engines) = disks.start().unwrap();
    let log = engines[0].namespace("state-log").unwrap();
    for key in [b"head".to_vec(), 1_u64.to_be_bytes().to_vec()] {
        let whole = log.get(&key).unwrap().unwrap().bytes;
        let later = [&whole[..4], &[9], &whole[5..]].concat();
        for bytes in [b"".to_vec(), whole[..whole.len() - 1].to_vec(), [&whole[..], b"x"].concat()]
        {
            log.put(&key, bytes).unwrap();
            let refused = StateStore::open(config.clone()).unwrap_err();
            assert!(matches!(refused, Error::Malformed { .. }), "{refused:?}");
        }
        log.put(&key, later).unwrap();
        let refused = StateStore::open(config.clone()).unwrap_err();
        assert!(matches!(refused, Error::UnsupportedVersion { found: 9 }), "{refused:?}");
        log.put(&key, whole).unwrap();
    }
    let store = StateStore::open(config).unwrap();
    assert_is(&store, 1, &rows);
    Running { store, engines }.close();
}
