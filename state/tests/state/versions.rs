//! Versions: what makes one, and what does not.

use std::sync::Arc;

use sealwood_state::engine::disk::MemoryDisk;
use sealwood_state::engine::{Access, Background, Engine, EngineConfig};
use sealwood_state::{ChangeSet, Error, StateConfig, StateStore};

use crate::common::{Machine, NAMES, Rows, Running, assert_is, assert_unchanged, hash_of, set};

/// Two partitions with the log, two apart.
fn machine() -> Machine {
    Machine::new(&["legacy", "storage"])
}

#[test]
fn several_change_sets_are_one_version_and_are_seen_at_once() {
    let mut it = machine().run();
    it.store.apply("account", &set(&[(b"a", Some(b"1")), (b"b", Some(b"2"))])).unwrap();
    it.store.apply("storage", &set(&[(b"a", Some(b"3"))])).unwrap();
    it.store.apply("account", &set(&[(b"a", None), (b"b", Some(b"4"))])).unwrap();
    assert_eq!(it.store.get("account", b"a").unwrap(), None);
    assert_eq!(it.store.get("account", b"b").unwrap(), Some("4".into()));
    assert_eq!(it.store.snapshot().unwrap().partition("account").unwrap().get(b"b").unwrap(), None);
    assert!(it.store.hash().unwrap().is_identity());
    let rows: Rows =
        [(("account", b"b".to_vec()), b"4".to_vec()), (("storage", b"a".to_vec()), b"3".to_vec())]
            .into();
    assert_eq!(it.store.working_hash().unwrap(), hash_of(&rows));
    assert_eq!(it.store.commit(1).unwrap(), hash_of(&rows));
    assert_is(&it.store, 1, &rows);
    assert_unchanged(&it.store);
}

/// Rows that are put, deleted and put again, within a version and across versions, with what is
/// not there deleted in between.
#[test]
fn a_row_is_made_ended_and_made_again() {
    let disks = machine();
    let mut it = disks.run();
    let identity = it.store.hash().unwrap();
    for name in ["account", "storage"] {
        let before = it.store.working_hash().unwrap();
        it.store.apply(name, &set(&[(b"a", None), (b"a", None)])).unwrap();
        assert_eq!(it.store.working_hash().unwrap(), before);
        it.store.apply(name, &set(&[(b"a", Some(b""))])).unwrap();
        it.store.apply(name, &set(&[(b"a", Some(b"")), (b"a", Some(b""))])).unwrap();
    }
    let both: Rows = ["account", "storage"].map(|name| ((name, b"a".to_vec()), vec![])).into();
    assert_eq!(it.store.commit(1).unwrap(), hash_of(&both));
    for name in ["account", "storage"] {
        it.store.apply(name, &set(&[(b"a", None)])).unwrap();
        it.store.apply(name, &set(&[(b"a", None), (b"a", Some(b"x")), (b"a", None)])).unwrap();
    }
    assert_eq!(it.store.commit(2).unwrap(), identity);
    for name in ["account", "storage"] {
        it.store.apply(name, &set(&[(b"a", Some(b""))])).unwrap();
    }
    assert_eq!(it.store.commit(3).unwrap(), hash_of(&both));
    drop(it);
    // What is apart was not durable, so it comes again from the log: also a value without bytes.
    let cut = disks.cut();
    assert_ne!(cut.versions(), [3; 4]);
    assert_is(&cut.run().store, 3, &both);
}

#[test]
fn empty_commits_do_not_drift() {
    let disks = machine();
    let mut it = disks.run();
    it.store.apply("legacy", &set(&[(b"a", Some(b"1"))])).unwrap();
    let hash = it.store.commit(1).unwrap();
    for version in 2..=7 {
        if version % 2 == 0 {
            it.store.apply("legacy", &ChangeSet::new()).unwrap();
        }
        assert_eq!(it.store.commit(version).unwrap(), hash);
        assert_unchanged(&it.store);
    }
    it.close();
    assert_eq!(disks.versions(), [7; 4]);
    let rows = [(("legacy", b"a".to_vec()), b"1".to_vec())].into();
    assert_is(&disks.run().store, 7, &rows);
}

