//! What is known of the log's segments: how much of each is needed.

use crate::revision::Revision;
use crate::segment_id::SegmentId;
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
    /// Its place in the order of replay: of those it has, the first.
    pub(crate) replay_order: u64,
    /// The last of them; what compaction writes has those of all that it replaces.
    pub(crate) through: u64,
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
    pub(crate) as_of: Revision,
    /// How it came to be.
    pub(crate) kind: SegmentKind,
}

/// The segments, by number.
pub(crate) type Segments = BTreeMap<SegmentId, Segment>;

impl Segment {
    /// Whether no record in it speaks of a key: at most namespaces are made in it.
    pub(crate) fn is_bare(&self) -> bool {
        self.live_bytes == 0 && self.dead_bytes == 0 && self.note_bytes == 0
    }
}

/// The replay order of the first segment in which a record speaks of a key: notes up to there say
/// nothing, later ones still do.
pub(crate) fn oldest(segments: &Segments) -> u64 {
    let speaking = segments.values().filter(|segment| !segment.is_bare());
    speaking.map(|segment| segment.replay_order).min().unwrap_or(u64::MAX)
}
