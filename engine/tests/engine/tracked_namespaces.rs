//! The hash of a tracked namespace is that of its rows, whatever happens to them.

use std::ops::ControlFlow;

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::lthash::{Domain, LtHash, State};
use sealwood_engine::{
    Durability, EngineConfig, Error, FindingKind, Namespace, NamespaceDifference, PutOptions,
    RecoveryMode, Revision, RowDifference, StateDifference, Tracking, VacuumMode,
};

use crate::common::{all, assert_no_strays, assert_whole, open, pattern, small};

const KINDS: [Tracking; 2] = [Tracking::Whole, Tracking::Buckets];

/// The hash, which is there.
fn hash(namespace: &Namespace) -> LtHash {
    let state = namespace.tracked_state().unwrap().unwrap();
    state.partition.hash().unwrap().clone()
}

/// What a scan gives, of values that are hashed as they are.
fn scanned(namespace: &Namespace) -> LtHash {
    let mut hash = LtHash::identity();
    hash.add_batch(&Domain::new("rows").unwrap(), all(namespace));
    hash
}

/// Asserts that a full scan finds what was counted.
fn check(namespace: &Namespace) {
    let mut check = namespace.check_state().unwrap();
    while check.step().unwrap() {}
    assert_eq!(check.difference(), None);
    let statistics = check.counted().partition.statistics().unwrap();
    assert_eq!(statistics.rows, check.rows());
}

fn lazily() -> PutOptions {
    PutOptions::new().durability(Durability::None)
}

/// Puts, replaces and deletes rows of every kind, many and few.
fn write(namespace: &Namespace, seed: u64) {
    for number in 0..60 {
        let len = [0, 5, 16, 17, 300, 999, 1000, 1023, 1024, 3000][(number + seed) as usize % 10];
        let key = format!("{}/{}", number % 3, number * 7 % 40);
        namespace.put_with(key.as_bytes(), pattern(len, seed + number), &lazily()).unwrap();
        if number % 5 == 4 {
            namespace.delete(format!("{}/{}", number % 3, number).as_bytes()).unwrap();
        }
    }
}

#[test]
fn every_change_is_in_the_hash_at_once() {
    for tracking in KINDS {
        let engine = open(&MemoryDisk::new(), small());
        let namespace = engine.namespace("rows").unwrap();
        assert!(namespace.tracked_state().unwrap().is_none());
        assert!(namespace.track(tracking).unwrap());
        assert!(!namespace.track(tracking).unwrap());
        assert!(hash(&namespace).is_identity());
        for (key, len) in [("a", 3), ("b", 0), ("a", 200), ("", 1), ("c", 900)] {
            namespace.put(key.as_bytes(), pattern(len, 1)).unwrap();
            assert_eq!(hash(&namespace), scanned(&namespace));
        }
        let before = hash(&namespace);
        namespace.put(b"a", pattern(200, 1)).unwrap();
        assert_eq!(hash(&namespace), before);
        namespace.delete(b"none").unwrap();
        assert_eq!(hash(&namespace), before);
        assert!(namespace.rename_prefix(b"a", b"x").unwrap());
        assert_eq!(hash(&namespace), scanned(&namespace));
        assert_ne!(hash(&namespace), before);
        let mut batch = engine.batch();
        batch.put(&namespace, b"x", "twice").put(&namespace, b"x", "over");
        batch.put(&namespace, b"y", "gone").delete(&namespace, b"y");
        batch.commit().unwrap();
        assert_eq!(hash(&namespace), scanned(&namespace));
        let state = namespace.tracked_state().unwrap().unwrap();
        assert_eq!(state.revision, engine.revision());
        assert_eq!(state.partition.statistics().unwrap().rows, namespace.len().unwrap());
        check(&namespace);
        for key in ["", "b", "c", "x"] {
            namespace.delete(key.as_bytes()).unwrap();
        }
        assert!(hash(&namespace).is_identity());
    }
}

/// Where a value lies makes no difference.
#[test]
fn the_hash_is_the_same_whatever_the_thresholds() {
    let hashes = [(16, 1000), (0, 1 << 20), (200, 10), (4000, 1500)].map(|(inline, separated)| {
        let config = small().inline_bytes_max(inline).separated_bytes_min(separated);
        let engine = open(&MemoryDisk::new(), config);
        let namespace = engine.namespace("rows").unwrap();
        namespace.track(Tracking::Buckets).unwrap();
        write(&namespace, 3);
        check(&namespace);
        hash(&namespace)
    });
    assert!(hashes.iter().all(|hash| *hash == hashes[0]));
}

