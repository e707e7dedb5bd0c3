//! Finding files that nothing names.

use super::doomed::DoomedFile;
use super::frame::total;
use super::shared::Shared;
use super::sync::lock;
use super::value_ref::ValueRef;
use crate::error::Result;

/// How many frame files are emptied by one checkpoint.
const FRAME_FILES_AT_ONCE: usize = 8;

/// What becomes of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum VacuumMode {
    /// It is deleted.
    #[default]
    Delete,
    /// It is only told.
    Report,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Vacuum {
    /// Separated values that no key names.
    pub values: u64,
    /// Their length, in bytes.
    pub value_bytes: u64,
}

impl Shared {
    /// Looks at every separated value. If the directory cannot be read, nothing is deleted.
    pub(crate) fn vacuum(&self, mode: VacuumMode) -> Result<Vacuum> {
        if mode == VacuumMode::Delete {
            self.check_writable()?;
            self.purge_dropped()?;
        }
        let mut found = Vacuum::default();
        for value in self.values.list()? {
            let unnamed = match mode {
                VacuumMode::Report => self.reading(|state| state.references(&value))? == 0,
                // One that is listed already keeps its mark.
                VacuumMode::Delete if self.is_doomed(&value) => true,
                VacuumMode::Delete => self.doom_unnamed(&value)?,
            };
            if unnamed {
                found.values += 1;
                found.value_bytes += value.len;
            }
        }
        if mode == VacuumMode::Delete {
            self.gather_frames(0)?;
            self.checkpoint()?;
        }
        Ok(found)
    }

    fn is_doomed(&self, value: &ValueRef) -> bool {
        lock(&self.checkpoints).is_listed(&DoomedFile::Value(*value))
    }

    /// Lets the next checkpoint write anew what lies in frame files that are mostly dead, if more
    /// than half of all is dead and it is more than `dead_bytes_min`.
    pub(crate) fn gather_frames(&self, dead_bytes_min: u64) -> Result<()> {
        let sparse = {
            let mut checkpoints = lock(&self.checkpoints);
            let files = &checkpoints.catalog.frame_files;
            let all = total(files);
            if all.dead <= dead_bytes_min || all.dead * 2 <= all.bytes {
                return Ok(());
            }
            let sparse = files.iter().filter(|(_, file)| file.dead * 2 > file.bytes);
            let sparse: Vec<u64> =
                sparse.map(|(number, _)| *number).take(FRAME_FILES_AT_ONCE).collect();
            checkpoints.relocate_hashes(|file| sparse.contains(&file));
            sparse
        };
        // It reads branchings under the lock, of which there is one for some hundred keys.
        self.write().tree.relocate(&|file| sparse.contains(&file), &*self.frames).map(|_| ())
    }
}
