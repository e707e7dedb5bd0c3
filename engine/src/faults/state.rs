//! What a fault disk keeps besides its files: the trace, what is armed, and whether there is power.

use std::collections::VecDeque;
use std::io;

use super::call::Call;
use super::model::{FileId, Model};
use super::rule::{Fault, FaultMode};
use crate::disk::lock::LockTable;
use crate::disk::too_many_open_files;

/// How many calls the trace holds; older ones are forgotten.
const TRACE_CALLS_MAX: usize = 1 << 20;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) model: Model,
    pub(super) armed: Vec<Fault>,
    pub(super) trace: VecDeque<Call>,
    pub(super) locks: LockTable,
    pub(super) capacity: Option<u64>,
    pub(super) open_max: Option<usize>,
    pub(super) calls: u64,
    pub(super) changes: u64,
    /// How many changes were made when the power goes.
    pub(super) cut_at: Option<u64>,
}

impl State {
    /// Numbers and records a call, and tells what strikes it.
    pub(super) fn begin(&mut self, mut call: Call) -> io::Result<Option<FaultMode>> {
        self.check_power()?;
        self.calls += 1;
        self.changes += u64::from(call.is_change());
        let mut struck = None;
        for fault in &mut self.armed {
            // Each counts the call, though only the first strikes it.
            struck = struck.or(fault.strike(&call));
        }
        call.number = self.calls;
        call.is_struck = struck.is_some();
        if self.trace.len() == TRACE_CALLS_MAX {
            self.trace.pop_front();
        }
        self.trace.push_back(call);
        Ok(struck)
    }

    pub(super) fn check_power(&self) -> io::Result<()> {
        if self.is_cut() { Err(io::Error::other("power is off")) } else { Ok(()) }
    }

    pub(super) fn is_cut(&self) -> bool {
        self.cut_at.is_some_and(|changes| self.changes >= changes)
    }

    /// Refuses one more handle where there are as many as there may be.
    pub(super) fn check_open_max(&self) -> io::Result<()> {
        let is_full = self.open_max.is_some_and(|max| self.model.open_handles() >= max);
        if is_full { Err(too_many_open_files()) } else { Ok(()) }
    }

    /// Refuses to make a file `len` bytes long where the disk has no room for that.
    pub(super) fn check_room(&mut self, id: FileId, len: u64) -> io::Result<()> {
        let before = self.model.image(id)?.cached.len() as u64;
        let used = self.model.used_bytes();
        let after = used.saturating_add(len.saturating_sub(before));
        match self.capacity {
            Some(capacity) if len > before && after > capacity => {
                Err(io::ErrorKind::StorageFull.into())
            }
            _ => Ok(()),
        }
    }
}
