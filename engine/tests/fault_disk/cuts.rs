//! What a power cut leaves.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use sealwood_engine::disk::{Disk, LockMode, OpenMode};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode};

use super::{ALL, after_cut, create, durable, read, set};

#[test]
fn after_the_cut_every_call_fails() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"abc");
    disk.cut_at(2);
    file.append(b"1").unwrap();
    file.read_at(0, &mut [0]).unwrap();
    assert!(!disk.is_cut());
    file.append(b"2").unwrap();
    assert!(disk.is_cut());
    let calls = disk.calls();
    let outcomes = [
        file.append(b"3").map(drop),
        file.write_at(0, b"3"),
        file.set_len(0),
        file.sync(),
        file.read_at(0, &mut [0]),
        file.len().map(drop),
        disk.open("a", OpenMode::Read).map(drop),
        disk.open("b", OpenMode::CreateNew).map(drop),
        disk.rename("a", "b"),
        disk.remove("a"),
        disk.list("").map(drop),
        disk.create_dir("b"),
        disk.sync_dir(""),
        disk.lock(LockMode::Shared).map(drop),
        disk.free_bytes().map(drop),
    ];
    for outcome in outcomes {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (ErrorKind::Other, "power is off".into()));
    }
    assert_eq!(disk.calls(), calls);
    let left = disk.crash_states(ALL).nth(1).unwrap();
    assert_eq!(read(&left, "a").unwrap(), b"abc12");
    let now = FaultDisk::new();
    now.cut_at(0);
    assert!(now.list("").is_err());
}

#[test]
fn unsynced_writes_are_kept_or_lost_each_by_itself() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"----");
    file.write_at(0, b"1").unwrap();
    file.write_at(1, b"2").unwrap();
    file.append(b"3").unwrap();
    let expected: BTreeSet<_> = ["----", "1---", "-2--", "12--"]
        .iter()
        .flat_map(|start| ["", "\0", "3"].map(|end| Some(format!("{start}{end}").into_bytes())))
        .collect();
    assert_eq!(after_cut(&disk, "a"), expected);
    file.sync().unwrap();
    assert_eq!(after_cut(&disk, "a"), set([Some(b"12--3")]));
}

#[test]
fn an_unsynced_length_is_kept_or_lost() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"abcd");
    file.set_len(1).unwrap();
    file.append(b"x").unwrap();
    let states = after_cut(&disk, "a");
    let of_both: [&[u8]; 5] = [b"abcd", b"a", b"ax", b"axcd", b"a\0"];
    assert_eq!(states, of_both.iter().map(|state| Some(state.to_vec())).collect());
}

#[test]
fn a_write_tears_at_the_bounds_of_sectors() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", &[0; 100]);
    file.append(&[1; 2000]).unwrap();
    let mut prefixes = BTreeSet::new();
    let mut has_later_sector_alone = false;
    for left in disk.crash_states(ALL) {
        let bytes = read(&left, "a").unwrap();
        assert!(bytes[..100].iter().all(|byte| *byte == 0));
        for start in (0..bytes.len()).step_by(512) {
            let sector = &bytes[start.max(100)..bytes.len().min(start + 512)];
            assert!(sector.iter().all(|byte| *byte == sector[0]), "a sector is written whole");
        }
        if bytes[100..].iter().all(|byte| *byte == 1) {
            prefixes.insert(bytes.len());
        }
        has_later_sector_alone |= bytes.len() == 2100 && bytes[100] == 0 && bytes[600] == 1;
    }
    assert_eq!(prefixes, BTreeSet::from([100, 512, 1024, 1536, 2048, 2100]));
    assert!(has_later_sector_alone);
}

#[test]
fn names_need_a_sync_of_their_directory() {
    let disk = FaultDisk::new();
    let file = create(&disk, "new");
    file.append(b"abc").unwrap();
    file.sync().unwrap();
    durable(&disk, "unrelated", b"");
    assert_eq!(after_cut(&disk, "new"), set([Some(b"abc")]), "the root was synced");
    disk.remove("new").unwrap();
    assert_eq!(after_cut(&disk, "new"), set([None, Some(b"abc")]));
    drop(file);
    assert_eq!(after_cut(&disk, "new"), set([None, Some(b"abc")]));
    disk.sync_dir("").unwrap();
    assert_eq!(after_cut(&disk, "new"), set([None]));

    let file = create(&disk, "later");
    file.append(b"abc").unwrap();
    disk.sync_dir("").unwrap();
    assert_eq!(after_cut(&disk, "later"), set([Some(b""), Some(b"\0\0\0"), Some(b"abc")]));
}

#[test]
fn a_lost_directory_has_lost_its_files() {
    let disk = FaultDisk::new();
    disk.create_dir("log").unwrap();
    durable(&disk, "log/1", b"abc");
    assert_eq!(after_cut(&disk, "log/1"), set([None, Some(b"abc")]));
    disk.sync_dir("").unwrap();
    assert_eq!(after_cut(&disk, "log/1"), set([Some(b"abc")]));
}

