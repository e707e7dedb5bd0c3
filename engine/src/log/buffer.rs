//! Records that wait to be written, and where the log goes on.
//!
//! Records are encoded into chunks at the offsets at which they will be in the file. Whoever does
//! the I/O [takes](Pending::take) the chunks, writes them in order and tells when they are
//! [written](Pending::written) and [synced](Pending::synced); until they are written, their
//! records are [read](Pending::read) from here. Nothing here does I/O or fails.
//!
//! Sealing is logical: [`Pending::rotate`] begins the next segment and puts the footer behind the
//! last record of the one before, in this order, and the chunks say which is the first and the last
//! of a segment.

use std::collections::{BTreeSet, VecDeque};

use bytes::Bytes;

use crate::entry::Place;
use crate::log::record::{
    Batched, Behind, PutValue, Record, SYNCED_BYTES_MAX, encode_behind, encoded_len,
};
use crate::log::segment::footer::FooterBuilder;
use crate::log::segment::header::SegmentHeader;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// A chunk is closed once it has this many bytes, so that it outgrows them by at most one record.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes to write at one offset of one segment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Chunk {
    /// The number of the segment.
    pub(crate) segment: SegmentId,
    /// Where the bytes belong in it.
    pub(crate) offset: u64,
    /// The bytes.
    pub(crate) bytes: Bytes,
    /// A record in it names a separated value.
    pub(crate) separated: bool,
    /// It is the header of its segment: the file is to be made, and to be durable under its name,
    /// before anything else is written.
    pub(crate) creates: bool,
    /// It is the footer of its segment, which comes after the header of the next one: all before
    /// is to be durable first, so that a sealed segment always has a successor.
    pub(crate) seals: bool,
}

impl Chunk {
    fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

/// How long a segment gets and what its footer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentLimits {
    /// A segment is full once it has this many bytes.
    pub(crate) segment_bytes_max: u64,
    /// The longest value that the index keeps, in bytes.
    pub(crate) inline_bytes_max: u32,
}

/// The end of the log, in memory.
#[derive(Debug)]
pub(crate) struct Pending {
    limits: SegmentLimits,
    /// The active segment.
    segment: SegmentId,
    /// Its length once all that waits is written.
    len: u64,
    footer: FooterBuilder,
    /// The chunk that is appended to, without its bytes, and these; empty if there is none.
    open: Chunk,
    open_bytes: Vec<u8>,
    /// Chunks that nobody has taken, in order.
    waiting: VecDeque<Chunk>,
    /// Chunks that are taken and not known to be written, in order.
    in_flight: VecDeque<Chunk>,
    /// How much of the active segment is written, synced and said to be in a mark, in bytes.
    written: u64,
    synced: u64,
    marked: u64,
}

impl Pending {
    /// Begins the log with a new segment.
    pub(crate) fn new(header: &SegmentHeader, limits: SegmentLimits) -> Self {
        let mut pending = Self {
            limits,
            segment: header.id,
            len: 0,
            footer: FooterBuilder::new(header.id, 0, 0, 0),
            open: Chunk::default(),
            open_bytes: Vec::new(),
            waiting: VecDeque::new(),
            in_flight: VecDeque::new(),
            written: 0,
            synced: 0,
            marked: 0,
        };
        pending.begin(header);
        pending
    }

    /// Goes on in a segment that has `len` bytes, all written and synced. `footer` knows what it
    /// holds; see [`FooterBuilder::without_directory`].
    pub(crate) fn resume(
        segment: SegmentId,
        len: u64,
        footer: FooterBuilder,
        limits: SegmentLimits,
    ) -> Self {
        Self {
            limits,
            segment,
            len,
            footer,
            open: Chunk::default(),
            open_bytes: Vec::new(),
            waiting: VecDeque::new(),
            in_flight: VecDeque::new(),
            written: len,
            synced: len,
            marked: 0,
        }
    }

    /// The number of the active segment.
    pub(crate) fn segment(&self) -> SegmentId {
        self.segment
    }

    /// The length that the active segment will have once all is written, in bytes: where the next
    /// record goes, or the mark before it.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// Whether the active segment has reached its length: it is time to [`Pending::rotate`].
    pub(crate) fn is_full(&self) -> bool {
        self.len >= self.limits.segment_bytes_max
    }

    /// How much of the active segment is known to be written, in bytes.
    pub(crate) fn written_len(&self) -> u64 {
        self.written
    }

    /// The segments of which something is not known to be written.
    pub(crate) fn segments_waiting(&self) -> BTreeSet<SegmentId> {
        let chunks = self.waiting.iter().chain(&self.in_flight);
        let open = (!self.open_bytes.is_empty()).then_some(self.open.segment);
        chunks.map(|chunk| chunk.segment).chain(open).collect()
    }

    /// How many bytes are not known to be written.
    pub(crate) fn bytes(&self) -> u64 {
        let chunks = self.waiting.iter().chain(&self.in_flight);
        chunks.map(|chunk| chunk.bytes.len() as u64).sum::<u64>() + self.open_bytes.len() as u64
    }

