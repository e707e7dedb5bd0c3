//! What is counted of the rows is held against the rows: told where they differ, put away and gone
//! on with.

use std::ops::ControlFlow;
use std::sync::Arc;

use sealwood_engine::disk::{Disk, MemoryDisk, OpenMode};
use sealwood_engine::lthash::{State, bucket_of};
use sealwood_engine::{
    Durability, Engine, Error, Namespace, PutOptions, Result, StateCheck, StateDifference,
    StateEvent, Tracking, VerifiedStates,
};

use crate::common::{CountedEntropy, TestClock, assert_whole, open, pattern, small};

const ROWS: u32 = 1000;
/// The row that is another in each of two engines.
const OTHER: u32 = 7;

fn key(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

fn lazily() -> PutOptions {
    PutOptions::new().durability(Durability::None)
}

/// An engine of which a second run differs in one value alone.
fn written(seed: u64, tracking: Tracking) -> MemoryDisk {
    let disk = MemoryDisk::new();
    let config =
        small().entropy(Arc::new(CountedEntropy::default())).clock(Arc::new(TestClock::at(5)));
    let engine = open(&disk, config);
    for (name, tracking) in
        [("rows", tracking), ("calm", Tracking::Whole), ("plain", Tracking::Off)]
    {
        let namespace = engine.namespace(name).unwrap();
        namespace.track(tracking).unwrap();
        for number in 0..ROWS {
            let seed = if number == OTHER && name == "rows" { seed } else { 1 };
            namespace.put_with(&key(number), pattern(100, seed), &lazily()).unwrap();
        }
    }
    engine.close().unwrap();
    disk
}

/// The log of one engine with the checkpoint of another: everything is whole, and the hash is not
/// that of the rows.
fn forged(tracking: Tracking) -> MemoryDisk {
    let [disk, other] = [1, 2].map(|seed| written(seed, tracking));
    let frames = other.list("frames").unwrap().into_iter().map(|it| format!("frames/{}", it.name));
    for name in frames.chain(["manifest".to_owned()]) {
        let file = other.open(&name, OpenMode::Read).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(0, &mut bytes).unwrap();
        let copy = disk.open(&name, OpenMode::Write).unwrap();
        assert_eq!(copy.len().unwrap(), bytes.len() as u64);
        copy.write_at(0, &bytes).unwrap();
    }
    disk
}

/// What is told of all namespaces.
fn verified(engine: &Engine) -> (VerifiedStates, Vec<(String, StateEvent)>) {
    let mut told = Vec::new();
    let verified = engine.verify_state(&mut |name, event| {
        told.push((name.to_owned(), event));
        ControlFlow::Continue(())
    });
    (verified.unwrap(), told)
}

fn candidates(check: &StateCheck) -> Vec<Vec<u8>> {
    let mut keys = Vec::new();
    let told = check.candidates(&mut |key| {
        keys.push(key.to_vec());
        ControlFlow::Continue(())
    });
    assert_eq!(told.unwrap(), keys.len() as u64);
    keys
}

/// The keys of the bucket in which the two engines differ.
fn bucket_keys() -> Vec<Vec<u8>> {
    let bucket = bucket_of(key(OTHER));
    let keys = (0..ROWS).map(|number| key(number).to_vec());
    keys.filter(|key| bucket_of(key) == bucket).collect()
}

fn finish(check: &mut StateCheck) -> Option<StateDifference> {
    while check.step().unwrap() {}
    check.difference()
}

#[test]
fn what_is_as_it_was_counted_is_told_as_progress() {
    let engine = open(&written(1, Tracking::Buckets), small());
    let (verified, told) = verified(&engine);
    assert_eq!((verified.namespaces, verified.differing), (2, 0));
    assert_eq!(verified.rows, 2 * u64::from(ROWS));
    let steps = [256, 512, 768, 1000].map(|rows| StateEvent::Progress { rows, of: ROWS.into() });
    let expected = ["calm", "rows"]
        .into_iter()
        .flat_map(|name| steps.clone().into_iter().map(move |event| (name.to_owned(), event)));
    assert_eq!(told, expected.collect::<Vec<_>>());
}

#[test]
fn namespace_bucket_and_keys_of_a_difference_are_told() {
    let engine = open(&forged(Tracking::Buckets), small());
    assert_whole(&engine);
    let (verified, told) = verified(&engine);
    assert_eq!((verified.namespaces, verified.differing), (2, 1));
    let found = told.into_iter().filter(|(_, event)| !matches!(event, StateEvent::Progress { .. }));
    let found: Vec<_> = found.collect();
    assert!(found.iter().all(|(name, _)| name == "rows"));
    let found: Vec<_> = found.into_iter().map(|(_, event)| event).collect();
    let differs = StateDifference::Buckets(vec![bucket_of(key(OTHER))]);
    let mut expected = vec![StateEvent::Differs(differs)];
    expected.extend(bucket_keys().into_iter().map(StateEvent::Candidate));
    assert_eq!(found, expected);
}

#[test]
fn a_difference_of_the_whole_is_somewhere() {
    let engine = open(&forged(Tracking::Whole), small());
    let (verified, told) = verified(&engine);
    assert_eq!(verified.differing, 1);
    let differs = (String::from("rows"), StateEvent::Differs(StateDifference::Somewhere));
    assert_eq!(told.last(), Some(&differs));
    let mut check = engine.namespace("rows").unwrap().check_state().unwrap();
    assert_eq!(finish(&mut check), Some(StateDifference::Somewhere));
    assert_eq!(candidates(&check).len() as u32, ROWS);
}

#[test]
fn whoever_is_told_can_end_it() {
    let engine = open(&forged(Tracking::Buckets), small());
    let (_, all) = verified(&engine);
    for end in 1..=all.len() {
        let mut told = 0;
        let verified = engine.verify_state(&mut |_, _| {
            told += 1;
            if told == end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(verified, Err(Error::Cancelled)), "{end}");
        assert_eq!(told, end);
    }
    let mut check = engine.namespace("rows").unwrap().check_state().unwrap();
    finish(&mut check);
    let ended = check.candidates(&mut |_| ControlFlow::Break(()));
    assert!(matches!(ended, Err(Error::Cancelled)));
    engine.close().unwrap();
    assert!(matches!(check.step(), Err(Error::Closed)));
    let after = engine.verify_state(&mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(after, Err(Error::Closed)));
}

/// The check of a namespace as it goes on in another process.
fn resumed(namespace: &Namespace, bytes: &[u8]) -> StateCheck {
    namespace.resume_check(bytes).unwrap().unwrap()
}

#[test]
fn a_check_goes_on_where_it_was_put_away() {
    for tracking in [Tracking::Whole, Tracking::Buckets] {
        for (disk, differs) in [(written(1, tracking), false), (forged(tracking), true)] {
            let mut bytes: Option<Vec<u8>> = None;
            for round in 0..6 {
                let engine = open(&disk, small());
                let namespace = engine.namespace("rows").unwrap();
                let mut check = match &bytes {
                    None => namespace.check_state().unwrap(),
                    Some(bytes) => resumed(&namespace, bytes),
                };
                assert_eq!(check.rows(), (round * 256).min(1000));
                assert_eq!(check.rows_counted(), 1000);
                assert_eq!(check.step().unwrap(), round < 4);
                bytes = Some(check.put_away());
                if round > 3 {
                    assert_eq!(check.difference().is_some(), differs);
                    let expected = match (differs, tracking) {
                        (false, _) => 0,
                        (true, Tracking::Buckets) => bucket_keys().len(),
                        (true, _) => 1000,
                    };
                    assert_eq!(candidates(&check).len(), expected);
                }
                // What happens elsewhere makes no difference.
                engine.namespace("calm").unwrap().put(b"more", pattern(5, round)).unwrap();
                engine.close().unwrap();
            }
        }
    }
}

#[test]
fn a_check_of_rows_that_have_changed_is_begun_anew() {
    for tracking in [Tracking::Whole, Tracking::Buckets] {
        let engine = open(&written(1, tracking), small());
        let namespace = engine.namespace("rows").unwrap();
        let mut check = namespace.check_state().unwrap();
        let at_first = check.put_away();
        check.step().unwrap();
        let bytes = check.put_away();
        namespace.put(&key(900), "else").unwrap();
        assert!(namespace.resume_check(&bytes).unwrap().is_none());
        assert_eq!(finish(&mut check), None, "a check sees its own revision");
        namespace.put(&key(900), pattern(100, 1)).unwrap();
        // The rows are what they were.
        for bytes in [&at_first, &bytes] {
            let mut check = resumed(&namespace, bytes);
            assert_eq!(check.counted().revision, engine.revision());
            assert_eq!(finish(&mut check), None);
            assert_eq!(check.rows(), 1000);
        }
        let other = engine.namespace("calm").unwrap();
        assert!(other.resume_check(&bytes).unwrap().is_none());
        let untracked = engine.namespace("plain").unwrap().resume_check(&bytes);
        assert!(matches!(untracked, Err(Error::InvalidArgument { .. })));
    }
}

#[test]
fn a_check_that_was_put_away_and_damaged_is_refused() {
    let engine = open(&written(1, Tracking::Whole), small());
    let namespace = engine.namespace("rows").unwrap();
    let mut check = namespace.check_state().unwrap();
    check.step().unwrap();
    let bytes = check.put_away();
    assert!(bytes.len() < 2300, "{}", bytes.len());
    let refused = |bytes: &[u8]| -> Result<Option<StateCheck>> { namespace.resume_check(bytes) };
    for at in 1..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        assert!(matches!(refused(&damaged), Err(Error::Malformed { .. })), "{at}");
        assert!(matches!(refused(&bytes[..at]), Err(Error::Malformed { .. })), "{at}");
    }
    assert!(matches!(refused(&[]), Err(Error::Malformed { .. })));
    let later = [&[2], &bytes[1..]].concat();
    assert!(matches!(refused(&later), Err(Error::UnsupportedVersion { found: 2 })));
}

#[test]
fn of_a_backfill_what_it_has_counted_is_verified() {
    let engine = open(&MemoryDisk::new(), small());
    let namespace = engine.namespace("rows").unwrap();
    for number in 0..5000 {
        namespace.put_with(&key(number), pattern(20, 5), &lazily()).unwrap();
    }
    namespace.track(Tracking::Buckets).unwrap();
    let backfilling = ("rows".to_owned(), StateEvent::Backfilling);
    let (nothing, told) = verified(&engine);
    assert_eq!((nothing.namespaces, nothing.backfilling), (0, 1), "nothing is verified");
    assert_eq!((nothing.rows, nothing.differing), (0, 0));
    assert_eq!(told, std::slice::from_ref(&backfilling));
    assert!(!namespace.check_state().unwrap().is_of_all_rows());
    engine.maintain().unwrap();
    let state = namespace.tracked_state().unwrap().unwrap();
    assert!(matches!(state.partition.state(), State::Backfilling { cursor: Some(_) }));
    let mut check = namespace.check_state().unwrap();
    check.step().unwrap();
    let bytes = check.put_away();
    assert_eq!(finish(&mut resumed(&namespace, &bytes)), None);
    let (some, told) = verified(&engine);
    assert_eq!((some.namespaces, some.backfilling), (0, 1));
    assert_eq!((some.rows, some.differing), (4096, 0));
    assert_eq!(told.first(), Some(&backfilling));
    assert_eq!(told.len(), 17);
    namespace.backfill().unwrap();
    assert!(namespace.resume_check(&bytes).unwrap().is_none());
    let (all, told) = verified(&engine);
    assert_eq!((all.namespaces, all.backfilling), (1, 0));
    assert_eq!((all.rows, all.differing), (5000, 0));
    assert!(!told.contains(&backfilling));
    assert!(namespace.check_state().unwrap().is_of_all_rows());
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

/// What was read of a namespace that is gone says nothing of one of its name, whatever that has.
#[test]
fn a_check_of_another_namespace_is_begun_anew() {
    let engine = open(&written(1, Tracking::Buckets), small());
    let rows = engine.namespace("rows").unwrap();
    let mut check = rows.check_state().unwrap();
    check.step().unwrap();
    let bytes = check.put_away();
    engine.drop_namespace("rows").unwrap();
    assert!(matches!(rows.resume_check(&bytes), Err(Error::NamespaceDropped)));
    let again = engine.namespace("rows").unwrap();
    again.track(Tracking::Buckets).unwrap();
    for number in 0..ROWS {
        again.put_with(&key(number), pattern(100, 1), &lazily()).unwrap();
    }
    assert_eq!(again.tracked_state().unwrap().unwrap().partition.statistics().unwrap().rows, 1000);
    assert!(again.resume_check(&bytes).unwrap().is_none());
    // The check itself goes on: it keeps what it reads.
    assert_eq!(finish(&mut check), None);
    assert_eq!(check.rows(), 1000);
}

/// As many rows with the same values, under other keys, are other rows; under their own again, the
/// same.
#[test]
fn a_check_does_not_go_on_over_rows_that_were_renamed() {
    for tracking in [Tracking::Whole, Tracking::Buckets] {
        let engine = open(&written(1, tracking), small());
        let namespace = engine.namespace("rows").unwrap();
        let mut check = namespace.check_state().unwrap();
        check.step().unwrap();
        let bytes = check.put_away();
        assert!(namespace.rename_prefix(&[0, 0, 3], &[9]).unwrap());
        assert!(namespace.resume_check(&bytes).unwrap().is_none());
        assert!(namespace.rename_prefix(&[9], &[0, 0, 3]).unwrap());
        let mut check = resumed(&namespace, &bytes);
        assert_eq!(finish(&mut check), None);
        assert_eq!(check.rows(), 1000);
    }
}

/// An engine does not know itself from a copy of its directory, where the same namespace has the
/// same rows: a check goes on there, and has not read there what it had read before.
#[test]
fn a_check_goes_on_in_a_copy_of_the_directory() {
    let [disk, copy] = [1, 1].map(|seed| written(seed, Tracking::Whole));
    let namespace = open(&disk, small()).namespace("rows").unwrap();
    let mut check = namespace.check_state().unwrap();
    check.step().unwrap();
    let bytes = check.put_away();
    let copied = open(&copy, small());
    let mut check = resumed(&copied.namespace("rows").unwrap(), &bytes);
    assert_eq!((check.rows(), finish(&mut check)), (256, None));
    copied.namespace("rows").unwrap().put(&key(1), "else").unwrap();
    assert!(copied.namespace("rows").unwrap().resume_check(&bytes).unwrap().is_none());
}

/// Bytes that are whole, and no check: of a namespace that is read to the end, or otherwise.
#[test]
fn what_is_no_check_is_refused() {
    let engine = open(&written(1, Tracking::Whole), small());
    let namespace = engine.namespace("rows").unwrap();
    let whole = namespace.check_state().unwrap().put_away();
    let partition = namespace.tracked_state().unwrap().unwrap().partition;
    let mut buckets = partition.clone();
    buckets.begin_backfill(sealwood_engine::lthash::Detail::Buckets);
    let mut absent = partition.clone();
    absent.forget();
    for found in [partition, buckets, absent] {
        let record = sealwood_engine::lthash::Record { version: 0, partition: found }.encode();
        let rest = [&whole[33..65], &record].concat();
        let bytes = [&[1], blake3::hash(&rest).as_bytes().as_slice(), &rest].concat();
        assert!(matches!(namespace.resume_check(&bytes), Err(Error::Malformed { .. })));
    }
}
