//! What is kept for deletions on a disk that is full, as a file; [`super::room`] decides when.
//!
//! A deletion appends to the log, and what it deletes is gone only after a checkpoint, which writes
//! frames first: both need room. So a file of noise lies beside the log. A write of the log that
//! finds no room, and a checkpoint that has something to remove, gives it up and is made again.
//! From then on only what frees something is let in, until there is room and the file is there
//! again: nothing that adds takes what is kept for deletions, not even in a later process.
//!
//! Who wants to add then gives back what can be: files that are doomed, and what is dead in the
//! log. A long segment cannot be compacted where there is no room, so the log is parted once the
//! reserve is given up: what is appended from then on is compacted by itself.
//!
//! There is a reserve where the disk says how much more fits. In memory nothing is kept.

use std::io::ErrorKind;
use std::sync::Mutex;

use super::config::{Access, EngineConfig};
use super::files::{RESERVE, io_error};
use super::sync::lock;
use crate::disk::{Disk, OpenMode};
use crate::error::{Error, Result};
use sealwood_base::Entropy;

/// What is kept: some thousand deletions, the frames of a small checkpoint, and the records of the
/// writers that were let in when the room ended.
const RESERVE_BYTES: u64 = 256 << 10;

/// What a change does to the room there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It takes some.
    Adds,
    /// It takes a little, and gives back more at the next checkpoint.
    Frees,
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
    /// As `No`, and a part of it is in the way, as a crash leaves one that was being made.
    Part,
    /// None is needed.
    Never,
}

impl Reserve {
    /// What there is on a disk. Nothing is changed.
    pub(crate) fn find(disk: &dyn Disk, config: &EngineConfig) -> Result<Self> {
        let is_needed =
            config.access == Access::ReadWrite && matches!(disk.free_bytes(), Ok(Some(_)));
        let kept = if is_needed { find(disk)? } else { Kept::Never };
        Ok(Self(Mutex::new(kept)))
    }

    /// Whether what adds has to wait.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(*lock(&self.0), Kept::No | Kept::Part)
    }

    /// Makes it if it is missing: real bytes, which repeat nothing, so that they take room wherever
    /// they are kept.
    pub(crate) fn make(&self, disk: &dyn Disk, entropy: &dyn Entropy) -> Result<()> {
        let mut kept = lock(&self.0);
        match *kept {
            Kept::Yes | Kept::Never => return Ok(()),
            Kept::Part => {
                remove(disk)?;
                *kept = Kept::No;
            }
            Kept::No => {}
        }
        if free_bytes(disk) < RESERVE_BYTES {
            return Err(Error::StoreFull);
        }
        if let Err(error) = write(disk, entropy) {
            // What was written is in the way of deletions.
            let _ = remove(disk);
            return Err(error);
        }
        *kept = Kept::Yes;
        Ok(())
    }

    /// Frees it. Returns whether there was one.
    pub(crate) fn give_up(&self, disk: &dyn Disk) -> bool {
        let mut kept = lock(&self.0);
        if !matches!(*kept, Kept::Yes | Kept::Part) {
            return false;
        }
        if let Err(error) = remove(disk) {
            log::warn!("the reserve could not be given up: {error}");
            return false;
        }
        log::info!("the disk is full: what is kept for deletions is given up");
        *kept = Kept::No;
        true
    }

    /// How many bytes fit beside one that is missing; none where it is there or nobody counts.
    pub(crate) fn room_beside(&self, disk: &dyn Disk) -> Option<u64> {
        self.is_missing().then(|| free_bytes(disk).saturating_sub(RESERVE_BYTES))
    }

    /// How many bytes more fit for a change of this effect; none where nobody counts.
    pub(crate) fn room(&self, disk: &dyn Disk, effect: Effect) -> Option<u64> {
        match (*lock(&self.0), effect) {
            (Kept::Never, _) => None,
            (Kept::Yes, Effect::Frees) => Some(free_bytes(disk) + RESERVE_BYTES),
            _ => Some(free_bytes(disk)),
        }
    }
}

fn find(disk: &dyn Disk) -> Result<Kept> {
    match disk.open(RESERVE, OpenMode::Read) {
        Ok(file) if file.len().map_err(io_error)? == RESERVE_BYTES => Ok(Kept::Yes),
        Ok(_) => Ok(Kept::Part),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Kept::No),
        Err(error) => Err(io_error(error)),
    }
}

/// How much fits, as far as the disk knows; a write that fails tells it too.
pub(crate) fn free_bytes(disk: &dyn Disk) -> u64 {
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