#[test]
fn a_rename_is_whole_or_not_at_all() {
    let disk = FaultDisk::new();
    durable(&disk, "old", b"old");
    durable(&disk, "new", b"new");
    disk.rename("new", "old").unwrap();
    let pairs: BTreeSet<_> =
        disk.crash_states(ALL).map(|left| (read(&left, "old"), read(&left, "new"))).collect();
    let (old, new) = (Some(b"old".to_vec()), Some(b"new".to_vec()));
    assert_eq!(pairs, BTreeSet::from([(old, new.clone()), (new, None)]));
    disk.sync_dir("").unwrap();
    assert_eq!(after_cut(&disk, "old"), set([Some(b"new")]));
    assert_eq!(after_cut(&disk, "new"), set([None]));
}

#[test]
fn changes_of_one_name_are_durable_in_order() {
    let disk = FaultDisk::new();
    durable(&disk, "kept", b"1");
    for content in [b"2", b"3"] {
        let file = create(&disk, "temp");
        file.append(content).unwrap();
        file.sync().unwrap();
        disk.rename("temp", "kept").unwrap();
    }
    assert_eq!(after_cut(&disk, "kept"), set([Some(b"1"), Some(b"2"), Some(b"3")]));
    assert_eq!(after_cut(&disk, "temp"), set([None, Some(b"2"), Some(b"3")]));
}

#[test]
fn a_rename_between_directories_never_loses_the_file() {
    let disk = FaultDisk::new();
    disk.create_dir("temp").unwrap();
    disk.create_dir("log").unwrap();
    durable(&disk, "unrelated", b"");
    durable(&disk, "temp/1", b"abc");
    disk.rename("temp/1", "log/1").unwrap();
    let places = |disk: &FaultDisk| {
        let place =
            |left: FaultDisk| (read(&left, "temp/1").is_some(), read(&left, "log/1").is_some());
        disk.crash_states(ALL).map(place).collect::<BTreeSet<_>>()
    };
    assert_eq!(places(&disk), BTreeSet::from([(true, false), (true, true), (false, true)]));
    let target_synced = disk.reopen();
    target_synced.sync_dir("log").unwrap();
    assert_eq!(places(&target_synced), BTreeSet::from([(true, true), (false, true)]));
    disk.sync_dir("temp").unwrap();
    assert_eq!(places(&disk), BTreeSet::from([(false, true)]));
}

#[test]
fn crash_states_are_bounded_distinct_and_the_same_every_time() {
    let disk = FaultDisk::new();
    disk.create_dir("log").unwrap();
    let files = ["log/1", "log/2", "manifest"].map(|name| create(&disk, name));
    for round in 0..20u8 {
        for file in &files {
            file.append(&[round; 700]).unwrap();
        }
    }
    let states = |bound| {
        let contents =
            |left: FaultDisk| ["log/1", "log/2", "manifest"].map(|name| read(&left, name));
        disk.crash_states(bound).map(contents).collect::<Vec<_>>()
    };
    for bound in [0, 1, 2, 3, 50, 500] {
        assert_eq!(states(bound).len(), bound);
    }
    let many = states(500);
    assert_eq!(many, states(500));
    assert_eq!(many[0], [None, None, None]);
    let everything = ["log/1", "log/2", "manifest"].map(|name| read(&disk, name));
    assert_eq!(many[1], everything);
    assert!(many.iter().collect::<BTreeSet<_>>().len() > 300);
    let is_whole =
        |bytes: &Option<Vec<u8>>| bytes.as_ref().is_some_and(|bytes| bytes.len() == 14_000);
    let lost_one = many.iter().any(|state| *state != everything && state.iter().all(is_whole));
    assert!(lost_one, "one write alone is lost in the middle of a file");
}

#[test]
fn a_crash_state_tells_what_it_lost_and_is_a_disk_of_its_own() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"abc");
    file.append(b"def").unwrap();
    let held = disk.lock(LockMode::Exclusive).unwrap();
    disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)));
    disk.cut_at(0);
    let left: Vec<_> = disk.crash_states(2).collect();
    assert_eq!(left[0].origin(), "call 5: write of a at 3, 3 bytes: Lost\n");
    assert_eq!(left[1].origin(), "");
    assert_eq!((left[0].calls(), left[0].open_handles()), (0, 0));
    left[0].lock(LockMode::Exclusive).unwrap();
    left[0].remove("a").unwrap();
    assert_eq!(read(&left[1], "a").unwrap(), b"abcdef");
    drop(held);
}

#[test]
fn a_new_process_finds_what_the_old_one_left_in_the_cache() {
    let disk = FaultDisk::new();
    let file = create(&disk, "a");
    file.append(b"abc").unwrap();
    let _held = disk.lock(LockMode::Exclusive).unwrap();
    disk.cut_at(0);
    let again = disk.reopen();
    assert_eq!(read(&again, "a").unwrap(), b"abc");
    again.lock(LockMode::Exclusive).unwrap();
    assert_eq!(again.open_handles(), 0);
    assert!(after_cut(&again, "a").contains(&None), "it is not durable yet");
    again.open("a", OpenMode::Write).unwrap().sync().unwrap();
    again.sync_dir("").unwrap();
    assert_eq!(after_cut(&again, "a"), set([Some(b"abc")]));
    assert!(after_cut(&disk, "a").contains(&None), "the other disk is another");
}
