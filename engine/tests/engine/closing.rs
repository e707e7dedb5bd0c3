//! Closing beside other calls: what is under way ends first, then the directory is free, and what
//! was acknowledged is there.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sealwood_engine::disk::{Disk, LockMode};
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{
    Background, Clock, Engine, Error, Expiry, Namespace, PutOptions, Result, Revision, ScanItem,
    VacuumMode,
};

use crate::common::{assert_whole, open_faulty, pattern, small, try_open};

/// Puts until it is told that the engine is closed; returns the keys that were acknowledged.
fn put_until_closed(one: &Namespace, writer: u8) -> Vec<Vec<u8>> {
    let mut acknowledged = Vec::new();
    for number in 0u32.. {
        let key = [&[writer][..], &number.to_be_bytes()].concat();
        match one.put(&key, pattern([20, 300, 1500][number as usize % 3], u64::from(number))) {
            Ok(_) => acknowledged.push(key),
            Err(Error::Closed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    acknowledged
}

/// Does what lasts long until it is told that the engine is closed.
fn tidy_until_closed(engine: &Engine) {
    loop {
        let outcome = engine
            .checkpoint()
            .and_then(|_| engine.compact())
            .and_then(|_| engine.vacuum(VacuumMode::Delete))
            .and_then(|_| engine.maintain());
        match outcome {
            Ok(_) => {}
            Err(Error::Closed) => return,
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn closing_beside_writers_loses_nothing_and_frees_the_directory_last() {
    const WRITERS: u8 = 3;
    for _ in 0..60 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        let begun = Barrier::new(usize::from(WRITERS) + 2);
        let acknowledged: Vec<Vec<u8>> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let (one, begun) = (&one, &begun);
                    scope.spawn(move || {
                        one.put(&[writer], "first").unwrap();
                        begun.wait();
                        put_until_closed(one, writer)
                    })
                })
                .collect();
            let (tidied, start) = (&engine, &begun);
            scope.spawn(move || {
                start.wait();
                tidy_until_closed(tidied);
            });
            begun.wait();
            engine.close().unwrap();
            // The moment it returns, somebody else may have it.
            let next = try_open(&disk, small()).unwrap();
            assert!(disk.open_handles() < 20);
            let acknowledged = writers.into_iter().flat_map(|it| it.join().unwrap()).collect();
            next.namespace("one").unwrap().put(b"next", "it").unwrap();
            next.close().unwrap();
            acknowledged
        });
        assert_eq!(disk.open_handles(), 0, "a closed engine holds no file open");
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        for key in acknowledged {
            assert!(one.get(&key).unwrap().is_some(), "{key:?}");
        }
        assert_whole(&engine);
    }
}

#[test]
fn whoever_closes_returns_when_it_is_closed() {
    for _ in 0..40 {
        let disk = FaultDisk::new();
        let engine = open_faulty(&disk, small());
        let one = engine.namespace("one").unwrap();
        one.put(b"key", pattern(2000, 1)).unwrap();
        let begun = Barrier::new(3);
        let changes = std::thread::scope(|scope| {
            scope.spawn(|| {
                begun.wait();
                put_until_closed(&one, 1);
            });
            let next = scope.spawn(|| {
                while disk.lock(LockMode::Exclusive).is_err() {
                    std::thread::yield_now();
                }
                disk.changes()
            });
            for _ in 0..2 {
                scope.spawn(|| {
                    begun.wait();
                    engine.close().unwrap();
                });
            }
            next.join().unwrap()
        });
        assert_eq!(disk.changes(), changes, "something was written after the directory was free");
    }
}

/// Every kind of call, after the engine was closed.
#[test]
fn what_is_held_of_a_closed_engine_says_so() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small().memory_bytes_max(0));
    let one = engine.namespace("one").unwrap();
    for number in 0..200u8 {
        one.put(&[number], pattern(500, u64::from(number))).unwrap();
    }
    let (snapshot, all) = (one.snapshot().unwrap(), engine.snapshot().unwrap());
    let mut scan = snapshot.scan().open().unwrap();
    assert!(scan.next().unwrap().is_some());
    let mut watch = one.watch(b"", engine.revision().before()).unwrap();
    let mut upload = one.upload(b"upload").unwrap();
    upload.write(&pattern(70_000, 1)).unwrap();
    let unfinished = one.upload(b"unfinished").unwrap();
    let mut batch = engine.batch();
    batch.put(&one, b"batch", "value");
    engine.close().unwrap();
    assert_eq!(disk.open_handles(), 1, "that of the upload");
    let opened = open_faulty(&disk, small());

    let outcomes: Vec<(&str, Result<()>)> = vec![
        ("get", one.get(&[1]).map(drop)),
        ("get_range", one.get_range(&[1], 0, 1).map(drop)),
        ("info", one.info(&[1]).map(drop)),
        ("len", one.len().map(drop)),
        ("longest_prefix", one.longest_prefix(&[1]).map(drop)),
        ("put", one.put(&[1], "value").map(drop)),
        ("delete", one.delete(&[1]).map(drop)),
        ("expire_at", one.expire_at(&[1], Expiry::at_ms(1)).map(drop)),
        ("rename_prefix", one.rename_prefix(&[1], &[2, 2]).map(drop)),
        ("scan", one.scan().map(drop)),
        ("snapshot", one.snapshot().map(drop)),
        ("watch", one.watch(b"", Revision::ZERO).map(drop)),
        ("new upload", one.upload(b"upload").map(drop)),
        ("upload", upload.write(b"more")),
        ("finish", unfinished.finish().map(drop)),
        ("batch", batch.commit().map(drop)),
        ("snapshot get", snapshot.get(&[1]).map(drop)),
        ("snapshot info", snapshot.info(&[1]).map(drop)),
        ("snapshot scan", snapshot.scan().keys().map(drop)),
        ("snapshot of all", all.namespace("one").unwrap().get(&[1]).map(drop)),
        ("scan next", scan.next().map(drop)),
        ("namespace", engine.namespace("two").map(drop)),
        ("namespaces", engine.namespaces().map(drop)),
        ("drop_namespace", engine.drop_namespace("one").map(drop)),
        ("sync", engine.sync()),
        ("checkpoint", engine.checkpoint().map(drop)),
        ("maintain", engine.maintain().map(drop)),
        ("compact", engine.compact().map(drop)),
        ("vacuum", engine.vacuum(VacuumMode::Report).map(drop)),
        ("purge_expired", engine.purge_expired().map(drop)),
        ("verify", engine.verify(&mut |_| ControlFlow::Continue(())).map(drop)),
    ];
    for (call, outcome) in outcomes {
        assert!(matches!(outcome, Err(Error::Closed)), "{call}: {outcome:?}");
    }
    // A watch tells what it has not told yet.
    assert!(watch.try_next().unwrap().is_some());
    assert!(matches!(watch.try_next(), Err(Error::Closed)));
    engine.close().unwrap();
    drop((upload, scan, snapshot));
    opened.vacuum(VacuumMode::Delete).unwrap();
    assert_whole(&opened);
    assert_eq!(opened.stray_files().unwrap(), Vec::<String>::new());
}

