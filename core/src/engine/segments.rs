//! What is known of the log's segments: how much of each is needed.

use std::collections::BTreeMap;

/// How a segment came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SegmentKind {
    /// Writers appended to it.
    #[default]
    Original,
    /// Compaction wrote it in place of others.
    Compacted,
}

/// One segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Segment {
    /// Its place in the order of replay, which compaction keeps.
    pub(crate) position: u64,
    /// Its length, in bytes.
    pub(crate) bytes: u64,
    /// The length of the records whose values the index names, in bytes.
    pub(crate) live_bytes: u64,
    /// The length of the records that compaction would leave out, in bytes; those that only it can
    /// tell to be needless not included.
    pub(crate) dead_bytes: u64,
    /// How many records it has that carry no value but say that something changed: deletes,
    /// changes of an expiry, renames, namespaces made and dropped.
    pub(crate) notes: u64,
    /// The length of the notes that say nothing once no older segment is there, in bytes.
    pub(crate) note_bytes: u64,
    /// The revision up to which renames are already in the keys of its records; 0 if it is not
    /// compaction's: then each record's own revision counts.
    pub(crate) as_of: u64,
    /// How it came to be.
    pub(crate) kind: SegmentKind,
}

/// The segments, by number.
pub(crate) type Segments = BTreeMap<u64, Segment>;

/// Whether a segment is there whose records come before those at `position`: notes from there on
/// still say something.
pub(crate) fn has_older(segments: &Segments, position: u64) -> bool {
    segments.values().any(|segment| segment.position < position)
}
