//! What is armed strikes, and nothing else.

use std::collections::BTreeSet;
use std::io::ErrorKind;

use sealwood_engine::disk::conformance::{Promise, check};
use sealwood_engine::disk::{Disk, DiskFile, LockMode, OpenMode, is_too_many_open_files};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};

use super::{after_cut, bytes_of, create, durable, kind, read, set};

#[test]
fn it_keeps_the_contract_of_a_disk() {
    let disk = FaultDisk::new();
    check(&disk).unwrap();
    check(&disk.reopen()).unwrap();
    disk.crash_states(20).for_each(|left| check(&left).unwrap());
    assert_eq!(disk.open_handles(), 0);
}

/// Arms `fault` on a healthy disk and returns the promise the suite finds broken.
fn broken_by(fault: Fault) -> Promise {
    let disk = FaultDisk::new();
    disk.arm(fault);
    check(&disk).unwrap_err().promise
}

#[test]
fn a_disk_that_breaks_the_contract_is_found_out() {
    let fail = || Fault::new(FaultMode::FailBefore(ErrorKind::Other));
    let tear = FaultMode::Tear { landed: 4, kind: ErrorKind::Other };
    assert_eq!(broken_by(Fault::new(FaultMode::FlipBit(9))), Promise::ReadsWhatWasWritten);
    assert_eq!(broken_by(Fault::new(tear)), Promise::ReadsWhatWasWritten);
    assert_eq!(broken_by(fail().on(&[Operation::Append])), Promise::AppendsAtTheEnd);
    assert_eq!(broken_by(fail().on(&[Operation::SetLen])), Promise::AppendsAtTheEnd);
    assert_eq!(broken_by(fail().on(&[Operation::Sync])), Promise::Syncs);
    assert_eq!(broken_by(fail().on(&[Operation::Rename])), Promise::MissingIsMissing);
    assert_eq!(broken_by(fail().on(&[Operation::Lock])), Promise::ListsInOrder);
    assert_eq!(broken_by(fail().on(&[Operation::FreeBytes])), Promise::TellsFreeBytes);
}

#[test]
fn the_trace_has_every_call() {
    let disk = FaultDisk::new();
    disk.create_dir("log").unwrap();
    let file = create(&disk, "log/1");
    file.append(b"abc").unwrap();
    file.append(b"defg").unwrap();
    file.write_at(1, b"x").unwrap();
    file.set_len(5).unwrap();
    file.read_at(1, &mut [0; 2]).unwrap();
    file.sync().unwrap();
    disk.open("log/1", OpenMode::Read).unwrap();
    disk.rename("log/1", "log/2").unwrap();
    disk.list("log").unwrap();
    disk.remove("log/2").unwrap();
    disk.sync_dir("log").unwrap();
    disk.lock(LockMode::Shared).unwrap();
    disk.free_bytes().unwrap();
    let trace = disk.trace();
    let operations: Vec<_> = trace.iter().map(|call| call.operation).collect();
    use Operation::*;
    let expected = [
        CreateDir, Create, Append, Append, WriteAt, SetLen, ReadAt, Sync, Open, Rename, List,
        Remove, SyncDir, Lock, FreeBytes,
    ];
    assert_eq!(operations, expected);
    assert!(trace.iter().map(|call| call.number).eq(1..=15));
    let places: Vec<_> = trace[2..7].iter().map(|call| (call.offset, call.len)).collect();
    assert_eq!(places, [(0, 3), (3, 4), (1, 1), (0, 5), (1, 2)]);
    assert!(trace[1..9].iter().all(|call| call.name == "log/1"));
    assert_eq!(trace[9].to.as_deref(), Some("log/2"));
    let changes = trace.iter().filter(|call| call.is_change()).count();
    assert_eq!((disk.calls(), disk.changes()), (15, changes as u64));
    assert_eq!(changes, 10);
    disk.clear_trace();
    disk.list("").unwrap();
    assert_eq!(disk.trace()[0].number, 16);
    assert_eq!(disk.trace().len(), 1);
}

