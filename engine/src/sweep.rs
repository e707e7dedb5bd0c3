//! Sweeping up what a crash, a refused write or an upload that never ended has left in the
//! directory of the separated values.
//!
//! Nothing lists such a file, so the directory has to be read, once after opening. That is the work
//! of the first checkpoint after it, not of opening; its values are then looked at bit by bit, some
//! at every checkpoint. What is put after the directory was read is accounted for as it is put.

use super::config::RecoveryMode;
use super::shared::Shared;
use super::sync::lock;
use super::value_ref::ValueRef;
use super::values::Sweep;
use crate::error::Result;

/// How many values are looked at by one checkpoint.
const VALUES_AT_ONCE: usize = 4096;

impl Shared {
    /// Lists for the next checkpoint what nothing names, of some of the files that were there.
    /// Returns whether there are more to look at.
    pub(crate) fn sweep(&self) -> Result<bool> {
        self.check_writable()?;
        let leftovers = self.values.take_leftovers();
        if !leftovers.is_empty() {
            self.write().garbage.temps.extend(leftovers);
        }
        let mut sweep = lock(&self.sweep);
        if let Sweep::Unread = *sweep {
            let found = self.values.find()?;
            self.write().garbage.temps.extend(found.temps);
            *sweep = Sweep::Values(found.values);
        }
        let Sweep::Values(values) = &mut *sweep else { return Ok(false) };
        for _ in 0..VALUES_AT_ONCE {
            let Some(value) = values.last() else {
                *sweep = Sweep::Done;
                return Ok(false);
            };
            self.doom_unnamed(value)?;
            values.pop();
        }
        Ok(true)
    }

    /// The same of all of them.
    pub(crate) fn sweep_all(&self) -> Result<()> {
        while self.owes_sweep() && self.sweep()? {}
        Ok(())
    }

    /// Whether [`sweep`](Shared::sweep) has anything to do.
    pub(crate) fn owes_sweep(&self) -> bool {
        self.values.has_leftovers() || !matches!(*lock(&self.sweep), Sweep::Done)
    }

    /// Lists a value for the next checkpoint if nothing names it. Returns whether that is so.
    /// Whether a writer is about to name it is looked at when it is deleted.
    pub(crate) fn doom_unnamed(&self, value: &ValueRef) -> Result<bool> {
        if self.reading(|state| state.references(value))? > 0 {
            return Ok(false);
        }
        self.list_unnamed([*value]);
        Ok(true)
    }

    /// Lists values that no key names for the next checkpoint.
    pub(crate) fn list_unnamed(&self, values: impl IntoIterator<Item = ValueRef>) {
        let mut state = self.write();
        let revision = state.revision;
        for value in values {
            match self.config.recovery {
                // What the last checkpoint names is not known.
                RecoveryMode::Rebuild => drop(state.garbage.values.insert(value, revision)),
                RecoveryMode::Checkpoint | RecoveryMode::PassOver => state.is_unnamed(value),
            }
        }
    }
}
