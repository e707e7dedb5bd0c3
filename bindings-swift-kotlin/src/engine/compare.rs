//! In which rows two engines differ.

use sealwood::bridge::engine::{
    Compared, ComparedEngines, DifferenceKind, NamespaceDifference, NamespaceDifferenceKind,
    RowDifference,
};

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

/// What a comparison of engines has looked at and found.
pub type CoreComparedEngines = ComparedEngines;

/// What a comparison of engines has looked at and found.
#[uniffi::remote(Record)]
pub struct CoreComparedEngines {
    /// How many namespaces were compared.
    pub namespaces: u64,
    /// How many only one of the two has.
    pub missing: u64,
    /// How many could not be compared.
    pub not_counted: u64,
    /// How many rows differ.
    pub differences: u64,
    /// How many rows were read.
    pub rows_read: u64,
    /// The first of what differs, in the order of namespaces and of keys.
    pub first: Vec<CoreNamespaceDifference>,
}

/// In what a namespace of two engines differs.
pub type CoreNamespaceDifference = NamespaceDifference;

/// In what a namespace of two engines differs.
#[uniffi::remote(Record)]
pub struct CoreNamespaceDifference {
    /// In what.
    pub kind: CoreNamespaceDifferenceKind,
    /// Its name.
    pub namespace: String,
    /// The row, if it is one.
    pub row: Option<CoreRowDifference>,
}

/// In what a namespace differs.
pub type CoreNamespaceDifferenceKind = NamespaceDifferenceKind;

/// In what a namespace differs.
#[uniffi::remote(Enum)]
pub enum CoreNamespaceDifferenceKind {
    /// The first engine alone has it.
    OnlyFirst,
    /// The second engine alone has it.
    OnlySecond,
    /// Nobody knows: not all rows of both are counted.
    NotCounted,
    /// In a row.
    Row,
}
