//! A key that was found expired does not come back, whatever the clock is set to afterwards.

use std::sync::Arc;

use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Engine, Expiry, Namespace, Precondition, PutOptions, RecoveryMode};

use crate::common::{TestClock, all, assert_whole, open_faulty, pattern, small};

const EXPIRES_MS: u64 = 5_000;
const LATE_MS: u64 = 6_000;
const EARLY_MS: u64 = 1_000;

fn until(expires_at_ms: u64) -> PutOptions {
    PutOptions::new().expires_at(Expiry::at_ms(expires_at_ms))
}

/// What finds that `key` has expired, and its name.
type Way = (&'static str, fn(&Engine, &Namespace));

const WAYS: [Way; 12] = [
    ("get", |_, one| assert!(one.get(b"key").unwrap().is_none())),
    ("range", |_, one| assert!(one.get_range(b"key", 0, 1).unwrap().is_none())),
    ("info", |_, one| assert!(one.info(b"key").unwrap().is_none())),
    ("longest prefix", |_, one| assert_eq!(one.longest_prefix(b"key/1").unwrap(), None)),
    ("scan", |_, one| assert_eq!(one.scan().unwrap().keys().unwrap(), [b"kept"])),
    ("snapshot", |_, one| assert!(one.snapshot().unwrap().get(b"key").unwrap().is_none())),
    ("present", |_, one| {
        assert!(
            one.put_with(b"key", "new", &PutOptions::new().precondition(Precondition::Present))
                .is_err()
        );
    }),
    ("revision", |engine, one| {
        let revision = Precondition::Revision(engine.revision());
        assert!(
            one.put_with(b"key", pattern(3000, 2), &PutOptions::new().precondition(revision))
                .is_err()
        );
    }),
    ("delete", |_, one| assert!(!one.delete(b"key").unwrap())),
    ("expire", |_, one| assert!(!one.expire_at(b"key", Expiry::at_ms(1 << 40)).unwrap())),
    ("persist", |_, one| assert!(!one.persist(b"key").unwrap())),
    ("purge", |engine, _| assert_eq!(engine.purge_expired().unwrap(), 1)),
];

#[test]
fn a_key_that_was_found_expired_never_comes_back() {
    for (way, find) in WAYS {
        for len in [5, 300, 3000] {
            for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
                let disk = FaultDisk::new();
                let clock = TestClock::at(EARLY_MS);
                let config = || small().recovery(recovery).clock(Arc::new(clock.clone()));
                let engine = open_faulty(&disk, config());
                let one = engine.namespace("one").unwrap();
                one.put(b"kept", "kept").unwrap();
                one.put_with(b"key", pattern(len, 1), &until(EXPIRES_MS)).unwrap();
                clock.set(LATE_MS);
                find(&engine, &one);
                clock.set(EARLY_MS);
                assert_eq!(one.get(b"key").unwrap(), None, "{way} in the same process");
                // What is acknowledged later is not there without what was found before.
                one.put(b"later", "later").unwrap();
                for left in disk.crash_states(20) {
                    let engine = open_faulty(&left, config());
                    let one = engine.namespace("one").unwrap();
                    assert!(one.get(b"later").unwrap().is_some());
                    assert_eq!(one.get(b"key").unwrap(), None, "{way} after a crash");
                    assert_whole(&engine);
                }
                engine.close().unwrap();
                let engine = open_faulty(&disk, config());
                let one = engine.namespace("one").unwrap();
                assert_eq!(one.get(b"key").unwrap(), None, "{way} after closing");
                assert_eq!(one.len().unwrap(), 2);
            }
        }
    }
}

