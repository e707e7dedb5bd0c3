//! What is put is there, after anything that is no failure.

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::{
    DeleteOptions, Error, Precondition, PutOptions, RecoveryMode, Revision, ScanItem, VacuumMode,
};

use crate::common::{all, assert_whole, open, pattern, small};

/// Lengths at each side of each limit of [`small`].
const LENGTHS: [usize; 9] = [0, 1, 15, 16, 17, 999, 1000, 1001, 200_000];

#[test]
fn values_of_every_size_come_back() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let files = engine.namespace("files").unwrap();
    for len in LENGTHS {
        files.put(format!("key {len}").as_bytes(), pattern(len, 1)).unwrap();
    }
    let check = |files: &sealwood_engine::Namespace| {
        for len in LENGTHS {
            let key = format!("key {len}");
            let value = files.get(key.as_bytes()).unwrap().unwrap();
            assert_eq!(value.bytes, pattern(len, 1));
            let part = files.get_range(key.as_bytes(), len as u64 / 2, 70_000).unwrap().unwrap();
            assert_eq!(part.bytes, pattern(len, 1)[len / 2..len.min(len / 2 + 70_000)]);
            let past = files.get_range(key.as_bytes(), len as u64 + 1, 1);
            assert_eq!(past.unwrap_err().code(), "range-past-end");
        }
        assert_eq!(files.get(b"key").unwrap(), None);
        assert_eq!(files.len().unwrap(), LENGTHS.len() as u64);
    };
    check(&files);
    assert_whole(&engine);
    engine.checkpoint().unwrap();
    check(&files);
    engine.compact().unwrap();
    check(&files);
    assert_whole(&engine);
    engine.close().unwrap();
    assert_eq!(files.get(b"key 1").unwrap_err().code(), "closed");
    for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
        let engine = open(&disk, small().recovery(recovery));
        let files = engine.namespace("files").unwrap();
        check(&files);
        assert_whole(&engine);
        engine.close().unwrap();
    }
}

#[test]
fn what_was_not_checkpointed_is_replayed() {
    let disk = MemoryDisk::new();
    {
        let engine = open(&disk, small());
        let one = engine.namespace("one").unwrap();
        for number in 0..300u32 {
            one.put(&number.to_be_bytes(), pattern(number as usize * 5, 2)).unwrap();
            if number == 150 {
                engine.checkpoint().unwrap();
            }
        }
        for number in (0..300u32).step_by(3) {
            assert!(one.delete(&number.to_be_bytes()).unwrap());
        }
    }
    let engine = open(&disk, small());
    let one = engine.namespace("one").unwrap();
    let keys: Vec<u32> = (0..300).filter(|number| number % 3 != 0).collect();
    let expected: Vec<_> = keys
        .iter()
        .map(|number| (number.to_be_bytes().to_vec(), pattern(*number as usize * 5, 2)))
        .collect();
    assert_eq!(all(&one), expected);
    assert_whole(&engine);
}

#[test]
fn overwriting_and_compacting_gives_space_back() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let one = engine.namespace("one").unwrap();
    for round in 0..20 {
        for number in 0..50u32 {
            one.put(&number.to_be_bytes(), pattern(100 + number as usize * 40, round)).unwrap();
        }
        engine.compact().unwrap();
        assert_whole(&engine);
        let stats = engine.stats();
        assert!(
            stats.log_disk_bytes < stats.log_live_bytes * 2 + 20_000,
            "{} of {}",
            stats.log_live_bytes,
            stats.log_disk_bytes
        );
    }
    for number in 0..50u32 {
        assert_eq!(
            one.get(&number.to_be_bytes()).unwrap().unwrap().bytes,
            pattern(100 + number as usize * 40, 19)
        );
    }
    engine.vacuum(VacuumMode::Delete).unwrap();
    engine.close().unwrap();
    let engine = open(&disk, small().recovery(RecoveryMode::Rebuild));
    assert_eq!(all(&engine.namespace("one").unwrap()).len(), 50);
    assert_whole(&engine);
}

