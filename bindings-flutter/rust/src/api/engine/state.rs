//! What is known of the rows of a namespace, as plain values.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine::{
    Compared, ComparedEngines, NamespaceDifference, RowDifference, VerifiedNamespace,
    VerifiedState, VerifiedStates,
};
use sealwood::engine::TrackedState;

use crate::api::call::clamp;
use crate::api::engine::partition::Partition;

pub use sealwood::bridge::engine::{DifferenceKind as RowDifferenceKind, NamespaceDifferenceKind};
pub use sealwood::engine::Tracking;

/// Whether a hash of all rows of a namespace is kept.
#[frb(mirror(Tracking))]
pub enum _Tracking {
    /// None.
    Off,
    /// One of 2 KiB.
    Whole,
    /// One for each of 256 buckets of keys, of which those with rows take 2 KiB each: a difference
    /// is found by reading one row in 256.
    Buckets,
}

/// In what a row differs.
#[frb(mirror(RowDifferenceKind))]
pub enum _RowDifferenceKind {
    /// The first alone has it.
    OnlyFirst,
    /// The second alone has it.
    OnlySecond,
    /// Both have it, with different values.
    Value,
}

/// In what a namespace of two engines differs.
#[frb(mirror(NamespaceDifferenceKind))]
pub enum _NamespaceDifferenceKind {
    /// The first alone has it.
    OnlyFirst,
    /// The second alone has it.
    OnlySecond,
    /// One of the two does not track it, or has not counted all rows yet.
    NotCounted,
    /// In a row.
    Row,
}

/// What is known of the rows of a tracked namespace.
#[frb(opaque)]
pub struct CountedState {
    pub(crate) inner: TrackedState,
}

impl CountedState {
    /// Changes up to this revision are counted.
    #[frb(sync)]
    pub fn revision(&self) -> i64 {
        clamp(self.inner.revision.get())
    }

    /// What is counted.
    #[frb(sync)]
    pub fn partition(&self) -> Partition {
        Partition { inner: self.inner.partition.clone() }
    }
}

/// What a full scan has found.
#[derive(Debug, Clone)]
pub struct VerifiedStateRecord {
    /// The revision at which both were looked at.
    pub revision: i64,
    /// How many rows were read.
    pub rows: i64,
    /// Whether not all rows are counted yet.
    pub is_backfilling: bool,
    /// Whether the rows are those that were counted.
    pub is_same: bool,
    /// The buckets that differ, where they are known.
    pub buckets: Option<Vec<u8>>,
}

impl From<VerifiedState> for VerifiedStateRecord {
    fn from(state: VerifiedState) -> Self {
        Self {
            revision: clamp(state.revision),
            rows: clamp(state.rows),
            is_backfilling: state.is_backfilling,
            is_same: state.difference.is_none(),
            buckets: state.difference.and_then(|difference| difference.buckets),
        }
    }
}

/// What full scans of all tracked namespaces have found.
#[derive(Debug, Clone)]
pub struct VerifiedStatesRecord {
    /// How many rows were read.
    pub rows: i64,
    /// Of how many namespaces the rows differ.
    pub differing: i64,
    /// Of how many not all rows are counted yet.
    pub backfilling: i64,
    /// What was found of each.
    pub namespaces: Vec<VerifiedNamespaceRecord>,
}

impl From<VerifiedStates> for VerifiedStatesRecord {
    fn from(states: VerifiedStates) -> Self {
        Self {
            rows: clamp(states.rows),
            differing: clamp(states.differing),
            backfilling: clamp(states.backfilling),
            namespaces: states.namespaces.into_iter().map(From::from).collect(),
        }
    }
}

/// What a full scan of one of the namespaces has found.
#[derive(Debug, Clone)]
pub struct VerifiedNamespaceRecord {
    /// Its name.
    pub name: String,
    /// What was found.
    pub state: VerifiedStateRecord,
}

impl From<VerifiedNamespace> for VerifiedNamespaceRecord {
    fn from(verified: VerifiedNamespace) -> Self {
        Self { name: verified.name, state: verified.state.into() }
    }
}

/// What a comparison has found.
#[derive(Debug, Clone)]
pub struct ComparedRecord {
    /// How many rows differ.
    pub differences: i64,
    /// How many rows were read.
    pub rows_read: i64,
    /// The first that differ.
    pub first: Vec<RowDifferenceRecord>,
}

impl From<Compared> for ComparedRecord {
    fn from(compared: Compared) -> Self {
        Self {
            differences: clamp(compared.differences),
            rows_read: clamp(compared.rows_read),
            first: compared.first.into_iter().map(From::from).collect(),
        }
    }
}

/// A row that differs.
#[derive(Debug, Clone)]
pub struct RowDifferenceRecord {
    /// In what.
    pub kind: RowDifferenceKind,
    /// Its key.
    pub key: Vec<u8>,
}

impl From<RowDifference> for RowDifferenceRecord {
    fn from(difference: RowDifference) -> Self {
        Self { kind: difference.kind, key: difference.key }
    }
}

/// What a comparison of engines has found.
#[derive(Debug, Clone)]
pub struct ComparedEnginesRecord {
    /// How many namespaces were compared.
    pub namespaces: i64,
    /// How many one of the two has alone.
    pub missing: i64,
    /// How many could not be compared.
    pub not_counted: i64,
    /// How many rows differ.
    pub differences: i64,
    /// How many rows were read.
    pub rows_read: i64,
    /// The first of what differs.
    pub first: Vec<NamespaceDifferenceRecord>,
}

impl From<ComparedEngines> for ComparedEnginesRecord {
    fn from(compared: ComparedEngines) -> Self {
        Self {
            namespaces: clamp(compared.namespaces),
            missing: clamp(compared.missing),
            not_counted: clamp(compared.not_counted),
            differences: clamp(compared.differences),
            rows_read: clamp(compared.rows_read),
            first: compared.first.into_iter().map(From::from).collect(),
        }
    }
}

/// In what a namespace of two engines differs.
#[derive(Debug, Clone)]
pub struct NamespaceDifferenceRecord {
    /// In what.
    pub kind: NamespaceDifferenceKind,
    /// Its name.
    pub namespace: String,
    /// The row, if it is one.
    pub row: Option<RowDifferenceRecord>,
}

impl From<NamespaceDifference> for NamespaceDifferenceRecord {
    fn from(difference: NamespaceDifference) -> Self {
        let NamespaceDifference { kind, namespace, row } = difference;
        Self { kind, namespace, row: row.map(From::from) }
    }
}