#[test]
fn a_fault_strikes_the_calls_it_is_armed_for() {
    let appends = |fault: Fault| {
        let disk = FaultDisk::new();
        disk.create_dir("log").unwrap();
        let (first, second) = (create(&disk, "log/1"), create(&disk, "manifest"));
        disk.arm(fault);
        let struck = |file: &dyn DiskFile| file.append(b"a").is_err();
        let outcomes: Vec<_> =
            (0..6).map(|turn| struck(if turn % 2 == 0 { &*first } else { &*second })).collect();
        let traced: Vec<_> = disk.trace()[3..].iter().map(|call| call.is_struck).collect();
        assert_eq!(outcomes, traced);
        outcomes.into_iter().map(u8::from).collect::<Vec<_>>()
    };
    let fail = || Fault::new(FaultMode::FailBefore(ErrorKind::Other));
    assert_eq!(appends(fail()), [1, 1, 1, 1, 1, 1]);
    assert_eq!(appends(fail().nth(3)), [0, 0, 1, 0, 0, 0]);
    assert_eq!(appends(fail().every(2)), [0, 1, 0, 1, 0, 1]);
    assert_eq!(appends(fail().below("log/")), [1, 0, 1, 0, 1, 0]);
    assert_eq!(appends(fail().below("log/").nth(2)), [0, 0, 1, 0, 0, 0]);
    assert_eq!(appends(fail().on(&[Operation::Sync, Operation::WriteAt])), [0; 6]);
    assert_eq!(appends(fail().sometimes(100, 7)), [1; 6]);
    assert_eq!(appends(fail().sometimes(0, 7)), [0; 6]);
    assert_eq!(appends(fail().sometimes(50, 7)), appends(fail().sometimes(50, 7)));
    let of_seeds: BTreeSet<_> = (0..20).map(|seed| appends(fail().sometimes(50, seed))).collect();
    assert!(of_seeds.len() > 5, "{of_seeds:?}");
}

#[test]
fn a_call_fails_before_or_after_its_effect() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"abc");
    disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::TimedOut)));
    assert_eq!(kind(file.append(b"d")), ErrorKind::TimedOut);
    assert_eq!(kind(disk.remove("a")), ErrorKind::TimedOut);
    assert_eq!(kind(disk.open("b", OpenMode::CreateNew)), ErrorKind::TimedOut);
    assert_eq!(kind(file.read_at(0, &mut [0])), ErrorKind::TimedOut);
    disk.disarm();
    assert_eq!((read(&disk, "a").unwrap(), read(&disk, "b")), (b"abc".to_vec(), None));

    disk.arm(Fault::new(FaultMode::FailAfter(ErrorKind::BrokenPipe)));
    assert_eq!(kind(file.append(b"d")), ErrorKind::BrokenPipe);
    assert_eq!(kind(disk.open("b", OpenMode::CreateNew)), ErrorKind::BrokenPipe);
    assert_eq!(kind(file.sync()), ErrorKind::BrokenPipe);
    assert_eq!(kind(disk.sync_dir("")), ErrorKind::BrokenPipe);
    assert_eq!(kind(disk.rename("a", "c")), ErrorKind::BrokenPipe);
    disk.disarm();
    assert_eq!(disk.open_handles(), 1);
    assert_eq!(read(&disk, "c").unwrap(), b"abcd");
    assert_eq!(after_cut(&disk, "b"), set([Some(b"")]));
}

#[test]
fn a_torn_write_leaves_its_first_bytes() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"------");
    let tear = |landed| FaultMode::Tear { landed, kind: ErrorKind::StorageFull };
    disk.arm(Fault::new(tear(2)).nth(1));
    disk.arm(Fault::new(tear(1)).nth(2));
    disk.arm(Fault::new(tear(100)).nth(3));
    assert_eq!(kind(file.write_at(1, b"abc")), ErrorKind::StorageFull);
    assert_eq!(kind(file.append(b"xyz")), ErrorKind::StorageFull);
    assert_eq!(kind(file.append(b"!")), ErrorKind::StorageFull);
    assert_eq!(bytes_of(&*file), b"-ab---x!");
    file.sync().unwrap();
    assert_eq!(after_cut(&disk, "a"), set([Some(b"-ab---x!")]));
}

