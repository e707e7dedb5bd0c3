//! Writing the log: group commit and the durability epoch.
//!
//! Writers append records to the buffer under the state's lock and are given revisions. Of those
//! that need one durable, one at a time leads ([`super::group`]): it writes everything that waits,
//! syncs once and moves [`Shared::durable`] on; the others find their revision covered and return.
//! The revision that a sync makes durable is read before the sync begins, so a record that is
//! appended meanwhile is never taken for covered.
//!
//! Sealing is part of the same stream: the footer of a full segment is the last chunk of that
//! segment, and the turn that writes it syncs the segment before it makes the next one. No record
//! can come after a footer, and no segment exists before its predecessor is whole.
//!
//! Any error poisons the engine: what the disk holds is then unknown, and a later sync that
//! succeeds would prove nothing about the bytes of the failed one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::config::Durability;
use super::files::{self, io_error, segment_name};
use super::log::Chunk;
use super::shared::{Shared, lock};
use crate::error::{Error, Result};
use crate::platform::disk::{DiskFile, OpenMode};

/// The end of the log.
#[derive(Default)]
pub(crate) struct LogWriter {
    /// The active segment, once something was written to it.
    file: Option<Arc<dyn DiskFile>>,
    /// A segment was made since the directory was synced.
    directory_owed: bool,
    /// Bytes were written since the last sync.
    sync_owed: bool,
}

impl LogWriter {
    /// Closes the file; for when nothing is written any more.
    pub(crate) fn let_go(&mut self) {
        self.file = None;
    }
}

impl Shared {
    /// Waits until `revision` is as durable as asked.
    pub(crate) fn acknowledge(&self, revision: u64, durability: Durability) -> Result<()> {
        match durability {
            Durability::None => Ok(()),
            Durability::Group | Durability::Sync => self.sync_to(revision, durability),
        }
    }

    /// Makes every revision up to `revision` durable.
    pub(crate) fn sync_to(&self, revision: u64, durability: Durability) -> Result<()> {
        if self.durable.load(Ordering::Acquire) >= revision {
            return Ok(());
        }
        let window = (durability == Durability::Group).then_some(self.config.group_window);
        let decided = || self.is_decided(revision);
        self.group.join(window, decided, || {
            let mut log = lock(&self.log);
            self.write_log(&mut log, true).map_err(|error| self.failed(&error))
        })?;
        self.decision(revision)
    }

    /// Whether more waiting would change nothing for `revision`.
    fn is_decided(&self, revision: u64) -> bool {
        self.durable.load(Ordering::Acquire) >= revision || self.poisoned.load(Ordering::Acquire)
    }

    fn decision(&self, revision: u64) -> Result<()> {
        let durable = self.durable.load(Ordering::Acquire) >= revision;
        if durable { Ok(()) } else { Err(Error::OutcomeUnknown) }
    }

    /// Makes all of the log durable: also headers and footers, which no revision stands for.
    pub(crate) fn sync_all(&self) -> Result<()> {
        let mut log = lock(&self.log);
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::OutcomeUnknown);
        }
        self.write_log(&mut log, true).map_err(|error| self.failed(&error))
    }

    /// Brings what waits in memory to the file, without a sync.
    pub(crate) fn write_out(&self) -> Result<()> {
        let mut log = lock(&self.log);
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::OutcomeUnknown);
        }
        self.write_log(&mut log, false).map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &Error) -> Error {
        self.poison(error);
        log::error!("the engine takes no more writes: {error}");
        Error::OutcomeUnknown
    }

    fn write_log(&self, log: &mut LogWriter, sync: bool) -> Result<()> {
        let (chunks, revision) = {
            let mut state = self.write();
            (state.pending.take(), state.revision)
        };
        // A record is not in the file before the value that it names is durable.
        if chunks.iter().any(|chunk| chunk.separated) || sync {
            self.values.sync_owed()?;
        }
        for chunk in &chunks {
            self.write_chunk(log, chunk)?;
        }
        if sync && (log.sync_owed || log.directory_owed) {
            self.sync_log(log)?;
        }
        let mut state = self.write();
        state.pending.written(&chunks);
        if sync {
            state.pending.synced();
            self.durable.store(revision, Ordering::Release);
        }
        Ok(())
    }

    fn write_chunk(&self, log: &mut LogWriter, chunk: &Chunk) -> Result<()> {
        let name = segment_name(chunk.segment);
        if chunk.creates {
            // The segment before is whole and durable first.
            self.sync_log(log)?;
            let file = self.disk.open(&name, OpenMode::CreateNew).map_err(io_error)?;
            log.directory_owed = true;
            self.handles.keep(&name, file.clone());
            log.file = Some(file);
        } else if log.file.is_none() {
            log.file = Some(self.disk.open(&name, OpenMode::Write).map_err(io_error)?);
        }
        if let Some(file) = &log.file {
            file.write_at(chunk.offset, &chunk.bytes).map_err(io_error)?;
        }
        log.sync_owed = true;
        self.counters.log_bytes.add(chunk.bytes.len() as u64);
        Ok(())
    }

    fn sync_log(&self, log: &mut LogWriter) -> Result<()> {
        if let Some(file) = &log.file
            && log.sync_owed
        {
            file.sync().map_err(io_error)?;
            self.counters.log_syncs.add(1);
            log.sync_owed = false;
        }
        if log.directory_owed {
            self.disk.sync_dir(files::LOG).map_err(io_error)?;
            log.directory_owed = false;
        }
        Ok(())
    }
}
