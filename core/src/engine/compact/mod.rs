//! Compaction: what is live in partly dead segments is written anew, and the segments go.
//!
//! Adjacent segments are compacted as one run, and what takes their place takes their positions,
//! so that the order of replay stays what it was. A record is live if the index names its place. A
//! note (a record that carries no value) stays as long as older segments are there in which it
//! still speaks of something. Large values are in files of their own: only the records that name
//! them move.
//!
//! The outputs are written under temporary names, synced, renamed, and the directory synced. Then
//! the index is pointed at them, a few keys under each hold of the lock; a key that was changed in
//! the meantime is left alone, and its copy is dead from the start. The inputs are garbage: a round
//! deletes them once a checkpoint that does not name them is published.

mod choose;
mod keep;
mod output;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::choose::{Policy, next_run};
use self::keep::{Work, kept, with_key};
use self::output::Outputs;
use super::entry::Place;
use super::files::{io_error, read_error, segment_name, segment_temp_name};
use super::log::{Footer, Record, Scan, Scanned, SegmentHeader};
use super::renames::Rename;
use super::segments::{Segment, SegmentKind, has_older};
use super::shared::{Shared, lock};
use super::state::index_key;
use crate::error::{Error, Result};
use crate::platform::disk::DiskFile;

/// From which part on a segment is rewritten when compaction is asked for, in percent.
const DEAD_PERCENT_ASKED: u64 = 3;
/// How many keys are pointed elsewhere under one hold of the lock.
const KEYS_AT_ONCE: usize = 64;

impl Shared {
    /// Compacts whatever is worth it, the active segment included.
    pub(crate) fn compact_all(&self) -> Result<u64> {
        self.check_writable()?;
        self.purge_dropped()?;
        self.purge_expired()?;
        {
            let mut state = self.write();
            let active = state.pending.segment();
            let segment = state.segments.get(&active).copied().unwrap_or_default();
            if state.is_compaction_worth_it(self.config.compaction_dead_bytes_min)
                && segment.dead_bytes * 100 > segment.bytes * DEAD_PERCENT_ASKED
            {
                state.rotate();
            }
        }
        // What is sealed is in its file.
        self.sync_all()?;
        // Segments that are dead as a whole need no rewriting.
        self.checkpoint()?;
        let written = self.compact_by(DEAD_PERCENT_ASKED, usize::MAX)?;
        self.gather_frames(0)?;
        self.checkpoint()?;
        Ok(written)
    }

    /// Compacts one run that has come to be worth it by itself.
    pub(crate) fn compact_due(&self) -> Result<u64> {
        self.compact_by(u64::from(self.config.compaction_dead_percent), 1)
    }

    /// Compacts up to `runs_max` runs.
    fn compact_by(&self, dead_percent: u64, runs_max: usize) -> Result<u64> {
        if !self.read().is_compaction_worth_it(self.config.compaction_dead_bytes_min) {
            return Ok(0);
        }
        let _compacting = lock(&self.compacting);
        let small_bytes = self.config.segment_bytes_max / 8;
        let policy = Policy { dead_percent, small_bytes };
        let mut written = 0;
        let mut done = BTreeSet::new();
        for _ in 0..runs_max {
            // Who closes does not wait for all of it.
            self.check_open()?;
            let run = {
                let state = self.read();
                let run = next_run(&state, policy, &done);
                done.extend(run.iter().map(|(number, _)| *number));
                run
            };
            if run.is_empty() {
                break;
            }
            written += self.compact_run(&run, &mut done)?;
        }
        Ok(written)
    }

