//! Snapshots, and dumps beside a store that goes on.

use sealwood_state::engine::Tracking;
use sealwood_state::lthash::{Detail, Place, bucket_of};
use sealwood_state::{ChangeSet, Error, StateStore};

use crate::common::{Machine, NAMES, Rows, hash_of, rows_of, set};

#[test]
fn a_snapshot_keeps_version_hash_and_rows() {
    let mut it = Machine::new(&["storage"]).run();
    let mut taken = Vec::new();
    let mut rows = Rows::new();
    for version in 1..=4_u8 {
        for name in NAMES {
            it.store
                .apply(name, &set(&[(b"a", Some(&[version])), (&[version], Some(b"x"))]))
                .unwrap();
            rows.insert((name, b"a".to_vec()), vec![version]);
            rows.insert((name, vec![version]), b"x".to_vec());
        }
        it.store.commit(version.into()).unwrap();
        taken.push((it.store.snapshot().unwrap(), rows.clone()));
    }
    it.store.rollback(2).unwrap();
    let mut import = it.store.import(9).unwrap();
    import.put("code", "only", "row").unwrap();
    let store = import.finish().unwrap();
    assert_eq!(rows_of(&store).len(), 1);
    for (version, (snapshot, rows)) in (1..).zip(taken) {
        assert_eq!((snapshot.version(), snapshot.hash()), (version, hash_of(&rows)));
        assert_eq!(snapshot.verify().unwrap(), []);
        let partition = snapshot.partition("storage").unwrap();
        assert_eq!(partition.get(b"a").unwrap().unwrap(), [version as u8][..]);
        assert_eq!(partition.rows().unwrap().count() as u64, version + 1);
        let counted = partition.state().statistics().unwrap();
        assert_eq!(counted.rows, version + 1);
    }
}

/// One partition, and each of its buckets, read by other threads while versions are made.
#[test]
fn dumps_run_beside_a_live_store() {
    let mut it = Machine::new(&["storage"]).run();
    let mut changes = ChangeSet::new();
    for key in 0..600_u16 {
        changes.put(key.to_be_bytes(), key.to_le_bytes().to_vec());
    }
    it.store.apply("storage", &changes).unwrap();
    it.store.commit(1).unwrap();
    let snapshot = it.store.snapshot().unwrap();
    std::thread::scope(|scope| {
        let buckets = scope.spawn(|| {
            let partition = snapshot.partition("storage").unwrap();
            let mut found = Vec::new();
            for bucket in 0..=u8::MAX {
                for row in partition.bucket_rows(bucket).unwrap() {
                    let (key, value) = row.unwrap();
                    assert_eq!(bucket_of(&key), bucket);
                    found.push((key, value));
                }
            }
            found.sort();
            found
        });
        let check = scope.spawn(|| {
            let mut check = snapshot.check();
            while check.step().unwrap() {}
            (check.rows(), check.differences().unwrap())
        });
        for version in 2..40_u64 {
            let mut changes = ChangeSet::new();
            for key in 0..600_u16 {
                changes.put(key.to_be_bytes(), version.to_be_bytes().to_vec());
            }
            it.store.apply("storage", &changes).unwrap();
            it.store.commit(version).unwrap();
        }
        let expected =
            (0..600_u16).map(|key| (key.to_be_bytes().to_vec(), key.to_le_bytes().to_vec()));
        let found = buckets.join().unwrap().into_iter().map(|(key, value)| (key, value.to_vec()));
        assert!(found.eq(expected));
        assert_eq!(check.join().unwrap(), (600, vec![]));
    });
}

/// What is not read yet is not taken for right, nor for wrong.
#[test]
fn a_check_says_nothing_before_its_end() {
    let mut it = Machine::new(&["storage"]).run();
    it.store.apply("legacy", &set(&[(b"a", Some(b"1"))])).unwrap();
    it.store.commit(1).unwrap();
    let mut check = it.store.snapshot().unwrap().check();
    loop {
        assert!(matches!(check.differences(), Err(Error::InvalidArgument { .. })));
        if !check.step().unwrap() {
            break;
        }
    }
    assert_eq!(check.differences().unwrap(), []);
    // And it stays at its end.
    assert!(!check.step().unwrap());
    assert_eq!((check.rows(), check.differences().unwrap()), (1, vec![]));
}

/// A row that is wrong is found in its bucket, if there are any.
#[test]
fn a_wrong_row_is_named_by_its_bucket() {
    let disks = Machine::new(&["storage"]);
    let (config, engines) = disks.start().unwrap();
    let config = config.detail(Detail::Buckets);
    let mut store = StateStore::open(config.clone()).unwrap();
    store.apply("storage", &set(&[(b"a", Some(b"1")), (b"b", Some(b"2"))])).unwrap();
    store.commit(1).unwrap();
    store.apply("storage", &set(&[(b"a", Some(b"3")), (b"b", None)])).unwrap();
    store.commit(2).unwrap();
    store.rollback(1).unwrap();
    assert_eq!(store.snapshot().unwrap().verify().unwrap(), []);
    engines[1].namespace("storage").unwrap().put(b"b", "another").unwrap();
    drop(store);
    let store = StateStore::open(config).unwrap();
    let differences = store.snapshot().unwrap().verify().unwrap();
    assert_eq!(differences.len(), 1);
    assert_eq!(differences[0].place, Place::Buckets(vec![bucket_of(b"b")]));
}

/// The engine's own hash of the namespace is that of the partition.
#[test]
fn a_tracked_namespace_has_the_hash_of_the_partition() {
    let disks = Machine::new(&["storage"]);
    let mut it = disks.run();
    let namespace = it.engines[1].namespace("storage").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    for version in 1..=5_u8 {
        let changes = [(&[version][..], Some(&b"x"[..])), (&[version / 2], None)];
        it.store.apply("storage", &set(&changes)).unwrap();
        let hash = it.store.commit(version.into()).unwrap();
        let tracked = namespace.tracked_state().unwrap().unwrap();
        assert_eq!(*tracked.partition.hash().unwrap(), hash);
    }
}