#[test]
fn the_hash_survives_checkpoints_compaction_and_replay() {
    for tracking in KINDS {
        let disk = MemoryDisk::new();
        let mut engine = open(&disk, small());
        engine.namespace("rows").unwrap().track(tracking).unwrap();
        engine.namespace("other").unwrap().put(b"untracked", "row").unwrap();
        for round in 0..8 {
            let namespace = engine.namespace("rows").unwrap();
            write(&namespace, round);
            match round % 4 {
                0 => drop(engine.checkpoint().unwrap()),
                1 => drop(engine.compact().unwrap()),
                2 => {
                    let to = format!("1/{round}/");
                    assert!(namespace.rename_prefix(b"2/", to.as_bytes()).unwrap());
                }
                _ => drop(engine.vacuum(VacuumMode::Delete).unwrap()),
            }
            write(&namespace, round + 10);
            let before = hash(&namespace);
            check(&namespace);
            // Only from time to time is there nothing to replay.
            if round % 3 == 0 {
                engine.close().unwrap();
            } else {
                engine.sync().unwrap();
            }
            drop((namespace, engine));
            engine = open(&disk, small());
            let namespace = engine.namespace("rows").unwrap();
            assert_eq!(hash(&namespace), before, "round {round}");
            check(&namespace);
            assert_whole(&engine);
            engine.checkpoint().unwrap();
            assert!(!engine.checkpoint().unwrap(), "nothing has changed");
            assert_no_strays(&engine);
        }
    }
}

#[test]
fn rows_that_were_there_are_counted_beside_writers() {
    for tracking in KINDS {
        let disk = MemoryDisk::new();
        let engine = open(&disk, small());
        let namespace = engine.namespace("rows").unwrap();
        for number in 0..13_000_u32 {
            namespace.put_with(&number.to_be_bytes(), pattern(20, 5), &lazily()).unwrap();
        }
        namespace.track(tracking).unwrap();
        let state = namespace.tracked_state().unwrap().unwrap();
        assert_eq!(*state.partition.state(), State::Backfilling { cursor: None });
        assert!(state.partition.hash().is_err());
        let mut pieces = 0;
        let mut number = 0_u32;
        while engine.maintain().unwrap() || pieces < 2 {
            pieces += 1;
            for _ in 0..50 {
                number = (number + 3701) % 15_000;
                namespace.put_with(&number.to_be_bytes(), pattern(9, 5), &lazily()).unwrap();
            }
            namespace.delete(&number.to_be_bytes()).unwrap();
            check(&namespace);
        }
        assert!(pieces > 2, "it is done bit by bit");
        assert_eq!(hash(&namespace), scanned(&namespace));
        check(&namespace);
    }
}

#[test]
fn a_backfill_counts_first_what_waits() {
    for tracking in KINDS {
        let engine = open(&MemoryDisk::new(), small());
        let namespace = engine.namespace("rows").unwrap();
        for number in 0..5000_u32 {
            namespace.put_with(&number.to_be_bytes(), pattern(20, 5), &lazily()).unwrap();
        }
        namespace.track(tracking).unwrap();
        engine.maintain().unwrap();
        // Before and after what is counted by now.
        namespace.put(&1_u32.to_be_bytes(), "one").unwrap();
        namespace.put(&4999_u32.to_be_bytes(), "last").unwrap();
        namespace.delete(&4998_u32.to_be_bytes()).unwrap();
        namespace.backfill().unwrap();
        assert_eq!(hash(&namespace), scanned(&namespace));
        check(&namespace);
    }
}