    /// Writes one run anew. Gives how many bytes that took.
    fn compact_run(&self, run: &[(u64, Segment)], done: &mut BTreeSet<u64>) -> Result<u64> {
        let _lease = self.leases.take();
        let inputs: BTreeSet<u64> = run.iter().map(|(number, _)| *number).collect();
        let older = self.is_older_there(run);
        let as_of = self.as_of(run)?;
        let headers: Vec<SegmentHeader> = {
            let mut state = self.write();
            let first = state.next_segment;
            state.next_segment += run.len() as u64;
            let header = |(number, (_, segment)): (u64, &(u64, Segment))| SegmentHeader {
                kind: SegmentKind::Compacted,
                id: number,
                position: segment.position,
                first_revision: 0,
                as_of,
                replaces: inputs.iter().copied().collect(),
            };
            (first..).zip(run).map(header).collect()
        };
        let numbers: Vec<u64> = headers.iter().map(|header| header.id).collect();
        let renames = if older { self.renames_in(run) } else { Vec::new() };
        let copied = self.copy_run(run, headers, &renames, Work { older, as_of });
        let Copied { made, moves, bytes: written } = copied.inspect_err(|_| {
            self.discard_outputs(&numbers);
        })?;
        done.extend(made.iter().map(|(number, _)| *number));
        {
            let mut state = self.write();
            for (number, segment) in &made {
                state.segments.insert(*number, *segment);
            }
        }
        self.point_elsewhere(&made, &moves)?;
        let mut state = self.write();
        // Whatever was misread, an input goes only if the index names nothing in it any more.
        for number in &inputs {
            if state.segments.get(number).is_some_and(|segment| segment.live_bytes > 0) {
                let file = segment_name(*number);
                return Err(Error::StoreCorrupt { what: "segment", file, offset: 0 });
            }
        }
        for number in &inputs {
            state.segments.remove(number);
            state.garbage.segments.insert(*number);
        }
        let position = run.first().map_or(0, |(_, segment)| segment.position);
        for rename in &mut state.renames {
            if renames.iter().any(|moved| moved.revision == rename.revision) {
                rename.position = position;
            }
        }
        Ok(written)
    }

    /// Writes what is live in a run into segments of these headers.
    fn copy_run(
        &self,
        run: &[(u64, Segment)],
        headers: Vec<SegmentHeader>,
        renames: &[Rename],
        work: Work,
    ) -> Result<Copied> {
        let mut outputs = Outputs::new(&*self.disk, headers, &self.config);
        let mut moves = Vec::new();
        // Renames come first: the keys of what follows are those after them.
        for rename in renames {
            let Rename { revision, namespace, ref from, ref to, .. } = *rename;
            outputs.append(&Record::Rename { namespace, from, to, revision })?;
        }
        for (number, _) in run {
            self.copy_live(*number, work, &mut outputs, &mut moves)?;
        }
        let bytes = outputs.bytes();
        self.counters.relocated_bytes.add(bytes);
        Ok(Copied { made: outputs.finish()?, moves, bytes })
    }

    /// Lets the next round delete what a failed run has left, named or not.
    fn discard_outputs(&self, numbers: &[u64]) {
        let mut state = self.write();
        state.garbage.segments.extend(numbers);
        state.garbage.temps.extend(numbers.iter().map(|number| segment_temp_name(*number)));
    }

    /// The last revision in a run: its outputs have the keys of that time.
    fn as_of(&self, run: &[(u64, Segment)]) -> Result<u64> {
        let mut as_of = 0;
        for (number, segment) in run {
            let last = match segment.kind {
                SegmentKind::Compacted => segment.as_of,
                SegmentKind::Original => {
                    let file = self.input(*number)?;
                    let name = segment_name(*number);
                    let len = file.len().map_err(|error| read_error("segment", &name, 0, error))?;
                    let footer = Footer::read(&file, *number, len)?;
                    let corrupt =
                        Error::StoreCorrupt { what: "segment footer", file: name, offset: len };
                    footer.ok_or(corrupt)?.revision_max
                }
            };
            as_of = as_of.max(last);
        }
        Ok(as_of)
    }

    /// The renames whose notes are in a run.
    fn renames_in(&self, run: &[(u64, Segment)]) -> Vec<Rename> {
        let state = self.read();
        let inside =
            |rename: &&Rename| run.iter().any(|(_, segment)| segment.position == rename.position);
        state.renames.iter().filter(inside).cloned().collect()
    }

