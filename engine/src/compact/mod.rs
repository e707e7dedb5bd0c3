//! Compaction: what is live in partly dead segments is written anew, and the segments go.
//!
//! Adjacent segments are compacted as one run into one output, which takes all their replay orders,
//! so that the order of replay stays what it was and no replay order is ever without a segment: of
//! a run that is dead as a whole an output without a record stays. A record is live if the index
//! names its place. A note (a record that carries no value) stays as long as older segments are
//! there in which it still speaks of something. Large values are in files of their own: only the
//! records that name them move.
//!
//! The output is written under a temporary name, synced, the log synced, the output renamed, and
//! the directory synced. From then on it stands for its inputs: where both are there, the newer one
//! counts, and so it matters neither where the rest is cut off nor which of them are removed when.
//! Then the index is pointed at it, a few keys under each hold of the lock; a key that was changed
//! in the meantime is left alone, and its copy is dead from the start. The inputs are garbage: a
//! checkpoint deletes them once a checkpoint that does not name them is published.

mod choose;
mod keep;
mod output;
mod steps;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::choose::{Policy, next_run};
use self::keep::{Work, kept, with_key};
use self::output::Output;
pub use self::steps::Compaction;
use super::entry::Place;
use super::files::{LOG, io_error, read_error, segment_name, segment_temp_name};
use super::index_key::IndexKey;
use super::log::{Record, Scan, Scanned, Sealed, SegmentHeader};
use super::renames::Rename;
use super::segments::{Segment, SegmentKind, oldest};
use super::shared::Shared;
use super::sync::lock;
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// From which part on it is when the disk is full, in percent: it gives back what it takes.
const DEAD_PERCENT_FULL: u64 = 50;
/// How many keys are pointed elsewhere under one hold of the lock.
const KEYS_AT_ONCE: usize = 64;

impl Shared {
    /// Compacts one run that has come to be worth it by itself. Segments that were found unreadable
    /// are left alone.
    pub(crate) fn compact_due(&self) -> Result<u64> {
        if !self.read().is_compaction_worth_it(self.config.compaction_dead_bytes_min) {
            return Ok(0);
        }
        self.compact_a_run_of(self.policy_of(u64::from(self.config.compaction_dead_percent)))
    }

    /// What is worth rewriting where so much of it is dead.
    fn policy_of(&self, dead_percent: u64) -> Policy {
        let kept_bytes_max = self.config.segment_bytes_max;
        let small_bytes = kept_bytes_max / 8;
        let kept_alone_bytes_max = u64::MAX;
        Policy { dead_percent, small_bytes, kept_bytes_max, kept_alone_bytes_max }
    }

    /// Compacts, on a disk that is full, one run of which no more than `room` is to be kept.
    pub(crate) fn compact_within(&self, room: u64) -> Result<u64> {
        let policy = Policy {
            dead_percent: DEAD_PERCENT_FULL,
            small_bytes: 0,
            kept_bytes_max: room,
            kept_alone_bytes_max: room,
        };
        self.compact_a_run_of(policy)
    }

    fn compact_a_run_of(&self, policy: Policy) -> Result<u64> {
        let mut compacted = Compacted::default();
        self.compact_next(policy, &mut BTreeSet::new(), &mut compacted)?;
        Ok(compacted.written)
    }

    /// Compacts the next run, of segments that are not `done`. Returns whether there was one.
    fn compact_next(
        &self,
        policy: Policy,
        done: &mut BTreeSet<SegmentId>,
        compacted: &mut Compacted,
    ) -> Result<bool> {
        let _compacting = lock(&self.compacting);
        {
            let mut unreadable = lock(&self.unreadable);
            let state = self.read();
            unreadable.retain(|number| state.segments.contains_key(number));
            done.extend(unreadable.numbers());
        }
        // Who closes does not wait for all of it.
        self.check_open()?;
        let run = {
            let state = self.read();
            let run = next_run(&state, policy, done);
            done.extend(run.iter().map(|(number, _)| *number));
            run
        };
        if run.is_empty() {
            return Ok(false);
        }
        match self.compact_run(&run, done) {
            Ok(bytes) => compacted.written += bytes,
            Err(error) => {
                let unreadable = lock(&self.unreadable).note(&run, &error)?;
                // The others of the run are tried again without it.
                done.retain(|number| run.iter().all(|(other, _)| other != number));
                done.insert(unreadable);
                compacted.passed_over.get_or_insert(error);
            }
        }
        Ok(true)
    }