#[test]
fn only_the_next_version_is_made() {
    let mut it = machine().run();
    it.store.apply("code", &set(&[(b"a", Some(b"1"))])).unwrap();
    let working = it.store.working_hash().unwrap();
    for given in [0, 2, u64::MAX] {
        let refused = it.store.commit(given).unwrap_err();
        assert!(matches!(refused, Error::NotNext { next: 1, given: it } if it == given));
        assert_eq!(refused.code(), "version-not-next");
    }
    assert_eq!(it.store.working_hash().unwrap(), working);
    it.store.commit(1).unwrap();
    assert!(matches!(it.store.commit(1), Err(Error::NotNext { next: 2, given: 1 })));
}

#[test]
fn what_is_not_committed_can_be_discarded() {
    let mut it = machine().run();
    it.store.apply("code", &set(&[(b"a", Some(b"1"))])).unwrap();
    it.store.discard().unwrap();
    assert_eq!(it.store.get("code", b"a").unwrap(), None);
    assert!(it.store.commit(1).unwrap().is_identity());
}

#[test]
fn kept_versions_can_be_gone_back_to_and_no_others() {
    let disks = machine();
    let mut it = disks.run();
    let mut hashes = vec![it.store.hash().unwrap()];
    for version in 1..=5_u8 {
        for name in ["account", "storage"] {
            let changes = [(&[version][..], Some(&[version][..])), (&[version - 1], None)];
            it.store.apply(name, &set(&changes)).unwrap();
        }
        hashes.push(it.store.commit(version.into()).unwrap());
    }
    assert_eq!(it.store.oldest_version(), 3);
    for version in [0, 2, 6] {
        let refused = it.store.rollback(version).unwrap_err();
        assert!(matches!(refused, Error::NotKept { oldest: 3, newest: 5 }), "{refused:?}");
    }
    it.store.apply("code", &set(&[(b"not", Some(b"committed"))])).unwrap();
    assert_eq!(it.store.rollback(3).unwrap(), hashes[3]);
    let rows: Rows = ["account", "storage"].map(|name| ((name, vec![3]), vec![3])).into();
    assert_is(&it.store, 3, &rows);
    assert_unchanged(&it.store);
    it.close();
    // Nothing is left of what was rolled back, and other versions of its numbers are made.
    let mut it = disks.run();
    assert_is(&it.store, 3, &rows);
    it.store.apply("storage", &set(&[(b"other", Some(b"4"))])).unwrap();
    it.store.commit(4).unwrap();
    assert_eq!(it.store.rollback(3).unwrap(), hashes[3]);
}

/// Books and log hold what is kept and nothing more.
#[test]
fn what_is_not_kept_is_forgotten() {
    let disks = machine();
    let mut it = disks.run();
    for version in 1..=9_u8 {
        it.store.apply("storage", &set(&[(&[version], Some(b"1"))])).unwrap();
        it.store.commit(version.into()).unwrap();
    }
    let [log, _, storage] = &it.engines[..] else { panic!() };
    let keys = |engine: &sealwood_state::engine::Engine, name: &str| {
        engine.namespace(name).unwrap().scan().unwrap().keys().unwrap()
    };
    let version = |version: u64| version.to_be_bytes().to_vec();
    let expected = [version(7), version(8), version(9), b"head".to_vec()];
    assert_eq!(keys(log, "state-log"), expected);
    let expected = [version(8), version(9), b"record".to_vec()];
    assert_eq!(keys(log, "state-account"), expected);
    assert_eq!(keys(storage, "state-storage"), expected);
}

