//! Making the log durable: group commit and the durability epoch.
//!
//! Writers append records to the buffer under the state's lock and are given revisions. Of those
//! that need one durable, one at a time leads ([`super::group`]): it writes everything that waits,
//! syncs once and moves [`Shared::durable`] on; the others find their revision covered and return.
//! The revision that a sync makes durable is read before the sync begins, so a record that is
//! appended meanwhile is never taken for covered.
//!
//! Sealing is part of the same stream. Once a segment is full, its records are synced, the next one
//! is made with its header and synced with its name, and then the full one gets its footer and is
//! synced again. No record can come after a footer, none is in a segment before its predecessor is
//! whole, and a sealed segment has a successor: the last one cannot go missing unnoticed.
//!
//! Where a write found no room or no file could be opened, nothing is lost: what was not written
//! waits again, at the same place of the log, and goes there with the next write that goes well.
//! Until then no other change is let in ([`Shared::admit`]). Any other error poisons the engine:
//! what the disk holds is then unknown, and a later sync that succeeds would prove nothing about
//! the bytes of the failed one.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::config::Durability;
use super::files::{self, io_error, segment_name, sync_error};
use super::log::{Chunk, LogWriter};
use super::reserve::Effect;
use super::shared::Shared;
use super::sync::lock;
use crate::disk::{DiskFile, OpenMode};
use crate::error::{Error, Result};
use crate::revision::Revision;
use crate::segment_id::SegmentId;

impl Shared {
    /// Waits until `revision` is as durable as asked.
    pub(crate) fn acknowledge(&self, revision: Revision, durability: Durability) -> Result<()> {
        match durability {
            Durability::None => Ok(()),
            Durability::Group | Durability::Sync => {
                // It was applied, whatever the reason.
                self.sync_to(revision, durability).map_err(|_| Error::OutcomeUnknown)
            }
        }
    }

    /// Sees to it that the log can take another change, before anything is done that could not be
    /// taken back: writes what had to wait, makes the next segment once one is full, and opens the
    /// file. What adds waits for the reserve. After an error nothing was changed.
    pub(crate) fn admit(&self, effect: Effect) -> Result<()> {
        self.check_writable()?;
        if self.admits.load(Ordering::Acquire) {
            return Ok(());
        }
        match effect {
            Effect::Adds => self.keep_reserve()?,
            Effect::Frees => self.keep_checkpoint(),
        }
        let mut log = lock(&self.log);
        self.check_writable()?;
        let is_missing = self.reserve.is_missing();
        {
            let mut state = self.write();
            if is_missing {
                state.part_log();
            }
            state.make_room();
        }
        let ready = self.write_log(&mut log, Sync::No).and_then(|()| self.get_ready(&mut log));
        ready.map_err(|error| match self.failed(error) {
            Error::OutcomeUnknown => Error::StorePoisoned,
            passing => passing,
        })
    }

    fn get_ready(&self, log: &mut LogWriter) -> Result<()> {
        let segment = loop {
            let (segment, is_made) = {
                let state = self.read();
                (state.pending.segment(), state.pending.written_len() > 0)
            };
            if is_made {
                break segment;
            }
            // Another writer has filled the one before in the meantime.
            self.write_log(log, Sync::No)?;
        };
        self.open_segment(log, segment, OpenMode::Write)?;
        self.sync_directory(log)?;
        let is_missing = self.reserve.is_missing();
        let is_ready = !self.read().pending.is_full() && !is_missing;
        self.admits.store(is_ready, Ordering::Release);
        Ok(())
    }

    /// Makes every revision up to `revision` durable.
    pub(crate) fn sync_to(&self, revision: Revision, durability: Durability) -> Result<()> {
        if self.durable_revision() >= revision {
            return Ok(());
        }
        let window = (durability == Durability::Group).then_some(self.config.group_window);
        let decided = || self.is_decided(revision);
        self.group.join(window, decided, || {
            let mut log = lock(&self.log);
            self.write_log(&mut log, Sync::Yes).map_err(|error| self.failed(error))
        })?;
        self.decision(revision)
    }

    /// Whether more waiting would change nothing for `revision`.
    /// The last revision that is known to be durable.
    pub(crate) fn durable_revision(&self) -> Revision {
        Revision::new(self.durable.load(Ordering::Acquire))
    }

    fn is_decided(&self, revision: Revision) -> bool {
        self.durable_revision() >= revision || self.poisoned.load(Ordering::Acquire)
    }

    fn decision(&self, revision: Revision) -> Result<()> {
        let durable = self.durable_revision() >= revision;
        if durable { Ok(()) } else { Err(Error::OutcomeUnknown) }
    }

