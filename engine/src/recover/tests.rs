//! What recovery needs of compaction, and compaction of recovery.
#![allow(clippy::unwrap_used)]

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::config::{Background, EngineConfig, RecoveryMode};
use crate::disk::{Disk, MemoryDisk, OpenMode};
use crate::error::Error;
use crate::{Engine, Namespace};

fn config(recovery: RecoveryMode) -> EngineConfig {
    EngineConfig::default()
        .background(Background::Manual)
        .segment_bytes_max(4096)
        .compaction_dead_bytes_min(1)
        .inline_bytes_max(16)
        .recovery(recovery)
}

fn all(namespace: &Namespace) -> Vec<(Vec<u8>, usize)> {
    let mut found = Vec::new();
    let scan = namespace.scan().unwrap();
    scan.for_each(|key, value| {
        found.push((key.to_vec(), value.len()));
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// The checkpoint before the last one names no file of the segments that were written, compacted
/// and removed in between.
#[test]
fn a_lost_checkpoint_is_told_though_the_one_before_is_whole() {
    let disk = MemoryDisk::new();
    let engine = Engine::open(Arc::new(disk.clone()), config(RecoveryMode::Checkpoint)).unwrap();
    let namespace = engine.namespace("n").unwrap();
    for _ in 0..2 {
        namespace.put(b"first", vec![1; 600]).unwrap();
        engine.checkpoint().unwrap();
    }
    for number in 0..40 {
        namespace.put(&[number % 30], vec![2; 600 + usize::from(number)]).unwrap();
    }
    assert!(engine.shared.compact_due().unwrap() > 0, "nothing was compacted");
    engine.checkpoint().unwrap();
    let expected = all(&namespace);
    drop((namespace, engine));
    let manifest = disk.open("manifest", OpenMode::Write).unwrap();
    let generation = |slot: u64| {
        let mut bytes = [0; 8];
        manifest.read_at(slot * 4096 + 16, &mut bytes).unwrap();
        u64::from_le_bytes(bytes)
    };
    let newest = u64::from(generation(1) > generation(0));
    manifest.write_at(newest * 4096 + 20, &[255]).unwrap();

    let opened = Engine::open(Arc::new(disk.clone()), config(RecoveryMode::Checkpoint));
    assert!(matches!(opened, Err(Error::StoreCorrupt { .. })), "{opened:?}");
    let engine = Engine::open(Arc::new(disk), config(RecoveryMode::Rebuild)).unwrap();
    assert_eq!(all(&engine.namespace("n").unwrap()), expected);
}

/// What compaction leaves out for a later record is still needed if the power takes that record.
#[cfg(feature = "faults")]
#[test]
fn an_output_has_its_name_only_once_what_it_knows_of_is_durable() {
    use crate::faults::FaultDisk;
    use crate::{Durability, PutOptions};

    let config = |recovery| config(recovery).compaction_dead_percent(10);
    for changes in 0.. {
        let disk = FaultDisk::new();
        let engine =
            Engine::open(Arc::new(disk.clone()), config(RecoveryMode::Checkpoint)).unwrap();
        let namespace = engine.namespace("n").unwrap();
        for number in 0..30 {
            namespace.put(&[number], vec![1; 600]).unwrap();
        }
        let later = PutOptions::new().durability(Durability::None);
        for number in (0..30).step_by(3) {
            namespace.put_with(&[number], vec![2; 30], &later).unwrap();
        }
        disk.cut_at(changes);
        let outcome = engine.shared.compact_due();
        drop((namespace, engine));
        for left in disk.crash_states(10) {
            let [rebuilt, opened] =
                [RecoveryMode::Rebuild, RecoveryMode::Checkpoint].map(|recovery| {
                    let engine = Engine::open(Arc::new(left.reopen()), config(recovery)).unwrap();
                    all(&engine.namespace("n").unwrap())
                });
            assert_eq!(rebuilt.len(), 30, "change {changes}: {}", left.origin());
            assert_eq!(rebuilt, opened, "change {changes}: {}", left.origin());
        }
        if !disk.is_cut() {
            assert!(changes > 5, "{changes} changes: {outcome:?}");
            return;
        }
    }
}

#[test]
fn a_wrong_count_of_keys_is_found() {
    let engine =
        Engine::open(Arc::new(MemoryDisk::new()), config(RecoveryMode::Checkpoint)).unwrap();
    engine.namespace("n").unwrap().put(b"key", vec![1; 10]).unwrap();
    let findings =
        |engine: &Engine| engine.verify(&mut |_| ControlFlow::Continue(())).unwrap().findings;
    assert_eq!(findings(&engine), 0);
    let mut state = engine.shared.write();
    let mut info = *state.namespaces.by_name("n").unwrap();
    info.keys += 1;
    state.namespaces.insert("n".to_owned(), info);
    drop(state);
    assert_eq!(findings(&engine), 1);
}
