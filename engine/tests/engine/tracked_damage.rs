//! What cannot be read of a tracked namespace costs its hash, until all rows are counted again, and
//! nothing else.

use std::io::ErrorKind;

use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::lthash::{Domain, LtHash, State};
use sealwood_engine::{Durability, Engine, Error, Namespace, PutOptions, Tracking};

use crate::common::{all, assert_whole, open_faulty, pattern, small};

const LAZY: PutOptions = PutOptions::new().durability(Durability::None);

/// A disk that no longer gives what is in the log, of whatever kind its error is.
fn fail_reads(disk: &FaultDisk, kind: ErrorKind) {
    disk.arm(Fault::new(FaultMode::FailBefore(kind)).on(&[Operation::ReadAt]).below("log/"));
}

fn state(namespace: &Namespace) -> State {
    namespace.tracked_state().unwrap().unwrap().partition.state().clone()
}

/// An engine with a tracked namespace of some rows, all of them counted and in its log.
fn counted(disk: &FaultDisk) -> (Engine, Namespace) {
    let engine = open_faulty(disk, small().open_files_max(1));
    let namespace = engine.namespace("rows").unwrap();
    namespace.track(Tracking::Buckets).unwrap();
    for number in 0..20_u8 {
        namespace.put(&[b'a', number], pattern(500, number.into())).unwrap();
    }
    engine.checkpoint().unwrap();
    assert_eq!(state(&namespace), State::Valid);
    (engine, namespace)
}

/// Asserts that the hash is that of the rows, once all are counted.
fn check(namespace: &Namespace) {
    namespace.backfill().unwrap();
    let counted = namespace.tracked_state().unwrap().unwrap();
    let mut scanned = LtHash::identity();
    scanned.add_batch(&Domain::new("rows").unwrap(), all(namespace));
    assert_eq!(*counted.partition.hash().unwrap(), scanned);
}

#[test]
fn a_value_that_cannot_be_read_stops_no_checkpoint() {
    let changes: [fn(&Namespace); 4] = [
        |rows| assert!(rows.put(b"a\x03", "new").is_ok()),
        |rows| assert!(rows.delete(b"a\x03").unwrap()),
        |rows| assert!(rows.rename_prefix(b"a", b"b").unwrap()),
        |rows| assert!(rows.track(Tracking::Whole).unwrap()),
    ];
    for kind in [ErrorKind::Other, ErrorKind::PermissionDenied, ErrorKind::UnexpectedEof] {
        for change in changes {
            let disk = FaultDisk::new();
            let (engine, namespace) = counted(&disk);
            fail_reads(&disk, kind);
            change(&namespace);
            for _ in 0..2 {
                assert!(engine.checkpoint().unwrap());
                engine.namespace("other").unwrap().put(b"more", "rows").unwrap();
            }
            assert_eq!(state(&namespace), State::Backfilling { cursor: None });
            assert!(namespace.backfill().is_err(), "there are other rows that cannot be read");
            assert!(engine.checkpoint().unwrap());
            disk.disarm();
            assert_whole(&engine);
            check(&namespace);
            engine.close().unwrap();
            let engine = open_faulty(&disk.reopen(), small());
            check(&engine.namespace("rows").unwrap());
        }
    }
}

/// What is scarce for a while costs no hash.
#[test]
fn what_cannot_be_read_for_now_is_counted_later() {
    let disk = FaultDisk::new();
    let (engine, namespace) = counted(&disk);
    namespace.put(b"a\x03", "new").unwrap();
    disk.set_open_max(Some(1));
    let uncounted = namespace.tracked_state();
    assert!(matches!(uncounted, Err(Error::StoreUnavailable { .. })), "{uncounted:?}");
    disk.set_open_max(None);
    engine.checkpoint().unwrap();
    assert_eq!(state(&namespace), State::Valid);
    check(&namespace);
}

/// Writers go on, and what waits for them takes no more memory than it may.
#[test]
fn what_waits_for_ever_is_given_up() {
    const KEY_BYTES: usize = 60_000;
    let disk = FaultDisk::new();
    let (engine, namespace) = counted(&disk);
    let calm = engine.namespace("calm").unwrap();
    calm.track(Tracking::Whole).unwrap();
    calm.put(b"row", "calm").unwrap();
    engine.checkpoint().unwrap();
    // It cannot be told from one that passes.
    fail_reads(&disk, ErrorKind::WouldBlock);
    namespace.put_with(b"a\x03", "new", &LAZY).unwrap();
    assert!(engine.checkpoint().is_err());
    let mut key = vec![b'k'; KEY_BYTES];
    for number in 0..1_000_u32 {
        key[..4].copy_from_slice(&number.to_be_bytes());
        namespace.put_with(&key, "row", &LAZY).unwrap();
        namespace.delete(&key).unwrap();
        if engine.checkpoint().is_ok() {
            assert!(number > 200, "what passes is waited for: {number}");
            break;
        }
        assert!(number < 800, "{number} rows of 60,000 bytes wait");
    }
    assert_eq!(state(&namespace), State::Backfilling { cursor: None });
    assert_eq!(state(&calm), State::Valid);
    disk.disarm();
    check(&namespace);
}
