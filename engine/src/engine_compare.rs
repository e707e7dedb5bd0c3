//! Where two engines differ.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use super::holder::Holder;
use super::namespace::Namespace;
use super::state_compare::{self, RowDifference, Side};
use crate::error::{Error, Result};

/// In what a namespace of two engines differs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NamespaceDifference {
    /// The first engine alone has it.
    OnlyFirst,
    /// The second engine alone has it.
    OnlySecond,
    /// Nobody knows: one of the two does not track it, or has not counted all rows yet.
    NotCounted,
    /// In this row.
    Row(RowDifference),
}

/// What a comparison of engines has looked at and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ComparedEngines {
    /// Namespaces that were compared.
    pub namespaces: u64,
    /// Namespaces that only one of the two has.
    pub missing: u64,
    /// Namespaces that could not be compared: see [`NamespaceDifference::NotCounted`].
    pub not_counted: u64,
    /// Rows that differ.
    pub differences: u64,
    /// Rows of either side whose values were read or looked up: none where the hashes are the same.
    pub rows_read: u64,
}

/// Tells of a namespace, by its name.
pub(crate) type Each<'a> = dyn FnMut(&str, NamespaceDifference) -> ControlFlow<()> + 'a;

/// Compares two engines; see [`Engine::compare`](super::Engine::compare).
pub(crate) fn compare(
    first: &Holder,
    second: &Holder,
    each: &mut Each<'_>,
) -> Result<ComparedEngines> {
    let [ours, theirs] = [Namespace::all(first)?, Namespace::all(second)?];
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let mut compared = ComparedEngines::default();
    for name in names {
        let told = match (look_at(first, name)?, look_at(second, name)?) {
            (Looked::Counted(one), Looked::Counted(other)) => {
                let _calls = (first.enter()?, second.enter()?);
                let rows = state_compare::compare(&one, &other, &mut |row| {
                    each(name, NamespaceDifference::Row(row))
                })?;
                compared.namespaces += 1;
                compared.differences += rows.differences;
                compared.rows_read += rows.rows_read;
                continue;
            }
            // Both were dropped since the names were listed.
            (Looked::Missing, Looked::Missing) => continue,
            (_, Looked::Missing) => NamespaceDifference::OnlyFirst,
            (Looked::Missing, _) => NamespaceDifference::OnlySecond,
            _ => NamespaceDifference::NotCounted,
        };
        match told {
            NamespaceDifference::NotCounted => compared.not_counted += 1,
            _ => compared.missing += 1,
        }
        if each(name, told).is_break() {
            return Err(Error::Cancelled);
        }
    }
    Ok(compared)
}

/// What there is of a name in one engine.
enum Looked {
    Missing,
    NotCounted,
    Counted(Box<Side>),
}

/// Looks at the namespace that has a name by now: the one that had it may have been dropped.
fn look_at(shared: &Holder, name: &str) -> Result<Looked> {
    loop {
        let Some(namespace) = Namespace::of_name(shared, name)? else {
            return Ok(Looked::Missing);
        };
        return match namespace.tracked_side() {
            Err(Error::NamespaceDropped) => continue,
            Ok(Some(side)) if side.counted.partition.hash().is_ok() => {
                Ok(Looked::Counted(Box::new(side)))
            }
            Ok(_) => Ok(Looked::NotCounted),
            Err(error) => Err(error),
        };
    }
}

impl ComparedEngines {
    /// Whether both have the same rows, and that is known.
    pub fn are_equal(&self) -> bool {
        let Self { missing, not_counted, differences, .. } = *self;
        missing == 0 && not_counted == 0 && differences == 0
    }
}
