//! Values on a disk that fails and loses power.

use super::*;
use crate::faults::{Call, Fault, FaultDisk, FaultMode, Operation};

fn on_faults() -> (FaultDisk, Values) {
    let faults = FaultDisk::new();
    let disk: Arc<dyn Disk> = Arc::new(faults.clone());
    let values = values_on(&disk);
    (faults, values)
}

/// The changes in a trace, each with what it was made to.
fn changes(faults: &FaultDisk) -> Vec<(Operation, &'static str)> {
    let kind = |name: &str| match name {
        "" => "root",
        VALUES => "directory",
        temp if temp.contains(TEMP_PREFIX) => "temp",
        _ => "value",
    };
    let change = |call: &Call| match &call.to {
        Some(to) => (call.operation, kind(to)),
        None => (call.operation, kind(&call.name)),
    };
    faults.trace().iter().filter(|call| call.is_change()).map(change).collect()
}

const FIRST: [(Operation, &str); 2] =
    [(Operation::CreateDir, "directory"), (Operation::SyncDir, "root")];
const WRITTEN: [(Operation, &str); 2] = [(Operation::Create, "temp"), (Operation::WriteAt, "temp")];
const NAMED: [(Operation, &str); 3] =
    [(Operation::Sync, "temp"), (Operation::Rename, "value"), (Operation::SyncDir, "directory")];

#[test]
fn a_value_is_synced_before_it_has_its_name() {
    let (faults, values) = on_faults();
    values.put(b"first", Synced::Now).unwrap();
    assert_eq!(changes(&faults), [&FIRST[..], &WRITTEN, &NAMED].concat());
    faults.clear_trace();
    values.put(b"second", Synced::Now).unwrap();
    assert_eq!(changes(&faults), [&WRITTEN[..], &NAMED].concat());
    faults.clear_trace();
    values.put(b"third", Synced::Later).unwrap();
    assert_eq!(changes(&faults), WRITTEN);
    faults.clear_trace();
    values.sync_owed().unwrap();
    assert_eq!(changes(&faults), NAMED);
    faults.clear_trace();
    values.sync_owed().unwrap();
    values.address(b"fourth");
    assert_eq!(faults.trace(), []);
}

#[test]
fn many_owed_values_take_one_sync_of_the_directory_and_few_handles() {
    let (faults, values) = on_faults();
    for number in 0..100u8 {
        values.put(&[number], Synced::Later).unwrap();
        assert!(faults.open_handles() <= 20);
    }
    values.sync_owed().unwrap();
    let count =
        |operation| faults.trace().iter().filter(|call| call.operation == operation).count();
    assert_eq!((count(Operation::Sync), count(Operation::SyncDir)), (100, 2));
    assert_eq!(values.list().unwrap().len(), 100);
}

#[test]
fn a_power_cut_leaves_whole_values_and_those_that_were_promised() {
    let large = content(CHUNK_BYTES + 100);
    let mut done = false;
    for cut in 0.. {
        let (faults, values) = on_faults();
        let kept = values.put(b"kept", Synced::Now).unwrap();
        faults.cut_at(cut);
        let work = || -> Result<Vec<ValueRef>> {
            let owed = values.put(&large, Synced::Later)?;
            values.sync_owed()?;
            // The same content again: what is durable is not put at risk.
            values.put(b"kept", Synced::Later)?;
            Ok(vec![owed])
        };
        let promised = work().unwrap_or_default();
        done |= !faults.is_cut();
        for left in faults.crash_states(200) {
            let origin = left.origin().to_owned();
            let disk: Arc<dyn Disk> = Arc::new(left);
            let values = values_on(&disk);
            for value in promised.iter().chain([&kept]) {
                assert!(values.read(value).is_ok(), "cut {cut}: {origin}");
            }
            for value in values.list().unwrap() {
                values.verify(&value).unwrap();
            }
            for temp in values.find().unwrap().temps {
                disk.remove(&temp).unwrap();
            }
            assert_eq!(disk.list(VALUES).unwrap().len(), values.list().unwrap().len());
        }
        if done {
            break;
        }
    }
}

#[test]
fn a_debt_stays_owed_until_it_is_paid() {
    for operation in [Operation::Sync, Operation::Rename, Operation::SyncDir] {
        for nth in 1..=3 {
            let (faults, values) = on_faults();
            let puts: Vec<_> =
                (0..3u8).map(|number| values.put(&[number], Synced::Later).unwrap()).collect();
            let failing = FaultMode::FailBefore(io::ErrorKind::StorageFull);
            faults.arm(Fault::new(failing).on(&[operation]).nth(nth));
            let failed = values.sync_owed();
            if operation != Operation::SyncDir || nth == 1 {
                // A full disk passes; a sync that failed is no passing thing.
                let is_passing = operation == Operation::Rename;
                let code = if is_passing { "store-full" } else { "store-failed" };
                assert_eq!(failed.unwrap_err().code(), code);
            }
            for (number, value) in puts.iter().enumerate() {
                assert_eq!(values.read(value).unwrap(), [number as u8][..]);
            }
            faults.disarm();
            values.sync_owed().unwrap();
            for left in faults.crash_states(50) {
                let disk: Arc<dyn Disk> = Arc::new(left);
                let values = values_on(&disk);
                assert_eq!(values.list().unwrap().len(), 3);
                for value in &puts {
                    values.read(value).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_failed_put_leaves_nothing_and_says_why() {
    for operation in [Operation::WriteAt, Operation::Sync, Operation::Rename] {
        let (faults, values) = on_faults();
        let failing = FaultMode::FailBefore(io::ErrorKind::StorageFull);
        faults.arm(Fault::new(failing).on(&[operation]).nth(1));
        assert_eq!(values.put(b"value", Synced::Now).unwrap_err().code(), "store-full");
        faults.disarm();
        assert_eq!(faults.list(VALUES).unwrap(), []);
    }
    let (faults, values) = on_faults();
    let mut writer = values.writer().unwrap();
    faults.arm(Fault::new(FaultMode::FailBefore(io::ErrorKind::StorageFull)).nth(1));
    assert_eq!(writer.write(&content(CHUNK_BYTES)).unwrap_err().code(), "store-full");
    assert_eq!(writer.write(b"more").unwrap_err().code(), "closed");
    assert_eq!(writer.finish(Synced::Now).unwrap_err().code(), "closed");
    assert_eq!(faults.list(VALUES).unwrap(), []);
}

#[test]
fn a_listing_that_fails_is_an_error_and_not_nothing() {
    let (faults, values) = on_faults();
    values.put(b"value", Synced::Now).unwrap();
    faults.arm(Fault::new(FaultMode::FailBefore(io::ErrorKind::Other)).on(&[Operation::List]));
    assert_eq!(values.list().unwrap_err().code(), "store-failed");
    assert_eq!(values.find().unwrap_err().code(), "store-failed");
}

#[test]
fn a_bit_that_turns_on_its_way_is_noticed() {
    let (faults, values) = on_faults();
    let value = values.put(&content(3 * CHUNK_BYTES), Synced::Now).unwrap();
    faults.arm(Fault::new(FaultMode::FlipBit(12_345)));
    assert_eq!(values.read(&value).unwrap_err().code(), "store-corrupt");
    assert_eq!(values.read_range(&value, 5, 5).unwrap_err().code(), "store-corrupt");
    faults.disarm();
    values.read(&value).unwrap();
}
