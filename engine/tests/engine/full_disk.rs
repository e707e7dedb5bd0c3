//! A full disk takes deletions, durably, and gives back what they free; only then it takes more.

use std::ops::ControlFlow;

use sealwood_engine::Error;
use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::lthash::LtHash;
use sealwood_engine::{Access, Background, Engine, EngineConfig, Namespace, Tracking};

use crate::common::{all, assert_no_strays, assert_whole, open_faulty, pattern, small, try_open};

const RESERVE: u64 = 256 << 10;
/// Of a value in a file of its own.
pub(crate) const LARGE: usize = 3000;

pub(crate) type Keys = Vec<(Vec<u8>, Vec<u8>)>;

/// An empty disk that says how much fits.
pub(crate) fn roomy() -> FaultDisk {
    let disk = FaultDisk::new();
    disk.set_capacity(Some(1 << 30));
    disk
}

fn used(disk: &FaultDisk) -> u64 {
    (1 << 30) - disk.free_bytes().unwrap().unwrap()
}

fn reserve(disk: &FaultDisk) -> Option<u64> {
    let files = disk.list("").unwrap();
    files.into_iter().find(|file| file.name == "reserve").map(|file| file.len)
}

/// How much all files take.
pub(crate) fn held(disk: &FaultDisk) -> u64 {
    let files = ["", "log", "frames", "values"].map(|directory| disk.list(directory).unwrap());
    files.iter().flatten().map(|file| file.len).sum()
}

/// An engine on a disk with so much room, filled until no put fits. What was given before is in a
/// checkpoint.
fn filled(room: u64) -> (FaultDisk, Engine, Namespace) {
    let disk = roomy();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..30u8 {
        one.put(&[number], pattern(LARGE, u64::from(number))).unwrap();
    }
    engine.checkpoint().unwrap();
    disk.set_capacity(Some(used(&disk) + room));
    for len in [LARGE, 400, 10, 0] {
        for number in 0u64.. {
            let key = [&[100], &len.to_be_bytes()[..], &number.to_be_bytes()].concat();
            match one.put(&key, pattern(len, 100 + number)) {
                Ok(_) => {}
                Err(Error::StoreFull) => break,
                Err(error) => panic!("{error} with {room}"),
            }
        }
    }
    (disk, engine, one)
}

fn without(keys: &Keys, gone: &[&[u8]]) -> Keys {
    keys.iter().filter(|(key, _)| !gone.contains(&&key[..])).cloned().collect()
}

#[test]
fn whatever_room_is_left_a_full_disk_takes_deletions_and_then_has_room() {
    for room in (0..16_000).step_by(500) {
        let (disk, engine, one) = filled(room);
        let before = all(&one);
        assert!(one.delete(&[0]).unwrap(), "with {room}");
        assert!(one.delete(&[1]).unwrap(), "with {room}");
        let now = without(&before, &[&[0], &[1]]);
        assert_eq!(all(&one), now);
        for left in disk.crash_states(3) {
            let left = open_faulty(&left, small());
            assert_eq!(all(&left.namespace("one").unwrap()), now, "with {room}");
        }
        // A deletion beside what adds is refused with it.
        let mut mixed = engine.batch();
        mixed.delete(&one, &[2]).put(&one, b"more", "");
        assert!(matches!(mixed.commit(), Err(Error::StoreFull)), "with {room}");
        assert_eq!(all(&one), now);
        let mut deletions = engine.batch();
        for number in 2..30 {
            deletions.delete(&one, &[number]);
        }
        deletions.commit().unwrap();
        let free = disk.free_bytes().unwrap();
        engine.checkpoint().unwrap();
        let gained = disk.free_bytes().unwrap().unwrap() + reserve(&disk).unwrap_or(0);
        assert!(gained > free.unwrap() + 25 * LARGE as u64, "with {room}");
        one.put(b"again", pattern(LARGE, 7)).unwrap();
        assert_eq!(reserve(&disk), Some(RESERVE), "with {room}");
        assert!(engine.poisoned().is_none());
        engine.checkpoint().unwrap();
        assert_whole(&engine);
        assert_no_strays(&engine);
        let found = all(&one);
        engine.close().unwrap();
        assert_eq!(all(&open_faulty(&disk, small()).namespace("one").unwrap()), found);
    }
}

#[test]
fn a_put_that_finds_room_again_by_a_deletion_needs_no_checkpoint_before() {
    let (disk, _engine, one) = filled(5000);
    assert_eq!(reserve(&disk), None, "the last put took it");
    assert!(matches!(one.put(b"more", ""), Err(Error::StoreFull)));
    (0..30u8).for_each(|number| assert!(one.delete(&[number]).unwrap()));
    one.put(b"more", "fits").unwrap();
    assert_eq!(reserve(&disk), Some(RESERVE));
}

