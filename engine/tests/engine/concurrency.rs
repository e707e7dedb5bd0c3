//! Many threads at once: races have one winner, watches miss nothing, snapshots stay the same, and
//! writers share their syncs.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Barrier};

use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{
    Background, Clock, CommitOptions, DeleteOptions, Durability, Engine, Error, EventKind, Expiry,
    Namespace, Precondition, PutOptions, Revision,
};

use crate::common::{
    Ended, all, assert_no_strays, assert_whole, everything, open_faulty, pattern, small,
};

const LAZY: PutOptions = PutOptions::new().durability(Durability::None);

fn engine(disk: &FaultDisk) -> (Engine, Namespace) {
    let engine = open_faulty(disk, small());
    let one = engine.namespace("one").unwrap();
    (engine, one)
}

#[test]
fn of_many_who_replace_the_same_revision_one_wins() {
    const THREADS: u64 = 8;
    let disk = FaultDisk::new();
    let (engine, one) = engine(&disk);
    let mut revision = one.put(b"key", "start").unwrap();
    for round in 0..40 {
        // Every other round the value is a large one, which is written before it is decided.
        let len = [40, 2000][round % 2];
        let (barrier, winners) = (Barrier::new(THREADS as usize), AtomicU64::new(0));
        let won = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (one, barrier, winners, won) = (&one, &barrier, &winners, &won);
                scope.spawn(move || {
                    barrier.wait();
                    let condition = Precondition::Revision(revision);
                    match one.put_with(
                        b"key",
                        pattern(len, thread),
                        &PutOptions::new().precondition(condition),
                    ) {
                        Ok(revision) => {
                            winners.fetch_add(1, Ordering::SeqCst);
                            won.store(revision.get(), Ordering::SeqCst);
                        }
                        Err(Error::PreconditionFailed) => {}
                        Err(error) => panic!("{error}"),
                    }
                });
            }
        });
        assert_eq!(winners.into_inner(), 1);
        revision = Revision::new(won.into_inner());
        assert_eq!(one.info(b"key").unwrap().unwrap().revision, revision);
    }
    engine.checkpoint().unwrap();
    assert_no_strays(&engine);
}

/// A clock that lets other threads run whenever it is asked.
struct Yielding;

impl Clock for Yielding {
    fn now_ms(&self) -> u64 {
        (0..20).for_each(|_| std::thread::yield_now());
        1
    }
}

/// The time is asked while a condition on a key that may expire is decided. Who comes in between
/// must find it not decided yet.
#[test]
fn a_condition_and_the_write_under_it_are_one_step() {
    const THREADS: usize = 4;
    let config = small().clock(Arc::new(Yielding));
    let engine = open_faulty(&FaultDisk::new(), config);
    let one = engine.namespace("one").unwrap();
    let mut revision = one.put(b"key", "start").unwrap();
    for _ in 0..100 {
        one.expire_at(b"key", Expiry::at_ms(1 << 40)).unwrap();
        revision = one.info(b"key").unwrap().unwrap().revision.max(revision);
        let barrier = Barrier::new(THREADS);
        let replace = || {
            barrier.wait();
            one.put_with(
                b"key",
                "new",
                &PutOptions::new().precondition(Precondition::Revision(revision)),
            )
            .is_ok()
        };
        let won: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(replace)).collect();
            threads.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
        });
        assert_eq!(won, 1);
        revision = one.info(b"key").unwrap().unwrap().revision;
    }
}

#[test]
fn of_many_who_make_the_same_key_one_wins() {
    let disk = FaultDisk::new();
    let (_engine, one) = engine(&disk);
    for round in 0..40u8 {
        let made: usize = std::thread::scope(|scope| {
            let make = || {
                one.put_with(
                    &[round],
                    "made",
                    &PutOptions::new().precondition(Precondition::Absent),
                )
                .is_ok()
            };
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(make)).collect();
            threads.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
        });
        assert_eq!(made, 1);
        let deleted: usize = std::thread::scope(|scope| {
            let delete = || one.delete(&[round]).unwrap();
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(delete)).collect();
            threads.into_iter().map(|it| usize::from(it.join().unwrap())).sum()
        });
        assert_eq!(deleted, 1, "only one of them deleted it");
    }
}

#[test]
fn counters_that_are_incremented_by_condition_lose_no_increment() {
    let disk = FaultDisk::new();
    let (engine, one) = engine(&disk);
    one.put(b"count", 0u64.to_le_bytes().to_vec()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            let one = &one;
            scope.spawn(move || {
                for _ in 0..40 {
                    loop {
                        let now = one.get(b"count").unwrap().unwrap();
                        let count = u64::from_le_bytes(now.bytes[..].try_into().unwrap()) + 1;
                        let condition = Precondition::Revision(now.revision);
                        let value = count.to_le_bytes().to_vec();
                        if one
                            .put_with(b"count", value, &PutOptions::new().precondition(condition))
                            .is_ok()
                        {
                            break;
                        }
                    }
                }
            });
        }
        for _ in 0..10 {
            engine.checkpoint().unwrap();
            engine.compact().unwrap();
        }
    });
    let count = one.get(b"count").unwrap().unwrap().bytes;
    assert_eq!(u64::from_le_bytes(count[..].try_into().unwrap()), 240);
}

