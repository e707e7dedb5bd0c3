//! What an engine holds and has done.

use super::shared::Shared;
use super::sync::lock;
use crate::revision::Revision;

/// Counts since the engine was opened, and what it holds now. All sizes are in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct EngineStats {
    /// The revision of the last change.
    pub revision: Revision,
    /// The last revision that is durable.
    pub durable_revision: Revision,
    /// Keys of all namespaces, expired ones that were not purged yet included.
    pub keys: u64,
    /// Namespaces.
    pub namespaces: u64,
    /// Segments of the log.
    pub segments: u64,
    /// What the segments take.
    pub log_disk_bytes: u64,
    /// What of that is records that the index names.
    pub log_live_bytes: u64,
    /// What the frames take.
    pub frame_disk_bytes: u64,
    /// What of that the last checkpoint does not reach.
    pub frame_dead_bytes: u64,
    /// How much log opening would have to replay.
    pub log_since_checkpoint: u64,
    /// What the index takes in memory.
    pub index_bytes: u64,
    /// What of that the next checkpoint has to write.
    pub dirty_bytes: u64,
    /// What of the log waits in memory.
    pub log_waiting_bytes: u64,
    /// Snapshots, scans and the like that keep files from being deleted.
    pub leases: u64,
    /// Bytes that writers have appended to the log.
    pub log_bytes_written: u64,
    /// Bytes of separated values that were written.
    pub value_bytes_written: u64,
    /// Frames that were written.
    pub frames_written: u64,
    /// Bytes of frames that were written.
    pub frame_bytes_written: u64,
    /// Bytes that compaction has written anew.
    pub relocated_bytes: u64,
    /// Segments that compaction could not read and leaves alone;
    /// [`verify`](super::Engine::verify) says what is wrong with them.
    pub unreadable_segments: u64,
    /// Syncs of the log.
    pub log_syncs: u64,
    /// Checkpoints that were begun.
    pub checkpoints_begun: u64,
    /// Checkpoints that were published.
    pub checkpoints_published: u64,
    /// Checkpoints that found nothing to do.
    pub checkpoints_clean: u64,
    /// Files that were deleted.
    pub deletes: u64,
    /// Deletions that failed and are tried again by later checkpoints.
    pub deletes_failed: u64,
}

impl Shared {
    pub(crate) fn stats(&self) -> EngineStats {
        let counters = &self.counters;
        let log_since_checkpoint = self.read().log_since_checkpoint();
        let state = self.read();
        let memory = state.tree.memory();
        let namespaces = &state.namespaces;
        EngineStats {
            revision: state.revision,
            durable_revision: self.durable_revision(),
            keys: namespaces.iter().map(|(_, info)| info.keys).sum(),
            namespaces: namespaces.len() as u64,
            segments: state.segments.len() as u64,
            log_disk_bytes: state.segments.values().map(|segment| segment.bytes).sum(),
            log_live_bytes: state.segments.values().map(|segment| segment.live_bytes).sum(),
            frame_disk_bytes: state.frame_bytes.bytes,
            frame_dead_bytes: state.frame_bytes.dead,
            log_since_checkpoint,
            index_bytes: memory.resident as u64,
            dirty_bytes: memory.dirty as u64,
            log_waiting_bytes: state.pending.bytes(),
            leases: self.leases.count() as u64,
            log_bytes_written: counters.log_bytes.get(),
            value_bytes_written: counters.value_bytes.get(),
            frames_written: counters.frames.get(),
            frame_bytes_written: counters.frame_bytes.get(),
            relocated_bytes: counters.relocated_bytes.get(),
            unreadable_segments: lock(&self.unreadable).numbers().len() as u64,
            log_syncs: counters.log_syncs.get(),
            checkpoints_begun: counters.checkpoints_begun.get(),
            checkpoints_published: counters.checkpoints_published.get(),
            checkpoints_clean: counters.checkpoints_clean.get(),
            deletes: counters.deletes.get(),
            deletes_failed: counters.deletes_failed.get(),
        }
    }
}
