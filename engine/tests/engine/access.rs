//! Who may do what: read-only openers, namespaces and their limit, and counts that disturb nothing.

use std::sync::atomic::{AtomicUsize, Ordering};

use sealwood_engine::faults::{Call, FaultDisk, Operation};
use sealwood_engine::{Access, EngineConfig, Error};

use crate::common::{all, assert_whole, everything, open_faulty, pattern, small, try_open};

fn read_only() -> EngineConfig {
    small().access(Access::ReadOnly)
}

#[test]
fn several_read_only_openers_see_all_and_change_nothing() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..30u8 {
        one.put(&[number], pattern(usize::from(number) * 60, 1)).unwrap();
        if number == 15 {
            engine.checkpoint().unwrap();
        }
    }
    let expected = everything(&engine);
    let refused = try_open(&disk, read_only());
    assert!(matches!(refused, Err(Error::StoreLocked)), "a writer has it: {refused:?}");
    drop((one, engine));
    // Even the torn end of a crash stays as it is.
    let disk = disk.reopen();
    let last = "log/".to_owned() + &last_segment(&disk);
    append(&disk, &last, b"torn");
    disk.clear_trace();
    let readers: Vec<_> = (0..3).map(|_| open_faulty(&disk, read_only())).collect();
    for reader in &readers {
        assert_eq!(everything(reader), expected);
        assert_whole(reader);
        let one = reader.namespace("one").unwrap();
        for outcome in [
            one.put(b"key", "value").map(|_| ()),
            one.put(b"key", pattern(5000, 1)).map(|_| ()),
            one.delete(&[1]).map(|_| ()),
            reader.namespace("two").map(|_| ()),
            reader.drop_namespace("one").map(|_| ()),
            reader.checkpoint().map(|_| ()),
            reader.compact().map(|_| ()),
            reader.sync(),
        ] {
            assert!(matches!(outcome, Err(Error::ReadOnly)), "{outcome:?}");
        }
    }
    let refused = try_open(&disk, small());
    assert!(matches!(refused, Err(Error::StoreLocked)), "readers have it: {refused:?}");
    readers.iter().for_each(|reader| reader.close().unwrap());
    let changes: Vec<Call> = disk.trace().into_iter().filter(Call::is_change).collect();
    assert_eq!(changes, []);
    assert_eq!(everything(&open_faulty(&disk, small())), expected);
}

fn last_segment(disk: &FaultDisk) -> String {
    use sealwood_engine::disk::Disk;
    disk.list("log").unwrap().pop().unwrap().name
}

fn append(disk: &FaultDisk, name: &str, bytes: &[u8]) {
    use sealwood_engine::disk::{Disk, OpenMode};
    disk.open(name, OpenMode::Write).unwrap().append(bytes).unwrap();
}

