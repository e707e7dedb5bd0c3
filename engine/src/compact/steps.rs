//! A compaction that was asked for, a piece at a time.

use std::collections::BTreeSet;
use std::fmt;

use super::Compacted;
use crate::error::Result;
use crate::holder::Holder;
use crate::segment_id::SegmentId;
use crate::sync::lock;

/// From which part on a segment is rewritten when compaction is asked for, in percent.
const DEAD_PERCENT_ASKED: u64 = 3;

/// A compaction under way, of what is dead when its first step is done. Others go on writing
/// meanwhile. Where it is dropped, what it has done so far stays done.
pub struct Compaction {
    shared: Holder,
    stage: Stage,
    /// Segments that are left alone: those that it was done with, and later ones.
    done: BTreeSet<SegmentId>,
    compacted: Compacted,
}

/// What comes next.
#[derive(Debug, Clone, Copy)]
enum Stage {
    /// Keys that are out of reach are removed, some hundreds a step.
    Purge,
    /// The segment that is written to is sealed, if it is worth it.
    Seal,
    /// Segments from before this one are compacted, a run a step.
    Runs(SegmentId),
    Checkpoint,
    Nothing,
}

impl Compaction {
    pub(crate) fn new(shared: &Holder) -> Result<Self> {
        let _call = shared.enter()?;
        shared.check_writable()?;
        let (done, compacted) = (BTreeSet::new(), Compacted::default());
        Ok(Self { shared: shared.clone(), stage: Stage::Purge, done, compacted })
    }

    /// How many bytes it has written anew so far.
    pub fn written(&self) -> u64 {
        self.compacted.written
    }

    /// Does the next piece: removes some hundred keys that are out of reach, or compacts one run of
    /// segments (64 at most), or checkpoints. Returns whether there is more. A segment that cannot
    /// be read is left alone; the error about the first such comes with the last step.
    pub fn step(&mut self) -> Result<bool> {
        let shared = self.shared.clone();
        let _call = shared.enter()?;
        self.stage = match self.stage {
            Stage::Purge => {
                match shared.purge_some_dropped()? || shared.purge_some_expired()?.is_some() {
                    true => Stage::Purge,
                    false => Stage::Seal,
                }
            }
            Stage::Seal => {
                {
                    let mut state = shared.write();
                    let active = state.pending.segment();
                    let segment = state.segments.get(&active).copied().unwrap_or_default();
                    if state.is_compaction_worth_it(shared.config.compaction_dead_bytes_min)
                        && segment.dead_bytes * 100 > segment.bytes * DEAD_PERCENT_ASKED
                    {
                        state.rotate();
                    }
                }
                // What is sealed is in its file.
                shared.sync_all()?;
                lock(&shared.unreadable).forget();
                let state = shared.read();
                match state.is_compaction_worth_it(shared.config.compaction_dead_bytes_min) {
                    true => Stage::Runs(state.next_segment),
                    false => Stage::Checkpoint,
                }
            }
            Stage::Runs(end) => {
                // It would have no end where somebody goes on writing.
                self.done.extend(shared.read().segments.keys().filter(|number| **number >= end));
                let policy = shared.policy_of(DEAD_PERCENT_ASKED);
                match shared.compact_next(policy, &mut self.done, &mut self.compacted)? {
                    true => Stage::Runs(end),
                    false => Stage::Checkpoint,
                }
            }
            Stage::Checkpoint => {
                self.stage = Stage::Nothing;
                shared.gather_frames(0)?;
                shared.checkpoint()?;
                return self.compacted.passed_over.take().map_or(Ok(false), Err);
            }
            Stage::Nothing => return Ok(false),
        };
        Ok(true)
    }

    /// Does all the rest. Returns how many bytes were written anew.
    pub(crate) fn finish(mut self) -> Result<u64> {
        while self.step()? {}
        Ok(self.written())
    }
}

impl fmt::Debug for Compaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compaction").field("stage", &self.stage).finish_non_exhaustive()
    }
}
