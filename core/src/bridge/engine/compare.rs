//! In which rows two engines differ.

use std::ops::ControlFlow;

use super::steps::in_steps;
use crate::engine;
use crate::error::Result;
use crate::platform::run_blocking;

/// How many bytes of keys are given.
const KEYS_BYTES_MAX: usize = 8 << 20;

/// What a comparison has looked at and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// How many rows differ.
    pub differences: u64,
    /// How many rows were read: none where the hashes are the same.
    pub rows_read: u64,
    /// The first that differ, in the order of their keys.
    pub first: Vec<RowDifference>,
}

/// A row that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowDifference {
    /// In what.
    pub kind: DifferenceKind,
    /// Its key.
    pub key: Vec<u8>,
}

/// In what a row differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DifferenceKind {
    /// The first alone has it.
    OnlyFirst,
    /// The second alone has it.
    OnlySecond,
    /// Both have it, with different values.
    Value,
}

/// What a comparison of engines has looked at and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComparedEngines {
    /// How many namespaces were compared.
    pub namespaces: u64,
    /// How many only one of the two has.
    pub missing: u64,
    /// How many could not be compared: one of the two does not track them, or has not counted all
    /// rows yet.
    pub not_counted: u64,
    /// How many rows differ.
    pub differences: u64,
    /// How many rows were read: none where the hashes are the same.
    pub rows_read: u64,
    /// The first of what differs, in the order of namespaces and of keys.
    pub first: Vec<NamespaceDifference>,
}

/// In what a namespace of two engines differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceDifference {
    /// In what.
    pub kind: NamespaceDifferenceKind,
    /// Its name.
    pub namespace: String,
    /// The row, if it is one.
    pub row: Option<RowDifference>,
}

/// In what a namespace differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamespaceDifferenceKind {
    /// The first engine alone has it.
    OnlyFirst,
    /// The second engine alone has it.
    OnlySecond,
    /// Nobody knows: not all rows of both are counted.
    NotCounted,
    /// In a row.
    Row,
}

/// The first of what is found, as much as was asked for.
struct First<T> {
    found: Vec<T>,
    max: usize,
    bytes: usize,
}

impl<T> First<T> {
    fn new(max: usize) -> Self {
        Self { found: Vec::new(), max, bytes: 0 }
    }

    /// Takes what `give` gives, a key of so many bytes with it, unless it has enough.
    fn take(&mut self, bytes: usize, give: impl FnOnce() -> Option<T>) {
        if self.found.len() < self.max && self.bytes < KEYS_BYTES_MAX {
            self.bytes += bytes;
            self.found.extend(give());
        }
    }
}

pub(super) async fn compare(
    one: engine::Namespace,
    other: engine::Namespace,
    first_max: usize,
) -> Result<Compared> {
    let comparison = run_blocking(move || one.begin_compare(&other).map(Box::new)).await?;
    let begun = (comparison, First::new(first_max));
    let (comparison, first) = in_steps(begun, |(comparison, first)| {
        comparison.step(&mut |row| {
            first.take(key_bytes(&row), || RowDifference::of(row));
            ControlFlow::Continue(())
        })
    })
    .await?;
    let engine::Compared { differences, rows_read, .. } = comparison.compared();
    Ok(Compared { differences, rows_read, first: first.found })
}

pub(super) async fn compare_engines(
    one: engine::Engine,
    other: engine::Engine,
    first_max: usize,
) -> Result<ComparedEngines> {
    let comparison = run_blocking(move || one.begin_compare(&other).map(Box::new)).await?;
    let begun = (comparison, First::new(first_max));
    let (comparison, first) = in_steps(begun, |(comparison, first)| {
        comparison.step(&mut |name, difference| {
            let bytes = match &difference {
                engine::NamespaceDifference::Row(row) => key_bytes(row),
                _ => 0,
            };
            first.take(name.len() + bytes, || NamespaceDifference::of(name, difference));
            ControlFlow::Continue(())
        })
    })
    .await?;
    let engine::ComparedEngines { namespaces, missing, not_counted, .. } = comparison.compared();
    let engine::ComparedEngines { differences, rows_read, .. } = comparison.compared();
    let first = first.found;
    Ok(ComparedEngines { namespaces, missing, not_counted, differences, rows_read, first })
}

fn key_bytes(difference: &engine::RowDifference) -> usize {
    match difference {
        engine::RowDifference::OnlyFirst(key)
        | engine::RowDifference::OnlySecond(key)
        | engine::RowDifference::Value(key) => key.len(),
        _ => 0,
    }
}

impl NamespaceDifference {
    /// `None` for what this release has no word for.
    fn of(name: &str, difference: engine::NamespaceDifference) -> Option<Self> {
        let (kind, row) = match difference {
            engine::NamespaceDifference::OnlyFirst => (NamespaceDifferenceKind::OnlyFirst, None),
            engine::NamespaceDifference::OnlySecond => (NamespaceDifferenceKind::OnlySecond, None),
            engine::NamespaceDifference::NotCounted => (NamespaceDifferenceKind::NotCounted, None),
            engine::NamespaceDifference::Row(row) => {
                (NamespaceDifferenceKind::Row, Some(RowDifference::of(row)?))
            }
            _ => return None,
        };
        Some(Self { kind, namespace: name.to_owned(), row })
    }
}

impl RowDifference {
    /// `None` for what this release has no word for.
    fn of(difference: engine::RowDifference) -> Option<Self> {
        let (kind, key) = match difference {
            engine::RowDifference::OnlyFirst(key) => (DifferenceKind::OnlyFirst, key),
            engine::RowDifference::OnlySecond(key) => (DifferenceKind::OnlySecond, key),
            engine::RowDifference::Value(key) => (DifferenceKind::Value, key),
            _ => return None,
        };
        Some(Self { kind, key })
    }
}
