//! A compaction that did not end takes nothing away and brings nothing back, whether the engine
//! goes on, is opened again or is made anew from its log.

use std::collections::BTreeMap;
use std::io;

use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Engine, EngineConfig, RecoveryMode};

use crate::common::{all, assert_no_strays, assert_whole, open_faulty, pattern, small};

type Model = BTreeMap<Vec<u8>, Vec<u8>>;

fn rebuilding() -> EngineConfig {
    small().recovery(RecoveryMode::Rebuild)
}

fn put(engine: &Engine, model: &mut Model, key: u8, len: usize) {
    let value = pattern(len, u64::from(key) + len as u64);
    engine.namespace("one").unwrap().put(&[key], value.clone()).unwrap();
    model.insert(vec![key], value);
}

fn delete(engine: &Engine, model: &mut Model, key: u8) {
    let there = engine.namespace("one").unwrap().delete(&[key]).unwrap();
    assert_eq!(there, model.remove([key].as_slice()).is_some());
}

/// Several segments, some of them half dead, with deletes in a later segment than the puts.
fn fill(engine: &Engine) -> Model {
    let mut model = Model::new();
    // The namespace begins in a segment of its own, which stays.
    engine.namespace("other").unwrap().put(b"stays", pattern(900, 1)).unwrap();
    for key in 0..40 {
        put(engine, &mut model, key, 300 + usize::from(key % 7));
    }
    for key in (0..40).step_by(3) {
        delete(engine, &mut model, key);
    }
    for key in (1..40).step_by(6) {
        put(engine, &mut model, key, 500);
    }
    engine.checkpoint().unwrap();
    model
}

/// What changes after the compaction that did not end, and is compacted in its turn.
fn go_on(engine: &Engine, model: &mut Model) {
    for key in (2..40).step_by(6) {
        delete(engine, model, key);
    }
    for key in 40..56 {
        put(engine, model, key, 300);
    }
    for key in (40..56).step_by(2) {
        delete(engine, model, key);
    }
}

/// Asserts that reads, scans and counts say what the model says.
fn assert_is(engine: &Engine, model: &Model, place: &str) {
    let one = engine.namespace("one").unwrap();
    let found: Model = all(&one).into_iter().collect();
    let keys = |model: &Model| model.keys().map(|key| key[0]).collect::<Vec<u8>>();
    assert_eq!(keys(&found), keys(model), "{place}");
    assert!(found == *model, "{place}: values differ");
    assert_eq!(one.len().unwrap(), model.len() as u64, "{place}");
    for key in 0..=u8::MAX {
        let read = one.get(&[key]).unwrap().map(|value| value.bytes.to_vec());
        assert!(read.as_ref() == model.get([key].as_slice()), "{place}: key {key}");
    }
    assert_whole(engine);
}

/// Opens copies of a disk both ways, and goes on from each.
fn assert_opens(disk: &FaultDisk, model: &Model, place: &str) {
    for config in [small(), rebuilding()] {
        let (disk, mut model) = (disk.reopen(), model.clone());
        let place = format!("{place}, {:?}", config.recovery);
        let engine = open_faulty(&disk, config);
        assert_is(&engine, &model, &place);
        go_on(&engine, &mut model);
        engine.compact().unwrap();
        engine.checkpoint().unwrap();
        assert_is(&engine, &model, &place);
        assert_no_strays(&engine);
        drop(engine);
        assert_is(&open_faulty(&disk.reopen(), small()), &model, &place);
        assert_is(&open_faulty(&disk, rebuilding()), &model, &place);
    }
}