/// A scan that holds a part of the index goes on in memory only while the engine is open, also
/// between a key and its value.
#[test]
fn a_value_of_a_scan_is_not_read_from_a_closed_engine() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"key", pattern(500, 1)).unwrap();
    let mut scan = one.scan().unwrap().open().unwrap();
    let Some(ScanItem::Key(entry)) = scan.next().unwrap() else { panic!("there is a key") };
    engine.close().unwrap();
    assert!(matches!(entry.value(), Err(Error::Closed)));
    assert_eq!(disk.open_handles(), 0);
}

#[test]
fn after_an_error_of_closing_the_directory_is_free_and_no_file_is_open() {
    for operation in [Operation::Open, Operation::WriteAt, Operation::Sync] {
        for nth in 1..6 {
            let disk = FaultDisk::new();
            let engine = open_faulty(&disk, small());
            let one = engine.namespace("one").unwrap();
            one.put(b"key", pattern(100, 1)).unwrap();
            let lazy = PutOptions::new().durability(sealwood_engine::Durability::None);
            one.put_with(b"large", pattern(3000, 1), &lazy).unwrap();
            let mode = FaultMode::FailBefore(std::io::ErrorKind::Other);
            disk.arm(Fault::new(mode).on(&[operation]).nth(nth));
            let _ = engine.close();
            disk.disarm();
            assert_eq!(disk.open_handles(), 0, "{operation:?} {nth}");
            assert!(matches!(one.get(b"key"), Err(Error::Closed)));
            let next = open_faulty(&disk, small());
            assert!(next.namespace("one").unwrap().get(b"key").unwrap().is_some());
            assert_whole(&next);
        }
    }
}

/// A clock that the background looks at for a while.
#[derive(Default)]
struct Slow {
    looked_at: AtomicBool,
}

impl Clock for Slow {
    fn now_ms(&self) -> u64 {
        if std::thread::current().name() == Some("sealwood-engine") {
            self.looked_at.store(true, Ordering::SeqCst);
            (0..2000).for_each(|_| std::thread::yield_now());
        }
        1
    }
}

#[test]
fn once_the_last_handle_is_dropped_the_directory_is_free() {
    for _ in 0..20 {
        let disk = FaultDisk::new();
        let clock = Arc::new(Slow::default());
        let config = small()
            .background(Background::Automatic)
            .checkpoint_idle(Duration::from_millis(1))
            .clock(clock.clone());
        let engine = open_faulty(&disk, config);
        let one = engine.namespace("one").unwrap();
        one.put(b"key", pattern(200, 1)).unwrap();
        let snapshot = one.snapshot().unwrap();
        clock.looked_at.store(false, Ordering::SeqCst);
        while !clock.looked_at.load(Ordering::SeqCst) {
            one.put(b"other", "value").unwrap();
        }
        drop((engine, one));
        assert!(disk.lock(LockMode::Exclusive).is_err(), "the snapshot holds it");
        drop(snapshot);
        assert!(disk.lock(LockMode::Exclusive).is_ok(), "the background holds it");
        assert_eq!(disk.open_handles(), 0);
        open_faulty(&disk, small()).namespace("one").unwrap().get(b"key").unwrap().unwrap();
    }
}
