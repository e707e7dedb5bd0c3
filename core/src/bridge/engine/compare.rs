//! In which rows two engines differ.

use super::waited::Waited;
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

pub(super) async fn compare(
    one: engine::Namespace,
    other: engine::Namespace,
    first_max: usize,
) -> Result<Compared> {
    let (_waited, waiter) = Waited::new();
    run_blocking(move || {
        let (mut first, mut bytes) = (Vec::new(), 0);
        let compared = one.compare(&other, &mut |difference| {
            if first.len() < first_max
                && bytes < KEYS_BYTES_MAX
                && let Some(difference) = RowDifference::of(difference)
            {
                bytes += difference.key.len();
                first.push(difference);
            }
            waiter.flow()
        })?;
        let (differences, rows_read) = (compared.differences, compared.rows_read);
        Ok(Compared { differences, rows_read, first })
    })
    .await
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
