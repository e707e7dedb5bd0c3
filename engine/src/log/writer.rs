//! The files at the end of the log.

use std::sync::Arc;

use crate::disk::DiskFile;
use crate::segment_id::SegmentId;

/// The end of the log.
#[derive(Default)]
pub(crate) struct LogWriter {
    /// The segment that is written to, by number, once it is open.
    pub(crate) file: Option<(SegmentId, Arc<dyn DiskFile>)>,
    /// The segment before it, by number, until it is sealed.
    pub(crate) full: Option<(SegmentId, Arc<dyn DiskFile>)>,
    /// A segment was made since the directory was synced.
    pub(crate) directory_owed: bool,
    /// Bytes were written since the last sync.
    pub(crate) sync_owed: bool,
}

impl LogWriter {
    /// Closes the file; for when nothing is written any more.
    pub(crate) fn let_go(&mut self) {
        self.file = None;
        self.full = None;
    }
}
