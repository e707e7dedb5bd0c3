//! What of the log is missing is told: a segment, the end of one, or its beginning.

use sealwood_engine::Error;
use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Durability, Engine, EngineConfig, PutOptions, RecoveryMode};

use crate::common::{Seen, everything, open_faulty, pattern, small, try_open};
use crate::ledger::Contents;

const BOTH: [RecoveryMode; 2] = [RecoveryMode::Checkpoint, RecoveryMode::Rebuild];

fn config(recovery: RecoveryMode) -> EngineConfig {
    small().recovery(recovery)
}

fn names(disk: &FaultDisk) -> Vec<String> {
    disk.list("log").unwrap().into_iter().map(|file| format!("log/{}", file.name)).collect()
}

fn len_of(disk: &FaultDisk, name: &str) -> u64 {
    disk.open(name, OpenMode::Read).unwrap().len().unwrap()
}

/// Asserts that opening tells of damage and leaves the log as it is.
fn assert_told(disk: &FaultDisk, place: &str) {
    for recovery in BOTH {
        let damaged = disk.reopen();
        let before: Vec<_> = names(&damaged).iter().map(|name| len_of(&damaged, name)).collect();
        let outcome = try_open(&damaged, config(recovery));
        let told = matches!(outcome, Err(Error::StoreCorrupt { .. }));
        assert!(told, "{place}, {recovery:?}: {outcome:?}");
        let after: Vec<_> = names(&damaged).iter().map(|name| len_of(&damaged, name)).collect();
        assert_eq!(before, after, "{place}, {recovery:?}");
    }
}

/// Two namespaces over some segments.
fn fill(engine: &Engine, puts: u8) {
    engine.namespace("secret").unwrap().put(b"key", pattern(700, 1)).unwrap();
    let one = engine.namespace("one").unwrap();
    for number in 0..puts {
        one.put(&[number % 50], pattern(400 + usize::from(number), u64::from(number))).unwrap();
    }
}

/// How an engine was left.
type Leave = fn(Engine);

#[test]
fn every_segment_that_is_missing_is_told() {
    let ways: [(&str, Leave); 5] = [
        ("never checkpointed", drop),
        ("closed", |engine| engine.close().unwrap()),
        ("checkpointed in between", |engine| {
            engine.checkpoint().unwrap();
            fill(&engine, 40);
        }),
        ("compacted", |engine| {
            assert!(engine.compact().unwrap() > 0);
        }),
        ("dead as a whole", |engine| {
            let one = engine.namespace("one").unwrap();
            for number in 0..50 {
                one.delete(&[number]).unwrap();
            }
            engine.drop_namespace("secret").unwrap();
            engine.compact().unwrap();
            fill(&engine, 20);
        }),
    ];
    for (way, leave) in ways {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        fill(&engine, 80);
        leave(engine);
        let segments = names(&disk);
        assert!(segments.len() > 1, "{way}");
        for name in &segments {
            let damaged = disk.reopen();
            damaged.remove(name).unwrap();
            assert_told(&damaged, &format!("{way}, without {name}"));
        }
        // Two neighbours, and all there is.
        for pair in segments.windows(2) {
            let damaged = disk.reopen();
            pair.iter().for_each(|name| damaged.remove(name).unwrap());
            assert_told(&damaged, &format!("{way}, without {pair:?}"));
        }
        segments.iter().for_each(|name| disk.remove(name).unwrap());
        assert_told(&disk, &format!("{way}, without any"));
    }
}

#[test]
fn an_engine_without_a_record_is_told_from_one_that_lost_its_log() {
    let disk = FaultDisk::new();
    drop(open_faulty(&disk, small()));
    for recovery in BOTH {
        assert!(everything(&open_faulty(&disk.reopen(), config(recovery))).is_empty());
    }
    names(&disk).iter().for_each(|name| disk.remove(name).unwrap());
    assert_told(&disk, "no segment");
}

#[test]
fn a_file_whose_number_no_engine_reaches_is_told_and_left_alone() {
    let disk = FaultDisk::new();
    drop(open_faulty(&disk, small()));
    for number in [1 << 62, u64::MAX] {
        for name in ["log/*", "log/*.tmp", "frames/*"] {
            let name = name.replace('*', &format!("{number:016x}"));
            let odd = disk.reopen();
            odd.open(&name, OpenMode::CreateNew).unwrap().write_at(0, b"not ours").unwrap();
            assert_told(&odd, &name);
            assert_eq!(len_of(&odd.reopen(), &name), 8, "{name}");
        }
    }
}

/// But for a cut that takes some of a footer and nothing else: a rebuild has all records then.
#[test]
fn after_a_clean_close_every_cut_of_the_log_is_told() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    fill(&engine, 25);
    let expected = everything(&engine);
    engine.close().unwrap();
    let mut without_footer = 0;
    for name in names(&disk) {
        for len in 0..len_of(&disk, &name) {
            let damaged = disk.reopen();
            damaged.truncate(&name, len).unwrap();
            let place = format!("{name} of {len} bytes");
            match try_open(&damaged.reopen(), config(RecoveryMode::Rebuild)) {
                Ok(engine) => {
                    assert_eq!(everything(&engine), expected, "{place}");
                    let opened = try_open(&damaged, config(RecoveryMode::Checkpoint));
                    assert!(matches!(opened, Err(Error::StoreCorrupt { .. })), "{place}");
                    without_footer += 1;
                }
                Err(_) => assert_told(&damaged, &place),
            }
        }
    }
    assert!((1..400).contains(&without_footer), "{without_footer}");
}

