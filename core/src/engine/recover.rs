//! Opening: the last checkpoint, then the log after it; or the log alone.
//!
//! Segments are replayed in the order of their positions. After a checkpoint that is the segment
//! that was active then, from where it ended, and those that writers began later. Segments that
//! compaction was writing, or that a checkpoint no longer lists, are left over from a round that
//! did not come to its end: they are garbage.
//!
//! A rebuild replays every segment. Where compaction was cut off, both its inputs and its outputs
//! may be there: as long as all inputs are, the outputs are passed over; once one is gone, the
//! outputs are complete, and the inputs that are left are passed over.
//!
//! If the last checkpoint is lost to damage, files that the one before it needs may be gone. That is
//! told: a segment that it lists is missing, or there is a gap in the positions of those that writers
//! began later, since the one they append to is always there. A rebuild is the way out.
//!
//! The end of the last segment may be torn ([`super::log::examine`]): it is cut there before
//! anything is appended. Everything else that is damaged is reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::catalog::{Catalog, LogPosition, NamespaceInfo};
use super::config::{Access, EngineConfig};
use super::files::{self, io_error, number_of, read_error, segment_name};
use super::frame::FrameSource;
use super::frames::total;
use super::index::{Absent, Tree};
use super::log::{
    Footer, FooterBuilder, OpenTail, Pending, Sealed, SegmentHeader, SegmentLimits, Step, Steps,
    Tail, What, examine,
};
use super::renames::Rename;
use super::segments::SegmentKind;
use super::state::{Action, Change, FIRST_NAMESPACE, Garbage, Namespaces, State, index_key};
use super::watch::Events;
use crate::error::{Error, Result};
use crate::platform::disk::{Disk, DiskFile, OpenMode};

/// What recovery works with.
pub(super) struct Recovery<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) frames: &'a Arc<dyn FrameSource>,
    pub(super) config: &'a EngineConfig,
}

/// A segment file that is there.
struct Present {
    header: Option<SegmentHeader>,
    file: Arc<dyn DiskFile>,
}

