//! What happens by itself: checkpoints, purges, compaction and eviction.
//!
//! All of it is done by [`Shared::maintain`], a bounded piece at a time: a thread turns it where
//! there is one, an app where there is none or it wants to, and a writer that passes a limit.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::config::{Access, Background};
use super::shared::Shared;
use super::sync::lock;
use crate::error::{Error, Result};
use crate::revision::Revision;
use sealwood_base::Worker;

/// At how many times the limit of dirty bytes writers wait for a checkpoint.
const DIRTY_LIMITS_MAX: usize = 2;

/// Up to so many dead bytes of frames are not worth gathering the live ones.
const FRAMES_DEAD_BYTES_MIN: u64 = 8 << 20;

/// How long the thread sleeps when nothing is owed and nobody writes.
const RESTING: Duration = Duration::from_secs(60);

/// After so many turns that only counted what is tracked comes one that does all that is owed.
const TURNS_THAT_COUNT_MAX: u32 = 8;

/// What else goes on while some of what is owed is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// Somebody writes: only what is due is done.
    Busy,
    /// Nothing: whatever is owed is done.
    Idle,
}

/// Starts the thread, if there is to be one.
pub(super) fn start(shared: &Arc<Shared>) {
    let config = &shared.config;
    if config.background == Background::Manual || config.access == Access::ReadOnly {
        return;
    }
    let engine = shared.clone();
    let mut turns = Turns { seen: shared.read().revision, that_count: 0 };
    let idle = config.checkpoint_idle;
    let worker = Worker::start("sealwood-engine", idle, move || work(&engine, &mut turns));
    *lock(&shared.worker) = worker;
}

/// What the thread remembers of its turns.
struct Turns {
    /// The revision at the last one.
    seen: Revision,
    /// How many only counted since one did all that was owed.
    that_count: u32,
}

/// One turn of the thread, which ends between two pieces if the engine is closed. Returns how long
/// to wait for the next; none if there is to be none.
fn work(shared: &Shared, turns: &mut Turns) -> Option<Duration> {
    shared.check_open().ok()?;
    if shared.check_writable().is_err() {
        return Some(RESTING);
    }
    shared.resting.store(false, Ordering::SeqCst);
    let revision = shared.read().revision;
    let pace = if turns.seen == revision { Pace::Idle } else { Pace::Busy };
    turns.seen = revision;
    let outcome = if turns.that_count < TURNS_THAT_COUNT_MAX && shared.is_asked_only_to_count() {
        turns.that_count += 1;
        shared.count_some(pace).map(|more| if more { More::Yes } else { More::No })
    } else {
        turns.that_count = 0;
        shared.maintain(pace)
    };
    match outcome {
        Ok(More::Yes) => return Some(Duration::ZERO),
        Ok(More::No) => {}
        Err(Error::Closed) => return None,
        Err(error) => {
            // What failed is owed still; the next turn tries again.
            log::warn!("background work of the engine failed: {error}");
            return Some(shared.config.checkpoint_idle);
        }
    }
    if pace == Pace::Busy || shared.owes_checkpoint() {
        return Some(shared.config.checkpoint_idle);
    }
    // Nothing is owed: sleep until somebody writes, but look now and then what has expired.
    shared.resting.store(true, Ordering::SeqCst);
    let written = shared.read().revision != revision;
    Some(if written { shared.config.checkpoint_idle } else { RESTING })
}

/// Whether there is more to be done at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum More {
    Yes,
    No,
}