    /// Writes one run anew. Returns how many bytes of records that took.
    fn compact_run(
        &self,
        run: &[(SegmentId, Segment)],
        done: &mut BTreeSet<SegmentId>,
    ) -> Result<u64> {
        let _lease = self.leases.take();
        let replay_order = run.iter().map(|(_, segment)| segment.replay_order).min().unwrap_or(1);
        let through = run.iter().map(|(_, segment)| segment.through).max().unwrap_or(1);
        let as_of = self.as_of(run)?;
        let (number, older) = {
            let mut state = self.write();
            let number = state.next_segment;
            state.next_segment = number.next();
            (number, oldest(&state.segments) < replay_order)
        };
        let kind = SegmentKind::Compacted;
        let header = SegmentHeader { kind, id: number, replay_order, through, before: 0, as_of };
        let renames = if older { self.renames_in(run) } else { Vec::new() };
        let copied = self.copy_run(run, header, &renames, Work { older, as_of });
        let Copied { segment, moves, bytes } =
            copied.inspect_err(|_| self.discard_output(number))?;
        done.insert(number);
        self.write().segments.insert(number, segment);
        // An error leaves it beside its inputs. All that it has is right, and so the next run takes
        // both.
        self.point_elsewhere(number, &moves)?;
        let mut state = self.write();
        // Whatever was misread, an input goes only if the index names nothing in it any more.
        for (number, _) in run {
            if state.segments.get(number).is_some_and(|segment| segment.live_bytes > 0) {
                let file = segment_name(*number);
                return Err(Error::StoreCorrupt { what: "segment", file, offset: 0 });
            }
        }
        for (number, _) in run {
            state.segments.remove(number);
            state.garbage.segments.insert(*number);
        }
        for rename in &mut state.renames {
            if renames.iter().any(|moved| moved.revision == rename.revision) {
                rename.replay_order = replay_order;
            }
        }
        Ok(bytes)
    }

    /// Writes what is live in a run into a segment with this header, and names it.
    fn copy_run(
        &self,
        run: &[(SegmentId, Segment)],
        header: SegmentHeader,
        renames: &[Rename],
        work: Work,
    ) -> Result<Copied> {
        let mut output = Output::begin(&*self.disk, header, &self.config)?;
        let mut moves = Vec::new();
        // Renames come first: the keys of what follows are those after them.
        for rename in renames {
            let Rename { revision, namespace, ref from, ref to, .. } = *rename;
            output.append(&Record::Rename { namespace, from, to, revision })?;
        }
        for (number, segment) in run {
            if segment.live_bytes > 0 || segment.notes > 0 {
                self.copy_live(*number, work, &mut output, &mut moves)?;
            }
        }
        let bytes = output.len() - SegmentHeader::LEN;
        self.counters.relocated_bytes.add(bytes);
        let unnamed = output.finish()?;
        // What was left out for a later record may go only once that record is durable: by its name
        // the output stands for its inputs.
        self.sync_all()?;
        Ok(Copied { segment: unnamed.name()?, moves, bytes })
    }

    /// Removes what a failed run has left, durably, as long as it has no name: on a full disk it
    /// would be in the way of the checkpoint that is to delete it. The next checkpoint deletes what
    /// cannot be removed yet, named or not.
    fn discard_output(&self, number: SegmentId) {
        let temp = segment_temp_name(number);
        let removed = self.disk.remove(&temp).and_then(|()| self.disk.sync_dir(LOG));
        let mut state = self.write();
        state.garbage.segments.insert(number);
        if removed.is_err() {
            state.garbage.temps.insert(temp);
        }
    }

