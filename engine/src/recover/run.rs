//! Replaying a row of segments, and going on in the last.

use std::sync::Arc;

use super::{Recovery, damaged};
use crate::catalog::LogPosition;
use crate::config::Access;
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{self, io_error, read_error, segment_name};
use crate::log::{
    Footer, FooterBuilder, OpenTail, Pending, Sealed, SegmentHeader, Steps, Tail, examine,
};
use crate::segment_id::SegmentId;
use crate::segments::SegmentKind;
use crate::state::State;

/// A segment file that is there.
pub(super) struct Present {
    pub(super) number: SegmentId,
    /// None if it is not whole.
    pub(super) header: Option<SegmentHeader>,
    pub(super) file: Arc<dyn DiskFile>,
    /// The length of the file, in bytes.
    pub(super) len: u64,
}

impl Present {
    fn footer(&self) -> Result<Option<Footer>> {
        Footer::read(&self.file, self.number, self.len)
    }

    /// The header, which must be whole.
    pub(super) fn header(&self) -> Result<SegmentHeader> {
        match &self.header {
            Some(header) => Ok(header.clone()),
            None => SegmentHeader::read(&*self.file, self.number),
        }
    }

    /// Whether writers made it, as far as is known.
    fn is_original(&self) -> bool {
        self.header.as_ref().is_some_and(|header| header.kind == SegmentKind::Original)
    }
}

impl Recovery<'_> {
    /// Replays segments, which are in order and without a gap, from `from` on, and goes on in the
    /// last. Of the segment that `synced` names so much was synced.
    pub(super) fn replay_run(
        &self,
        state: &mut State,
        mut run: Vec<Present>,
        from: LogPosition,
        synced: LogPosition,
    ) -> Result<()> {
        let offset_in = |position: LogPosition, number: SegmentId| {
            if number == position.segment { position.offset } else { 0 }
        };
        let Some(mut last) = run.pop() else { return Err(damaged("segment", SegmentId::FIRST)) };
        let mut known = offset_in(synced, last.number);
        let mut unbegun = None;
        // A segment is sealed once the next one is durable: if that has no record and this is not
        // sealed, power was cut in between, or the seal is damaged. Either way writers go on here.
        if last.len <= SegmentHeader::LEN
            && let Some(before) = run.pop_if(|it| it.is_original())
        {
            if before.footer()?.is_none() {
                let end = last.header.as_ref().map_or(0, |header| header.before);
                known = offset_in(synced, before.number).max(end);
                unbegun = Some(last.number);
                last = before;
            } else {
                // Its seal may be in the cache of the system alone.
                self.make_durable(&*before.file)?;
                run.push(before);
            }
        }
        for segment in &run {
            self.replay_sealed(state, segment, offset_in(from, segment.number))?;
        }
        let start = offset_in(from, last.number);
        match examine(&last.file, last.number, start, known)? {
            Tail::Sealed(..) => Err(damaged("log after segment", last.number)),
            Tail::Open(tail) => {
                if let Some(number) = unbegun {
                    self.remove_unbegun(number)?;
                }
                self.resume(state, &last, start, tail)
            }
        }
    }

    fn replay_sealed(&self, state: &mut State, segment: &Present, start: u64) -> Result<()> {
        let header = segment.header()?;
        let footer = Sealed::read(&segment.file, &header)?.footer;
        if !state.segments.contains_key(&segment.number) {
            state.begun(&header);
        }
        if let Some(known) = state.segments.get_mut(&segment.number) {
            known.bytes = segment.len;
        }
        let from = start.max(SegmentHeader::LEN);
        let inline_bytes_max = self.config.inline_bytes_max;
        let steps = Steps::of_sealed(&segment.file, segment.number, from, footer, inline_bytes_max);
        self.replay(state, steps)
    }

    fn resume(
        &self,
        state: &mut State,
        segment: &Present,
        start: u64,
        tail: OpenTail,
    ) -> Result<()> {
        let Present { number, file, .. } = segment;
        let OpenTail { header, end, len, revision_max } = tail;
        if !state.segments.contains_key(number) {
            state.begun(&header);
        }
        let from = start.max(SegmentHeader::LEN);
        let steps = Steps::of_records(file, *number, from, end, self.config.inline_bytes_max);
        self.replay(state, steps)?;
        state.revision = state.revision.max(revision_max);
        if let Some(known) = state.segments.get_mut(number) {
            known.bytes = end;
        }
        if self.config.access == Access::ReadWrite && (end < len || end > start) {
            if end < len {
                file.set_len(end).map_err(io_error)?;
            }
            self.make_durable(&**file)?;
        }
        let limits = self.limits();
        let footer = if end == SegmentHeader::LEN {
            FooterBuilder::new(*number, end, limits.inline_bytes_max, limits.segment_bytes_max)
        } else {
            FooterBuilder::without_directory(*number, state.revision)
        };
        state.pending = Pending::resume(*number, end, footer, limits);
        Ok(())
    }

    /// Makes durable what was read of a segment: an earlier process may have left it in the cache
    /// of the system.
    fn make_durable(&self, file: &dyn DiskFile) -> Result<()> {
        if self.config.access == Access::ReadOnly {
            return Ok(());
        }
        file.sync().map_err(io_error)?;
        self.disk.sync_dir(files::LOG).map_err(io_error)
    }

    /// Removes a segment without a record, so that the one before it may be appended to.
    fn remove_unbegun(&self, number: SegmentId) -> Result<()> {
        if self.config.access == Access::ReadOnly {
            return Ok(());
        }
        self.disk.remove(&segment_name(number)).map_err(io_error)?;
        self.disk.sync_dir(files::LOG).map_err(io_error)
    }

    /// Opens a segment and reads its header.
    pub(super) fn present(&self, number: SegmentId) -> Result<Present> {
        let name = segment_name(number);
        let unread = |error| read_error("segment", &name, 0, error);
        let file = self.disk.open(&name, self.mode()).map_err(unread)?;
        let len = file.len().map_err(unread)?;
        let header = match SegmentHeader::read(&*file, number) {
            Ok(header) => Some(header),
            Err(Error::StoreCorrupt { .. }) => None,
            Err(error) => return Err(error),
        };
        Ok(Present { number, header, file, len })
    }
}