#[test]
fn a_watch_sees_every_change_once_and_in_order() {
    const WRITERS: u64 = 4;
    const WRITES: u64 = 300;
    let disk = FaultDisk::new();
    let (engine, one) = engine(&disk);
    let mut watch = one.watch(b"w/", engine.revision()).unwrap();
    let events = std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let one = &one;
            scope.spawn(move || {
                for number in 0..WRITES {
                    let key = format!("w/{writer}/{number}");
                    one.put_with(key.as_bytes(), "value", &LAZY).unwrap();
                    one.put_with(format!("other/{number}").as_bytes(), "value", &LAZY).unwrap();
                }
            });
        }
        let mut events = Vec::new();
        while events.len() < (WRITERS * WRITES) as usize {
            events.push(futures_lite::future::block_on(watch.next()).unwrap());
        }
        events
    });
    assert_eq!(watch.try_next().unwrap(), None);
    assert!(events.is_sorted_by(|one, other| one.revision < other.revision));
    assert!(events.iter().all(|event| event.kind == EventKind::Put));
    for writer in 0..WRITERS {
        let prefix = format!("w/{writer}/");
        let own = events.iter().filter(|event| event.key.starts_with(prefix.as_bytes()));
        let expected = (0..WRITES).map(|number| format!("{prefix}{number}").into_bytes());
        assert!(own.map(|event| event.key.clone()).eq(expected));
    }
    for event in &events {
        assert_eq!(one.info(&event.key).unwrap().unwrap().revision, event.revision);
    }
    engine.close().unwrap();
    assert!(matches!(watch.try_next(), Err(Error::Closed)));
}

#[test]
fn a_watch_that_falls_behind_is_told_and_goes_on_from_the_present() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small().watch_events_max(10));
    let one = engine.namespace("one").unwrap();
    let start = engine.revision();
    let mut watch = one.watch(b"", start).unwrap();
    for number in 0..10u8 {
        one.put_with(&[number], "value", &LAZY).unwrap();
    }
    assert_eq!(watch.try_next().unwrap().unwrap().key, [0]);
    for number in 10..14u8 {
        one.put_with(&[number], "value", &LAZY).unwrap();
    }
    let oldest = match watch.try_next() {
        Err(Error::CursorExpired { oldest }) => oldest,
        other => panic!("{other:?}"),
    };
    assert_eq!(oldest.get(), start.get() + 5);
    assert!(matches!(one.watch(b"", start), Err(Error::CursorExpired { .. })));
    let mut watch = one.watch(b"", oldest.before()).unwrap();
    let mut keys = Vec::new();
    while let Some(event) = watch.try_next().unwrap() {
        keys.push(event.key[0]);
    }
    assert_eq!(keys, (4..14).collect::<Vec<u8>>());
    one.delete(&[13]).unwrap();
    assert_eq!(watch.try_next().unwrap().unwrap().kind, EventKind::Delete);
    // After opening again there are no earlier changes to tell of.
    let revision = engine.revision();
    engine.close().unwrap();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    assert!(one.watch(b"", revision).is_ok());
    assert!(matches!(one.watch(b"", revision.before()), Err(Error::CursorExpired { .. })));
}

#[test]
fn a_snapshot_stays_the_same_during_writes_checkpoints_and_compaction() {
    let disk = FaultDisk::new();
    // So little memory that everything is read from frames again and again.
    let engine = open_faulty(&disk, small().memory_bytes_max(1));
    let one = engine.namespace("one").unwrap();
    for number in 0..200u32 {
        let len = [10, 200, 1500][number as usize % 3];
        one.put_with(&number.to_be_bytes(), pattern(len, u64::from(number)), &LAZY).unwrap();
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = Ended(&done);
        let writer = scope.spawn(|| {
            let _ended = Ended(&done);
            for number in 0..3000u32 {
                let key = (number * 7 % 260).to_be_bytes();
                if number % 5 == 0 {
                    one.delete_with(&key, &DeleteOptions::new().durability(Durability::None))
                        .unwrap();
                } else {
                    let len = [10, 200, 1500][number as usize % 3];
                    one.put_with(&key, pattern(len, u64::from(number)), &LAZY).unwrap();
                }
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                engine.compact().unwrap();
                engine.checkpoint().unwrap();
            }
        });
        while !done.load(Ordering::SeqCst) {
            let snapshot = one.snapshot().unwrap();
            let read = || {
                let mut found = Vec::new();
                let each = |key: &[u8], value: &[u8]| {
                    found.push((key.to_vec(), value.to_vec()));
                    ControlFlow::Continue(())
                };
                snapshot.scan().for_each(each).unwrap();
                found
            };
            let first = read();
            assert_eq!(read(), first);
            for (key, value) in &first {
                assert_eq!(snapshot.get(key).unwrap().unwrap().bytes, value);
            }
            assert_eq!(read(), first);
        }
        writer.join().unwrap();
    });
    engine.checkpoint().unwrap();
    assert_whole(&engine);
    assert_no_strays(&engine);
}