#[test]
fn who_opens_a_full_engine_may_delete_and_may_not_put() {
    for room in (0..8000).step_by(1000) {
        let (disk, engine, one) = filled(room);
        let before = all(&one);
        let capacity = used(&disk) + disk.free_bytes().unwrap().unwrap();
        drop((engine, one));
        let capacity = capacity.min(disk_capacity(&disk));
        let disk = disk.reopen();
        disk.set_capacity(Some(capacity));
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        assert!(matches!(one.put(b"more", ""), Err(Error::StoreFull)), "with {room}");
        (0..30u8).for_each(|number| assert!(one.delete(&[number]).unwrap(), "with {room}"));
        let gone: Vec<_> = (0..30u8).map(|number| [number]).collect();
        let gone: Vec<&[u8]> = gone.iter().map(|key| &key[..]).collect();
        assert_eq!(all(&one), without(&before, &gone));
        engine.checkpoint().unwrap();
        one.put(b"more", "fits").unwrap();
    }
}

/// The reserve is given up, a deletion appended, a checkpoint made: wherever the power goes, what
/// was acknowledged is there, and who opens what is left may delete.
#[test]
fn a_power_cut_while_the_reserve_is_given_up_loses_nothing() {
    let (full, engine, one) = filled(3000);
    let before = all(&one);
    drop((engine, one));
    let capacity = disk_capacity(&full);
    for changes in 0.. {
        let disk = full.reopen();
        disk.set_capacity(Some(capacity));
        disk.cut_at(changes);
        let deleted = delete_and_checkpoint(&disk);
        for left in disk.crash_states(24) {
            left.set_capacity(Some(capacity));
            let engine = open_faulty(&left, small());
            let one = engine.namespace("one").unwrap();
            let found = all(&one);
            let now = without(&before, &[&[3]]);
            assert!(found == now || found == before && !deleted, "{}", left.origin());
            for key in [[3], [4]] {
                one.delete(&key).unwrap_or_else(|error| panic!("{error} {}", left.origin()));
            }
            engine.checkpoint().unwrap();
            assert_whole(&engine);
        }
        if !disk.is_cut() {
            assert!(deleted);
            break;
        }
    }
}

/// Whether the deletion was acknowledged.
fn delete_and_checkpoint(disk: &FaultDisk) -> bool {
    let Ok(engine) = try_open(disk, small()) else { return false };
    let Ok(one) = engine.namespace("one") else { return false };
    let deleted = one.delete(&[3]).is_ok();
    let _ = engine.checkpoint();
    let _ = one.put(b"again", "");
    deleted
}

/// What a disk holds and how much more fits, together.
fn disk_capacity(disk: &FaultDisk) -> u64 {
    let files = ["", "log", "frames", "values"].map(|directory| disk.list(directory).unwrap());
    let held: u64 = files.iter().flatten().map(|file| file.len).sum();
    held + disk.free_bytes().unwrap().unwrap()
}

#[test]
fn a_change_that_does_not_fit_is_refused_before_it_is_in_the_way() {
    let disk = roomy();
    let engine = open_faulty(&disk, small().separated_bytes_min(1 << 20));
    let one = engine.namespace("one").unwrap();
    one.put(b"key", "value").unwrap();
    disk.set_capacity(Some(used(&disk) + 10_000));
    // More than the room and the reserve together.
    assert!(matches!(one.put(b"large", pattern(600_000, 1)), Err(Error::StoreFull)));
    assert!(one.get(b"large").unwrap().is_none());
    assert!(one.delete(b"key").unwrap());
}

#[test]
fn a_reserve_that_is_cut_or_lost_is_made_again() {
    let disk = roomy();
    let engine = open_faulty(&disk, small());
    engine.namespace("one").unwrap().put(b"key", "value").unwrap();
    engine.close().unwrap();
    assert_eq!(reserve(&disk), Some(RESERVE));
    for damage in [
        |disk: &FaultDisk| disk.truncate("reserve", 1000).unwrap(),
        |disk: &FaultDisk| disk.remove("reserve").unwrap(),
    ] {
        damage(&disk);
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        assert!(one.delete(b"nothing").is_ok());
        one.put(b"other", "value").unwrap();
        assert_eq!(reserve(&disk), Some(RESERVE));
        engine.close().unwrap();
    }
}

