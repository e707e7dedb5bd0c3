//! What the engine has done since it was opened. Reading a count changes nothing.

use std::sync::atomic::{AtomicU64, Ordering};

/// A count that only grows.
#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    /// Bytes written to the log by writers.
    pub(crate) log_bytes: Counter,
    /// Syncs of the log.
    pub(crate) log_syncs: Counter,
    /// Bytes of separated values written.
    pub(crate) value_bytes: Counter,
    /// Frames written.
    pub(crate) frames: Counter,
    /// Bytes of frames written.
    pub(crate) frame_bytes: Counter,
    /// Bytes that compaction has written anew.
    pub(crate) relocated_bytes: Counter,
    /// Checkpoints begun.
    pub(crate) checkpoints_begun: Counter,
    /// Checkpoints published.
    pub(crate) checkpoints_published: Counter,
    /// Checkpoints that found nothing to do.
    pub(crate) checkpoints_clean: Counter,
    /// Files removed.
    pub(crate) deletes: Counter,
    /// Removals that failed and are tried again.
    pub(crate) deletes_failed: Counter,
}