#[test]
fn a_backfill_goes_on_where_the_last_checkpoint_was() {
    let disk = MemoryDisk::new();
    let mut engine = open(&disk, small());
    let namespace = engine.namespace("rows").unwrap();
    for number in 0..20_000_u32 {
        namespace.put_with(&number.to_be_bytes(), pattern(20, 5), &lazily()).unwrap();
    }
    engine.checkpoint().unwrap();
    namespace.track(Tracking::Whole).unwrap();
    drop(namespace);
    let mut cursors = Vec::new();
    loop {
        let namespace = engine.namespace("rows").unwrap();
        let state = namespace.tracked_state().unwrap().unwrap();
        match state.partition.state() {
            State::Backfilling { cursor } => cursors.push(cursor.clone()),
            _ => break,
        }
        engine.maintain().unwrap();
        namespace.put_with(b"later", "row", &lazily()).unwrap();
        engine.sync().unwrap();
        // It is not closed, as after a crash.
        drop((namespace, engine));
        engine = open(&disk, small());
    }
    assert_eq!(cursors.len(), 20_000 / 4096 + 1, "{cursors:?}");
    assert!(cursors.is_sorted_by(|before, after| before < after), "{cursors:?}");
    let namespace = engine.namespace("rows").unwrap();
    assert_eq!(hash(&namespace), scanned(&namespace));
}

#[test]
fn tracking_ends_with_the_namespace_or_when_asked() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let namespace = engine.namespace("rows").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    write(&namespace, 1);
    engine.checkpoint().unwrap();
    assert!(namespace.track(Tracking::Off).unwrap());
    assert!(namespace.tracked_state().unwrap().is_none());
    assert!(matches!(namespace.check_state(), Err(Error::InvalidArgument { .. })));
    write(&namespace, 2);
    assert!(namespace.track(Tracking::Buckets).unwrap());
    namespace.backfill().unwrap();
    check(&namespace);
    engine.drop_namespace("rows").unwrap();
    assert!(matches!(namespace.tracked_state(), Err(Error::NamespaceDropped)));
    engine.checkpoint().unwrap();
    let again = engine.namespace("rows").unwrap();
    assert!(again.tracked_state().unwrap().is_none());
    drop((namespace, again, engine));
    let engine = open(&disk, small());
    assert!(engine.namespace("rows").unwrap().tracked_state().unwrap().is_none());
    engine.checkpoint().unwrap();
    assert_no_strays(&engine);
}

/// The log says what is tracked, also where it was compacted; the rows are counted anew.
#[test]
fn a_rebuilt_engine_tracks_what_was_tracked() {
    for recovery in [RecoveryMode::Rebuild, RecoveryMode::PassOver] {
        let disk = MemoryDisk::new();
        let engine = open(&disk, small());
        let namespace = engine.namespace("rows").unwrap();
        let ended = engine.namespace("ended").unwrap();
        ended.track(Tracking::Whole).unwrap();
        namespace.track(Tracking::Whole).unwrap();
        write(&namespace, 1);
        namespace.track(Tracking::Buckets).unwrap();
        namespace.backfill().unwrap();
        ended.track(Tracking::Off).unwrap();
        write(&namespace, 2);
        engine.compact().unwrap();
        write(&namespace, 3);
        engine.compact().unwrap();
        let before = hash(&namespace);
        engine.close().unwrap();
        drop((namespace, ended, engine));
        let mut config: EngineConfig = small().recovery(recovery);
        if recovery == RecoveryMode::PassOver {
            config.access = sealwood_engine::Access::ReadOnly;
        }
        let engine = open(&disk, config);
        let namespace = engine.namespace("rows").unwrap();
        let state = namespace.tracked_state().unwrap().unwrap();
        assert_eq!(*state.partition.state(), State::Backfilling { cursor: None });
        namespace.backfill().unwrap();
        assert_eq!(hash(&namespace), before);
        check(&namespace);
        assert!(engine.namespace("ended").unwrap().tracked_state().unwrap().is_none());
    }
}

/// What has expired is a row until it is purged, for everybody.
#[test]
fn expired_rows_are_counted_until_they_are_purged() {
    let clock = crate::common::TestClock::at(1000);
    let config = small().clock(std::sync::Arc::new(clock.clone()));
    let engine = open(&MemoryDisk::new(), config);
    let namespace = engine.namespace("rows").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    let soon = sealwood_engine::Expiry::at_ms(2000);
    namespace.put_with(b"key", "value", &PutOptions::new().expires_at(soon)).unwrap();
    let with = hash(&namespace);
    assert!(namespace.persist(b"key").unwrap());
    assert_eq!(hash(&namespace), with, "an expiry is no part of a row");
    assert!(namespace.expire_at(b"key", soon).unwrap());
    clock.set(3000);
    assert_eq!(hash(&namespace), with);
    check(&namespace);
    engine.purge_expired().unwrap();
    assert!(hash(&namespace).is_identity());
    check(&namespace);
}

