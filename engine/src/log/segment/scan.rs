//! Reading the records of a segment one after another, through one bounded buffer.

use std::sync::Arc;

use crate::disk::DiskFile;
use crate::entry::Place;
use crate::error::Result;
use crate::files::{read_error, segment_name};
use crate::log::record::{DecodeError, Decoded, HEAD_BYTES, check, parse};
use crate::log::segment::FOOTER_MAGIC;
use crate::memory;
use crate::segment_id::SegmentId;

/// How much is read at once, in bytes, unless a record is longer.
const READ_BYTES: u64 = 256 * 1024;

/// What a scan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scanned<'a> {
    /// A record.
    Record(Place, Decoded<'a>),
    /// The end of the range: the last record ends there.
    End,
    /// What begins here is a footer or what is left of one; no record comes after it.
    Footer(u64),
    /// What begins here is no record.
    Broken(u64),
}

/// A scan of the records in a range of a segment. It holds one buffer of 256 KiB or, if that is
/// more, of its longest record.
pub(crate) struct Scan {
    file: Arc<dyn DiskFile>,
    segment: SegmentId,
    /// What was given last, up to `next`, and what was read beyond it.
    buffer: Vec<u8>,
    given: usize,
    next: usize,
    /// The offset of `next` in the file.
    offset: u64,
    end: u64,
}

impl Scan {
    /// Scans from the record at `from` to `end`, at most the length of the file.
    pub(crate) fn new(file: Arc<dyn DiskFile>, segment: SegmentId, from: u64, end: u64) -> Self {
        Self {
            file,
            segment,
            buffer: Vec::new(),
            given: 0,
            next: 0,
            offset: from,
            end: end.max(from),
        }
    }

    /// Where the next record begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The next record, or why there is none; then it says the same for ever.
    pub(crate) fn next(&mut self) -> Result<Scanned<'_>> {
        if self.offset == self.end {
            return Ok(Scanned::End);
        }
        let len = loop {
            let rest = &self.buffer[self.next..];
            if rest.starts_with(FOOTER_MAGIC) {
                return Ok(Scanned::Footer(self.offset));
            }
            match check(rest, self.segment, self.offset) {
                Ok(len) => break len,
                Err(DecodeError::NeedMore(len)) if len as u64 <= self.left() => {
                    self.fill(len)?;
                }
                // Too little for a record's head, but a footer may begin here.
                Err(DecodeError::NeedMore(HEAD_BYTES)) if (rest.len() as u64) < self.left() => {
                    self.fill(0)?;
                }
                Err(_) => return Ok(Scanned::Broken(self.offset)),
            }
        };
        let Ok(decoded) = parse(&self.buffer[self.next..self.next + len]) else {
            return Ok(Scanned::Broken(self.offset));
        };
        let place = Place { segment: self.segment, offset: self.offset, len: decoded.len };
        self.given = self.next;
        self.next += len;
        self.offset += len as u64;
        Ok(Scanned::Record(place, decoded))
    }

    /// The record that was given last, as long as nothing else was asked for since.
    pub(crate) fn current(&self) -> Option<(Place, Decoded<'_>)> {
        let decoded = parse(&self.buffer[self.given..self.next]).ok()?;
        let offset = self.offset - u64::from(decoded.len);
        Some((Place { segment: self.segment, offset, len: decoded.len }, decoded))
    }

    /// How much of the range was not given yet, in bytes.
    fn left(&self) -> u64 {
        self.end - self.offset
    }

    /// Reads on until `len` bytes, which the range has, are in the buffer.
    fn fill(&mut self, len: usize) -> Result<()> {
        self.buffer.drain(..self.next);
        (self.given, self.next) = (0, 0);
        let kept = self.buffer.len();
        let wanted = (len as u64).max(READ_BYTES).min(self.left());
        memory::resize(&mut self.buffer, wanted)?;
        let from = self.offset + kept as u64;
        let read = self.file.read_at(from, &mut self.buffer[kept..]);
        if read.is_err() {
            self.buffer.truncate(kept);
        }
        read.map_err(|error| read_error("log record", &segment_name(self.segment), from, error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::log::record::{Batched, PutValue, Record, encode};
    use crate::log::testing::BytesFile;
    use crate::namespace_id::NamespaceId;
    use crate::revision::Revision;

    const SEGMENT: SegmentId = SegmentId::new(3);
    const FROM: u64 = 59;

    /// What a scan gives: the offsets of its records, their keys' first bytes, and how it ends.
    fn scanned(bytes: &[u8]) -> (Vec<(u64, u8)>, String) {
        let mut scan = Scan::new(BytesFile::open(bytes), SEGMENT, FROM, bytes.len() as u64);
        let mut found = Vec::new();
        loop {
            match scan.next().unwrap() {
                Scanned::Record(place, decoded) => {
                    assert_eq!(place.len, decoded.len);
                    let Record::Put { key, .. } = decoded.record else { panic!("{decoded:?}") };
                    found.push((place.offset, key[0]));
                }
                end => {
                    let end = format!("{end:?}");
                    assert_eq!(format!("{:?}", scan.next().unwrap()), end);
                    return (found, end);
                }
            }
        }
    }

    fn segment(value_lens: &[usize]) -> (Vec<u8>, Vec<(u64, u8)>) {
        let mut bytes = vec![0; FROM as usize];
        let mut places = Vec::new();
        for (number, len) in value_lens.iter().enumerate() {
            let key = [number as u8];
            let offset = bytes.len() as u64;
            let record = Record::Put {
                namespace: NamespaceId::new(1),
                key: &key,
                revision: Revision::new(1),
                expires_at_ms: 0,
                value: PutValue::Bytes(&vec![0xaa; *len]),
            };
            encode(&record, Batched::No, SEGMENT, offset, &mut bytes);
            places.push((offset, number as u8));
        }
        (bytes, places)
    }

    #[test]
    fn records_of_any_length_are_found_across_reads() {
        let (bytes, places) = segment(&[0, 100_000, 200_000, 3 << 20, 1, 262_144, 5]);
        assert_eq!(scanned(&bytes), (places, "End".into()));
    }

    #[test]
    fn every_cut_gives_the_whole_records_before_it() {
        let (bytes, places) = segment(&[0, 10, 30]);
        for cut in FROM as usize..bytes.len() {
            let whole: Vec<_> = places.windows(2).filter(|it| it[1].0 <= cut as u64).collect();
            let (found, end) = scanned(&bytes[..cut]);
            assert_eq!(found, places[..whole.len()]);
            let next = places[whole.len()].0;
            let expected =
                if next == cut as u64 { "End".into() } else { format!("Broken({next})") };
            assert_eq!(end, expected, "cut at {cut}");
        }
    }

    #[test]
    fn a_footer_ends_the_records_even_if_little_is_left_of_it() {
        let (mut bytes, places) = segment(&[0, 10, READ_BYTES as usize - 130]);
        let end = bytes.len();
        bytes.extend_from_slice(FOOTER_MAGIC);
        for _ in 0..40 {
            assert_eq!(scanned(&bytes), (places.clone(), format!("Footer({end})")));
            bytes.push(1);
        }
    }
}
