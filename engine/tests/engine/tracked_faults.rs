//! Whatever fails and wherever the power is cut, the hash of a tracked namespace is that of the
//! rows that are there, and goes on from there.

use std::io::ErrorKind;
use std::sync::Arc;

use sealwood_engine::faults::{Fault, FaultDisk, FaultMode};
use sealwood_engine::lthash::State;
use sealwood_engine::{
    Background, Durability, Engine, EngineConfig, PutOptions, RecoveryMode, Result, Tracking,
};

use crate::common::{
    CountedEntropy, all, assert_no_strays, assert_whole, open_faulty, pattern, small, try_open,
};

/// How many of the disks that a cut may leave are looked at.
const CRASH_STATES_MAX: usize = 3;

fn config() -> EngineConfig {
    small().entropy(Arc::new(CountedEntropy::default()))
}

/// A namespace that is tracked from its first row on, and one that has rows before.
fn script(disk: &FaultDisk) -> Result<()> {
    let engine = try_open(disk, config())?;
    let one = engine.namespace("one")?;
    one.track(Tracking::Buckets)?;
    let two = engine.namespace("two")?;
    for number in 0..12_u8 {
        let len = [3, 40, 700, 1500][usize::from(number % 4)];
        one.put(&[number], pattern(len, 1))?;
        two.put(&[number], pattern(len, 2))?;
    }
    engine.checkpoint()?;
    two.track(Tracking::Whole)?;
    one.put(b"a/1", pattern(900, 3))?;
    one.delete(&[2])?;
    engine.maintain()?;
    two.put(&[2], pattern(60, 4))?;
    one.rename_prefix(b"a/", b"b/")?;
    two.backfill()?;
    engine.checkpoint()?;
    two.delete(&[3])?;
    one.put(&[1], pattern(80, 5))?;
    engine.compact()?;
    one.put(b"b/1", pattern(5, 6))?;
    engine.drop_namespace("one")?;
    engine.namespace("one")?.track(Tracking::Whole)?;
    two.put(b"last", "row")?;
    engine.close()
}

/// Asserts that what is counted is what is there, now and after more.
fn check(engine: &Engine) {
    assert_whole(engine);
    for name in ["one", "two"] {
        let namespace = engine.namespace(name).unwrap();
        let check = || {
            let Ok(mut check) = namespace.check_state() else { return };
            while check.step().unwrap() {}
            assert_eq!(check.difference(), None);
        };
        check();
        namespace.put(b"more", pattern(30, 7)).unwrap();
        namespace.delete(&[1]).unwrap();
        check();
        namespace.backfill().unwrap();
        check();
        if let Some(state) = namespace.tracked_state().unwrap() {
            assert_eq!(*state.partition.state(), State::Valid);
            assert_eq!(state.partition.statistics().unwrap().rows, all(&namespace).len() as u64);
        }
    }
    engine.checkpoint().unwrap();
    engine.checkpoint().unwrap();
    assert_no_strays(engine);
}

#[test]
fn the_hash_is_that_of_the_rows_wherever_the_power_is_cut() {
    let whole = FaultDisk::new();
    script(&whole).unwrap();
    for cut in 0..whole.changes() {
        let disk = FaultDisk::new();
        disk.cut_at(cut);
        // It fails, unless what was cut is not waited for.
        let _ = script(&disk);
        for (number, left) in disk.crash_states(CRASH_STATES_MAX).enumerate() {
            let is_rebuilt = number + 1 == CRASH_STATES_MAX;
            let recovery =
                if is_rebuilt { RecoveryMode::Rebuild } else { RecoveryMode::Checkpoint };
            check(&open_faulty(&left, config().recovery(recovery)));
        }
    }
}

#[test]
fn the_hash_is_that_of_the_rows_whatever_call_fails() {
    let whole = FaultDisk::new();
    script(&whole).unwrap();
    let mut failed = 0;
    for nth in 1..=whole.calls() {
        let disk = FaultDisk::new();
        disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).nth(nth));
        failed += u32::from(script(&disk).is_err());
        disk.disarm();
        check(&open_faulty(&disk.reopen(), config()));
    }
    assert!(failed > 20, "{failed}");
}

/// Nothing that fails is counted twice, and the same engine goes on.
#[test]
fn what_could_not_be_counted_is_counted_later() {
    for nth in 1..40 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, config());
        let namespace = engine.namespace("one").unwrap();
        for number in 0..12_u8 {
            namespace.put(&[number], pattern(300 + usize::from(number) * 100, 1)).unwrap();
        }
        namespace.track(Tracking::Buckets).unwrap();
        disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).nth(nth));
        let _ = namespace.backfill();
        let _ = namespace.put(&[1], "one");
        let _ = namespace.rename_prefix(&[2], &[200]);
        let _ = namespace.tracked_state();
        let _ = engine.checkpoint();
        disk.disarm();
        if engine.poisoned().is_none() {
            check(&engine);
        }
        drop((namespace, engine));
        check(&open_faulty(&disk.reopen(), config()));
    }
}

/// Writers, who ask for the hash, checkpoints, compaction and a backfill, all at once.
#[test]
fn the_hash_is_that_of_the_rows_with_everybody_at_work() {
    const WRITERS: u8 = 3;
    const ROUNDS: u8 = 60;
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, config().background(Background::Automatic));
    let namespace = engine.namespace("one").unwrap();
    for number in 0..1000_u32 {
        let options = PutOptions::new().durability(Durability::None);
        namespace.put_with(&number.to_be_bytes(), pattern(20, 1), &options).unwrap();
    }
    namespace.track(Tracking::Buckets).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let namespace = &namespace;
            scope.spawn(move || {
                let options = PutOptions::new().durability(Durability::None);
                for round in 0..ROUNDS {
                    let len = [5, 300, 1100][usize::from(round % 3)];
                    let key = [0, 0, round % 4, writer];
                    namespace.put_with(&key, pattern(len, u64::from(round)), &options).unwrap();
                    let [from, to] = [[writer, round], [writer + 100, round]];
                    namespace.put_with(&from, pattern(len, 2), &options).unwrap();
                    namespace.rename_prefix(&from, &to).unwrap();
                    namespace.delete(&[0, 0, 3 - round % 4, writer]).unwrap();
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..20 {
                engine.checkpoint().unwrap();
                engine.compact().unwrap();
            }
        });
        scope.spawn(|| {
            for _ in 0..20 {
                let state = namespace.tracked_state().unwrap().unwrap();
                assert!(state.revision <= engine.revision());
                let mut check = namespace.check_state().unwrap();
                while check.step().unwrap() {}
                assert_eq!(check.difference(), None);
            }
        });
        scope.spawn(|| namespace.backfill().unwrap());
    });
    check(&engine);
    engine.close().unwrap();
    drop((namespace, engine));
    check(&open_faulty(&disk.reopen(), config()));
}