/// The differing rows of two namespaces, and how many rows were read for it.
fn differences(one: &Namespace, other: &Namespace) -> (Vec<RowDifference>, u64) {
    let mut told = Vec::new();
    let compared = one.compare(other, &mut |difference| {
        told.push(difference);
        ControlFlow::Continue(())
    });
    let compared = compared.unwrap();
    assert_eq!(compared.differences, told.len() as u64);
    (told, compared.rows_read)
}

#[test]
fn namespaces_of_two_engines_are_compared() {
    for tracking in KINDS {
        let disks = [MemoryDisk::new(), MemoryDisk::new()];
        let configs = [small(), small().inline_bytes_max(300).separated_bytes_min(5000)];
        let engines = [0, 1].map(|side| open(&disks[side], configs[side].clone()));
        let sides = engines.each_ref().map(|engine| engine.namespace("rows").unwrap());
        for side in &sides {
            side.track(tracking).unwrap();
            for number in 0..2000_u32 {
                let len = number as usize % 1100;
                side.put_with(&number.to_be_bytes(), pattern(len, 1), &lazily()).unwrap();
            }
        }
        let [one, other] = &sides;
        assert_eq!(differences(one, other), (vec![], 0));
        other.put(&7_u32.to_be_bytes(), "else").unwrap();
        let (told, rows_read) = differences(one, other);
        assert_eq!(told, [RowDifference::Value(7_u32.to_be_bytes().to_vec())]);
        let most = if tracking == Tracking::Buckets { 40 } else { 4000 };
        assert!(rows_read <= most, "{rows_read}");
        one.delete(&9_u32.to_be_bytes()).unwrap();
        one.put(b"more", "").unwrap();
        let (told, _) = differences(one, other);
        let expected = [
            RowDifference::Value(7_u32.to_be_bytes().to_vec()),
            RowDifference::OnlySecond(9_u32.to_be_bytes().to_vec()),
            RowDifference::OnlyFirst(b"more".to_vec()),
        ];
        assert_eq!(told, expected);
        let stopped = one.compare(other, &mut |_| ControlFlow::Break(()));
        assert!(matches!(stopped, Err(Error::Cancelled)));
        let named_otherwise = engines[1].namespace("else").unwrap();
        named_otherwise.track(tracking).unwrap();
        let compared = one.compare(&named_otherwise, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(compared, Err(Error::InvalidArgument { .. })));
    }
}