/// A crash may leave a part of a reserve that was being made: it is given up like a whole one.
#[test]
fn a_part_of_a_reserve_is_not_in_the_way_of_deletions() {
    let (disk, engine, one) = filled(3000);
    let before = all(&one);
    drop((engine, one));
    let disk = disk.reopen();
    let _ = disk.remove("reserve");
    let part = disk.open("reserve", OpenMode::CreateNew).unwrap();
    part.write_at(0, &pattern(100_000, 1)).unwrap();
    part.sync().unwrap();
    disk.sync_dir("").unwrap();
    drop(part);
    let files = ["", "log", "frames", "values"].map(|directory| disk.list(directory).unwrap());
    disk.set_capacity(Some(files.iter().flatten().map(|file| file.len).sum()));
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    (0..30u8).for_each(|number| assert!(one.delete(&[number]).unwrap()));
    engine.checkpoint().unwrap();
    let gone: Vec<_> = (0..30u8).map(|number| [number]).collect();
    let gone: Vec<&[u8]> = gone.iter().map(|key| &key[..]).collect();
    assert_eq!(all(&one), without(&before, &gone));
    assert_eq!(disk.list("").unwrap().iter().filter(|file| file.len == 100_000).count(), 0);
}

#[test]
fn who_reads_makes_no_reserve() {
    let disk = roomy();
    open_faulty(&disk, small()).close().unwrap();
    let read_only = small().access(Access::ReadOnly);
    disk.remove("reserve").unwrap();
    disk.clear_trace();
    drop(open_faulty(&disk, read_only));
    assert!(disk.trace().iter().all(|call| !call.is_change()));
    assert_eq!(reserve(&disk), None);
}

