//! Where two engines differ.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;

use super::holder::Holder;
use super::namespace::Namespace;
use super::state_compare::{RowDifference, Side, StateComparison};
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

/// A comparison of two engines, a piece at a time. Others go on writing meanwhile.
pub struct EngineComparison {
    /// The namespaces that come next, by name, the last first.
    names: Vec<String>,
    first: Holder,
    second: Holder,
    /// The namespace whose rows are being compared.
    under_way: Option<(String, StateComparison)>,
    compared: ComparedEngines,
}

impl EngineComparison {
    pub(crate) fn new(first: &Holder, second: &Holder) -> Result<Self> {
        let [ours, theirs] = [Namespace::all(first)?, Namespace::all(second)?];
        let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
        let names = names.into_iter().rev().cloned().collect();
        let (first, second) = (first.clone(), second.clone());
        Ok(Self { names, first, second, under_way: None, compared: ComparedEngines::default() })
    }

    /// What it has looked at and found so far.
    pub fn compared(&self) -> ComparedEngines {
        self.compared
    }

    /// Compares the next rows, 64 at most, or looks at the next namespace, and tells `each` of what
    /// differs. Returns whether there is more. If `each` breaks off, that is [`Error::Cancelled`].
    pub fn step(&mut self, each: &mut Each<'_>) -> Result<bool> {
        if let Some((name, rows)) = &mut self.under_way {
            let before = rows.compared();
            let stepped = rows.step(&mut |row| each(name, NamespaceDifference::Row(row)));
            let now = rows.compared();
            self.compared.differences += now.differences - before.differences;
            self.compared.rows_read += now.rows_read - before.rows_read;
            if !stepped? {
                self.under_way = None;
                self.compared.namespaces += 1;
            }
            return Ok(true);
        }
        let Some(name) = self.names.pop() else { return Ok(false) };
        let told = match (look_at(&self.first, &name)?, look_at(&self.second, &name)?) {
            (Found::Counted(one), Found::Counted(other)) => {
                self.under_way = Some((name, StateComparison::new(*one, *other)?));
                return Ok(true);
            }
            // Both were dropped since the names were listed.
            (Found::Nothing, Found::Nothing) => return Ok(true),
            (_, Found::Nothing) => NamespaceDifference::OnlyFirst,
            (Found::Nothing, _) => NamespaceDifference::OnlySecond,
            _ => NamespaceDifference::NotCounted,
        };
        match told {
            NamespaceDifference::NotCounted => self.compared.not_counted += 1,
            _ => self.compared.missing += 1,
        }
        if each(&name, told).is_break() {
            return Err(Error::Cancelled);
        }
        Ok(true)
    }

    /// Compares all the rest.
    pub(crate) fn finish(mut self, each: &mut Each<'_>) -> Result<ComparedEngines> {
        while self.step(each)? {}
        Ok(self.compared)
    }
}

impl fmt::Debug for EngineComparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineComparison").field("compared", &self.compared).finish_non_exhaustive()
    }
}

/// What an engine has of a name.
enum Found {
    /// No namespace.
    Nothing,
    /// One of which not all rows are counted.
    Uncounted,
    Counted(Box<Side>),
}

/// Looks at the namespace that has a name by now: the one that had it may have been dropped.
fn look_at(shared: &Holder, name: &str) -> Result<Found> {
    loop {
        let Some(namespace) = Namespace::of_name(shared, name)? else {
            return Ok(Found::Nothing);
        };
        return match namespace.tracked_side() {
            Err(Error::NamespaceDropped) => continue,
            Ok(Some(side)) if side.counted.partition.hash().is_ok() => {
                Ok(Found::Counted(Box::new(side)))
            }
            Ok(_) => Ok(Found::Uncounted),
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
