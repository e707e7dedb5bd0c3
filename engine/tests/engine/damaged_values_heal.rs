//! Whoever puts a content whose file is damaged or missing has it whole afterwards, and so has
//! every other key of that content.

use std::io::ErrorKind;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode};
use sealwood_engine::{CommitOptions, Durability, Engine, Namespace, PutOptions, Result, Revision};

use crate::common::{assert_no_strays, assert_whole, open_faulty, pattern, small};

/// Three pieces that have hashes of their own, the last a short one.
const LEN: usize = 2 * (64 << 10) + 700;

/// What may become of a file.
const DAMAGES: [Damage; 7] = [
    Damage::Flip(0),
    Damage::Flip(70_000),
    Damage::Flip(LEN as u64 - 1),
    Damage::Flip(LEN as u64 + 40),
    Damage::Cut(LEN as u64 + 95),
    Damage::Cut(0),
    Damage::Remove,
];

#[derive(Debug, Clone, Copy)]
enum Damage {
    Flip(u64),
    Cut(u64),
    Remove,
}

/// Damages the only value there is.
fn damage(disk: &FaultDisk, damage: Damage) {
    let name = format!("values/{}", disk.list("values").unwrap()[0].name);
    match damage {
        Damage::Flip(offset) => {
            let file = disk.open(&name, OpenMode::Write).unwrap();
            let mut byte = [0];
            file.read_at(offset, &mut byte).unwrap();
            file.write_at(offset, &[byte[0] ^ 4]).unwrap();
            file.sync().unwrap();
        }
        Damage::Cut(len) => {
            let file = disk.open(&name, OpenMode::Write).unwrap();
            file.set_len(len).unwrap();
            file.sync().unwrap();
        }
        Damage::Remove => {
            disk.remove(&name).unwrap();
            disk.sync_dir("values").unwrap();
        }
    }
}

/// The ways to put a value.
#[derive(Debug, Clone, Copy)]
enum Way {
    Put,
    Batch,
    Upload,
}

fn put(way: Way, engine: &Engine, one: &Namespace, durability: Durability) -> Result<Revision> {
    let options = PutOptions::new().durability(durability);
    match way {
        Way::Put => one.put_with(b"b", pattern(LEN, 1), &options),
        Way::Batch => {
            let mut batch = engine.batch();
            batch.put(one, b"b", pattern(LEN, 1)).put(one, b"c", "small");
            batch.commit_with(&CommitOptions::new().durability(durability))
        }
        Way::Upload => {
            let mut upload = one.upload_with(b"b", &options)?;
            upload.write(&pattern(LEN, 1))?;
            upload.finish()
        }
    }
}

fn assert_healed(engine: &Engine) {
    let one = engine.namespace("one").unwrap();
    for key in [b"a", b"b"] {
        assert_eq!(one.get(key).unwrap().unwrap().bytes, pattern(LEN, 1));
    }
    assert_whole(engine);
}

#[test]
fn content_whose_file_is_damaged_or_missing_is_written_anew() {
    for how in DAMAGES {
        for way in [Way::Put, Way::Batch, Way::Upload] {
            for durability in [Durability::None, Durability::Group] {
                let disk = FaultDisk::new();
                let engine = open_faulty(&disk, small());
                let one = engine.namespace("one").unwrap();
                one.put(b"a", pattern(LEN, 1)).unwrap();
                // A handle of the old file is kept.
                assert_eq!(one.get(b"a").unwrap().unwrap().bytes.len(), LEN);
                damage(&disk, how);
                put(way, &engine, &one, durability).unwrap();
                assert_healed(&engine);
                engine.checkpoint().unwrap();
                assert_no_strays(&engine);
                let engine = open_faulty(&disk.reopen(), small());
                assert_healed(&engine);
            }
        }
    }
}

/// What was put last and has no name yet is written anew as well.
#[test]
fn content_that_waits_for_its_sync_is_written_anew_too() {
    for how in DAMAGES {
        for way in [Way::Put, Way::Batch, Way::Upload] {
            for durability in [Durability::None, Durability::Group] {
                let disk = FaultDisk::new();
                let engine = open_faulty(&disk, small());
                let one = engine.namespace("one").unwrap();
                let later = PutOptions::new().durability(Durability::None);
                one.put_with(b"a", pattern(LEN, 1), &later).unwrap();
                damage(&disk, how);
                put(way, &engine, &one, durability).unwrap();
                assert_healed(&engine);
                engine.checkpoint().unwrap();
                assert_no_strays(&engine);
                assert_healed(&open_faulty(&disk.reopen(), small()));
            }
        }
    }
}

/// Whatever fails on the way, the old key is no worse off, and the next try heals it. After a power
/// cut at any point what was acknowledged is whole.
#[test]
fn a_value_is_healed_whatever_fails_or_when_the_power_goes() {
    for way in [Way::Put, Way::Batch, Way::Upload] {
        for nth in 1.. {
            let disk = FaultDisk::new();
            let engine = open_faulty(&disk, small());
            let one = engine.namespace("one").unwrap();
            one.put(b"a", pattern(LEN, 1)).unwrap();
            damage(&disk, Damage::Flip(70_000));
            disk.clear_trace();
            disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).below("values/").nth(nth));
            let outcome = put(way, &engine, &one, Durability::Group);
            let struck = disk.trace().iter().any(|call| call.is_struck);
            disk.disarm();
            if outcome.is_err() {
                assert_eq!(one.info(b"b").unwrap(), None);
                put(way, &engine, &one, Durability::Group).unwrap();
            }
            assert_healed(&engine);
            engine.checkpoint().unwrap();
            assert_no_strays(&engine);
            if !struck {
                break;
            }
        }
        for cut in 1.. {
            let disk = FaultDisk::new();
            let engine = open_faulty(&disk, small());
            let one = engine.namespace("one").unwrap();
            one.put(b"a", pattern(LEN, 1)).unwrap();
            damage(&disk, Damage::Flip(70_000));
            disk.cut_at(cut);
            let acknowledged = put(way, &engine, &one, Durability::Group).is_ok();
            for left in disk.crash_states(12) {
                let engine = open_faulty(&left, small());
                let one = engine.namespace("one").unwrap();
                if acknowledged {
                    assert_healed(&engine);
                } else if one.info(b"b").unwrap().is_some() {
                    assert_eq!(one.get(b"b").unwrap().unwrap().bytes, pattern(LEN, 1));
                }
            }
            if acknowledged {
                break;
            }
        }
    }
}

/// What is whole is compared and not written again.
#[test]
fn content_that_is_whole_is_not_written_again() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"a", pattern(LEN, 1)).unwrap();
    let written = engine.stats().value_bytes_written;
    disk.clear_trace();
    one.put(b"b", pattern(LEN, 1)).unwrap();
    assert_eq!(engine.stats().value_bytes_written, written);
    assert!(!disk.trace().iter().any(|call| call.is_change() && call.name.starts_with("values")));
}