/// What is written over and over on a full disk has its room in the log back, also beside a segment
/// that is too long to be compacted there.
#[test]
fn on_a_full_disk_what_is_dead_in_the_log_is_given_back() {
    let disk = roomy();
    let engine = open_faulty(&disk, EngineConfig::default().background(Background::Manual));
    let one = engine.namespace("one").unwrap();
    one.put(b"large", pattern(200_000, 1)).unwrap();
    for number in 0..300u64 {
        one.put(&number.to_be_bytes(), pattern(2000, number)).unwrap();
    }
    disk.set_capacity(Some(used(&disk)));
    for number in 0.. {
        match one.put(b"over and over", pattern(400, number)) {
            Ok(_) => {}
            Err(Error::StoreFull) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(one.delete(b"large").unwrap());
    // Six times what the deletion gives back.
    for number in 0..3000 {
        one.put(b"over and over", pattern(400, number))
            .unwrap_or_else(|error| panic!("{error} at {number}"));
    }
    assert!(one.delete(&[0; 8]).unwrap());
    assert_whole(&engine);
    let found = all(&one);
    drop((engine, one));
    assert_eq!(all(&open_faulty(&disk, small()).namespace("one").unwrap()), found);
}

/// What a compaction has written until it found no room is not in the way of the next checkpoint,
/// nor is there more of it each time it is tried.
#[test]
fn a_compaction_that_finds_no_room_leaves_the_room_there_was() {
    let disk = roomy();
    let config = EngineConfig::default().background(Background::Manual).compaction_dead_percent(1);
    let engine = open_faulty(&disk, config.compaction_dead_bytes_min(1).segment_bytes_max(4 << 20));
    let one = engine.namespace("one").unwrap();
    for number in 0..2000u64 {
        one.put(&(number % 1500).to_be_bytes(), pattern(2500, number)).unwrap();
    }
    engine.checkpoint().unwrap();
    disk.set_capacity(Some(used(&disk) + 1_500_000));
    let before = (disk.free_bytes().unwrap(), disk.list("log").unwrap().len());
    for _ in 0..3 {
        assert!(matches!(engine.compact(), Err(Error::StoreFull)));
        assert_eq!((disk.free_bytes().unwrap(), disk.list("log").unwrap().len()), before);
    }
    assert!(one.delete(&[0; 8]).unwrap());
    engine.checkpoint().unwrap();
    assert_whole(&engine);
    assert_no_strays(&engine);
}

/// The hashes of namespaces take more than all that is kept for deletions: they are left out of the
/// checkpoint that gives back what was deleted, and are in the next.
#[test]
fn hashes_are_not_in_the_way_of_what_a_full_disk_gives_back() {
    for room in [1000, 5000, 100_000] {
        let disk = roomy();
        let config = EngineConfig::default().background(Background::Manual);
        let engine = open_faulty(&disk, config.clone().separated_bytes_min(1000));
        let names = ["one", "two"];
        let tracked = names.map(|name| engine.namespace(name).unwrap());
        for (number, namespace) in (0..4000u64).zip(tracked.iter().cycle()) {
            namespace.put(&number.to_be_bytes(), number.to_be_bytes().to_vec()).unwrap();
        }
        let [one, _] = &tracked;
        for number in 0..120u8 {
            one.put(&[number], pattern(30_000, u64::from(number))).unwrap();
        }
        for namespace in &tracked {
            namespace.track(Tracking::Buckets).unwrap();
            namespace.backfill().unwrap();
        }
        engine.checkpoint().unwrap();
        disk.set_capacity(Some(used(&disk) + room));
        for (number, namespace) in (0u64..).zip(tracked.iter().cycle()) {
            match namespace.put(&(number % 4000).to_be_bytes(), pattern(100, number)) {
                Ok(_) => {}
                Err(Error::StoreFull) => break,
                Err(error) => panic!("{error} with {room}"),
            }
        }
        let mut deletions = engine.batch();
        (0..120).for_each(|number| {
            deletions.delete(one, &[number]);
        });
        deletions.commit().unwrap();
        engine.checkpoint().unwrap();
        one.put(b"again", "fits").unwrap();
        assert_eq!(reserve(&disk), Some(RESERVE), "with {room}");
        engine.checkpoint().unwrap();
        let hashes = tracked.each_ref().map(hash);
        assert_whole(&engine);
        assert_no_strays(&engine);
        engine.close().unwrap();
        // There was room for them by then.
        let engine = open_faulty(&disk, config);
        assert_eq!(names.map(|name| hash(&engine.namespace(name).unwrap())), hashes);
        let events = &mut |_: &str, _| ControlFlow::Continue(());
        assert_eq!(engine.verify_state(events).unwrap().differing, 0);
    }
}

/// As long as there is no room for them, hashes are no reason for a checkpoint, which takes some.
#[test]
fn hashes_that_wait_for_room_take_none() {
    let disk = roomy();
    let config = EngineConfig::default().background(Background::Manual);
    let engine = open_faulty(&disk, config.separated_bytes_min(1000));
    let one = engine.namespace("one").unwrap();
    one.track(Tracking::Buckets).unwrap();
    for number in 0..4000u64 {
        one.put(&number.to_be_bytes(), number.to_be_bytes().to_vec()).unwrap();
    }
    one.put(b"large", pattern(LARGE, 1)).unwrap();
    engine.checkpoint().unwrap();
    disk.set_capacity(Some(used(&disk)));
    for number in 0.. {
        match one.put(&[0; 8], pattern(100, number)) {
            Ok(_) => {}
            Err(Error::StoreFull) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(one.delete(b"large").unwrap());
    engine.checkpoint().unwrap();
    let free = disk.free_bytes().unwrap();
    assert_eq!(reserve(&disk), None);
    for _ in 0..3 {
        assert!(!engine.checkpoint().unwrap());
        assert!(!engine.maintain().unwrap());
    }
    assert_eq!(disk.free_bytes().unwrap(), free);
    disk.set_capacity(Some(1 << 30));
    one.put(b"again", "fits").unwrap();
    engine.checkpoint().unwrap();
    let found = hash(&one);
    engine.close().unwrap();
    let engine = open_faulty(&disk, small());
    assert_eq!(hash(&engine.namespace("one").unwrap()), found);
}

/// The hash of a tracked namespace of which all rows are counted.
fn hash(namespace: &Namespace) -> LtHash {
    namespace.tracked_state().unwrap().unwrap().partition.hash().unwrap().clone()
}

/// However many deletions come, the last of the room is left to the checkpoint that gives back what
/// they deleted.
#[test]
fn deletions_leave_room_for_the_checkpoint_that_gives_back_what_they_deleted() {
    let disk = roomy();
    let engine = open_faulty(&disk, small().checkpoint_log_bytes(1 << 30));
    let one = engine.namespace("one").unwrap();
    let key = |number: u64| [&number.to_be_bytes()[..], &[7; 500]].concat();
    for number in 0..800u64 {
        let value = [&number.to_be_bytes()[..], &pattern(LARGE, number)].concat();
        one.put(&key(number), value).unwrap();
    }
    engine.checkpoint().unwrap();
    disk.set_capacity(Some(used(&disk)));
    for number in 0..800 {
        assert!(one.delete(&key(number)).unwrap_or_else(|error| panic!("{error} at {number}")));
    }
    engine.checkpoint().unwrap();
    one.put(b"again", "fits").unwrap();
    assert_eq!(reserve(&disk), Some(RESERVE));
    assert_whole(&engine);
    assert_no_strays(&engine);
}