#[test]
fn a_sync_fails_once_and_then_lies() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"old");
    disk.arm(Fault::new(FaultMode::LoseUnsynced(ErrorKind::Other)).nth(1));
    file.append(b"lost").unwrap();
    assert_eq!(kind(file.sync()), ErrorKind::Other);
    assert_eq!(bytes_of(&*file), b"oldlost");
    file.sync().unwrap();
    assert_eq!(after_cut(&disk, "a"), set([Some(b"old")]));
    file.append(b"new").unwrap();
    file.sync().unwrap();
    assert_eq!(bytes_of(&*file), b"oldlostnew");
    assert_eq!(after_cut(&disk, "a"), set([Some(b"old\0\0\0\0new")]));
}

#[test]
fn a_sync_that_just_fails_can_be_tried_again() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"old");
    disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).on(&[Operation::Sync]).nth(1));
    file.append(b"new").unwrap();
    file.sync().unwrap_err();
    assert!(after_cut(&disk, "a").contains(&Some(b"old".to_vec())));
    file.sync().unwrap();
    assert_eq!(after_cut(&disk, "a"), set([Some(b"oldnew")]));
}

#[test]
fn room_runs_out() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"12345678");
    assert_eq!(disk.free_bytes().unwrap(), None);
    disk.set_capacity(Some(10));
    assert_eq!(disk.free_bytes().unwrap(), Some(2));
    let other = create(&disk, "b");
    assert_eq!(kind(other.append(b"123")), ErrorKind::StorageFull);
    assert_eq!(kind(other.set_len(3)), ErrorKind::StorageFull);
    other.append(b"12").unwrap();
    assert_eq!(kind(file.write_at(7, b"xx")), ErrorKind::StorageFull);
    file.write_at(6, b"xx").unwrap();
    file.set_len(6).unwrap();
    assert_eq!(disk.free_bytes().unwrap(), Some(2));
    drop((file, other));
    disk.remove("a").unwrap();
    assert_eq!(disk.free_bytes().unwrap(), Some(2), "a power cut could bring the name back");
    disk.sync_dir("").unwrap();
    assert_eq!(disk.free_bytes().unwrap(), Some(8));
    disk.disarm();
    assert_eq!(disk.free_bytes().unwrap(), None);
}

#[test]
fn handles_run_out() {
    let disk = FaultDisk::new();
    let first = durable(&disk, "a", b"abc");
    disk.set_open_max(Some(2));
    let second = disk.open("a", OpenMode::Read).unwrap();
    assert_eq!(disk.open_handles(), 2);
    let error = disk.open("a", OpenMode::Read).err().unwrap();
    assert!(is_too_many_open_files(&error));
    assert!(is_too_many_open_files(&disk.open("b", OpenMode::CreateNew).err().unwrap()));
    drop(first);
    assert_eq!(kind(disk.open("b", OpenMode::Read)), ErrorKind::NotFound);
    disk.open("b", OpenMode::CreateNew).unwrap();
    drop(second);
    assert_eq!(disk.open_handles(), 0);
}

#[test]
fn a_read_comes_back_damaged_and_the_file_is_whole() {
    let disk = FaultDisk::new();
    let file = durable(&disk, "a", b"\0\0\0\0");
    disk.arm(Fault::new(FaultMode::FlipBit(9)).nth(1));
    disk.arm(Fault::new(FaultMode::FlipBit(32)).nth(2));
    let damaged: Vec<_> = (0..3).map(|_| bytes_of(&*file)).collect();
    assert_eq!(damaged, [[0, 2, 0, 0], [1, 0, 0, 0], [0; 4]]);
}

#[test]
fn a_stored_file_is_damaged_for_good() {
    let disk = FaultDisk::new();
    durable(&disk, "a", b"\0\0\0\0");
    disk.flip_bit("a", 2, 7).unwrap();
    assert_eq!(after_cut(&disk, "a"), set([Some(&[0, 0, 0x80, 0])]));
    disk.truncate("a", 3).unwrap();
    disk.truncate("a", 100).unwrap();
    assert_eq!(read(&disk, "a").unwrap(), [0, 0, 0x80]);
    assert_eq!(after_cut(&disk, "a"), set([Some(&[0, 0, 0x80])]));
    assert_eq!(kind(disk.flip_bit("a", 3, 0)), ErrorKind::UnexpectedEof);
    assert_eq!(kind(disk.flip_bit("b", 0, 0)), ErrorKind::NotFound);
    assert_eq!(kind(disk.truncate("../b", 0)), ErrorKind::InvalidInput);
}