    /// Whether segments that come before a run are there, deleted or not.
    fn is_older_there(&self, run: &[(u64, Segment)]) -> bool {
        let position = run.first().map_or(0, |(_, segment)| segment.position);
        let doomed = lock(&self.rounds).has_doomed_segments();
        let state = self.read();
        doomed || !state.garbage.segments.is_empty() || has_older(&state.segments, position)
    }

    /// Copies what is live in one segment. `moves` gets the old place of each record with a value.
    fn copy_live(
        &self,
        number: u64,
        work: Work,
        outputs: &mut Outputs<'_>,
        moves: &mut Vec<Place>,
    ) -> Result<()> {
        let file = self.input(number)?;
        let name = segment_name(number);
        let len = file.len().map_err(|error| read_error("segment", &name, 0, error))?;
        let header = SegmentHeader::read(&*file, number)?;
        let mut scan = Scan::new(file, number, header.len(), len);
        loop {
            let (place, record) = match scan.next()? {
                Scanned::Record(place, decoded) => (place, decoded.record),
                Scanned::End | Scanned::Footer(_) => return Ok(()),
                Scanned::Broken(offset) => {
                    return Err(Error::StoreCorrupt { what: "log record", file: name, offset });
                }
            };
            let kept = self.reading(|state| kept(state, place, &record, work))?;
            if let Some(kept) = kept {
                // The record's own revision says which renames it does not know of.
                let renamed = self.read().key_as_of(place.segment, &record, work.as_of);
                let record = renamed.as_ref().map_or(kept, |key| with_key(kept, key));
                outputs.append(&record)?;
                if matches!(record, Record::Put { .. }) {
                    moves.push(place);
                }
            }
        }
    }

    fn input(&self, number: u64) -> Result<Arc<dyn DiskFile>> {
        let name = segment_name(number);
        self.handles.read(&name).map_err(|error| read_error("segment", &name, 0, error))
    }

    /// Points the index at the copies, which are in the order of `moves`.
    fn point_elsewhere(&self, made: &[(u64, Segment)], moves: &[Place]) -> Result<()> {
        let mut moves = moves.iter();
        for (number, _) in made {
            let file = self.input(*number)?;
            let header = SegmentHeader::read(&*file, *number)?;
            let len = file.len().map_err(io_error)?;
            let mut scan = Scan::new(file, *number, header.len(), len);
            let mut some = Vec::with_capacity(KEYS_AT_ONCE);
            loop {
                let (to, decoded) = match scan.next()? {
                    Scanned::Record(to, decoded) => (to, decoded),
                    Scanned::End | Scanned::Footer(_) => break,
                    Scanned::Broken(offset) => {
                        let file = segment_name(*number);
                        return Err(Error::StoreCorrupt { what: "log record", file, offset });
                    }
                };
                if let Record::Put { namespace, key, revision, .. } = decoded.record
                    && let Some(from) = moves.next()
                {
                    some.push(Move { namespace, key: key.to_vec(), revision, from: *from, to });
                }
                if some.len() == KEYS_AT_ONCE {
                    self.point_some(&mut some)?;
                }
            }
            self.point_some(&mut some)?;
        }
        Ok(())
    }

    fn point_some(&self, some: &mut Vec<Move>) -> Result<()> {
        let mut done = 0;
        self.writing(|state| {
            for Move { namespace, key, revision, from, to } in &some[done..] {
                let now = state.resolve(to.segment, *namespace, key, *revision);
                let pointed = match now {
                    Some(key) => state.tree.repoint(&index_key(*namespace, &key), *from, *to)?,
                    None => false,
                };
                if pointed {
                    state.moved(*from, *to);
                } else {
                    state.stillborn(*to);
                }
                done += 1;
            }
            Ok(Ok(()))
        })?;
        some.clear();
        Ok(())
    }
}

/// What a run has become.
struct Copied {
    made: Vec<(u64, Segment)>,
    /// The old places of the records with values, in the order of the copies.
    moves: Vec<Place>,
    /// How much was written, in bytes.
    bytes: u64,
}

/// A copy that the index is to be pointed at.
struct Move {
    namespace: u32,
    key: Vec<u8>,
    revision: u64,
    from: Place,
    to: Place,
}