/// One sync a commit; and one of each further engine in as many versions as are kept, before the
/// log forgets what these may lack.
#[test]
fn a_commit_takes_one_sync() {
    let engine = || {
        let config = EngineConfig::default().background(Background::Manual);
        Engine::open(Arc::new(MemoryDisk::new()), config).unwrap()
    };
    let [log, apart] = [engine(), engine()];
    let config = StateConfig::new(&log).partition("with").partition_in("apart", &apart);
    let mut store = StateStore::open(config.kept_versions(10)).unwrap();
    let syncs = |engine: &Engine| engine.stats().log_syncs;
    let [mut of_log, before] = [syncs(&log), syncs(&apart)];
    for version in 1..=40_u64 {
        for name in ["with", "apart"] {
            store.apply(name, &set(&[(b"a", Some(&version.to_be_bytes()))])).unwrap();
        }
        store.commit(version).unwrap();
        assert_eq!(syncs(&log), of_log + 1);
        of_log += 1;
    }
    assert_eq!(syncs(&apart), before + 3);
}

/// The name of its partition is a part of a row.
#[test]
fn moving_a_row_to_another_partition_changes_the_hash() {
    let disks = machine();
    let mut it = disks.run();
    for (from, to) in [("account", "storage"), ("storage", "code"), ("code", "account")] {
        it.store.apply(from, &set(&[(b"a", Some(b"1"))])).unwrap();
        let before = it.store.commit(it.store.version() + 1).unwrap();
        it.store.apply(from, &set(&[(b"a", None)])).unwrap();
        it.store.apply(to, &set(&[(b"a", Some(b"1"))])).unwrap();
        let after = it.store.commit(it.store.version() + 1).unwrap();
        assert_ne!(before, after);
        assert_ne!(before.checksum(), after.checksum());
        assert_eq!(after, hash_of(&[((to, b"a".to_vec()), b"1".to_vec())].into()));
        it.store.apply(to, &set(&[(b"a", None)])).unwrap();
    }
}

/// As long as nothing has to be brought together.
#[test]
fn a_store_in_engines_to_read_only_is_read() {
    let disks = Machine::new(&[]);
    let mut it = disks.run();
    it.store.apply("code", &set(&[(b"a", Some(b"1"))])).unwrap();
    it.store.commit(1).unwrap();
    it.close();
    let config = EngineConfig::default().access(Access::ReadOnly);
    let engine = Engine::open(Arc::new(disks.log.clone()), config).unwrap();
    let config = NAMES.iter().fold(StateConfig::new(&engine), |it, name| it.partition(name));
    let mut store = StateStore::open(config).unwrap();
    assert_is(&store, 1, &[(("code", b"a".to_vec()), b"1".to_vec())].into());
    store.apply("code", &set(&[(b"a", Some(b"2"))])).unwrap();
    let working = store.working_hash().unwrap();
    assert_eq!(store.commit(2).unwrap_err().code(), "read-only");
    assert_eq!(store.working_hash().unwrap(), working);
    assert_eq!(store.version(), 1);
}

#[test]
fn changes_are_all_or_nothing_and_bounded() {
    let Running { mut store, .. } = machine().run();
    let mut changes = ChangeSet::new();
    changes.put("a", "1").put(vec![0; 65_537], "2");
    assert!(matches!(store.apply("code", &changes), Err(Error::InvalidArgument { .. })));
    assert_unchanged(&store);
    let half = sealwood_state::CHANGES_MAX / 2;
    let many: ChangeSet =
        (0..=half as u32).map(|key| (key.to_be_bytes().to_vec(), Some("".into()))).collect();
    store.apply("code", &many).unwrap();
    let working = store.working_hash().unwrap();
    let refused = store.apply("storage", &many).unwrap_err();
    assert!(matches!(refused, Error::TooManyChanges { .. }));
    assert_eq!(store.working_hash().unwrap(), working);
    assert_eq!(store.commit(1).unwrap(), working);
    assert!(matches!(store.get("none", b""), Err(Error::UnknownPartition { .. })));
}
