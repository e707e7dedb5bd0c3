//! What happens by itself: checkpoints, purges and compaction.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::config::{Access, Background};
use super::shared::{Shared, lock};
use crate::error::Result;
use crate::platform::Worker;

/// At how many times the limit of dirty bytes writers wait for a checkpoint.
const DIRTY_LIMITS_MAX: usize = 4;

/// Up to so many dead bytes of frames are not worth gathering the live ones.
const FRAMES_DEAD_BYTES_MIN: u64 = 8 << 20;

/// How long the thread sleeps when nothing is owed and nobody writes.
const RESTING: Duration = Duration::from_secs(60);

/// Starts the thread, if there is to be one.
pub(super) fn start(shared: &Arc<Shared>) {
    let config = &shared.config;
    if config.background == Background::Manual || config.access == Access::ReadOnly {
        return;
    }
    let engine = Arc::downgrade(shared);
    let mut seen = shared.read().revision;
    let idle = config.checkpoint_idle;
    let worker = Worker::start(idle, move || work(&engine, &mut seen));
    *lock(&shared.worker) = worker;
}

/// One turn of the thread. Gives how long to wait for the next; none if there is to be none.
fn work(engine: &Weak<Shared>, seen: &mut u64) -> Option<Duration> {
    let shared = engine.upgrade()?;
    if shared.check_writable().is_err() {
        return (!shared.is_closed()).then_some(RESTING);
    }
    shared.resting.store(false, Ordering::SeqCst);
    let revision = shared.read().revision;
    let idle = *seen == revision;
    *seen = revision;
    if let Err(error) = shared.turn(idle) {
        // What failed is owed still; the next turn tries again.
        log::warn!("background work of the engine failed: {error}");
        return Some(shared.config.checkpoint_idle);
    }
    if !idle || shared.owes_checkpoint() {
        return Some(shared.config.checkpoint_idle);
    }
    // Nothing is owed: sleep until somebody writes, but look now and then what has expired.
    shared.resting.store(true, Ordering::SeqCst);
    let written = shared.read().revision != revision;
    Some(if written { shared.config.checkpoint_idle } else { RESTING })
}

impl Shared {
    /// Does every part whatever becomes of the others; the first error is told.
    fn turn(&self, idle: bool) -> Result<()> {
        let parts = [
            self.purge_dropped(),
            self.purge_expired().map(drop),
            self.checkpoint_if_due(idle),
            self.compact_due().and_then(|written| self.checkpoint_after(written)),
        ];
        self.evict();
        // Last, so that a directory that cannot be read is in the way of nothing else.
        parts.into_iter().chain([self.sweep().map(drop)]).collect()
    }

    fn checkpoint_if_due(&self, idle: bool) -> Result<()> {
        let is_due = self.is_checkpoint_due() || (idle && self.owes_checkpoint());
        if !is_due {
            return Ok(());
        }
        let gathered = self.gather_frames(FRAMES_DEAD_BYTES_MIN);
        let made = self.checkpoint().map(drop);
        gathered.and(made)
    }

    fn checkpoint_after(&self, written: u64) -> Result<()> {
        if written > 0 { self.checkpoint().map(drop) } else { Ok(()) }
    }

    /// Called by writers: a thread that sleeps for long is to look at what was written.
    pub(crate) fn rouse(&self) {
        if self.resting.load(Ordering::SeqCst)
            && self.resting.swap(false, Ordering::SeqCst)
            && let Some(worker) = &*lock(&self.worker)
        {
            worker.wake();
        }
    }

    /// Called by writers, who leave `dirty` bytes of the index behind.
    pub(crate) fn relieve_index(&self, dirty: usize) -> Result<()> {
        let limit = self.config.checkpoint_dirty_bytes;
        if dirty < limit && self.log_since_checkpoint() < self.config.checkpoint_log_bytes {
            return Ok(());
        }
        let woken = match &*lock(&self.worker) {
            Some(worker) => {
                worker.wake();
                true
            }
            None => false,
        };
        if dirty >= limit.saturating_mul(DIRTY_LIMITS_MAX)
            || (!woken && self.config.background == Background::Automatic)
        {
            // The write itself went well: what is owed stays owed.
            if let Err(error) = self.checkpoint() {
                log::warn!("a checkpoint failed: {error}");
            }
            self.evict();
        }
        Ok(())
    }

    fn is_checkpoint_due(&self) -> bool {
        self.read().tree.memory().dirty >= self.config.checkpoint_dirty_bytes
            || self.log_since_checkpoint() >= self.config.checkpoint_log_bytes
    }

    fn owes_checkpoint(&self) -> bool {
        if self.owes_sweep() {
            return true;
        }
        let doomed = !lock(&self.rounds).doomed.is_empty();
        let state = self.read();
        doomed || !state.garbage.is_empty() || state.tree.is_dirty()
    }

    /// How much log opening would have to replay, in bytes.
    pub(crate) fn log_since_checkpoint(&self) -> u64 {
        let state = self.read();
        let from = state.checkpointed;
        let later = state.segments.range(from.segment..);
        later.map(|(_, segment)| segment.bytes).sum::<u64>().saturating_sub(from.offset)
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