    /// Makes all of the log durable: also headers and footers, which no revision stands for.
    pub(crate) fn sync_all(&self) -> Result<()> {
        let mut log = lock(&self.log);
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::OutcomeUnknown);
        }
        self.write_log(&mut log, Sync::Yes).map_err(|error| self.failed(error))
    }

    /// Brings what waits in memory to the file, without a sync.
    pub(crate) fn write_out(&self) -> Result<()> {
        let mut log = lock(&self.log);
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Error::OutcomeUnknown);
        }
        self.write_log(&mut log, Sync::No).map_err(|error| self.failed(error))
    }

    /// Poisons the engine, unless the error passes and nothing was lost: then it is given as it is.
    fn failed(&self, error: Error) -> Error {
        if matches!(error, Error::StoreFull | Error::StoreUnavailable { .. }) {
            log::warn!("the log could not be written for now: {error}");
            return error;
        }
        self.poison(&error);
        log::error!("the engine takes no more writes: {error}");
        Error::OutcomeUnknown
    }

    /// Writes all that waits. Where there is no room the reserve is given up for it.
    fn write_log(&self, log: &mut LogWriter, sync: Sync) -> Result<()> {
        match self.try_write_log(log, sync) {
            Err(Error::StoreFull) if self.give_up_reserve(log) => self.try_write_log(log, sync),
            outcome => outcome,
        }
    }

    fn try_write_log(&self, log: &mut LogWriter, sync: Sync) -> Result<()> {
        let (chunks, revision) = {
            let mut state = self.write();
            (state.pending.take(), state.revision)
        };
        let mut written = 0;
        let outcome = self.write_chunks(log, &chunks, sync, &mut written);
        let is_missing = self.reserve.is_missing();
        let mut state = self.write();
        let (done, rest) = chunks.split_at(written);
        state.pending.written(done);
        state.pending.give_back(rest);
        let is_ready =
            outcome.is_ok() && !log.directory_owed && !state.pending.is_full() && !is_missing;
        if !is_ready {
            self.admits.store(false, Ordering::Release);
        }
        outcome?;
        if sync == Sync::Yes {
            state.pending.synced();
            self.durable.store(revision.get(), Ordering::Release);
        }
        Ok(())
    }

    /// Writes chunks, and counts those that are written.
    fn write_chunks(
        &self,
        log: &mut LogWriter,
        chunks: &[Chunk],
        sync: Sync,
        written: &mut usize,
    ) -> Result<()> {
        // A record is not in the file before the value that it names is durable.
        if chunks.iter().any(|chunk| chunk.separated) || sync == Sync::Yes {
            self.values.sync_owed()?;
        }
        for chunk in chunks {
            self.write_chunk(log, chunk)?;
            *written += 1;
        }
        if sync == Sync::Yes { self.sync_log(log) } else { Ok(()) }
    }

    fn write_chunk(&self, log: &mut LogWriter, chunk: &Chunk) -> Result<()> {
        if chunk.seals {
            return self.seal(log, chunk);
        }
        let mode = if chunk.creates { OpenMode::CreateNew } else { OpenMode::Write };
        let file = self.open_segment(log, chunk.segment, mode)?;
        log.sync_owed = true;
        file.write_at(chunk.offset, &chunk.bytes).map_err(io_error)?;
        self.counters.log_bytes.add(chunk.bytes.len() as u64);
        // It is there for good before the one before is sealed.
        if chunk.creates { self.sync_log(log) } else { Ok(()) }
    }

    /// Writes the footer of the segment before the one that is written to.
    fn seal(&self, log: &mut LogWriter, chunk: &Chunk) -> Result<()> {
        let file = match &log.full {
            Some((full, file)) if *full == chunk.segment => file.clone(),
            _ => {
                let name = segment_name(chunk.segment);
                self.disk.open(&name, OpenMode::Write).map_err(io_error)?
            }
        };
        file.write_at(chunk.offset, &chunk.bytes).map_err(io_error)?;
        self.counters.log_bytes.add(chunk.bytes.len() as u64);
        file.sync().map_err(sync_error)?;
        self.counters.log_syncs.add(1);
        log.full = None;
        Ok(())
    }

    /// The file of a segment, opened or made unless it was before.
    fn open_segment(
        &self,
        log: &mut LogWriter,
        segment: SegmentId,
        mode: OpenMode,
    ) -> Result<Arc<dyn DiskFile>> {
        if let Some((open, file)) = &log.file
            && *open == segment
        {
            return Ok(file.clone());
        }
        // The records of the segment before are durable first.
        self.sync_log(log)?;
        let name = segment_name(segment);
        let file = self.disk.open(&name, mode).map_err(io_error)?;
        let before = log.file.replace((segment, file.clone()));
        if mode == OpenMode::CreateNew {
            log.full = before;
            log.directory_owed = true;
            self.handles.keep(&name, file.clone());
        }
        Ok(file)
    }

    fn sync_log(&self, log: &mut LogWriter) -> Result<()> {
        if let Some((_, file)) = &log.file
            && log.sync_owed
        {
            file.sync().map_err(sync_error)?;
            self.counters.log_syncs.add(1);
            log.sync_owed = false;
        }
        self.sync_directory(log)
    }

    fn sync_directory(&self, log: &mut LogWriter) -> Result<()> {
        if log.directory_owed {
            self.disk.sync_dir(files::LOG).map_err(sync_error)?;
            log.directory_owed = false;
        }
        Ok(())
    }
}

/// Whether a write of the log is made durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sync {
    Yes,
    No,
}