    /// Appends a record; returns where it is. What a batch is made of must be appended without
    /// [`Pending::rotate`] in between.
    pub(crate) fn append(&mut self, record: &Record<'_>, batched: Batched) -> Place {
        let behind = if self.open_bytes.is_empty() { self.mark(record) } else { Behind::Unknown };
        let place = self.encode(record, batched, behind);
        self.footer.add(place, record);
        if matches!(record, Record::Put { value: PutValue::Separated(_), .. }) {
            self.open.separated = true;
        }
        if self.open_bytes.len() >= CHUNK_BYTES {
            self.close();
        }
        place
    }

    /// Ends the active segment with its footer and begins the next one. Returns the length of the
    /// sealed one, in bytes.
    pub(crate) fn rotate(&mut self, header: &SegmentHeader) -> u64 {
        let next = FooterBuilder::new(header.id, 0, 0, 0);
        let footer = std::mem::replace(&mut self.footer, next).finish(self.len);
        let (segment, offset) = (self.segment, self.len);
        let seal = Chunk { segment, offset, bytes: footer.into(), seals: true, ..Chunk::default() };
        let len = seal.end();
        self.close();
        self.begin(header);
        self.close();
        self.waiting.push_back(seal);
        len
    }

    /// Lets the active segment, whose last revision so far is given, be sealed with few bytes: its
    /// records are scanned then.
    pub(crate) fn seal_shortly(&mut self, revision: Revision) {
        self.footer = FooterBuilder::without_directory(self.segment, revision);
    }

    /// Takes all chunks that wait, in the order in which they are to be written.
    pub(crate) fn take(&mut self) -> Vec<Chunk> {
        self.close();
        let taken: Vec<Chunk> = self.waiting.drain(..).collect();
        self.in_flight.extend(taken.iter().cloned());
        taken
    }

    /// These chunks are in their files; their records are no longer here.
    pub(crate) fn written(&mut self, chunks: &[Chunk]) {
        for chunk in chunks {
            self.in_flight.retain(|it| (it.segment, it.offset) != (chunk.segment, chunk.offset));
            if chunk.segment == self.segment {
                self.written = self.written.max(chunk.end());
            }
        }
    }

    /// These chunks, the last that were taken, could not be written yet: they wait again.
    pub(crate) fn give_back(&mut self, chunks: &[Chunk]) {
        for chunk in chunks.iter().rev() {
            self.in_flight.retain(|it| (it.segment, it.offset) != (chunk.segment, chunk.offset));
            self.waiting.push_front(chunk.clone());
        }
    }

    /// All that is [written](Pending::written) by now is synced.
    pub(crate) fn synced(&mut self) {
        self.synced = self.written;
    }

    /// The record at `place`, if it is not known to be written.
    pub(crate) fn read(&self, place: Place) -> Option<Bytes> {
        let range = |segment: SegmentId, offset: u64| {
            let start = place.offset.checked_sub(offset).filter(|_| segment == place.segment)?;
            let start = usize::try_from(start).ok()?;
            Some(start..start.checked_add(place.len as usize)?)
        };
        if let Some(range) = range(self.open.segment, self.open.offset)
            && let Some(bytes) = self.open_bytes.get(range)
        {
            return Some(Bytes::copy_from_slice(bytes));
        }
        self.waiting.iter().chain(&self.in_flight).find_map(|chunk| {
            let range = range(chunk.segment, chunk.offset)?;
            (range.end <= chunk.bytes.len()).then(|| chunk.bytes.slice(range))
        })
    }

    fn begin(&mut self, header: &SegmentHeader) {
        let SegmentLimits { segment_bytes_max, inline_bytes_max } = self.limits;
        self.segment = header.id;
        self.len = 0;
        (self.written, self.synced, self.marked) = (0, 0, 0);
        self.footer =
            FooterBuilder::new(header.id, SegmentHeader::LEN, inline_bytes_max, segment_bytes_max);
        self.put(&header.encode());
        self.open.creates = true;
    }

    /// Says how much is synced, if that is more than was said before: in the next record itself if
    /// it is all there is and that is short.
    fn mark(&mut self, next: &Record<'_>) -> Behind {
        if self.synced <= self.marked {
            return Behind::Unknown;
        }
        self.marked = self.synced;
        if self.synced == self.len && encoded_len(next) as usize <= SYNCED_BYTES_MAX {
            return Behind::Synced;
        }
        self.encode(&Record::Mark { synced: self.synced }, Batched::No, Behind::Unknown);
        Behind::Unknown
    }

    fn encode(&mut self, record: &Record<'_>, batched: Batched, behind: Behind) -> Place {
        self.open_chunk();
        let (segment, offset) = (self.segment, self.len);
        let len = encode_behind(record, batched, behind, segment, offset, &mut self.open_bytes);
        self.len += u64::from(len);
        Place { segment, offset, len }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.open_chunk();
        self.open_bytes.extend_from_slice(bytes);
        self.len += bytes.len() as u64;
    }

    fn open_chunk(&mut self) {
        if self.open_bytes.is_empty() {
            let (segment, offset) = (self.segment, self.len);
            self.open = Chunk { segment, offset, ..Chunk::default() };
        }
    }

    fn close(&mut self) {
        if !self.open_bytes.is_empty() {
            let bytes = Bytes::from(std::mem::take(&mut self.open_bytes));
            self.waiting.push_back(Chunk { bytes, ..std::mem::take(&mut self.open) });
        }
    }
}

#[cfg(test)]
mod tests;
