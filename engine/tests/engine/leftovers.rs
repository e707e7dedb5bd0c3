//! What a crash, a refused write or an upload that never ended leaves behind is swept up by the
//! next checkpoint, and nothing that is not the engine's.

use std::io::ErrorKind;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Access, Background, Engine, Precondition, PutOptions};

use crate::common::{assert_no_strays, assert_whole, open_faulty, pattern, small};

const LEN: usize = 3000;

fn values(disk: &FaultDisk) -> usize {
    disk.list("values").unwrap().len()
}

/// After a power cut at any point of a put, a batch or an upload, the first checkpoint leaves what
/// keys name and no other file.
#[test]
fn the_first_checkpoint_after_a_crash_sweeps_up_what_nothing_names() {
    let mut orphans = 0;
    for cut in 1.. {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        one.put(b"kept", pattern(LEN, 1)).unwrap();
        disk.cut_at(cut);
        let work = || -> sealwood_engine::Result<()> {
            one.put(b"put", pattern(LEN, 2))?;
            let mut batch = engine.batch();
            batch.put(&one, b"first", pattern(LEN, 3)).put(&one, b"second", pattern(LEN, 4));
            batch.commit()?;
            let mut upload = one.upload(b"upload")?;
            upload.write(&pattern(100_000, 5))?;
            upload.finish().map(|_| ())
        };
        let done = work().is_ok();
        for left in disk.crash_states(10) {
            let before = values(&left);
            let engine = open_faulty(&left, small());
            let keys = engine.namespace("one").unwrap().len().unwrap() as usize;
            engine.checkpoint().unwrap();
            assert_eq!(values(&left), keys, "{}", left.origin());
            assert_no_strays(&engine);
            assert_whole(&engine);
            orphans += before - keys;
        }
        if done {
            break;
        }
    }
    assert!(orphans > 20, "only {orphans} were left by all crashes");
}

/// Closing is a checkpoint too, and so is a turn of the background.
#[test]
fn a_close_and_the_background_sweep_as_well() {
    let orphan = format!("values/{}-{LEN:x}", "ab".repeat(32));
    let temp = "values/tmp-7-00000000000000aa";
    for background in [Background::Manual, Background::Automatic] {
        let disk = FaultDisk::new();
        open_faulty(&disk, small()).close().unwrap();
        for name in [&orphan[..], temp] {
            disk.open(name, OpenMode::CreateNew).unwrap().append(b"left over").unwrap();
        }
        let checkpoint_idle = std::time::Duration::from_millis(1);
        let engine =
            open_faulty(&disk, small().background(background).checkpoint_idle(checkpoint_idle));
        match background {
            Background::Manual => engine.close().unwrap(),
            Background::Automatic => {
                while values(&disk) > 0 {
                    std::thread::yield_now();
                }
            }
        }
        assert_eq!(values(&disk), 0);
    }
}

fn settle(disk: &FaultDisk, engine: &Engine) {
    engine.checkpoint().unwrap();
    assert_eq!(values(disk), 0);
    assert_no_strays(engine);
}

#[test]
fn a_refused_or_unfinished_upload_leaves_nothing_for_the_next_checkpoint() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", "small").unwrap();
    let begin = |key: &[u8], options: &PutOptions| {
        let mut upload = one.upload_with(key, options).unwrap();
        upload.write(&pattern(LEN, 1)).unwrap();
        upload
    };
    let absent = PutOptions::new().precondition(Precondition::Absent);
    assert!(begin(b"key", &absent).finish().is_err());
    settle(&disk, &engine);
    let refused = begin(&[0; 65_537], &PutOptions::default()).finish();
    assert_eq!(refused.unwrap_err().code(), "invalid-argument");
    settle(&disk, &engine);
    // Its file cannot be removed when it is given up.
    let denied = Fault::new(FaultMode::FailBefore(ErrorKind::PermissionDenied));
    disk.arm(denied.on(&[Operation::Remove]));
    drop(begin(b"key", &PutOptions::default()));
    disk.disarm();
    assert_eq!(values(&disk), 1);
    settle(&disk, &engine);
    // Whatever fails while it ends.
    for nth in 1.. {
        let upload = begin(b"key", &PutOptions::default());
        disk.clear_trace();
        disk.arm(Fault::new(FaultMode::FailBefore(ErrorKind::Other)).below("values").nth(nth));
        let outcome = upload.finish();
        let struck = disk.trace().iter().any(|call| call.is_struck);
        disk.disarm();
        assert_eq!(outcome.is_err(), struck);
        one.put(b"key", "small").unwrap();
        settle(&disk, &engine);
        if !struck {
            break;
        }
    }
}