#[test]
fn no_more_namespaces_are_made_than_may_be_however_many_try_at_once() {
    const MAX: usize = 8;
    let disk = FaultDisk::new();
    let config = || small().namespaces_max(MAX);
    let engine = open_faulty(&disk, config());
    let made: usize = std::thread::scope(|scope| {
        let make = |number: usize| {
            let engine = &engine;
            move || match engine.namespace(&format!("n{number}")) {
                Ok(_) => 1,
                Err(Error::NamespaceLimit { max: MAX }) => 0,
                Err(error) => panic!("{error}"),
            }
        };
        let threads: Vec<_> = (0..16).map(|number| scope.spawn(make(number))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    assert_eq!(made, MAX);
    assert_eq!(engine.namespaces().unwrap().len(), MAX);
    // One that is there is still found, and one that is dropped makes room.
    let name = engine.namespaces().unwrap()[0].clone();
    engine.namespace(&name).unwrap();
    assert!(engine.drop_namespace(&name).unwrap());
    engine.namespace("another").unwrap();
    assert!(matches!(engine.namespace(&name), Err(Error::NamespaceLimit { .. })));
    engine.close().unwrap();
    assert_eq!(open_faulty(&disk, config()).namespaces().unwrap().len(), MAX);
}

/// There is room for one more, again and again: whoever looks before he has the lock finds it free
/// when somebody else has taken it. Both begin in the same instant, so that they meet there.
#[test]
fn of_many_who_make_the_last_namespace_one_does() {
    const ROUNDS: usize = 3000;
    let config = small().namespaces_max(2);
    let engine = open_faulty(&FaultDisk::new(), config);
    engine.namespace("first").unwrap();
    let arrived = AtomicUsize::new(0);
    let meet = |number: usize| {
        arrived.fetch_add(1, Ordering::SeqCst);
        let mut turns = 0;
        while arrived.load(Ordering::SeqCst) < number {
            turns += 1;
            // Where there is one core, the other can only come if this one lets it.
            if turns % 1000 == 0 {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
        }
    };
    let run = |thread: usize| {
        let (engine, meet) = (&engine, &meet);
        move || {
            let mut made = Vec::new();
            for round in 0..ROUNDS {
                let name = format!("n{thread}");
                meet(round * 4 + 2);
                made.push(engine.namespace(&name).is_ok());
                meet(round * 4 + 4);
                engine.drop_namespace(&name).unwrap();
            }
            made
        }
    };
    let [one, other] = std::thread::scope(|scope| {
        [0, 1].map(|thread| scope.spawn(run(thread))).map(|thread| thread.join().unwrap())
    });
    for (round, both) in one.into_iter().zip(other).enumerate() {
        assert_ne!(both.0, both.1, "round {round}");
    }
}

#[test]
fn a_dropped_namespace_says_so_and_its_name_begins_anew() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let dropped = engine.namespace("one").unwrap();
    dropped.put(b"key", "old").unwrap();
    assert!(!engine.drop_namespace("unknown").unwrap());
    assert!(engine.drop_namespace("one").unwrap());
    assert!(!engine.drop_namespace("one").unwrap());
    let one = engine.namespace("one").unwrap();
    assert!(one.is_empty().unwrap());
    one.put(b"key", "new").unwrap();
    for outcome in [
        dropped.get(b"key").map(|_| ()),
        dropped.put(b"key", "x").map(|_| ()),
        dropped.delete(b"key").map(|_| ()),
        dropped.scan().map(|_| ()),
        dropped.len().map(|_| ()),
        dropped.watch(b"", engine.revision()).map(|_| ()),
    ] {
        assert!(matches!(outcome, Err(Error::NamespaceDropped)), "{outcome:?}");
    }
    assert_eq!(all(&one), [(b"key".to_vec(), b"new".to_vec())]);
    for name in ["", "a b", "é", "a/b", &"x".repeat(65)] {
        let refused = engine.namespace(name);
        assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
    }
    engine.namespace(&"x".repeat(64)).unwrap();
}

#[test]
fn asking_for_counts_changes_no_count_and_makes_no_call() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..50u8 {
        one.put(&[number], pattern(100, 1)).unwrap();
    }
    engine.checkpoint().unwrap();
    let stats = engine.stats();
    assert_eq!(stats.keys, 50);
    assert!(stats.log_live_bytes <= stats.log_disk_bytes);
    disk.clear_trace();
    assert_eq!(engine.stats(), stats);
    assert!(!engine.needs_sync());
    assert_eq!((engine.revision(), one.len().unwrap()), (stats.revision, 50));
    assert_eq!(disk.trace(), []);
    // A scan of keys reads no value.
    assert_eq!(one.scan().unwrap().keys().unwrap().len(), 50);
    let reads = disk.trace().into_iter().filter(|call| call.operation == Operation::ReadAt);
    assert_eq!(reads.filter(|call| call.name.starts_with("log/")).count(), 0);
}

#[test]
fn a_limit_outside_its_range_is_refused() {
    for config in [
        small().segment_bytes_max(4095),
        small().inline_bytes_max(4097),
        small().separated_bytes_min(0),
        small().namespaces_max(0),
        small().open_files_max(0),
    ] {
        let refused = try_open(&FaultDisk::new(), config);
        assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
    }
    let engine = open_faulty(&FaultDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    assert!(matches!(one.put(&[0; 65_537], "x"), Err(Error::InvalidArgument { .. })));
    one.put(&[0; 65_536], "x").unwrap();
}

/// No number that a configuration may have makes the engine panic or wait for ever.
#[test]
fn every_limit_may_be_at_either_end_of_its_range_and_not_beyond() {
    use sealwood_engine::Background;
    use std::time::Duration;
    let refused = [
        small().segment_bytes_max(u64::MAX),
        small().separated_bytes_min(u64::MAX),
        small().namespaces_max(usize::MAX),
        small().open_files_max(usize::MAX),
        small().log_buffer_bytes_max(usize::MAX),
        small().group_window(Duration::MAX),
        small().checkpoint_idle(Duration::MAX),
        small().checkpoint_idle(Duration::ZERO),
        small().checkpoint_dirty_bytes(usize::MAX),
        small().checkpoint_dirty_bytes(0),
        small().checkpoint_log_bytes(u64::MAX),
        small().checkpoint_log_bytes(0),
        small().compaction_dead_percent(101),
        small().watch_events_max(usize::MAX),
        small().watch_bytes_max(usize::MAX),
    ];
    for config in refused {
        let refused = try_open(&FaultDisk::new(), config);
        assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
    }
    let low = small()
        .inline_bytes_max(0)
        .separated_bytes_min(1)
        .segment_bytes_max(4096)
        .namespaces_max(1)
        .open_files_max(1)
        .memory_bytes_max(0)
        .log_buffer_bytes_max(0)
        .group_window(Duration::ZERO)
        .checkpoint_idle(Duration::from_millis(1))
        .checkpoint_dirty_bytes(1)
        .checkpoint_log_bytes(1)
        .compaction_dead_percent(1)
        .compaction_dead_bytes_min(0)
        .watch_events_max(0)
        .watch_bytes_max(0);
    let high = small()
        .inline_bytes_max(4096)
        .separated_bytes_min(16 << 20)
        .segment_bytes_max(1 << 30)
        .namespaces_max(65_536)
        .open_files_max(65_536)
        .memory_bytes_max(usize::MAX)
        .log_buffer_bytes_max(1 << 30)
        .group_window(Duration::from_secs(1))
        .checkpoint_idle(Duration::from_secs(24 * 60 * 60))
        .checkpoint_dirty_bytes(1 << 30)
        .checkpoint_log_bytes(1 << 40)
        .compaction_dead_percent(100)
        .compaction_dead_bytes_min(u64::MAX)
        .watch_events_max(1 << 20)
        .watch_bytes_max(1 << 30);
    for config in [low, high] {
        for background in [Background::Manual, Background::Automatic] {
            let disk = FaultDisk::new();
            let config = config.clone().background(background);
            let engine = open_faulty(&disk, config.clone());
            let one = engine.namespace("one").unwrap();
            for number in 0..30u8 {
                one.put(&[number % 7], pattern(usize::from(number) * 200, 1)).unwrap();
            }
            engine.compact().unwrap();
            let expected = everything(&engine);
            engine.close().unwrap();
            let engine = open_faulty(&disk, config);
            assert_eq!(everything(&engine), expected);
            assert_whole(&engine);
        }
    }
}

/// Removing the file of the lock while it is held admits nobody.
#[cfg(unix)]
#[test]
fn a_directory_whose_lock_file_is_removed_stays_locked() {
    use sealwood_engine::Engine;
    let root = tempfile::tempdir().unwrap();
    let engine = Engine::open_directory(root.path(), small()).unwrap();
    engine.namespace("one").unwrap().put(b"key", "value").unwrap();
    std::fs::remove_file(root.path().join("lock")).unwrap();
    for config in [small(), read_only()] {
        let refused = Engine::open_directory(root.path(), config);
        assert!(matches!(refused, Err(Error::StoreLocked)), "{refused:?}");
    }
    engine.close().unwrap();
    let readers = [0, 1].map(|_| Engine::open_directory(root.path(), read_only()).unwrap());
    std::fs::remove_file(root.path().join("lock")).unwrap();
    let refused = Engine::open_directory(root.path(), small());
    assert!(matches!(refused, Err(Error::StoreLocked)), "{refused:?}");
    drop(readers);
    Engine::open_directory(root.path(), small()).unwrap().close().unwrap();
}

#[test]
fn a_refused_configuration_leaves_nothing() {
    use sealwood_engine::Engine;

    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("engine");
    let config = small().compaction_dead_percent(101);
    let refused = Engine::open_directory(&path, config);
    assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{refused:?}");
    assert!(!path.exists());
}
