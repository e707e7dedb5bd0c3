//! The end of the last segment after a crash: what of it counts.
//!
//! Bytes that were not synced may be there or not, each page by itself. So what follows the first
//! bytes that are no record proves nothing, and the segment is cut there: it is a torn tail. A
//! batch whose end did not come is cut with it.
//!
//! But bytes that were synced are there, or the disk lost them. What was synced is known from the
//! checkpoint or the header of the next segment (`known_synced`) and from marks: [`Record::Mark`]
//! says how much was when it was written. Marks that come after the first break count too: they are
//! looked for byte by byte, which their checksum, bound to their offset, makes safe. If a break, or
//! the end of the file, lies below what was synced, it is damage and reported; nothing is cut. The
//! header is always synced.
//!
//! Who cuts must make the cut durable before anything is appended: a record left over behind it
//! would still be at its place.

use std::sync::Arc;

use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{read_error, segment_name};
use crate::log::batch::Batches;
use crate::log::record::{
    Behind, DecodeError, Decoded, FLAG_SYNCED, HEAD_BYTES, KIND_MARK, MARK_BODY_MAX, Record,
    SYNCED_BYTES_MAX, decode,
};
use crate::log::segment::footer::Footer;
use crate::log::segment::header::SegmentHeader;
use crate::log::segment::scan::{Scan, Scanned};
use crate::log::step::revision_of;
use crate::memory;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// How much is searched for marks at once, in bytes.
const SEARCH_BYTES: usize = 256 * 1024;
const MARK_BYTES_MAX: usize = HEAD_BYTES + MARK_BODY_MAX;

/// What there is in the last segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tail {
    /// Its records count up to `end`; what follows, if anything, is to be cut.
    Open(OpenTail),
    /// It is whole and sealed.
    Sealed(SegmentHeader, Footer),
}

/// A segment that may be appended to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OpenTail {
    pub(crate) header: SegmentHeader,
    /// Where the last record that counts ends.
    pub(crate) end: u64,
    /// The length of the file; more than `end` if there is something to cut.
    pub(crate) len: u64,
    /// The highest revision of the records that were looked at; 0 if there is none.
    pub(crate) revision_max: Revision,
}

/// Looks at the last segment from the record at `from` on (0 is its first), without changing it.
/// `known_synced` bytes of it were synced; 0 if nothing but the header is known to be.
///
/// [`Error::StoreCorrupt`] if bytes that were synced are damaged or missing.
pub(crate) fn examine(
    file: &Arc<dyn DiskFile>,
    segment: SegmentId,
    from: u64,
    known_synced: u64,
) -> Result<Tail> {
    let len = file.len().map_err(|error| unreadable(segment, 0, error))?;
    let header = SegmentHeader::read(&**file, segment)?;
    if len < known_synced {
        return Err(cut_short(segment, len));
    }
    let mut scan = Scan::new(file.clone(), segment, from.max(SegmentHeader::LEN), len);
    let mut batches = Batches::default();
    let (mut revision_max, mut counted_max) = (Revision::ZERO, Revision::ZERO);
    let mut synced = known_synced;
    let (broken_at, footer) = loop {
        match scan.next()? {
            Scanned::Record(place, decoded) => {
                batches.add(place.offset, &decoded).map_err(|_| corrupt(segment, place.offset))?;
                if let Some(mark) = said_synced(&decoded, place.offset) {
                    synced = synced.max(mark);
                }
                revision_max = revision_max.max(revision_of(&decoded.record).unwrap_or_default());
                if batches.unfinished().is_none() {
                    counted_max = revision_max;
                }
            }
            Scanned::End => break (scan.offset(), None),
            Scanned::Broken(offset) => break (offset, None),
            Scanned::Footer(offset) => {
                let footer = Footer::read(file, segment, len)?;
                break (offset, footer.filter(|footer| footer.records_end == offset));
            }
        }
    };
    match (footer, batches.unfinished()) {
        (Some(footer), None) => return Ok(Tail::Sealed(header, footer)),
        (Some(_), Some(start)) => return Err(corrupt(segment, start)),
        (None, _) => {}
    }
    if synced <= broken_at && broken_at < len {
        synced = synced.max(synced_by_marks(file, segment, broken_at + 1, len, broken_at)?);
    }
    if synced > broken_at {
        log::error!(
            "{}: what follows revision {counted_max} is damaged from byte {broken_at} on, and was \
             synced up to byte {synced}",
            segment_name(segment)
        );
        return Err(corrupt(segment, broken_at));
    }
    let end = batches.unfinished().unwrap_or(broken_at);
    Ok(Tail::Open(OpenTail { header, end, len, revision_max: counted_max }))
}

/// The greatest offset that marks between `from` and `end` say was synced, as far as it matters:
/// one beyond `enough` ends the search. One buffer is in memory, and only what has the kind of a
/// mark, or the bit that stands for one, and a plausible length is looked at closely.
fn synced_by_marks(
    file: &Arc<dyn DiskFile>,
    segment: SegmentId,
    from: u64,
    end: u64,
    enough: u64,
) -> Result<u64> {
    let mut synced = 0;
    let mut start = from;
    while start < end {
        let wanted = (end - start).min((SEARCH_BYTES + SYNCED_BYTES_MAX) as u64);
        let mut bytes = memory::zeroed(wanted)?;
        file.read_at(start, &mut bytes).map_err(|error| unreadable(segment, start, error))?;
        for at in 0..bytes.len().min(SEARCH_BYTES) {
            if let Some(mark) = mark_at(&bytes[at..], segment, start + at as u64) {
                synced = synced.max(mark);
                if synced > enough {
                    return Ok(synced);
                }
            }
        }
        start += SEARCH_BYTES as u64;
    }
    Ok(synced)
}

/// What the mark says that `bytes` begin with, if they do.
fn mark_at(bytes: &[u8], segment: SegmentId, offset: u64) -> Option<u64> {
    let kind = *bytes.get(HEAD_BYTES - 1)?;
    let len_max = if kind == KIND_MARK {
        MARK_BYTES_MAX
    } else if kind & FLAG_SYNCED != 0 {
        SYNCED_BYTES_MAX
    } else {
        return None;
    };
    let bytes = &bytes[..bytes.len().min(len_max)];
    match decode(bytes, segment, offset) {
        Ok(decoded) => said_synced(&decoded, offset),
        Err(DecodeError::NeedMore(_) | DecodeError::Invalid) => None,
    }
}

/// How much of the segment the record at `offset` says was synced, if it says that.
fn said_synced(decoded: &Decoded<'_>, offset: u64) -> Option<u64> {
    match (decoded.record, decoded.behind) {
        (Record::Mark { synced }, _) if synced <= offset => Some(synced),
        (_, Behind::Synced) => Some(offset),
        _ => None,
    }
}

/// The error of a segment that ends before all that was synced.
pub(crate) fn cut_short(segment: SegmentId, len: u64) -> Error {
    Error::StoreCorrupt { what: "end of a log segment", file: segment_name(segment), offset: len }
}

fn corrupt(segment: SegmentId, offset: u64) -> Error {
    Error::StoreCorrupt { what: "log record", file: segment_name(segment), offset }
}

fn unreadable(segment: SegmentId, offset: u64, error: std::io::Error) -> Error {
    read_error("log segment", &segment_name(segment), offset, error)
}

#[cfg(test)]
mod tests;
