//! What is known of the rows of a namespace, and where it is not what there is.

use std::sync::Arc;

use sealwood::bridge::engine::{StateDifference, VerifiedNamespace, VerifiedState, VerifiedStates};
use sealwood::engine::TrackedState;

use super::partition::CorePartition;

/// What is known of the rows of a namespace.
#[derive(uniffi::Record)]
pub struct CoreTrackedState {
    /// Changes up to this one are counted.
    pub revision: u64,
    /// The rows that were counted.
    pub partition: Arc<CorePartition>,
}

impl From<TrackedState> for CoreTrackedState {
    fn from(state: TrackedState) -> Self {
        Self { revision: state.revision.get(), partition: CorePartition::new(state.partition) }
    }
}

/// What a full scan has found.
pub type CoreVerifiedState = VerifiedState;

/// What a full scan has found.
#[uniffi::remote(Record)]
pub struct CoreVerifiedState {
    /// The revision at which both were looked at.
    pub revision: u64,
    /// How many rows were read.
    pub rows: u64,
    /// Whether not all rows are counted yet; those that were counted are read.
    pub is_backfilling: bool,
    /// Where the rows are not those that were counted.
    pub difference: Option<CoreStateDifference>,
}

/// What a scan of all tracked namespaces has found.
pub type CoreVerifiedStates = VerifiedStates;

/// What a scan of all tracked namespaces has found.
#[uniffi::remote(Record)]
pub struct CoreVerifiedStates {
    /// How many rows were read.
    pub rows: u64,
    /// In how many namespaces rows are not those that were counted.
    pub differing: u64,
    /// Of how many namespaces not all rows are counted yet.
    pub backfilling: u64,
    /// What was found of each, in the order of their names.
    pub namespaces: Vec<CoreVerifiedNamespace>,
}

/// What was found of a namespace.
pub type CoreVerifiedNamespace = VerifiedNamespace;

/// What was found of a namespace.
#[uniffi::remote(Record)]
pub struct CoreVerifiedNamespace {
    /// Its name.
    pub name: String,
    /// What was found.
    pub state: CoreVerifiedState,
}

/// Where rows are not those that were counted.
pub type CoreStateDifference = StateDifference;

/// Where rows are not those that were counted.
#[uniffi::remote(Record)]
pub struct CoreStateDifference {
    /// In these of the 256 buckets, ascending; nothing if it is somewhere.
    pub buckets: Option<Vec<u8>>,
}