#[test]
fn two_engines_are_compared() {
    let engines = [0, 1].map(|_| open(&MemoryDisk::new(), small()));
    for engine in &engines {
        for name in ["equal", "other", "rows", "untracked"] {
            let namespace = engine.namespace(name).unwrap();
            let is_tracked = name != "untracked";
            namespace.track(if is_tracked { Tracking::Buckets } else { Tracking::Off }).unwrap();
            for number in 0..300_u32 {
                namespace.put_with(&number.to_be_bytes(), pattern(50, 1), &lazily()).unwrap();
            }
        }
    }
    let [one, other] = &engines;
    let differences = || {
        let mut told = Vec::new();
        let compared = one.compare(other, &mut |name, difference| {
            told.push((name.to_owned(), difference));
            ControlFlow::Continue(())
        });
        (compared.unwrap(), told)
    };
    let unknown = ("untracked".to_owned(), NamespaceDifference::NotCounted);
    let (compared, told) = differences();
    assert_eq!(told, [unknown]);
    assert!(!compared.are_equal());
    assert_eq!((compared.namespaces, compared.not_counted, compared.rows_read), (3, 1, 0));
    for engine in &engines {
        engine.drop_namespace("untracked").unwrap();
    }
    let (compared, told) = differences();
    assert_eq!(told, []);
    assert!(compared.are_equal());
    one.namespace("first").unwrap();
    other.namespace("second").unwrap();
    other.namespace("rows").unwrap().put(b"more", "row").unwrap();
    let (compared, told) = differences();
    let expected = [
        ("first", NamespaceDifference::OnlyFirst),
        ("rows", NamespaceDifference::Row(RowDifference::OnlySecond(b"more".to_vec()))),
        ("second", NamespaceDifference::OnlySecond),
    ];
    assert_eq!(told, expected.map(|(name, difference)| (name.to_owned(), difference)));
    assert_eq!((compared.missing, compared.differences), (2, 1));
    assert!(compared.rows_read < 20, "{compared:?}");
    for end in 1..=3 {
        let mut told = 0;
        let ended = one.compare(other, &mut |_, _| {
            told += 1;
            if told == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(ended, Err(Error::Cancelled)));
        assert_eq!(told, end);
    }
}

/// A value from before that is damaged cannot be taken out of the hash.
#[test]
fn a_hash_that_cannot_follow_is_made_anew() {
    use sealwood_engine::disk::{Disk, OpenMode};
    let disk = MemoryDisk::new();
    let config = small().segment_bytes_max(1 << 20);
    let engine = open(&disk, config);
    let namespace = engine.namespace("rows").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    namespace.put(b"damaged", pattern(500, 1)).unwrap();
    namespace.put(b"whole", pattern(500, 2)).unwrap();
    hash(&namespace);
    engine.checkpoint().unwrap();
    let segment = disk.list("log").unwrap().into_iter().next().unwrap().name;
    let file = disk.open(&format!("log/{segment}"), OpenMode::Write).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(0, &mut bytes).unwrap();
    let value = pattern(500, 1);
    let at = bytes.windows(500).position(|window| window == value).unwrap() as u64;
    file.write_at(at, &[bytes[at as usize] ^ 1]).unwrap();
    namespace.put(b"damaged", "new").unwrap();
    let state = namespace.tracked_state().unwrap().unwrap();
    assert_eq!(*state.partition.state(), State::Backfilling { cursor: None });
    namespace.backfill().unwrap();
    assert_eq!(hash(&namespace), scanned(&namespace));
    assert!(namespace.tracked_state().unwrap().unwrap().revision > Revision::ZERO);
}

/// Nothing is taken from a record that is damaged.
#[test]
fn a_damaged_hash_is_told_and_made_anew() {
    use sealwood_engine::disk::{Disk, OpenMode};
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let namespace = engine.namespace("rows").unwrap();
    namespace.track(Tracking::Whole).unwrap();
    write(&namespace, 1);
    let before = hash(&namespace);
    engine.checkpoint().unwrap();
    let mut damaged = 0;
    for info in disk.list("frames").unwrap() {
        let file = disk.open(&format!("frames/{}", info.name), OpenMode::Write).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(0, &mut bytes).unwrap();
        // Kind 4 behind the magic: the hash of a namespace.
        for at in 0..bytes.len().saturating_sub(100) {
            if bytes[at..].starts_with(b"SWF1\x04") {
                file.write_at(at as u64 + 90, &[bytes[at + 90] ^ 1]).unwrap();
                damaged += 1;
            }
        }
    }
    assert_eq!(damaged, 1);
    let mut told = 0;
    let verified = engine.verify(&mut |finding| {
        assert_eq!(finding.kind, FindingKind::Checkpoint);
        told += 1;
        ControlFlow::Continue(())
    });
    assert_eq!((verified.unwrap().findings, told), (1, 1));
    drop((namespace, engine));
    let engine = open(&disk, small());
    let namespace = engine.namespace("rows").unwrap();
    let state = namespace.tracked_state().unwrap().unwrap();
    assert_eq!(*state.partition.state(), State::Backfilling { cursor: None });
    namespace.backfill().unwrap();
    assert_eq!(hash(&namespace), before);
    engine.checkpoint().unwrap();
    assert_whole(&engine);
    assert_no_strays(&engine);
}

#[test]
fn a_check_reads_what_a_backfill_has_counted() {
    let engine = open(&MemoryDisk::new(), small());
    let namespace = engine.namespace("rows").unwrap();
    for number in 0..5000_u32 {
        namespace.put_with(&number.to_be_bytes(), pattern(20, 5), &lazily()).unwrap();
    }
    namespace.track(Tracking::Buckets).unwrap();
    engine.maintain().unwrap();
    let mut check = namespace.check_state().unwrap();
    while check.step().unwrap() {}
    assert_eq!((check.rows(), check.difference()), (4096, None));
    namespace.backfill().unwrap();
    let mut check = namespace.check_state().unwrap();
    assert!(check.step().unwrap());
    assert!(matches!(check.difference(), Some(StateDifference::Buckets(_))), "not all is read");
    while check.step().unwrap() {}
    assert_eq!((check.rows(), check.difference()), (5000, None));
}
