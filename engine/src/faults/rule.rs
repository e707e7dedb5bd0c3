//! What goes wrong, and with which calls.

use std::io;

use super::call::{Call, Operation};
use super::schedule::Schedule;

/// One misbehaviour: what happens, to which calls, and to which of those.
///
/// As made it strikes every call it can; [`on`](Self::on) and [`below`](Self::below) narrow the
/// calls, [`nth`](Self::nth), [`every`](Self::every) and [`sometimes`](Self::sometimes) choose
/// among them, counted from arming.
#[derive(Debug, Clone)]
pub struct Fault {
    mode: FaultMode,
    schedule: Schedule<Operation>,
}

/// What a struck call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultMode {
    /// Fails and does nothing.
    FailBefore(io::ErrorKind),
    /// Does all it was to do and then fails: the caller can't know.
    FailAfter(io::ErrorKind),
    /// Of a write or append only the first `landed` bytes take effect, then it fails.
    Tear {
        /// How many bytes take effect; all of them if the call has fewer.
        landed: usize,
        /// The error.
        kind: io::ErrorKind,
    },
    /// A sync of a file fails and forgets what it was to write: reads still see those bytes, later
    /// syncs succeed without writing them, and a power cut loses them, as on Linux.
    LoseUnsynced(io::ErrorKind),
    /// Reads have one bit turned, counted from the first byte's lowest, modulo their length.
    FlipBit(u64),
}

impl Fault {
    /// Strikes every call that `mode` can strike: writes and appends for a torn write, syncs of
    /// files for one that loses, reads for a turned bit, everything otherwise.
    pub fn new(mode: FaultMode) -> Self {
        let operations = match mode {
            FaultMode::FailBefore(_) | FaultMode::FailAfter(_) => Operation::ALL.to_vec(),
            FaultMode::Tear { .. } => vec![Operation::WriteAt, Operation::Append],
            FaultMode::LoseUnsynced(_) => vec![Operation::Sync],
            FaultMode::FlipBit(_) => vec![Operation::ReadAt],
        };
        Self { mode, schedule: Schedule::of(operations) }
    }

    /// Only calls of one of `operations`.
    pub fn on(self, operations: &[Operation]) -> Self {
        Self { schedule: self.schedule.on(operations), ..self }
    }

    /// Only calls whose name starts with `prefix`; of a rename either name.
    pub fn below(self, prefix: &str) -> Self {
        Self { schedule: self.schedule.below(prefix), ..self }
    }

    /// Only the `nth` matching call from now on; 1 is the next.
    pub fn nth(self, nth: u64) -> Self {
        Self { schedule: self.schedule.nth(nth), ..self }
    }

    /// Only every `period`-th matching call from now on.
    pub fn every(self, period: u64) -> Self {
        Self { schedule: self.schedule.every(period), ..self }
    }

    /// Each matching call with a chance of `percent` in a hundred; the same `seed` strikes the same
    /// calls.
    pub fn sometimes(self, percent: u64, seed: u64) -> Self {
        Self { schedule: self.schedule.sometimes(percent, seed), ..self }
    }

    /// What this fault does to the call. To be asked of every call once.
    pub(super) fn strike(&mut self, call: &Call) -> Option<FaultMode> {
        let names = std::iter::once(&call.name).chain(&call.to);
        let is_struck = self.schedule.strikes(&call.operation, names.map(|name| &**name));
        is_struck.then_some(self.mode)
    }
}
