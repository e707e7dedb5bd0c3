//! Opening: the last checkpoint, then the log after it; or the log alone.
//!
//! Segments are replayed by their replay orders, of which none may be missing. After a
//! checkpoint that is the segment that was active then, from where it ended, and those that writers
//! began later. Segments that compaction was writing, or that a checkpoint no longer lists, are
//! left over from a checkpoint that did not come to its end: they are garbage. What the checkpoint
//! lists must be there in the length it had.
//!
//! A rebuild replays every replay order from the first on ([`order`]): where a compacted segment
//! and its inputs are there, the compacted one.
//!
//! If the last checkpoint is lost to damage, files that the one before it needs may be gone. That
//! is told: a segment that it lists is missing, or there is a gap in the replay orders of those
//! that writers began later. A rebuild is the way out.
//!
//! The last segment is never sealed, since the next one is made first. Its end may be torn
//! ([`super::log::examine`]): it is cut there before anything is appended. Everything else that is
//! damaged is reported.

mod counting;
mod order;
mod replay;
mod run;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::{Catalog, LogPosition};
use super::config::{Access, EngineConfig};
use super::events::Events;
use super::files::{self, io_error, number_of, segment_name, segment_of};
use super::frame::{FrameSource, total};
use super::index::Tree;
use super::log::{Pending, SegmentHeader, SegmentLimits, cut_short};
use super::lthash_state::Waiting;
use super::manifest::{self, Manifest};
use super::segments::SegmentKind;
use super::state::{Garbage, Namespaces, State};
use super::values::{self, Values};
use crate::disk::{Disk, FileInfo, Handles, OpenMode};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::segment_id::SegmentId;

pub(super) use counting::Hashes;

/// What recovery works with.
pub(super) struct Recovery<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) handles: &'a Handles,
    pub(super) values: &'a Values,
    pub(super) hashes: RefCell<Hashes>,
    pub(super) frames: &'a Arc<dyn FrameSource>,
    pub(super) config: &'a EngineConfig,
}

/// Whether an engine was ever made here: one is whose manifest is there, or was. Until then nothing
/// is accepted, and what a crash has left of the making is no damage.
pub(super) fn was_made(disk: &dyn Disk) -> Result<bool> {
    let has_manifest = !matches!(manifest::read(disk), Ok(Manifest::Missing));
    Ok(has_manifest || is_begun(disk)?)
}

/// Whether there is something that only follows on a manifest: a log in which something was, or
/// may have been, written, a frame file, a value, or what is kept for deletions.
pub(super) fn is_begun(disk: &dyn Disk) -> Result<bool> {
    let has = |directory: &str, is_later: fn(&FileInfo) -> bool| -> Result<bool> {
        Ok(disk.list(directory).map_err(io_error)?.iter().any(is_later))
    };
    Ok(has(files::LOG, is_later_log)?
        || has(files::FRAMES, |file| number_of(&file.name).is_some())?
        || has(files::VALUES, |file| values::is_value(&file.name))?
        || has("", |file| file.name == files::RESERVE)?)
}

fn is_later_log(file: &FileInfo) -> bool {
    match segment_of(&file.name) {
        Some(number) => number != SegmentId::FIRST || file.len > SegmentHeader::LEN,
        None => files::segment_of_temp(&file.name).is_some(),
    }
}

/// Begins a log with its first segment, durably, so that one that is gone is missed.
pub(super) fn begin(disk: &dyn Disk) -> Result<()> {
    let name = segment_name(SegmentId::FIRST);
    match disk.remove(&name) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io_error(error)),
        _ => {}
    }
    let file = disk.open(&name, OpenMode::CreateNew).map_err(io_error)?;
    let header = first_header(&Catalog { next_segment: SegmentId::FIRST, ..Catalog::default() });
    file.write_at(0, &header.encode()).map_err(io_error)?;
    file.sync().map_err(io_error)?;
    disk.sync_dir(files::LOG).map_err(io_error)
}

