//! What is known of the rows of a namespace, and where it is not what there is.

use std::sync::Arc;

use sealwood::bridge::engine::{
    Compared, DifferenceKind, RowDifference, StateDifference, VerifiedState,
};
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
    /// Where the rows are not those that were counted.
    pub difference: Option<CoreStateDifference>,
}

/// Where rows are not those that were counted.
pub type CoreStateDifference = StateDifference;

/// Where rows are not those that were counted.
#[uniffi::remote(Record)]
pub struct CoreStateDifference {
    /// In these of the 256 buckets, ascending; nothing if it is somewhere.
    pub buckets: Option<Vec<u8>>,
}

/// What a comparison has looked at and found.
pub type CoreCompared = Compared;

/// What a comparison has looked at and found.
#[uniffi::remote(Record)]
pub struct CoreCompared {
    /// How many rows differ.
    pub differences: u64,
    /// How many rows were read.
    pub rows_read: u64,
    /// The first that differ, in the order of their keys.
    pub first: Vec<CoreRowDifference>,
}

/// In what a row differs.
pub type CoreDifferenceKind = DifferenceKind;

/// In what a row differs.
#[uniffi::remote(Enum)]
pub enum CoreDifferenceKind {
    /// The first alone has it.
    OnlyFirst,
    /// The second alone has it.
    OnlySecond,
    /// Both have it, with different values.
    Value,
}

/// A row that differs.
pub type CoreRowDifference = RowDifference;

/// A row that differs.
#[uniffi::remote(Record)]
pub struct CoreRowDifference {
    /// In what.
    pub kind: CoreDifferenceKind,
    /// Its key.
    pub key: Vec<u8>,
}
