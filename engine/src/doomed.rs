//! Files that are to be deleted and that somebody may still read.

use super::value_ref::ValueRef;
use crate::segment_id::SegmentId;

/// A file to be deleted once all leases from before `mark` are gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Doomed {
    pub(crate) file: DoomedFile,
    pub(crate) mark: u64,
}

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DoomedFile {
    Segment(SegmentId),
    Frames(u64),
    Value(ValueRef),
    /// A file that never got its name.
    Temp(String),
}
