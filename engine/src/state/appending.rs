//! Appending to the log: records to the buffer, and full segments sealed.

use super::State;
use crate::entry::Place;
use crate::log::{Batched, Record, SegmentHeader};
use crate::revision::Revision;
use crate::segments::{Segment, SegmentKind};

impl State {
    /// Appends a record to the active segment.
    pub(crate) fn append(&mut self, record: &Record<'_>, batched: Batched) -> Place {
        let place = self.pending.append(record, batched);
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.bytes = self.pending.len();
        }
        place
    }

    /// Begins another segment if the active one is full. A batch is never parted: this comes
    /// before all of it.
    pub(crate) fn make_room(&mut self) {
        if self.pending.is_full() {
            self.rotate();
        }
    }

    /// Seals the active segment and begins another.
    pub(crate) fn rotate(&mut self) {
        let header = self.next_header();
        let sealed = self.pending.segment();
        let bytes = self.pending.rotate(&header);
        if let Some(segment) = self.segments.get_mut(&sealed) {
            segment.bytes = bytes;
        }
        self.begun(&header);
    }

    /// How much log opening would have to replay, in bytes.
    pub(crate) fn log_since_checkpoint(&self) -> u64 {
        let from = self.checkpointed;
        let later = self.segments.range(from.segment..);
        later.map(|(_, segment)| segment.bytes).sum::<u64>().saturating_sub(from.offset)
    }

    /// The header of the next segment that writers append to.
    pub(crate) fn next_header(&self) -> SegmentHeader {
        SegmentHeader {
            kind: SegmentKind::Original,
            id: self.next_segment,
            replay_order: self.next_replay_order,
            through: self.next_replay_order,
            before: self.pending.len(),
            as_of: self.revision,
        }
    }

    /// Takes account of a segment that begins.
    pub(crate) fn begun(&mut self, header: &SegmentHeader) {
        // What had the last revision may have been compacted away; none is given twice.
        self.revision = self.revision.max(header.as_of);
        self.next_segment = self.next_segment.max(header.id.next());
        self.next_replay_order = self.next_replay_order.max(header.through + 1);
        let (replay_order, through, kind) = (header.replay_order, header.through, header.kind);
        // What writers append has the keys of its time.
        let as_of = match kind {
            SegmentKind::Original => Revision::ZERO,
            SegmentKind::Compacted => header.as_of,
        };
        let bytes = SegmentHeader::LEN;
        let segment = Segment { replay_order, through, kind, as_of, bytes, ..Segment::default() };
        self.segments.insert(header.id, segment);
    }
}
