//! Pins: a separated value that a writer is about to name is not deleted, and one that is being
//! deleted is not named before it is gone.

use std::collections::HashMap;

use super::sync::{Arc, Condvar, Mutex, PoisonError, lock};
use super::value_ref::ValueRef;

/// Which values are being written or deleted.
#[derive(Debug, Default, Clone)]
pub(crate) struct Pins {
    table: Arc<Table>,
}

#[derive(Debug, Default)]
struct Table {
    uses: Mutex<HashMap<ValueRef, Use>>,
    /// Told when a deletion ends.
    deleted: Condvar,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Writers(usize),
    Deleting,
}

/// Holds a value for a writer, until it is dropped.
#[derive(Debug)]
pub(crate) struct Pin {
    value: ValueRef,
    table: Arc<Table>,
}

/// Holds a value for its deletion; dropping it ends that.
#[derive(Debug)]
pub(crate) struct Deletion {
    value: ValueRef,
    table: Arc<Table>,
}

impl Pins {
    /// Pins a value for writing, after a deletion under way has ended.
    pub(crate) fn pin(&self, value: ValueRef) -> Pin {
        let mut uses = lock(&self.table.uses);
        while uses.get(&value) == Some(&Use::Deleting) {
            uses = self.table.deleted.wait(uses).unwrap_or_else(PoisonError::into_inner);
        }
        match uses.entry(value).or_insert(Use::Writers(0)) {
            Use::Writers(count) => *count += 1,
            Use::Deleting => {}
        }
        Pin { value, table: self.table.clone() }
    }

    /// Claims a value for deletion, unless a writer has it.
    pub(crate) fn delete(&self, value: ValueRef) -> Option<Deletion> {
        let mut uses = lock(&self.table.uses);
        if uses.contains_key(&value) {
            return None;
        }
        uses.insert(value, Use::Deleting);
        Some(Deletion { value, table: self.table.clone() })
    }
}

impl Pin {
    pub(crate) fn value(&self) -> ValueRef {
        self.value
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        let mut uses = lock(&self.table.uses);
        match uses.get_mut(&self.value) {
            Some(Use::Writers(count)) if *count > 1 => *count -= 1,
            _ => {
                uses.remove(&self.value);
            }
        }
    }
}

impl Drop for Deletion {
    fn drop(&mut self) {
        lock(&self.table.uses).remove(&self.value);
        self.table.deleted.notify_all();
    }
}