#[test]
fn a_log_that_is_zeroed_at_the_front_is_told() {
    for puts in [0, 1, 25] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        if puts > 0 {
            fill(&engine, puts);
        }
        drop(engine);
        for name in names(&disk) {
            let len = len_of(&disk, &name);
            for zeros in (1..=len).step_by(if len > 500 { 37 } else { 1 }) {
                let damaged = disk.reopen();
                let file = damaged.open(&name, OpenMode::Write).unwrap();
                file.write_at(0, &vec![0; zeros as usize]).unwrap();
                assert_told(&damaged, &format!("{puts} puts, {zeros} zeros in {name}"));
            }
        }
    }
}

/// After the end of a process the last segment may end anywhere after the last checkpoint; what is
/// there is a state that was, and what the checkpoint knows of is never missed in silence.
#[test]
fn after_a_crash_a_cut_below_the_checkpoint_is_told_and_one_above_leaves_a_state_that_was() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small().segment_bytes_max(1 << 20));
    fill(&engine, 10);
    engine.checkpoint().unwrap();
    let checkpointed = engine.stats().log_disk_bytes;
    let mut states: Vec<Contents> = vec![everything(&engine)];
    for number in 0..12u8 {
        let value = pattern(100 + usize::from(number), 9);
        let revision = engine.namespace("one").unwrap().put(&[number], value.clone()).unwrap();
        let mut next = states[states.len() - 1].clone();
        next.get_mut("one")
            .unwrap()
            .insert(vec![number], Seen { value, revision, expires_at_ms: None });
        states.push(next);
    }
    drop(engine);
    let [name] = &names(&disk)[..] else { panic!("one segment") };
    for len in 0..len_of(&disk, name) {
        let damaged = disk.reopen();
        damaged.truncate(name, len).unwrap();
        if len < checkpointed {
            assert_told(&damaged, &format!("{len} bytes"));
        } else {
            let left = everything(&open_faulty(&damaged, small()));
            assert!(states.contains(&left), "{len} bytes");
        }
    }
}

#[test]
fn a_flip_in_any_group_but_the_last_is_told_however_long_its_records_are() {
    let large =
        |recovery| config(recovery).segment_bytes_max(64 << 20).separated_bytes_min(1 << 20);
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, large(RecoveryMode::Checkpoint));
    let one = engine.namespace("one").unwrap();
    let mut ends = Vec::new();
    for number in 0..20u8 {
        let len = [300 << 10, 17 << 10, 150 << 10, 900 << 10][usize::from(number) % 4];
        one.put(&[number], pattern(len, u64::from(number))).unwrap();
        ends.push(engine.stats().log_disk_bytes);
    }
    drop((one, engine));
    let [name] = &names(&disk)[..] else { panic!("one segment") };
    for (group, end) in ends.iter().enumerate().take(19) {
        for recovery in BOTH {
            let damaged = disk.reopen();
            damaged.flip_bit(name, end - 1000, 2).unwrap();
            let outcome = try_open(&damaged, large(recovery));
            assert!(matches!(outcome, Err(Error::StoreCorrupt { .. })), "{group}: {outcome:?}");
        }
    }
}

/// Without the record that makes a namespace, its rows have an id that nobody may be given.
#[test]
fn what_was_not_synced_may_be_missing_and_gives_no_id_twice() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    fill(&engine, 3);
    let later = PutOptions::new().durability(Durability::None);
    let one = engine.namespace("one").unwrap();
    for number in 0..40 {
        one.put_with(&[number], pattern(400, 7), &later).unwrap();
    }
    drop((one, engine));
    for left in disk.crash_states(20) {
        for recovery in BOTH {
            let engine = open_faulty(&left.reopen(), config(recovery));
            let new = engine.namespace("new").unwrap();
            assert_eq!(new.len().unwrap(), 0);
            assert!(new.scan().unwrap().keys().unwrap().is_empty());
        }
    }
}

/// Frames and values only follow on a manifest: without it, and without a log too, they are what is
/// left of an engine, and none is made in its place.
#[test]
fn what_is_left_without_manifest_and_log_is_no_new_engine() {
    for kept in ["frames", "values"] {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        engine.namespace("one").unwrap().put(b"large", pattern(200 << 10, 1)).unwrap();
        engine.checkpoint().unwrap();
        engine.close().unwrap();
        let left = disk.reopen();
        for directory in ["", "log", "frames", "values"].into_iter().filter(|it| *it != kept) {
            for file in left.list(directory).unwrap() {
                let name = format!("{directory}/{}", file.name);
                left.remove(name.trim_start_matches('/')).unwrap();
            }
        }
        let before = left.list(kept).unwrap();
        assert!(!before.is_empty() && Engine::was_made(&left).unwrap(), "{kept}");
        for recovery in BOTH {
            let outcome = try_open(&left, config(recovery));
            assert!(matches!(outcome, Err(Error::StoreCorrupt { .. })), "{kept}: {outcome:?}");
            assert_eq!(left.list(kept).unwrap(), before, "{recovery:?}");
        }
    }
    assert!(!Engine::was_made(&FaultDisk::new()).unwrap());
}
