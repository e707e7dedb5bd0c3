//! What a crash has left and no durable state names is in the way of nothing on a full disk: it
//! goes before anything is written, and nothing goes that is named still.

use std::collections::BTreeSet;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Error, RecoveryMode};

use crate::common::{all, assert_no_strays, assert_whole, open_faulty, pattern, small, try_open};
use crate::full_disk::{Keys, LARGE, held, roomy};

/// A file with such a content, whole and durable.
fn leave(disk: &FaultDisk, name: &str, content: &[u8]) {
    let file = disk.open(name, OpenMode::CreateNew).unwrap();
    file.write_at(0, content).unwrap();
    file.sync().unwrap();
    disk.sync_dir(name.split_once('/').unwrap().0).unwrap();
}

/// An engine that was killed on a disk without a byte left and without the reserve, after a
/// deletion, and what may lie about there: what nothing durable names.
fn stuck(left: &[&str]) -> (FaultDisk, Keys) {
    let disk = roomy();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..30u8 {
        one.put(&[number], pattern(LARGE, u64::from(number))).unwrap();
    }
    engine.checkpoint().unwrap();
    assert!(one.delete(&[0]).unwrap());
    let keys = all(&one);
    drop((engine, one));
    let disk = disk.reopen();
    disk.remove("reserve").unwrap();
    disk.sync_dir("").unwrap();
    left.iter().for_each(|name| leave(&disk, name, &pattern(50_000, 9)));
    disk.set_capacity(Some(held(&disk)));
    (disk, keys)
}

fn strays() -> [String; 5] {
    [
        format!("values/{}-{:x}", "ab".repeat(32), 49_968),
        "values/tmp-7-00000000000000aa".to_owned(),
        "frames/0000000000000fff".to_owned(),
        "log/0000000000000fff.tmp".to_owned(),
        format!("values/{}-{:x}", "cd".repeat(32), 49_968),
    ]
}

/// Where a crash has left files that nothing names, they are removed before anything is written:
/// each of them alone gives back the room that a checkpoint, a put or a deletion needs.
#[test]
fn what_nothing_names_is_removed_where_there_is_not_a_byte_left() {
    for stray in strays() {
        for change in ["checkpoint", "maintain", "delete", "close"] {
            let (disk, keys) = stuck(&[&stray]);
            assert_eq!(disk.free_bytes().unwrap(), Some(0));
            let engine = open_faulty(&disk, small());
            let one = engine.namespace("one").unwrap();
            assert_eq!(all(&one), keys);
            match change {
                "checkpoint" => assert!(engine.checkpoint().unwrap(), "{stray}"),
                "maintain" => drop(engine.maintain().unwrap()),
                "delete" => assert!(one.delete(&[1]).unwrap(), "{stray}"),
                _ => engine.close().unwrap(),
            }
            let names = ["log", "frames", "values"].map(|folder| disk.list(folder).unwrap());
            let file = stray.split_once('/').unwrap().1;
            assert!(names.iter().flatten().all(|info| info.name != file), "{stray} {change}");
            if change != "close" {
                assert_whole(&engine);
                engine.checkpoint().unwrap();
                assert_no_strays(&engine);
            }
        }
    }
}

/// Wherever the power goes while that is removed, all that was acknowledged is there, and the next
/// opener has room.
#[test]
fn a_power_cut_while_what_nothing_names_is_removed_loses_nothing() {
    let strays = strays();
    let names: Vec<&str> = strays.iter().map(String::as_str).collect();
    let (full, keys) = stuck(&names);
    let capacity = held(&full);
    for changes in 0.. {
        let disk = full.reopen();
        disk.set_capacity(Some(capacity));
        disk.cut_at(changes);
        let done = try_open(&disk, small()).is_ok_and(|engine| engine.checkpoint().is_ok());
        for left in disk.crash_states(24) {
            left.set_capacity(Some(capacity));
            let engine = open_faulty(&left, small());
            let one = engine.namespace("one").unwrap();
            assert_eq!(all(&one), keys, "{}", left.origin());
            assert_whole(&engine);
            engine.checkpoint().unwrap();
            assert_no_strays(&engine);
            assert!(one.delete(&[1]).unwrap());
            assert_whole(&engine);
        }
        if !disk.is_cut() {
            assert!(done);
            break;
        }
    }
}

/// What a durable state names stays as long as no checkpoint without it is published, also where
/// nobody else needs the room: the log says that it is deleted, and was named before.
#[test]
fn what_the_last_checkpoint_names_stays_until_the_next() {
    let (disk, keys) = stuck(&[]);
    let before = disk.list("values").unwrap();
    let engine = open_faulty(&disk, small());
    for _ in 0..3 {
        assert!(matches!(engine.checkpoint(), Err(Error::StoreFull)));
        assert_eq!(disk.list("values").unwrap(), before);
    }
    disk.set_capacity(Some(1 << 30));
    engine.checkpoint().unwrap();
    assert_eq!(disk.list("values").unwrap().len(), before.len() - 1);
    assert_eq!(all(&engine.namespace("one").unwrap()), keys);
}

/// A compaction that was cut off after its output got its name leaves a segment that no checkpoint
/// lists. It goes where there is no room, and its inputs, of which all is made anew, stay.
#[test]
fn the_output_of_a_compaction_that_was_cut_is_removed_where_there_is_not_a_byte_left() {
    let full = roomy();
    let engine = open_faulty(&full, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..80u64 {
        one.put(&[number as u8 % 50], pattern(300, number)).unwrap();
    }
    engine.checkpoint().unwrap();
    let keys = all(&one);
    drop((engine, one));
    let mut outputs = 0;
    for changes in 0.. {
        let disk = full.reopen();
        let engine = open_faulty(&disk, small());
        disk.cut_at(changes);
        let done = engine.compact().is_ok();
        for left in disk.crash_states(6) {
            let _ = left.remove("reserve");
            left.sync_dir("").unwrap();
            let there = segments(&left);
            if !segments(&full).is_subset(&there) || outputs_of(&left).is_empty() {
                continue;
            }
            outputs += 1;
            left.set_capacity(Some(held(&left)));
            for cut in 0..4 {
                let disk = left.reopen();
                disk.set_capacity(Some(held(&left)));
                disk.cut_at(cut);
                let _ = try_open(&disk, small()).map(|engine| engine.checkpoint());
                for config in [small(), small().recovery(RecoveryMode::Rebuild)] {
                    let left = disk.crash_states(2).last().unwrap();
                    let engine = open_faulty(&left, config);
                    assert_eq!(all(&engine.namespace("one").unwrap()), keys, "{}", left.origin());
                    assert_whole(&engine);
                }
            }
            let engine = open_faulty(&left, small());
            assert!(engine.checkpoint().unwrap(), "{}", left.origin());
            assert_eq!(all(&engine.namespace("one").unwrap()), keys);
            assert_whole(&engine);
            assert_no_strays(&engine);
        }
        if done {
            break;
        }
    }
    assert!(outputs > 5, "only {outputs} were left");
}

fn segments(disk: &FaultDisk) -> BTreeSet<String> {
    disk.list("log").unwrap().into_iter().map(|info| info.name).collect()
}

/// The segments that a compaction wrote: their headers say so.
fn outputs_of(disk: &FaultDisk) -> Vec<String> {
    let is_compacted = |name: &String| {
        let mut kind = [0];
        let file = disk.open(&format!("log/{name}"), OpenMode::Read).unwrap();
        file.read_at(22, &mut kind).is_ok() && kind == [1] && !name.contains('.')
    };
    segments(disk).into_iter().filter(is_compacted).collect()
}