/// Also one that nobody asked for, if its time had come at a checkpoint or a close.
#[test]
fn a_key_that_was_over_at_a_checkpoint_or_a_close_never_comes_back() {
    let settle: [fn(&Engine); 2] =
        [|engine| assert!(engine.checkpoint().unwrap()), |engine| engine.close().unwrap()];
    for settle in settle {
        let disk = FaultDisk::new();
        let clock = TestClock::at(EARLY_MS);
        let config = || small().clock(Arc::new(clock.clone()));
        let engine = open_faulty(&disk, config());
        let one = engine.namespace("one").unwrap();
        for number in 0..50u8 {
            one.put_with(&[number], pattern(300, 1), &until(EXPIRES_MS)).unwrap();
        }
        one.put(b"kept", "kept").unwrap();
        clock.set(LATE_MS);
        settle(&engine);
        clock.set(EARLY_MS);
        for left in disk.crash_states(20) {
            let one = open_faulty(&left, config()).namespace("one").unwrap();
            assert_eq!(all(&one), [(b"kept".to_vec(), b"kept".to_vec())]);
        }
    }
}

/// A snapshot that has said so once says so for good.
#[test]
fn a_snapshot_never_finds_again_what_it_found_expired() {
    let clock = TestClock::at(EARLY_MS);
    let config = small().clock(Arc::new(clock.clone()));
    let engine = open_faulty(&FaultDisk::new(), config);
    let one = engine.namespace("one").unwrap();
    one.put_with(b"key", "value", &until(EXPIRES_MS)).unwrap();
    let snapshot = one.snapshot().unwrap();
    assert!(snapshot.get(b"key").unwrap().is_some());
    clock.set(LATE_MS);
    assert!(snapshot.clone().get(b"key").unwrap().is_none());
    clock.set(EARLY_MS);
    assert!(snapshot.get(b"key").unwrap().is_none());
    assert!(snapshot.scan().keys().unwrap().is_empty());
    assert!(one.get(b"key").unwrap().is_none());
}

/// A clock that was far ahead once takes with it what was looked for then, and nothing else.
#[test]
fn a_clock_that_was_far_ahead_once_expires_nothing_that_is_put_later() {
    let disk = FaultDisk::new();
    let clock = TestClock::at(EARLY_MS);
    let config = || small().clock(Arc::new(clock.clone()));
    let engine = open_faulty(&disk, config());
    let one = engine.namespace("one").unwrap();
    one.put_with(b"asked", "1", &until(EXPIRES_MS)).unwrap();
    one.put_with(b"not asked", "2", &until(EXPIRES_MS)).unwrap();
    clock.set(4_070_908_800_000);
    assert!(one.get(b"asked").unwrap().is_none());
    clock.set(EARLY_MS);
    assert!(one.get(b"asked").unwrap().is_none());
    assert_eq!(one.get(b"not asked").unwrap().unwrap().bytes, "2");
    one.put_with(b"asked", "3", &until(EXPIRES_MS)).unwrap();
    engine.close().unwrap();
    let engine = open_faulty(&disk, config());
    let one = engine.namespace("one").unwrap();
    assert_eq!(one.get(b"asked").unwrap().unwrap().bytes, "3");
    assert_eq!(one.get(b"not asked").unwrap().unwrap().bytes, "2");
}

/// Whoever computes an expiry may come out at nothing: that is a time in the past, in every call.
#[test]
fn an_expiry_of_0_is_over_and_not_never() {
    let engine = open_faulty(&FaultDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    let over = Expiry::at_ms(0);
    one.put_with(b"put", "1", &PutOptions::new().expires_at(over)).unwrap();
    let mut batch = engine.batch();
    batch.put_with(&one, b"batch", "1", &PutOptions::new().expires_at(over));
    batch.commit().unwrap();
    let mut upload = one.upload_with(b"upload", &PutOptions::new().expires_at(over)).unwrap();
    upload.write(b"1").unwrap();
    upload.finish().unwrap();
    one.put(b"later", "1").unwrap();
    assert!(one.expire_at(b"later", over).unwrap());
    assert_eq!(one.scan().unwrap().keys().unwrap(), Vec::<Vec<u8>>::new());
}
