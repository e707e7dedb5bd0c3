#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::Pace;
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
