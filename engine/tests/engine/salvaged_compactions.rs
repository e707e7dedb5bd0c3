//! What a compaction has left out since the last checkpoint that can be read does not come back
//! when what is whole is given out.

use std::ops::ControlFlow;
use std::sync::Arc;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Access, Certainty, Engine, Finding, RecoveryMode, Salvaged};

use crate::common::{everything, open_faulty, pattern, small, try_open};
use crate::ledger::Contents;

const MANIFEST_SLOT_BYTES: u64 = 4096;

/// Keys of a checkpoint that were deleted, renamed and overwritten since, and are old
/// enough to be compacted.
fn changed_since_a_checkpoint() -> (FaultDisk, Engine) {
    let disk = FaultDisk::new();
    let config = small().compaction_dead_percent(1);
    let engine = open_faulty(&disk, config);
    let one = engine.namespace("one").unwrap();
    let put = |key: &[u8], len: usize, seed: u64| one.put(key, pattern(len, seed)).unwrap();
    put(b"deleted", 300, 1);
    put(b"small and deleted", 9, 2);
    put(b"large and deleted", 1500, 3);
    put(b"from/a", 300, 4);
    put(b"from/b", 9, 5);
    put(b"overwritten", 300, 6);
    put(b"stays", 300, 7);
    (0..12).for_each(|fill| {
        put(&[fill], 900, u64::from(fill));
    });
    engine.checkpoint().unwrap();
    for key in [&b"deleted"[..], b"small and deleted", b"large and deleted"] {
        assert!(one.delete(key).unwrap());
    }
    assert!(one.rename_prefix(b"from/", b"to/").unwrap());
    put(b"overwritten", 300, 8);
    (0..12).for_each(|fill| {
        put(&[fill], 900, 100 + u64::from(fill));
    });
    (disk, engine)
}

/// All that a salvage gives, and what it finds. Everything has to be the newest state.
fn salvaged(disk: &FaultDisk, place: &str) -> (Contents, Vec<Finding>) {
    let mut contents = Contents::new();
    let mut findings = Vec::new();
    Engine::salvage(Arc::new(disk.clone()) as Arc<dyn Disk>, &mut |salvaged| {
        match salvaged {
            Salvaged::Finding(finding) => findings.push(finding),
            Salvaged::Key(key) => {
                assert_eq!(key.certainty(), Certainty::Newest, "{place}: {:?}", key.key());
                let keys = contents.entry(key.namespace().unwrap().to_owned()).or_default();
                keys.insert(key.key().to_vec(), crate::salvage::seen(&key));
            }
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    (contents, findings)
}

fn assert_given(disk: &FaultDisk, expected: &Contents, place: &str) -> Vec<Finding> {
    let (contents, findings) = salvaged(disk, place);
    assert!(contents == *expected, "{place}: {:?}", keys_of(&contents));
    let config = small().access(Access::ReadOnly).recovery(RecoveryMode::PassOver);
    let passing_over = open_faulty(&disk.reopen(), config);
    let seen = everything(&passing_over);
    assert!(seen == *expected, "{place}, passed over: {:?}", keys_of(&seen));
    findings
}

fn keys_of(contents: &Contents) -> Vec<String> {
    let keys = contents.values().flat_map(|keys| keys.keys());
    keys.map(|key| String::from_utf8_lossy(key).into_owned()).collect()
}

#[test]
fn where_a_compaction_was_cut_nothing_comes_back() {
    for changes in 0.. {
        let (disk, engine) = changed_since_a_checkpoint();
        let expected = everything(&engine);
        disk.cut_at(changes);
        let ended = engine.compact().is_ok() && engine.checkpoint().is_ok();
        drop(engine);
        let findings = assert_given(&disk.reopen(), &expected, &format!("cut after {changes}"));
        let damage: Vec<_> = findings.iter().filter(|it| it.kind.is_damage()).collect();
        assert!(damage.is_empty(), "cut after {changes}: {damage:?}");
        if ended {
            assert!(changes > 5, "{changes}");
            return;
        }
    }
}

#[test]
fn where_a_later_checkpoint_is_lost_nothing_comes_back_and_that_is_told() {
    let (disk, engine) = changed_since_a_checkpoint();
    engine.compact().unwrap();
    let expected = everything(&engine);
    engine.close().unwrap();
    let mut told = 0;
    for slot in 0..2 {
        let disk = disk.reopen();
        disk.flip_bit("manifest", slot * MANIFEST_SLOT_BYTES + 20, 3).unwrap();
        let findings = assert_given(&disk, &expected, &format!("slot {slot}"));
        told += usize::from(findings.iter().any(|it| it.kind.is_damage()));
    }
    assert_eq!(told, 1, "the older slot says nothing of the newer checkpoint");
}

#[test]
fn a_segment_that_was_being_begun_is_no_damage() {
    // The outputs of a compaction have higher numbers than the segment that writers append to.
    for compacted in [false, true] {
        let (disk, engine) = changed_since_a_checkpoint();
        if compacted {
            assert!(engine.compact().unwrap() > 0);
        }
        let expected = everything(&engine);
        drop(engine);
        for len in [0, 1, 62] {
            let disk = disk.reopen();
            let begun = disk.open("log/00000000000000ff", OpenMode::CreateNew).unwrap();
            begun.write_at(0, &vec![0; len]).unwrap();
            let place = format!("{len} bytes, compacted {compacted}");
            let findings = assert_given(&disk, &expected, &place);
            let damage: Vec<_> = findings.iter().filter(|it| it.kind.is_damage()).collect();
            assert!(damage.is_empty(), "{place}: {damage:?}");
        }
    }
}

#[test]
fn an_engine_that_was_being_made_is_no_damage() {
    for changes in 0.. {
        let disk = FaultDisk::new();
        disk.cut_at(changes);
        let made = try_open(&disk, small());
        let is_cut = disk.is_cut();
        drop(made);
        let (contents, findings) = salvaged(&disk.reopen(), &format!("cut after {changes}"));
        assert!(contents.is_empty());
        let damage: Vec<_> = findings.iter().filter(|it| it.kind.is_damage()).collect();
        assert!(damage.is_empty(), "cut after {changes}: {damage:?}");
        if !is_cut {
            assert!(changes > 3, "{changes}");
            return;
        }
    }
}
