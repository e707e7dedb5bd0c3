//! Room for deletions on a disk that is full.
//!
//! A deletion appends to the log, and what it deletes is gone only after a checkpoint, which writes
//! frames first: both need room. So a file of noise lies beside the log. A write of the log that
//! finds no room, and a round that has something to remove, gives it up and is made again. From
//! then on only what frees something is let in, until there is room and the file is there again:
//! nothing that adds takes what is kept for deletions, not even in a later process.
//!
//! Who wants to add then gives back what can be: files that are doomed, and what is dead in the
//! log. A long segment cannot be compacted where there is no room, so the log is parted once the
//! reserve is given up: what is appended from then on is compacted by itself.
//!
//! There is a reserve where the disk says how much more fits. In memory nothing is kept.

use std::io::ErrorKind;
use std::sync::Mutex;
use std::sync::atomic::Ordering;

use super::commit::LogWriter;
use super::config::{Access, EngineConfig};
use super::files::{RESERVE, io_error};
use super::shared::Shared;
use super::state::State;
use super::sync::lock;
use super::write::{NewValue, Operation, OperationKind};
use crate::disk::{Disk, OpenMode};
use crate::error::{Error, Result};
use sealwood_base::Entropy;

/// What is kept: some thousand deletions, the frames of a small round, and the records of the
/// writers that were let in when the room ended.
const RESERVE_BYTES: u64 = 256 << 10;

/// From how many bytes on a change is let in only if the disk says that it fits.
const LARGE_BYTES: u64 = 16 << 10;

/// From how many bytes on a segment is sealed once the reserve is given up: what is written from
/// then on is dead soon, and is compacted without what was there before.
const SEGMENT_BYTES: u64 = 64 << 10;

/// What a deletion takes in the log beside its key, at most.
const DELETION_BYTES: u64 = 64;

/// What a change does to the room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It takes some.
    Adds,
    /// It takes a little, and gives back more at the next checkpoint.
    Frees,
}

impl Effect {
    /// Operations that only delete.
    pub(crate) fn of(operations: &[Operation]) -> Self {
        let deletes = |operation: &Operation| {
            matches!(operation.kind, OperationKind::Delete | OperationKind::Purge { .. })
        };
        if operations.iter().all(deletes) { Effect::Frees } else { Effect::Adds }
    }
}

/// The room that is kept.
#[derive(Debug)]
pub(crate) struct Reserve(Mutex<Kept>);

/// Whether it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// It is there.
    Yes,
    /// It was given up, or never made: nothing is added before it is.
    No,
    /// None is needed.
    Never,
}

impl Reserve {
    /// What there is on a disk. Nothing is changed.
    pub(crate) fn find(disk: &dyn Disk, config: &EngineConfig) -> Result<Self> {
        let is_needed =
            config.access == Access::ReadWrite && matches!(disk.free_bytes(), Ok(Some(_)));
        let kept = match is_needed {
            true if is_whole(disk)? => Kept::Yes,
            true => Kept::No,
            false => Kept::Never,
        };
        Ok(Self(Mutex::new(kept)))
    }

    /// Whether what adds has to wait.
    pub(crate) fn is_missing(&self) -> bool {
        *lock(&self.0) == Kept::No
    }
}

fn is_whole(disk: &dyn Disk) -> Result<bool> {
    match disk.open(RESERVE, OpenMode::Read) {
        Ok(file) => Ok(file.len().map_err(io_error)? == RESERVE_BYTES),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(io_error(error)),
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

    /// Removes what is listed for the next round, if anything is.
    fn give_back(&self) -> Result<()> {
        let doomed = !lock(&self.rounds).doomed.is_empty();
        if doomed || !self.read().garbage.is_empty() {
            self.checkpoint()?;
        }
        Ok(())
    }

    /// Makes the reserve if it is missing: real bytes, which repeat nothing, so that they take room
    /// wherever they are kept.
    pub(crate) fn make_reserve(&self) -> Result<()> {
        let mut kept = lock(&self.reserve.0);
        if *kept != Kept::No {
            return Ok(());
        }
        if free_bytes(&*self.disk) < RESERVE_BYTES {
            return Err(Error::StoreFull);
        }
        if let Err(error) = write(&*self.disk, &*self.config.entropy) {
            // What was written is in the way of deletions.
            let _ = remove(&*self.disk);
            return Err(error);
        }
        *kept = Kept::Yes;
        Ok(())
    }

    /// Frees the reserve. Returns whether there was one, so that what found no room may be tried
    /// again. Whoever has the log sees what it was before or after.
    pub(crate) fn give_up_reserve(&self, _log: &LogWriter) -> bool {
        let mut kept = lock(&self.reserve.0);
        if *kept != Kept::Yes {
            return false;
        }
        if let Err(error) = remove(&*self.disk) {
            log::warn!("the reserve could not be given up: {error}");
            return false;
        }
        log::info!("the disk is full: what is kept for deletions is given up");
        *kept = Kept::No;
        self.admits.store(false, Ordering::Release);
        true
    }

    /// Refuses a large change that the disk says it has no room for: what is applied and then
    /// cannot be written would be in the way of all that comes later.
    pub(crate) fn check_room(&self, operations: &[Operation], effect: Effect) -> Result<()> {
        let bytes = operations.iter().map(log_bytes).sum::<u64>();
        if bytes < LARGE_BYTES {
            return Ok(());
        }
        let kept = *lock(&self.reserve.0);
        let spare = match (kept, effect) {
            (Kept::Never, _) => return Ok(()),
            (Kept::Yes, Effect::Frees) => RESERVE_BYTES,
            _ => 0,
        };
        if free_bytes(&*self.disk) + spare < bytes { Err(Error::StoreFull) } else { Ok(()) }
    }
}

impl State {
    /// Sees to it that what is appended without the reserve can be given back by itself. Whatever
    /// is sealed meanwhile takes few bytes for it: a directory may take more than there is.
    pub(super) fn part_log(&mut self) {
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

/// How much fits, as far as the disk knows; a write that fails tells it too.
fn free_bytes(disk: &dyn Disk) -> u64 {
    disk.free_bytes().ok().flatten().unwrap_or(u64::MAX / 2)
}

fn write(disk: &dyn Disk, entropy: &dyn Entropy) -> Result<()> {
    let mut noise = vec![0; RESERVE_BYTES as usize];
    entropy.fill(&mut noise)?;
    // One that was cut off may be there.
    remove_file(disk)?;
    let file = disk.open(RESERVE, OpenMode::CreateNew).map_err(io_error)?;
    file.write_at(0, &noise).map_err(io_error)?;
    file.sync().map_err(io_error)?;
    disk.sync_dir("").map_err(io_error)
}

/// Removes the reserve, durably: only then its room is there on every file system.
fn remove(disk: &dyn Disk) -> Result<()> {
    remove_file(disk)?;
    disk.sync_dir("").map_err(io_error)
}

fn remove_file(disk: &dyn Disk) -> Result<()> {
    match disk.remove(RESERVE) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(io_error(error)),
        _ => Ok(()),
    }
}
