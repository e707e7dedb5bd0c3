//! Every disk keeps the contract; a disk that does not is found out.
#![allow(clippy::unwrap_used)]

use std::io::ErrorKind;

use sealwood_engine::disk::conformance::check;
use sealwood_engine::disk::{DirectoryDisk, Disk, LockMode, MemoryDisk, OpenMode};

fn assert_keeps_contract(disk: &dyn Disk) {
    check(disk).unwrap();
    check(disk).unwrap();
    assert_eq!(disk.list("").unwrap(), [], "the suite removes what it wrote");
}

#[test]
fn memory() {
    assert_keeps_contract(&MemoryDisk::new());
    assert_keeps_contract(&MemoryDisk::with_capacity(6 * 1024 * 1024));
}

#[test]
fn directory() {
    let root = tempfile::tempdir().unwrap();
    assert_keeps_contract(&DirectoryDisk::open(root.path().join("a/b/c")).unwrap());
}

#[test]
fn a_clone_is_the_same_disk() {
    let disk = MemoryDisk::new();
    let again = disk.clone();
    disk.open("a", OpenMode::CreateNew).unwrap().append(b"abc").unwrap();
    assert_eq!(again.list("").unwrap()[0].len, 3);
    let _held = disk.lock(LockMode::Exclusive).unwrap();
    assert_eq!(again.lock(LockMode::Shared).err().unwrap().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_full_memory_disk_refuses_what_would_go_over() {
    let disk = MemoryDisk::with_capacity(10);
    let file = disk.open("a", OpenMode::CreateNew).unwrap();
    file.append(b"12345678").unwrap();
    assert_eq!(disk.free_bytes().unwrap(), Some(2));
    assert_eq!(file.append(b"123").unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.write_at(9, b"12").unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.set_len(11).unwrap_err().kind(), ErrorKind::StorageFull);
    assert_eq!(file.len().unwrap(), 8);
    file.write_at(0, b"abcdefgh").unwrap();
    file.append(b"90").unwrap();
    disk.remove("a").unwrap();
    assert_eq!(disk.free_bytes().unwrap(), Some(0), "a handle still has it");
    drop(file);
    assert_eq!(disk.free_bytes().unwrap(), Some(10));
}

#[test]
fn a_directory_is_opened_again_with_what_it_has() {
    let root = tempfile::tempdir().unwrap();
    let disk = DirectoryDisk::open(root.path()).unwrap();
    disk.create_dir("log").unwrap();
    disk.open("log/1", OpenMode::CreateNew).unwrap().append(b"abc").unwrap();
    let held = disk.lock(LockMode::Exclusive).unwrap();
    let again = DirectoryDisk::open(root.path()).unwrap();
    assert_eq!(again.list("log").unwrap()[0].len, 3);
    assert_eq!(again.lock(LockMode::Shared).err().unwrap().kind(), ErrorKind::WouldBlock);
    drop(held);
    again.lock(LockMode::Exclusive).unwrap();
    assert!(again.free_bytes().unwrap().unwrap() > 0);
}

/// A child between fork and exec has a copy of every handle, the lock's too.
#[cfg(unix)]
#[test]
fn a_lock_ends_while_other_processes_start() {
    use std::sync::atomic::{AtomicBool, Ordering};

    let [root, in_the_way] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let disk = DirectoryDisk::open(root.path()).unwrap();
    // A lock that cannot be had leaves no half of it behind either.
    let without = DirectoryDisk::open(in_the_way.path()).unwrap();
    std::os::unix::fs::symlink("nowhere", in_the_way.path().join("lock")).unwrap();
    let ended = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                assert!(std::process::Command::new("true").status().unwrap().success());
            }
        });
        let refused = (0..20_000).find(|_| disk.lock(LockMode::Exclusive).is_err());
        let kinds = (0..20_000).map(|_| without.lock(LockMode::Exclusive).err().unwrap().kind());
        let kinds: std::collections::HashSet<_> = kinds.collect();
        ended.store(true, Ordering::Relaxed);
        assert_eq!(refused, None);
        assert_eq!(kinds, [ErrorKind::InvalidData].into());
    });
}

#[test]
fn what_is_no_file_of_a_disk_is_not_listed() {
    let root = tempfile::tempdir().unwrap();
    let disk = DirectoryDisk::open(root.path()).unwrap();
    for name in [".DS_Store", "Upper", "with space"] {
        std::fs::write(root.path().join(name), b"").unwrap();
    }
    std::fs::create_dir(root.path().join("log")).unwrap();
    assert_eq!(disk.list("").unwrap(), []);
}

#[cfg(unix)]
#[test]
fn files_and_directories_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let above = tempfile::tempdir().unwrap();
    let root = above.path().join("new/root");
    let disk = DirectoryDisk::open(&root).unwrap();
    disk.create_dir("log").unwrap();
    disk.open("log/1", OpenMode::CreateNew).unwrap();
    disk.lock(LockMode::Exclusive).unwrap();
    let mode =
        |path: &str| std::fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("log"), mode("log/1"), mode("lock")], [0o700, 0o700, 0o600, 0o600]);
    assert_eq!(mode(".."), 0o700);
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_link_in_place_of_a_file_is_neither_waited_for_nor_followed() {
    let root = tempfile::tempdir().unwrap();
    let disk = DirectoryDisk::open(root.path()).unwrap();
    std::fs::write(root.path().join("elsewhere"), "x").unwrap();
    let pipe = |name: &str| {
        let made = std::process::Command::new("mkfifo").arg(root.path().join(name)).status();
        assert!(made.unwrap().success());
    };
    pipe("pipe");
    pipe("lock");
    std::os::unix::fs::symlink(root.path().join("elsewhere"), root.path().join("link")).unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for name in ["pipe", "link"] {
            for mode in [OpenMode::Read, OpenMode::Write] {
                let refused = disk.open(name, mode).err().unwrap();
                assert_eq!(refused.kind(), ErrorKind::InvalidData, "{name} {mode:?}");
            }
        }
        for mode in [LockMode::Shared, LockMode::Exclusive] {
            let refused = disk.lock(mode).err().unwrap();
            assert_eq!(refused.kind(), ErrorKind::InvalidData, "{mode:?}");
        }
        sender.send(disk.list("").unwrap().len()).unwrap();
    });
    let listed = receiver.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(listed, 1, "of four names, one is a file's");
}