    /// The last revision in a run: its output has the keys of that time.
    fn as_of(&self, run: &[(SegmentId, Segment)]) -> Result<Revision> {
        let mut as_of = Revision::ZERO;
        for (number, segment) in run {
            let last = match segment.kind {
                SegmentKind::Compacted => segment.as_of,
                SegmentKind::Original => {
                    let file = self.input(*number)?;
                    let header = SegmentHeader::read(&*file, *number)?;
                    Sealed::read(&file, &header)?.footer.revision_max
                }
            };
            as_of = as_of.max(last);
        }
        Ok(as_of)
    }

    /// The renames whose notes are in a run.
    fn renames_in(&self, run: &[(SegmentId, Segment)]) -> Vec<Rename> {
        let state = self.read();
        let inside = |rename: &&Rename| {
            run.iter().any(|(_, segment)| segment.replay_order == rename.replay_order)
        };
        state.renames.iter().filter(inside).cloned().collect()
    }

    /// Copies what is live in one segment. `moves` gets the old place of each record with a value.
    fn copy_live(
        &self,
        number: SegmentId,
        work: Work,
        output: &mut Output<'_>,
        moves: &mut Vec<Place>,
    ) -> Result<()> {
        let file = self.input(number)?;
        let name = segment_name(number);
        let header = SegmentHeader::read(&*file, number)?;
        let records_end = Sealed::read(&file, &header)?.footer.records_end;
        let mut scan = Scan::new(file, number, SegmentHeader::LEN, records_end);
        loop {
            let (place, record) = match scan.next()? {
                Scanned::Record(place, decoded) => (place, decoded.record),
                Scanned::End => return Ok(()),
                Scanned::Footer(offset) | Scanned::Broken(offset) => {
                    return Err(Error::StoreCorrupt { what: "log record", file: name, offset });
                }
            };
            let kept = self.reading(|state| kept(state, place, &record, work))?;
            if let Some(kept) = kept {
                // The record's own revision says which renames it does not know of.
                let renamed = self.read().key_as_of(place.segment, &record, work.as_of);
                let record = renamed.as_ref().map_or(kept, |key| with_key(kept, key));
                output.append(&record)?;
                if matches!(record, Record::Put { .. }) {
                    moves.push(place);
                }
            }
        }
    }

    fn input(&self, number: SegmentId) -> Result<Arc<dyn DiskFile>> {
        let name = segment_name(number);
        self.handles.read(&name).map_err(|error| read_error("segment", &name, 0, error))
    }

    /// Points the index at the copies in a segment, which are in the order of `moves`.
    fn point_elsewhere(&self, number: SegmentId, moves: &[Place]) -> Result<()> {
        let file = self.input(number)?;
        let len = file.len().map_err(io_error)?;
        let mut scan = Scan::new(file, number, SegmentHeader::LEN, len);
        let mut moves = moves.iter();
        let mut some = Vec::with_capacity(KEYS_AT_ONCE);
        loop {
            let (to, decoded) = match scan.next()? {
                Scanned::Record(to, decoded) => (to, decoded),
                Scanned::Footer(_) => break,
                Scanned::End | Scanned::Broken(_) => {
                    let (file, offset) = (segment_name(number), scan.offset());
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
        self.point_some(&mut some)
    }

    fn point_some(&self, some: &mut Vec<Move>) -> Result<()> {
        let mut done = 0;
        self.writing(|state| {
            for Move { namespace, key, revision, from, to } in &some[done..] {
                let now = state.resolve(to.segment, *namespace, key, *revision);
                let pointed = match now {
                    Some(key) => {
                        state.tree.repoint(&IndexKey::new(*namespace, &key), *from, *to)?
                    }
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

/// What was done.
#[derive(Debug, Default)]
struct Compacted {
    /// How much was written, in bytes.
    written: u64,
    /// Why the first segment was left alone that cannot be read, if one was.
    passed_over: Option<Error>,
}

/// What a run has become.
struct Copied {
    segment: Segment,
    /// The old places of the records with values, in the order of the copies.
    moves: Vec<Place>,
    /// How much of records was written, in bytes.
    bytes: u64,
}

/// A copy that the index is to be pointed at.
struct Move {
    namespace: NamespaceId,
    key: Vec<u8>,
    revision: Revision,
    from: Place,
    to: Place,
}
