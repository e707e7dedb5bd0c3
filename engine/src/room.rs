//! Room on a disk that is full: what is let in, and what is given back for it.

use std::sync::atomic::Ordering;

use super::log::LogWriter;
use super::reserve::{Effect, free_bytes};
use super::shared::Shared;
use super::state::State;
use super::sync::lock;
use super::write::{NewValue, Operation, OperationKind};
use crate::error::{Error, Result};

/// From how many bytes on a change is let in only if the disk says that it fits.
const LARGE_BYTES: u64 = 16 << 10;

/// From how many bytes on a segment is sealed once the reserve is given up: what is written from
/// then on is dead soon, and is compacted without what was there before.
const SEGMENT_BYTES: u64 = 64 << 10;

/// Of how much room deletions without the reserve leave the rest to a checkpoint.
const CHECKPOINT_BYTES: u64 = 128 << 10;

/// From how many bytes of deleted values on that checkpoint is worth what it takes.
const GIVEN_BACK_BYTES_MIN: u64 = 32 << 10;

/// What a deletion takes in the log beside its key, at most.
const DELETION_BYTES: u64 = 64;

impl Effect {
    /// Operations that only delete.
    pub(crate) fn of(operations: &[Operation]) -> Self {
        let deletes = |operation: &Operation| {
            matches!(operation.kind, OperationKind::Delete | OperationKind::Purge { .. })
        };
        if operations.iter().all(deletes) { Effect::Frees } else { Effect::Adds }
    }
}

impl Shared {
    /// Makes sure that the reserve is there before anything is added. Where there is no room, what
    /// was deleted is given back first: files, and then what is dead in the log. After an error no
    /// key was changed.
    pub(crate) fn keep_reserve(&self) -> Result<()> {
        let mut made = self.make_reserve();
        let in_log = || {
            self.write().part_log();
            // What is sealed is in its file.
            self.sync_all()?;
            self.compact_within(free_bytes(&*self.disk) / 2).map(drop)
        };
        let doomers: [&dyn Fn() -> Result<()>; 2] = [&|| Ok(()), &in_log];
        for doom in doomers {
            if !matches!(made, Err(Error::StoreFull)) {
                break;
            }
            if let Err(error) = doom().and_then(|()| self.give_back()) {
                log::debug!("what was deleted is not given back yet: {error}");
            }
            self.check_writable()?;
            made = self.make_reserve();
        }
        made
    }

    /// Gives back what was deleted before deletions take the last of what is kept for them, of
    /// which the checkpoint that gives it back takes some.
    pub(crate) fn keep_checkpoint(&self) {
        if !self.reserve.is_missing() || free_bytes(&*self.disk) >= CHECKPOINT_BYTES {
            return;
        }
        let is_worth = self.owes_sweep() || {
            let state = self.read();
            let bytes = state.garbage.values.keys().map(|value| value.len).sum::<u64>();
            bytes >= GIVEN_BACK_BYTES_MIN && bytes > state.tree.memory().dirty as u64
        };
        if is_worth && let Err(error) = self.give_back() {
            log::debug!("what was deleted is not given back yet: {error}");
        }
    }

    /// Removes what is listed for the next checkpoint, if anything is, and what a crash has left.
    fn give_back(&self) -> Result<()> {
        self.sweep_all()?;
        let doomed = lock(&self.checkpoints).owes_deletes();
        if doomed || !self.read().garbage.is_empty() {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// Makes the reserve if it is missing.
    pub(crate) fn make_reserve(&self) -> Result<()> {
        self.reserve.make(&*self.disk, &*self.config.entropy)
    }

    /// How many bytes fit beside a reserve that is missing; none where it is not.
    pub(crate) fn room_beside_reserve(&self) -> Option<u64> {
        self.reserve.room_beside(&*self.disk)
    }

    /// Frees the reserve. Returns whether there was one, so that what found no room may be tried
    /// again. Whoever has the log sees what it was before or after.
    pub(crate) fn give_up_reserve(&self, _log: &LogWriter) -> bool {
        let is_given_up = self.reserve.give_up(&*self.disk);
        if is_given_up {
            self.admits.store(false, Ordering::Release);
        }
        is_given_up
    }

    /// Refuses a large change that the disk says it has no room for: what is applied and then
    /// cannot be written would be in the way of all that comes later.
    pub(crate) fn check_room(&self, operations: &[Operation], effect: Effect) -> Result<()> {
        let bytes = operations.iter().map(log_bytes).sum::<u64>();
        if bytes < LARGE_BYTES {
            return Ok(());
        }
        let room = self.reserve.room(&*self.disk, effect);
        if room.is_some_and(|room| room < bytes) { Err(Error::StoreFull) } else { Ok(()) }
    }
}

impl State {
    /// Sees to it that what is appended without the reserve can be given back by itself. Whatever
    /// is sealed meanwhile takes few bytes for it: a directory may take more than there is.
    pub(crate) fn part_log(&mut self) {
        self.pending.seal_shortly(self.revision);
        if self.pending.len() >= SEGMENT_BYTES {
            self.rotate();
        }
    }
}

fn log_bytes(operation: &Operation) -> u64 {
    let value = match &operation.kind {
        OperationKind::Put { value: NewValue::Bytes(bytes), .. } => bytes.len(),
        _ => 0,
    };
    (operation.key.len() + value) as u64 + DELETION_BYTES
}