#[test]
fn the_same_large_content_is_put_and_deleted_by_many_and_never_missed() {
    let disk = FaultDisk::new();
    let (engine, one) = engine(&disk);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ended = Ended(&done);
        let writers: Vec<_> = (0..4u8)
            .map(|writer| {
                let one = &one;
                scope.spawn(move || {
                    for number in 0..120u64 {
                        one.put(&[writer], pattern(2000, number % 2)).unwrap();
                        let read = one.get(&[writer]).unwrap().unwrap();
                        assert_eq!(read.bytes, pattern(2000, number % 2));
                        if number % 3 != 0 {
                            assert!(one.delete(&[writer]).unwrap());
                        }
                    }
                    one.put(&[writer], pattern(2000, 9)).unwrap();
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::SeqCst) {
                engine.checkpoint().unwrap();
            }
        });
        writers.into_iter().for_each(|writer| writer.join().unwrap());
    });
    assert_eq!(all(&one).len(), 4);
    engine.checkpoint().unwrap();
    assert_whole(&engine);
    assert_no_strays(&engine);
    let left = disk.crash_states(1).next().unwrap();
    assert_whole(&open_faulty(&left, small()));
}

#[test]
fn writers_share_their_syncs() {
    const THREADS: u64 = 8;
    const WRITES: u64 = 100;
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small().segment_bytes_max(1 << 20));
    let one = engine.namespace("one").unwrap();
    let before = engine.stats();
    for number in 0..10u8 {
        one.put(&[number], "alone").unwrap();
    }
    assert_eq!(engine.stats().log_syncs - before.log_syncs, 10, "one sync for a put of one");
    let before = engine.stats();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let one = &one;
            scope.spawn(move || {
                for number in 0..WRITES {
                    let key = [thread.to_be_bytes(), number.to_be_bytes()].concat();
                    one.put(&key, "value").unwrap();
                }
            });
        }
    });
    let stats = engine.stats();
    assert!(stats.log_syncs - before.log_syncs <= THREADS * WRITES);
    assert_eq!(stats.durable_revision, stats.revision);
    assert!(!engine.needs_sync());
}

#[test]
fn everything_at_once_ends_whole() {
    let disk = FaultDisk::new();
    let config = small()
        .background(Background::Automatic)
        .checkpoint_idle(std::time::Duration::from_millis(1))
        .checkpoint_dirty_bytes(4096)
        .checkpoint_log_bytes(8192)
        .memory_bytes_max(16 << 10);
    let engine = open_faulty(&disk, config);
    std::thread::scope(|scope| {
        for thread in 0..4u64 {
            let engine = &engine;
            scope.spawn(move || {
                let own = engine.namespace(&format!("n{thread}")).unwrap();
                let shared = engine.namespace("shared").unwrap();
                for number in 0..250u64 {
                    let key = (number % 40).to_be_bytes();
                    let value = pattern([5, 300, 1800][(number % 3) as usize], number % 4);
                    let mut batch = engine.batch();
                    batch.put(&own, &key, value.clone()).put(&shared, &key, value);
                    batch.delete(&own, &((number + 20) % 40).to_be_bytes());
                    batch.commit_with(&CommitOptions::new().durability(Durability::None)).unwrap();
                    match number % 50 {
                        10 => drop(engine.verify(&mut |finding| panic!("{finding:?}")).unwrap()),
                        20 => drop(engine.compact().unwrap()),
                        30 => drop(engine.namespace("gone").unwrap().put(&key, "value")),
                        40 => drop(engine.drop_namespace("gone").unwrap()),
                        _ => {}
                    }
                }
            });
        }
    });
    engine.sync().unwrap();
    let expected = everything(&engine);
    assert_whole(&engine);
    for left in disk.crash_states(10) {
        let engine = open_faulty(&left, small());
        assert_eq!(everything(&engine), expected, "{}", left.origin());
        assert_whole(&engine);
    }
    engine.close().unwrap();
    let engine = open_faulty(&disk, small());
    assert_eq!(everything(&engine), expected);
    engine.checkpoint().unwrap();
    assert_no_strays(&engine);
}
