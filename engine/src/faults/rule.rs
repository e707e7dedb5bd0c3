//! What goes wrong, and with which calls.

use std::io;

use super::call::{Call, Operation};
use super::random::Random;

/// One misbehaviour: what happens, to which calls, and to which of those.
///
/// As made it strikes every call it can; [`on`](Self::on) and [`below`](Self::below) narrow the
/// calls, [`nth`](Self::nth), [`every`](Self::every) and [`sometimes`](Self::sometimes) choose
/// among them, counted from arming.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(super) mode: FaultMode,
    operations: Vec<Operation>,
    name_prefix: String,
    turn: Turn,
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

#[derive(Debug, Clone)]
enum Turn {
    Nth(u64),
    Every(u64),
    Sometimes { percent: u64, random: Random },
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
        Self { mode, operations, name_prefix: String::new(), turn: Turn::Every(1) }
    }

    /// Only calls of one of `operations`.
    pub fn on(mut self, operations: &[Operation]) -> Self {
        self.operations.retain(|operation| operations.contains(operation));
        self
    }

    /// Only calls whose name starts with `prefix`; of a rename either name.
    pub fn below(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.name_prefix);
        self
    }

    /// Only the `nth` matching call from now on; 1 is the next.
    pub fn nth(mut self, nth: u64) -> Self {
        self.turn = Turn::Nth(nth);
        self
    }

    /// Only every `period`-th matching call from now on.
    pub fn every(mut self, period: u64) -> Self {
        self.turn = Turn::Every(period.max(1));
        self
    }

    /// Each matching call with a chance of `percent` in a hundred; the same `seed` strikes the same
    /// calls.
    pub fn sometimes(mut self, percent: u64, seed: u64) -> Self {
        self.turn = Turn::Sometimes { percent, random: Random::new(seed) };
        self
    }

    fn matches(&self, call: &Call) -> bool {
        let names = std::iter::once(&call.name).chain(&call.to);
        self.operations.contains(&call.operation)
            && names.into_iter().any(|name| name.starts_with(&self.name_prefix))
    }
}

/// A fault that counts what it matched since it was armed.
#[derive(Debug)]
pub(super) struct Armed {
    fault: Fault,
    matched: u64,
}

impl Armed {
    pub(super) fn new(fault: Fault) -> Self {
        Self { fault, matched: 0 }
    }

    /// What this fault does to the call. To be asked of every call once.
    pub(super) fn strike(&mut self, call: &Call) -> Option<FaultMode> {
        if !self.fault.matches(call) {
            return None;
        }
        self.matched += 1;
        let is_struck = match &mut self.fault.turn {
            Turn::Nth(nth) => self.matched == *nth,
            Turn::Every(period) => self.matched.is_multiple_of(*period),
            Turn::Sometimes { percent, random } => random.chance(*percent),
        };
        is_struck.then_some(self.fault.mode)
    }
}