impl Recovery<'_> {
    /// The state after a checkpoint and the log that follows it.
    pub(super) fn after_checkpoint(&self, catalog: &Catalog) -> Result<State> {
        let mut state = self.state_of(catalog);
        let numbers = self.list_segments(&mut state)?;
        let LogPosition { segment: active, .. } = catalog.log;
        if let Some(lost) = catalog.segments.keys().find(|number| !numbers.contains(number)) {
            return Err(damaged("segment", *lost));
        }
        let mut tail = Vec::new();
        let mut position = catalog.next_position;
        for number in &numbers {
            let known = catalog.segments.contains_key(number);
            if *number > active && !known {
                let file = self.open_segment(*number)?;
                let header = header_of(&file, *number)?;
                match &header {
                    Some(header) if header.kind == SegmentKind::Compacted => {
                        state.garbage.segments.insert(*number);
                    }
                    Some(header) if header.position != position => {
                        return Err(damaged("log before segment", *number));
                    }
                    _ => {
                        position += 1;
                        tail.push((*number, Present { header, file }));
                    }
                }
            } else if !known {
                state.garbage.segments.insert(*number);
            }
        }
        let file = self.open_segment(active)?;
        tail.insert(0, (active, Present { header: None, file }));
        self.replay_tail(&mut state, tail, catalog.log)?;
        Ok(state)
    }

    /// The state that the whole log gives.
    pub(super) fn of_whole_log(&self) -> Result<State> {
        let mut state = self.state_of(&Catalog { next_segment: 1, ..Catalog::default() });
        let numbers = self.list_segments(&mut state)?;
        let mut segments = BTreeMap::new();
        let mut headerless = BTreeMap::new();
        let mut last_original = 0;
        for number in &numbers {
            let file = self.open_segment(*number)?;
            match header_of(&file, *number)? {
                Some(header) => {
                    if header.kind == SegmentKind::Original {
                        last_original = *number;
                    }
                    let order = (header.position, *number);
                    segments.insert(order, (*number, Present { header: Some(header), file }));
                }
                None => {
                    headerless.insert(*number, Present { header: None, file });
                }
            }
        }
        let passed_over = passed_over(segments.values(), &numbers);
        state.garbage.segments.extend(&passed_over);
        let mut run: Vec<(u64, Present)> =
            segments.into_values().filter(|(number, _)| !passed_over.contains(number)).collect();
        // What compaction wrote is sealed; writers' last segment has the highest position, and only
        // it may have been cut off before its header was whole.
        if let Some((number, present)) = headerless.range(..last_original).next() {
            SegmentHeader::read(&*present.file, *number)?;
        }
        run.extend(headerless);
        self.replay_tail(&mut state, run, LogPosition::default())?;
        state.events.forget_to(state.revision);
        Ok(state)
    }

    fn state_of(&self, catalog: &Catalog) -> State {
        let limits = self.limits();
        let header = SegmentHeader {
            kind: SegmentKind::Original,
            id: catalog.next_segment,
            position: catalog.next_position.max(1),
            first_revision: catalog.revision + 1,
            as_of: catalog.revision,
            replaces: Vec::new(),
        };
        let mut events = Events::new(self.config.watch_events_max);
        events.forget_to(catalog.revision);
        State {
            tree: catalog.root.map_or_else(Tree::new, Tree::from_frame),
            pending: Pending::new(&header, limits),
            revision: catalog.revision,
            namespaces: Namespaces::new(catalog.namespaces.clone()),
            dropping: catalog.dropping.clone(),
            renames: catalog.renames.clone(),
            next_namespace: catalog.next_namespace.max(FIRST_NAMESPACE),
            segments: catalog.segments.clone(),
            next_segment: catalog.next_segment,
            next_position: catalog.next_position.max(1),
            garbage: Garbage::default(),
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

    /// The numbers of the segments there are. Files that never got their name are garbage.
    fn list_segments(&self, state: &mut State) -> Result<BTreeSet<u64>> {
        let mut numbers = BTreeSet::new();
        for info in self.disk.list(files::LOG).map_err(io_error)? {
            match number_of(&info.name) {
                Some(number) => {
                    numbers.insert(number);
                }
                None => {
                    state.garbage.temps.insert(format!("{}/{}", files::LOG, info.name));
                }
            }
        }
        if let Some(last) = numbers.last() {
            state.next_segment = state.next_segment.max(last + 1);
        }
        Ok(numbers)
    }

    fn open_segment(&self, number: u64) -> Result<Arc<dyn DiskFile>> {
        let mode = match self.config.access {
            Access::ReadWrite => OpenMode::Write,
            Access::ReadOnly => OpenMode::Read,
        };
        let name = segment_name(number);
        self.disk.open(&name, mode).map_err(|error| read_error("segment", &name, 0, error))
    }

    /// Replays segments in order, the first from `from` on if it is that one, and goes on in the
    /// last.
    fn replay_tail(
        &self,
        state: &mut State,
        run: Vec<(u64, Present)>,
        from: LogPosition,
    ) -> Result<()> {
        let count = run.len();
        let mut resumed = false;
        for (at, (number, present)) in run.into_iter().enumerate() {
            let (start, known_synced) =
                if number == from.segment { (from.offset, from.offset) } else { (0, 0) };
            let last = at + 1 == count;
            let sealed =
                present.header.as_ref().is_some_and(|it| it.kind == SegmentKind::Compacted);
            if !last || sealed {
                let header = match present.header {
                    Some(header) => header,
                    None => SegmentHeader::read(&*present.file, number)?,
                };
                self.replay_sealed(state, &header, &present.file, start)?;
                continue;
            }
            match examine(&present.file, number, start, known_synced)? {
                Tail::Empty => {
                    state.segments.remove(&number);
                    self.remove_empty(number)?;
                }
                Tail::Sealed(header, footer) => {
                    self.make_durable(&present.file)?;
                    self.replay_footer(state, &header, &present.file, start, footer)?;
                }
                Tail::Open(tail) => {
                    self.resume(state, number, &present.file, start, tail)?;
                    resumed = true;
                }
            }
        }
        if !resumed {
            let header = state.next_header();
            state.pending = Pending::new(&header, self.limits());
            state.begun(&header);
        }
        Ok(())
    }

    fn replay_sealed(
        &self,
        state: &mut State,
        header: &SegmentHeader,
        file: &Arc<dyn DiskFile>,
        start: u64,
    ) -> Result<()> {
        let footer = Sealed::read(file, header)?.footer;
        self.replay_footer(state, header, file, start, footer)
    }

    fn replay_footer(
        &self,
        state: &mut State,
        header: &SegmentHeader,
        file: &Arc<dyn DiskFile>,
        start: u64,
        footer: Footer,
    ) -> Result<()> {
        let len = file
            .len()
            .map_err(|error| read_error("segment", &segment_name(header.id), 0, error))?;
        if !state.segments.contains_key(&header.id) {
            state.begun(header);
        }
        if let Some(segment) = state.segments.get_mut(&header.id) {
            segment.bytes = len;
        }
        let from = start.max(header.len());
        let steps = Steps::of_sealed(file, header.id, from, footer, self.config.inline_bytes_max);
        self.replay(state, steps)
    }

    fn resume(
        &self,
        state: &mut State,
        number: u64,
        file: &Arc<dyn DiskFile>,
        start: u64,
        tail: OpenTail,
    ) -> Result<()> {
        let OpenTail { header, end, len, revision_max } = tail;
        if !state.segments.contains_key(&number) {
            state.begun(&header);
        }
        let from = start.max(header.len());
        let steps = Steps::of_records(file, number, from, end, self.config.inline_bytes_max);
        self.replay(state, steps)?;
        state.revision = state.revision.max(revision_max);
        if let Some(segment) = state.segments.get_mut(&number) {
            segment.bytes = end;
        }
        if self.config.access == Access::ReadWrite && (end < len || end > start) {
            if end < len {
                file.set_len(end).map_err(io_error)?;
            }
            self.make_durable(file)?;
        }
        let footer = FooterBuilder::without_directory(number, state.revision);
        state.pending = Pending::resume(number, end, footer, self.limits());
        Ok(())
    }

    /// Removes a segment without a header, so that it has no successor.
    fn remove_empty(&self, number: u64) -> Result<()> {
        if self.config.access == Access::ReadOnly {
            return Ok(());
        }
        self.disk.remove(&segment_name(number)).map_err(io_error)?;
        self.disk.sync_dir(files::LOG).map_err(io_error)
    }

    /// Syncs the last segment: what was read may be in the cache of the system alone.
    fn make_durable(&self, file: &Arc<dyn DiskFile>) -> Result<()> {
        if self.config.access == Access::ReadOnly {
            return Ok(());
        }
        file.sync().map_err(io_error)?;
        self.disk.sync_dir(files::LOG).map_err(io_error)
    }

    fn replay(&self, state: &mut State, mut steps: Steps) -> Result<()> {
        while let Some(step) = steps.next()? {
            if let What::Rename { namespace, from, to } = step.what {
                self.replay_rename(state, &step, namespace, from, to)?;
                continue;
            }
            loop {
                match apply(state, &step) {
                    Ok(()) => break,
                    Err(absent) => absent.load(&**self.frames)?,
                }
            }
        }
        Ok(())
    }

    fn replay_rename(
        &self,
        state: &mut State,
        step: &Step<'_>,
        namespace: u32,
        from: &[u8],
        to: &[u8],
    ) -> Result<()> {
        let (full_from, full_to) = (index_key(namespace, from), index_key(namespace, to));
        // Nothing was there when it happened. A rebuild may find keys there whose deletion is told
        // in a segment that compaction wrote, which comes later.
        let mut stale = Vec::new();
        let each = &mut |replaced| stale.push(replaced);
        state.tree.remove_prefix(&full_to, &**self.frames, each)?;
        for replaced in &stale {
            while let Err(absent) = state.give_up(namespace, replaced, step.revision) {
                absent.load(&**self.frames)?;
            }
        }
        while let Err(absent) = state.tree.rename_prefix(&full_from, &full_to) {
            absent.load(&**self.frames)?;
        }
        let position = state.segments.get(&step.place.segment).map_or(0, |it| it.position);
        let (from, to) = (from.to_vec(), to.to_vec());
        let rename = Rename { position, revision: step.revision, namespace, from, to };
        state.renamed(rename, step.place);
        Ok(())
    }
}

/// The header of a segment; none if it is not whole.
fn header_of(file: &Arc<dyn DiskFile>, number: u64) -> Result<Option<SegmentHeader>> {
    match SegmentHeader::read(&**file, number) {
        Ok(header) => Ok(Some(header)),
        Err(Error::StoreCorrupt { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Applies one step of the log.
fn apply(state: &mut State, step: &Step<'_>) -> Result<(), Absent> {
    let Step { place, revision, what } = *step;
    let (namespace, key, action) = match what {
        What::Put { namespace, key, expires_at_ms, body } => {
            (namespace, key, Action::Put { body, expires_at_ms })
        }
        What::Delete { namespace, key } => (namespace, key, Action::Delete),
        What::Expire { namespace, key, expires_at_ms } => {
            (namespace, key, Action::Expire { expires_at_ms })
        }
        What::NamespaceCreate { namespace, name, threshold } => {
            let info = NamespaceInfo {
                id: namespace,
                created: revision,
                separated_bytes_min: threshold,
                keys: 0,
                key_bytes_max: 0,
            };
            // It may be told twice, by a segment and by what compaction made of it.
            if state.namespaces.by_id(namespace).is_none() && !state.dropping.contains(&namespace) {
                state.create_namespace(name, info, place);
            }
            return Ok(());
        }
        // Done by the caller, who can load what it needs.
        What::Rename { .. } => return Ok(()),
        What::NamespaceDrop { namespace } => {
            state.drop_namespace(namespace, revision, place);
            return Ok(());
        }
    };
    let change = Change { namespace, key, action };
    if revision > state.revision {
        state.replay_next(&change, revision, place)
    } else {
        state.replay(&change, revision, place)
    }
}

/// The segments that a rebuild passes over.
fn passed_over<'a>(
    segments: impl Iterator<Item = &'a (u64, Present)>,
    there: &BTreeSet<u64>,
) -> BTreeSet<u64> {
    let mut over = BTreeSet::new();
    for (number, present) in segments {
        let Some(header) = present.header.as_ref().filter(|it| !it.replaces.is_empty()) else {
            continue;
        };
        if header.replaces.iter().all(|input| there.contains(input)) {
            over.insert(*number);
        } else {
            over.extend(header.replaces.iter().filter(|input| there.contains(input)));
        }
    }
    over
}

fn damaged(what: &'static str, number: u64) -> Error {
    Error::StoreCorrupt { what, file: segment_name(number), offset: 0 }
}

#[cfg(test)]
mod tests;
