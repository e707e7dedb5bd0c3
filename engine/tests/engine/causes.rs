//! An error of the disk is told with what it comes from, and says no more than before.

use std::error::Error as _;
use std::io;
use std::sync::Arc;

use sealwood_engine::disk::Disk;
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{Engine, Error};

use crate::common::{open_faulty, small};

#[test]
fn an_error_of_the_disk_is_the_source() {
    let kinds = [
        (io::ErrorKind::PermissionDenied, "the store denied access: permission denied"),
        (io::ErrorKind::TimedOut, "the store failed: timed out"),
    ];
    for (kind, message) in kinds {
        let disk = FaultDisk::new();
        open_faulty(&disk, small()).close().unwrap();
        disk.arm(Fault::new(FaultMode::FailBefore(kind)).on(&[Operation::Open]));
        let refused = Engine::open(Arc::new(disk.clone()) as Arc<dyn Disk>, small());
        let error = refused.unwrap_err();
        assert_eq!(error.to_string(), message);
        let source = error.source().unwrap().downcast_ref::<io::Error>();
        assert_eq!(source.unwrap().kind(), kind);
        // A copy has it too.
        assert!(error.clone().source().is_some());
    }
    assert!(Error::StoreFull.source().is_none());
}