#[test]
fn conditions_decide() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    let failed = |outcome: sealwood_engine::Result<Revision>| {
        assert!(matches!(outcome, Err(Error::PreconditionFailed)), "{outcome:?}");
    };
    let put = |value: &'static str, precondition| {
        one.put_with(b"a", value, &PutOptions::new().precondition(precondition))
    };
    failed(put("1", Precondition::Present));
    let first = put("1", Precondition::Absent).unwrap();
    failed(put("2", Precondition::Absent));
    failed(put("2", Precondition::Revision(first.next())));
    let second = put("2", Precondition::Revision(first)).unwrap();
    assert!(second > first);
    let delete = |revision| {
        let precondition = Precondition::Revision(revision);
        one.delete_with(b"a", &DeleteOptions::new().precondition(precondition))
    };
    assert!(delete(first).is_err());
    assert!(delete(second).unwrap());
    assert!(!one.delete(b"a").unwrap());
    assert_eq!(one.get(b"a").unwrap(), None);
}

#[test]
fn keys_are_rolled_up_at_a_delimiter() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    for key in ["a", "b/1", "b/2", "b/c/3", "d", "e/", "e/f", "\u{0}"] {
        one.put(key.as_bytes(), key.to_owned()).unwrap();
    }
    let roll = |prefix: &str, after: Option<&str>, descending: bool| {
        let mut scan = one.scan().unwrap().prefix(prefix.as_bytes()).delimiter(b'/');
        if descending {
            scan = scan.descending();
        }
        if let Some(after) = after {
            scan = scan.start_after(after.as_bytes());
        }
        let mut scan = scan.open().unwrap();
        let mut found = Vec::new();
        while let Some(item) = scan.next().unwrap() {
            found.push(match item {
                ScanItem::Key(entry) => String::from_utf8(entry.key().to_vec()).unwrap(),
                ScanItem::CommonPrefix(prefix) => {
                    format!("{}*", String::from_utf8(prefix.to_vec()).unwrap())
                }
                ScanItem::Damaged(finding) => panic!("{finding}"),
            });
        }
        found
    };
    assert_eq!(roll("", None, false), ["\0", "a", "b/*", "d", "e/*"]);
    assert_eq!(roll("", None, true), ["e/*", "d", "b/*", "a", "\0"]);
    assert_eq!(roll("b/", None, false), ["b/1", "b/2", "b/c/*"]);
    assert_eq!(roll("e/", None, false), ["e/", "e/f"]);
    assert_eq!(roll("", Some("b/"), false), ["d", "e/*"]);
    assert_eq!(roll("", Some("b/"), true), ["a", "\0"]);
}

#[test]
fn a_prefix_is_renamed_at_once_and_for_good() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let one = engine.namespace("one").unwrap();
    let key = |prefix: &str, number: u32| format!("{prefix}/{number:03}").into_bytes();
    for number in 0..60 {
        one.put(&key("old", number), pattern(number as usize * 30, 3)).unwrap();
    }
    one.put(b"new/gone", "gone").unwrap();
    assert!(one.rename_prefix(b"old/", b"new/").is_err());
    one.delete(b"new/gone").unwrap();
    let revision = one.info(&key("old", 7)).unwrap().unwrap().revision;
    assert!(one.rename_prefix(b"old/", b"new/").unwrap());
    assert_eq!(one.info(&key("new", 7)).unwrap().unwrap().revision, revision);
    one.put(&key("old", 1), "another").unwrap();
    assert!(one.rename_prefix(b"new/", b"newer/").unwrap());
    one.delete(&key("newer", 59)).unwrap();
    let expected: Vec<_> = (0..59)
        .map(|number| (key("newer", number), pattern(number as usize * 30, 3)))
        .chain([(key("old", 1), b"another".to_vec())])
        .collect();
    let check = |engine: &sealwood_engine::Engine| {
        assert_eq!(all(&engine.namespace("one").unwrap()), expected);
        assert_whole(engine);
    };
    check(&engine);
    engine.close().unwrap();
    for step in 0..4 {
        for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
            let engine = open(&disk, small().recovery(recovery));
            check(&engine);
            // The other namespace makes segments partly dead, so that compaction moves ours.
            let other = engine.namespace("other").unwrap();
            for number in 0..40u32 {
                other.put(&number.to_be_bytes(), pattern(300, step)).unwrap();
            }
            engine.compact().unwrap();
            check(&engine);
            engine.close().unwrap();
        }
    }
}