/// Files of names that the engine never gives are somebody else's.
#[test]
fn files_of_other_names_are_left_alone() {
    let foreign = [
        "log/notes.txt",
        "log/000000000000000a.tmp.bak",
        "log/x.tmp",
        "frames/notes.txt",
        "frames/0000000000000003.tmp",
        "values/notes.txt",
        "values/tmp-x",
        "values/tmp-1-xyz",
        "values/tmp-1-00000000000000aa.bak",
        "notes.txt",
    ];
    let disk = FaultDisk::new();
    open_faulty(&disk, small()).close().unwrap();
    for name in foreign {
        disk.open(name, OpenMode::CreateNew).unwrap().append(b"mine").unwrap();
    }
    for _ in 0..2 {
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        for number in 0..40u8 {
            one.put(&[number], pattern(usize::from(number) * 100, 1)).unwrap();
            one.delete(&[number]).unwrap();
        }
        engine.checkpoint().unwrap();
        engine.compact().unwrap();
        engine.vacuum(Default::default()).unwrap();
        assert_whole(&engine);
        engine.close().unwrap();
    }
    for name in foreign {
        assert_eq!(disk.open(name, OpenMode::Read).unwrap().len().unwrap(), 4, "{name}");
    }
    // They do not make a directory one that has lost its manifest either.
    let disk = FaultDisk::new();
    disk.create_dir("log").unwrap();
    disk.open("log/notes.txt", OpenMode::CreateNew).unwrap();
    open_faulty(&disk, small()).close().unwrap();
}

#[test]
fn reading_what_is_not_there_makes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("missing/engine");
    let config = small().access(Access::ReadOnly);
    let refused = Engine::open_directory(&path, config.clone());
    assert_eq!(refused.unwrap_err().code(), "store-failed");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    // Nor in a directory that holds something else.
    let refused = Engine::open_directory(root.path(), config.clone());
    assert_eq!(refused.unwrap_err().code(), "store-failed");
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 0);
    Engine::open_directory(&path, small()).unwrap().close().unwrap();
    Engine::open_directory(&path, config).unwrap().close().unwrap();
}

/// A copy that leaves out empty directories is whole.
#[test]
fn a_copy_without_its_empty_directories_works() {
    for directory in ["log", "frames", "values"] {
        let root = tempfile::tempdir().unwrap();
        let engine = Engine::open_directory(root.path(), small()).unwrap();
        if directory != "log" {
            engine.namespace("one").unwrap().put(b"key", "value").unwrap();
        }
        let path = root.path().join(directory);
        drop(engine);
        if std::fs::read_dir(&path).unwrap().next().is_none() {
            std::fs::remove_dir(&path).unwrap();
        }
        for number in 0..3u64 {
            let engine = Engine::open_directory(root.path(), small()).unwrap();
            let one = engine.namespace("one").unwrap();
            assert_eq!(one.len().unwrap(), u64::from(directory != "log" || number > 0));
            one.put(b"key", pattern(LEN, number)).unwrap();
            engine.checkpoint().unwrap();
            assert_whole(&engine);
            engine.close().unwrap();
        }
    }
}