impl Shared {
    /// Does a piece of what is owed: removes some keys that are out of reach, checkpoints if it is
    /// time, compacts one run, looks at some of what a crash may have left, and lets what is too
    /// much leave the memory. Every part is done whatever becomes of the others; the first error is
    /// told.
    pub(crate) fn maintain(&self, pace: Pace) -> Result<More> {
        self.check_writable()?;
        let parts: [&dyn Fn() -> Result<bool>; 6] = [
            &|| self.purge_some_dropped(),
            &|| Ok(self.purge_some_expired()?.is_some()),
            &|| self.count_some(pace),
            &|| self.checkpoint_if_due(pace).map(|()| false),
            &|| self.compact_a_run(),
            // Last, so that a directory that cannot be read is in the way of nothing else.
            &|| self.sweep(),
        ];
        let mut all = Ok(false);
        for part in parts {
            // Who closes does not wait for all of it.
            self.check_open()?;
            all = match (all, part()) {
                (Ok(more), Ok(done)) => Ok(more || done),
                (Err(error), _) | (_, Err(error)) => Err(error),
            };
        }
        self.evict();
        all.map(|more| if more { More::Yes } else { More::No })
    }

    fn checkpoint_if_due(&self, pace: Pace) -> Result<()> {
        let is_due = self.is_checkpoint_due() || (pace == Pace::Idle && self.owes_checkpoint());
        if !is_due {
            return Ok(());
        }
        let gathered = self.gather_frames(FRAMES_DEAD_BYTES_MIN);
        let made = self.checkpoint().map(drop);
        gathered.and(made)
    }

    /// Compacts one run and checkpoints after it. Returns whether there was one.
    fn compact_a_run(&self) -> Result<bool> {
        let is_written = self.compact_due()? > 0;
        if is_written {
            self.checkpoint()?;
        }
        Ok(is_written)
    }

    /// Called by writers: a thread that sleeps for long is to look at what was written.
    pub(crate) fn wake(&self) {
        if self.resting.load(Ordering::SeqCst)
            && self.resting.swap(false, Ordering::SeqCst)
            && let Some(worker) = &*lock(&self.worker)
        {
            worker.wake();
        }
    }

    /// Called by writers, who leave `dirty` bytes of the index and so much of the log behind.
    pub(crate) fn index_backpressure(&self, dirty: usize, log_since_checkpoint: u64) -> Result<()> {
        let limit = self.config.checkpoint_dirty_bytes;
        if dirty < limit && log_since_checkpoint < self.config.checkpoint_log_bytes {
            return Ok(());
        }
        let woken = match &*lock(&self.worker) {
            Some(worker) => {
                worker.wake();
                true
            }
            None => false,
        };
        let alone = !woken && self.config.background == Background::Automatic;
        if dirty >= limit.saturating_mul(DIRTY_LIMITS_MAX) || alone {
            // The write itself went well: what is owed stays owed.
            if let Err(error) = self.checkpoint() {
                log::warn!("a checkpoint failed: {error}");
            }
            if alone && let Err(error) = self.compact_due() {
                log::warn!("compaction failed: {error}");
            }
            self.evict();
        }
        Ok(())
    }

    /// Whether writers woke the thread for nothing but hashes, which comes often where all is
    /// tracked: the rest would be done earlier than elsewhere, and in the way of writers.
    fn is_asked_only_to_count(&self) -> bool {
        self.counting_asked.load(Ordering::SeqCst) && !self.is_checkpoint_due()
    }

    fn is_checkpoint_due(&self) -> bool {
        let state = self.read();
        state.tree.memory().dirty >= self.config.checkpoint_dirty_bytes
            || state.log_since_checkpoint() >= self.config.checkpoint_log_bytes
    }

    fn owes_checkpoint(&self) -> bool {
        if self.owes_sweep() {
            return true;
        }
        let left = {
            let checkpoints = lock(&self.checkpoints);
            checkpoints.owes_deletes() || self.owes_hashes(&checkpoints, &lock(&self.hashes))
        };
        let state = self.read();
        left || !state.garbage.is_empty() || state.tree.is_dirty()
    }

    fn evict(&self) {
        let limit = self.config.memory_bytes_max;
        if self.read().tree.memory().resident > limit {
            self.write().tree.evict(limit / 4 * 3);
        }
    }
}

#[cfg(test)]
mod tests;
