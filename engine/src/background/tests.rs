#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Pace, TURNS_THAT_COUNT_MAX, Turns, work};
use crate::disk::{Disk, MemoryDisk};
use crate::{Background, Engine, EngineConfig, Tracking};

/// Namespaces come and go without anything that waits for hashes, unless they were tracked.
#[test]
fn what_was_never_tracked_leaves_nothing_to_count() {
    let config = EngineConfig::default().background(Background::Manual);
    let engine = Engine::open(Arc::new(MemoryDisk::new()), config).unwrap();
    let waits = || !engine.shared.read().waiting.is_empty();
    for _ in 0..3 {
        engine.namespace("n").unwrap().put(b"key", "value").unwrap();
        engine.drop_namespace("n").unwrap();
        assert!(!waits());
    }
    let namespace = engine.namespace("n").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    namespace.put(b"key", "value").unwrap();
    engine.drop_namespace("n").unwrap();
    assert!(waits());
    engine.checkpoint().unwrap();
    assert!(!waits());
}

/// A checkpoint that cannot be published is one part of a turn; the others are done all the same.
#[test]
fn a_turn_does_every_part_whatever_becomes_of_the_others() {
    let disk = MemoryDisk::new();
    let config = EngineConfig::default()
        .background(Background::Manual)
        .memory_bytes_max(4096)
        .segment_bytes_max(4096)
        .compaction_dead_bytes_min(1);
    let engine = Engine::open(Arc::new(disk.clone()), config).unwrap();
    let namespace = engine.namespace("n").unwrap();
    for _ in 0..2 {
        for number in 0..1000u32 {
            namespace.put(&number.to_be_bytes(), vec![7; 100]).unwrap();
        }
        engine.checkpoint().unwrap();
    }
    for number in 0..8u32 {
        namespace.put(&number.to_be_bytes(), vec![8; 100]).unwrap();
    }
    let before = engine.stats();
    disk.remove("manifest").unwrap();
    engine.shared.maintain(Pace::Idle).unwrap_err();
    let after = engine.stats();
    assert_eq!(after.checkpoints_published, before.checkpoints_published);
    assert!(after.index_bytes * 2 < before.index_bytes, "{} bytes", after.index_bytes);
}

/// Where writers ask for nothing but hashes, compaction does not come sooner than it does without
/// them; it comes all the same, however often they ask.
#[test]
fn turns_that_were_asked_to_count_do_no_more_but_now_and_then() {
    let config = EngineConfig::default()
        .background(Background::Manual)
        .segment_bytes_max(4096)
        .compaction_dead_bytes_min(1);
    let engine = Engine::open(Arc::new(MemoryDisk::new()), config).unwrap();
    let namespace = engine.namespace("n").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    for _ in 0..2 {
        for number in 0..100u32 {
            namespace.put(&number.to_be_bytes(), vec![7; 100]).unwrap();
        }
    }
    let mut turns = Turns { seen: engine.shared.read().revision, that_count: 0 };
    for turn in 0..=TURNS_THAT_COUNT_MAX {
        namespace.put(&turn.to_be_bytes(), vec![8; 100]).unwrap();
        assert_eq!(engine.stats().relocated_bytes, 0, "{turn}");
        engine.shared.counting_asked.store(true, Ordering::SeqCst);
        work(&engine.shared, &mut turns).unwrap();
        assert!(!engine.shared.counting_asked.load(Ordering::SeqCst));
        // Whether anybody writes is asked of the last turn, whatever that did.
        assert_eq!(turns.seen, engine.shared.read().revision);
    }
    assert_ne!(engine.stats().relocated_bytes, 0);
}