impl Recovery<'_> {
    /// The state of an engine that was never made.
    pub(super) fn of_nothing(&self) -> State {
        self.state_of(&Catalog { next_segment: SegmentId::FIRST, ..Catalog::default() })
    }

    /// The state after a checkpoint and the log that follows it.
    pub(super) fn after_checkpoint(&self, catalog: &Catalog) -> Result<State> {
        let mut state = self.state_of(catalog);
        *self.hashes.borrow_mut() = Hashes::Followed(self.restore_hashes(catalog, &mut state)?);
        let there = self.list_segments(&mut state)?;
        let active = catalog.log.segment;
        for (number, segment) in &catalog.segments {
            let Some(len) = there.get(number) else { return Err(damaged("segment", *number)) };
            let whole =
                if *number == active { *len >= catalog.log.offset } else { *len == segment.bytes };
            if !whole {
                return Err(cut_short(*number, *len));
            }
        }
        let mut run = vec![self.present(active)?];
        let mut replay_order = catalog.next_replay_order;
        for number in there.keys().filter(|number| !catalog.segments.contains_key(number)) {
            if *number < active {
                state.garbage.segments.insert(*number);
                continue;
            }
            let segment = self.present(*number)?;
            match &segment.header {
                Some(header) if header.kind == SegmentKind::Compacted => {
                    state.garbage.segments.insert(*number);
                }
                Some(header) if header.replay_order != replay_order => {
                    return Err(damaged("log before segment", *number));
                }
                _ => {
                    replay_order += 1;
                    run.push(segment);
                }
            }
        }
        self.replay_run(&mut state, run, catalog.log, catalog.log)?;
        Ok(state)
    }

    /// The state that the whole log gives. If a checkpoint can be read, it says how far the log
    /// went at least.
    pub(super) fn of_whole_log(&self, checkpoint: Option<&Catalog>) -> Result<State> {
        let mut state = self.of_nothing();
        let there = self.list_segments(&mut state)?;
        let there: Result<Vec<_>> = there.keys().map(|number| self.present(*number)).collect();
        let order = order::of(there?)?;
        if let Some(catalog) = checkpoint
            && catalog.next_replay_order > order.through + 1
        {
            order.run.last().map(run::Present::header).transpose()?;
            return Err(damaged("segment", catalog.log.segment));
        }
        state.garbage.segments.extend(order.superseded);
        let synced = checkpoint.map_or(LogPosition::default(), |catalog| catalog.log);
        self.replay_run(&mut state, order.run, LogPosition::default(), synced)?;
        state.events.forget_to(state.revision);
        state.begin_all_hashes();
        Ok(state)
    }

    fn state_of(&self, catalog: &Catalog) -> State {
        let header = first_header(catalog);
        let mut events = Events::new(self.config.watch_events_max, self.config.watch_bytes_max);
        events.forget_to(catalog.revision);
        State {
            tree: catalog.root.map_or_else(Tree::new, Tree::from_frame),
            pending: Pending::new(&header, self.limits()),
            revision: catalog.revision,
            namespaces: Namespaces::new(catalog.namespaces.clone()),
            dropping: catalog.dropping.clone(),
            renames: catalog.renames.clone(),
            next_namespace: catalog.next_namespace.max(NamespaceId::FIRST),
            segments: catalog.segments.clone(),
            next_segment: catalog.next_segment,
            next_replay_order: catalog.next_replay_order.max(1),
            garbage: Garbage::default(),
            waiting: Waiting::new(),
            events,
            checkpointed: catalog.log,
            frame_bytes: total(&catalog.frame_files),
        }
    }

    fn limits(&self) -> SegmentLimits {
        SegmentLimits {
            segment_bytes_max: self.config.segment_bytes_max,
            inline_bytes_max: self.config.inline_bytes_max,
        }
    }

    /// The segments there are, by number, with their lengths in bytes. Files that never got their
    /// name are garbage.
    fn list_segments(&self, state: &mut State) -> Result<BTreeMap<SegmentId, u64>> {
        let mut there = BTreeMap::new();
        for info in self.disk.list(files::LOG).map_err(io_error)? {
            let number = if let Some(number) = segment_of(&info.name) {
                there.insert(number, info.len);
                number
            } else if let Some(number) = files::segment_of_temp(&info.name) {
                state.garbage.temps.insert(format!("{}/{}", files::LOG, info.name));
                number
            } else {
                // It is not the engine's.
                continue;
            };
            let next = files::number_after(files::LOG, &info.name, number.get())?;
            state.next_segment = state.next_segment.max(SegmentId::new(next));
        }
        Ok(there)
    }

    fn mode(&self) -> OpenMode {
        match self.config.access {
            Access::ReadWrite => OpenMode::Write,
            Access::ReadOnly => OpenMode::Read,
        }
    }
}

/// The header of a segment that would be begun after a checkpoint.
fn first_header(catalog: &Catalog) -> SegmentHeader {
    let replay_order = catalog.next_replay_order.max(1);
    SegmentHeader {
        kind: SegmentKind::Original,
        id: catalog.next_segment,
        replay_order,
        through: replay_order,
        before: 0,
        as_of: catalog.revision,
    }
}

fn damaged(what: &'static str, number: SegmentId) -> Error {
    Error::StoreCorrupt { what, file: segment_name(number), offset: 0 }
}

#[cfg(test)]
mod tests;