#[test]
fn a_compaction_that_fails_at_any_call_brings_nothing_back() {
    for at in 1.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let mut model = fill(&engine);
        let calls = disk.calls();
        let kind = io::ErrorKind::Other;
        let mode =
            if at % 2 == 0 { FaultMode::FailBefore(kind) } else { FaultMode::FailAfter(kind) };
        disk.arm(Fault::new(mode).nth(at));
        let _ = engine.compact();
        let struck = disk.trace().iter().any(|call| call.number >= calls && call.is_struck);
        disk.disarm();
        let place = format!("call {at}");
        assert_is(&engine, &model, &place);
        assert_opens(&disk, &model, &place);
        // The same engine goes on, and nothing that is to be removed goes.
        if engine.poisoned().is_none() {
            disk.arm(Fault::new(FaultMode::FailBefore(kind)).on(&[Operation::Remove]));
            go_on(&engine, &mut model);
            for _ in 0..2 {
                let _ = engine.compact();
                let _ = engine.checkpoint();
            }
            assert_is(&engine, &model, &place);
            disk.disarm();
            assert_opens(&disk, &model, &format!("{place}, and another"));
        }
        if !struck {
            return;
        }
    }
}

#[test]
fn a_compaction_that_is_cut_at_any_change_brings_nothing_back() {
    for changes in 0.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let model = fill(&engine);
        disk.cut_at(changes);
        let _ = engine.compact();
        drop(engine);
        let is_cut = disk.is_cut();
        for (number, left) in disk.crash_states(5).enumerate() {
            assert_opens(&left, &model, &format!("change {changes}, state {number}"));
        }
        if !is_cut {
            return;
        }
    }
}

/// What a snapshot has kept goes all at once, inputs and outputs of two compactions; a cut leaves
/// some of it.
#[test]
fn what_is_left_of_two_generations_brings_nothing_back() {
    for changes in 0.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let mut model = fill(&engine);
        let snapshot = engine.snapshot().unwrap();
        engine.compact().unwrap();
        for key in (1..40).step_by(2) {
            delete(&engine, &mut model, key);
        }
        engine.compact().unwrap();
        drop(snapshot);
        disk.cut_at(changes);
        let _ = engine.checkpoint();
        drop(engine);
        let is_cut = disk.is_cut();
        for (number, left) in disk.crash_states(5).enumerate() {
            assert_opens(&left, &model, &format!("change {changes}, state {number}"));
        }
        if !is_cut {
            return;
        }
    }
}

/// Numbers that look random.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

#[test]
fn whatever_fails_in_many_compactions_brings_nothing_back() {
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let disk = FaultDisk::new();
        let mut engine = open_faulty(&disk, small());
        let mut model = fill(&engine);
        for step in 0..30 {
            let place = format!("seed {seed}, step {step}");
            match dice.roll(6) {
                0 => {
                    for key in 0..12 {
                        put(&engine, &mut model, dice.roll(60) as u8, 40 + 30 * key);
                    }
                }
                1 => {
                    for _ in 0..6 {
                        delete(&engine, &mut model, dice.roll(60) as u8);
                    }
                }
                2 => drop(engine.checkpoint()),
                3 => {
                    drop(engine);
                    let config = if dice.roll(2) == 0 { small() } else { rebuilding() };
                    engine = open_faulty(&disk, config);
                }
                _ => {
                    let kind = io::ErrorKind::Other;
                    let (before, after) = (FaultMode::FailBefore(kind), FaultMode::FailAfter(kind));
                    let mode = [before, after, FaultMode::FlipBit(dice.roll(4000))];
                    let mode = mode[dice.roll(3) as usize];
                    // Not the log's own writes: they end writing.
                    let operations =
                        [Operation::ReadAt, Operation::Open, Operation::Rename, Operation::Remove];
                    let operations: &[Operation] = match mode {
                        FaultMode::FlipBit(_) => &[Operation::ReadAt],
                        _ => &operations,
                    };
                    disk.arm(Fault::new(mode).on(operations).nth(1 + dice.roll(40)));
                    let _ = engine.compact();
                    disk.disarm();
                }
            }
            if engine.poisoned().is_some() {
                drop(engine);
                engine = open_faulty(&disk, small());
            }
            assert_is(&engine, &model, &place);
        }
        drop(engine);
        assert_opens(&disk, &model, &format!("seed {seed}"));
    }
}
