//! The embedded engine and the hashes of rows: the core's room `bridge::engine`, call by call.
//!
//! A call of the engine runs on one of the core's threads, so that whoever polls its future never
//! waits for a disk. Hashes are computed where they are called.

mod batch;
mod compare;
mod config;
mod domain;
mod handle;
mod hash;
mod health;
mod iterations;
mod namespace;
mod partition;
mod partitions;
mod snapshot;
mod state;
mod values;

pub use batch::CoreEngineBatch;
pub use compare::{
    CoreCompared, CoreComparedEngines, CoreDifferenceKind, CoreNamespaceDifference,
    CoreNamespaceDifferenceKind, CoreRowDifference,
};
pub use config::{
    CoreAccess, CoreBackground, CoreDurability, CoreEngineConfig, CoreKeyPrecondition, CoreOrder,
    CoreRecoveryMode, CoreScanOptions, CoreTracking, CoreWriteOptions,
};
pub use domain::{CoreDomain, core_bucket_of};
pub use handle::CoreEngine;
pub use hash::{CoreLtHash, CoreRow};
pub use health::{CoreEngineStats, CoreFinding, CoreVacuum, CoreVerified};
pub use iterations::{CoreKeyScan, CoreScan, CoreWatch};
pub use namespace::CoreNamespace;
pub use partition::{CoreDetail, CorePartition, CorePartitionInfo, CorePartitionState};
pub use partitions::{CoreDifference, CorePartitionedLtHash, CorePlace, CoreRowChange};
pub use snapshot::{CoreEngineSnapshot, CoreNamespaceSnapshot};
pub use state::{
    CoreStateDifference, CoreTrackedState, CoreVerifiedNamespace, CoreVerifiedState,
    CoreVerifiedStates,
};
pub use values::{
    CoreEngineValue, CoreEventKind, CoreKeyInfo, CoreScanEntry, CoreScanKey, CoreWatchEvent,
};
