//! What of a segment is whole, where something of it is not.
//!
//! The records say themselves where they belong: their checksums are seeded with segment and
//! offset. So behind a damaged place the next whole record is found by trying every byte, and
//! neither a copy inside a value nor a leftover is taken for one. A batch counts only if all of it
//! is whole: what is left of another is part of the damage.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use super::batch::Batches;
use super::record::{DecodeError, HEAD_BYTES, Record, check, parse};
use super::segment::scan::{Scan, Scanned};
use super::step::revision_of;
use crate::disk::DiskFile;
use crate::error::Result;
use crate::files::{read_error, segment_name};
use crate::memory;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// How much is searched for a record at once, in bytes.
const WINDOW_BYTES: u64 = 256 * 1024;
/// How much more is read, so that most records that begin in it are in it.
const OVERLAP_BYTES: u64 = 64 * 1024;
/// Records up to this length are always looked for, in bytes; longer ones as long as
/// [`EFFORT_PER_BYTE`] lasts, which is long unless somebody made up what is searched.
const ALWAYS_BYTES: usize = 4 * 1024;
/// How many bytes are hashed for each that is searched, and how many at least.
const EFFORT_PER_BYTE: u64 = 64;
const EFFORT_MIN: u64 = 64 << 20;

/// The whole records of a range of a segment, and what lies between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Survey {
    /// Where whole records that count lie back to back, ascending. No batch reaches over an end.
    pub(crate) whole: Vec<Range<u64>>,
    /// All the rest of the range, ascending.
    pub(crate) damaged: Vec<Damaged>,
    /// The highest revision of the records that count; 0 if there is none.
    pub(crate) revision_max: Revision,
}

/// A damaged place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Damaged {
    /// Where it is in the segment, in bytes.
    pub(crate) range: Range<u64>,
    /// The highest revision before it in the segment; 0 if there is none.
    pub(crate) before: Revision,
    /// The first revision after it in the segment, if there is one.
    pub(crate) after: Option<Revision>,
}

impl Damaged {
    /// The revisions of what may have been in a damaged place of a segment that writers appended
    /// to, if what comes after the segment has at least the revision `next`.
    pub(crate) fn revisions(&self, next: Revision) -> RangeInclusive<Revision> {
        self.before.next()..=self.after.unwrap_or(next).before()
    }
}

impl Survey {
    /// Reads the records that begin and end with `range`. One buffer of 256 KiB, or of the longest
    /// record, and little more is in memory.
    pub(crate) fn of(
        file: &Arc<dyn DiskFile>,
        segment: SegmentId,
        range: Range<u64>,
    ) -> Result<Self> {
        let mut survey = Self::default();
        let mut at = range.start;
        while at < range.end {
            let run = Run::read(file, segment, at..range.end)?;
            if let (Some(first), Some(damaged)) = (run.first, survey.damaged.last_mut()) {
                damaged.after.get_or_insert(first);
            }
            if run.end > at {
                survey.whole.push(at..run.end);
                survey.revision_max = survey.revision_max.max(run.revision_max);
            }
            survey.add_damaged(run.end..run.next);
            at = run.next;
        }
        Ok(survey)
    }

    fn add_damaged(&mut self, range: Range<u64>) {
        match self.damaged.last_mut() {
            _ if range.is_empty() => {}
            Some(last) if last.range.end == range.start => last.range.end = range.end,
            _ => {
                let before = self.revision_max;
                self.damaged.push(Damaged { range, before, after: None });
            }
        }
    }
}

/// Whole records back to back.
struct Run {
    /// Where what counts ends.
    end: u64,
    /// Where the next run may begin.
    next: u64,
    first: Option<Revision>,
    revision_max: Revision,
}

impl Run {
    fn read(file: &Arc<dyn DiskFile>, segment: SegmentId, range: Range<u64>) -> Result<Self> {
        let mut scan = Scan::new(file.clone(), segment, range.start, range.end);
        let mut batches = Batches::default();
        let mut run =
            Self { end: range.start, next: range.end, first: None, revision_max: Revision::ZERO };
        let (mut seen_first, mut seen_max) = (None, Revision::ZERO);
        loop {
            match scan.next()? {
                Scanned::Record(place, decoded) => {
                    let end = place.offset + u64::from(place.len);
                    if batches.add(place.offset, &decoded).is_err() {
                        // The beginning of a batch is lost, which goes with its end; or the end is
                        // lost, and this record counts by itself.
                        let ends = matches!(decoded.record, Record::BatchEnd { .. });
                        run.next = if ends { end } else { place.offset };
                        return Ok(run);
                    }
                    if let Some(revision) = revision_of(&decoded.record) {
                        seen_first.get_or_insert(revision);
                        seen_max = seen_max.max(revision);
                    }
                    if batches.unfinished().is_none() {
                        (run.end, run.first, run.revision_max) = (end, seen_first, seen_max);
                    }
                }
                Scanned::End => return Ok(run),
                Scanned::Footer(offset) | Scanned::Broken(offset) => {
                    let next = next_record(file, segment, offset + 1..range.end)?;
                    run.next = next.unwrap_or(range.end);
                    return Ok(run);
                }
            }
        }
    }
}

/// Where the first whole record begins in a range, at whatever byte that is.
fn next_record(
    file: &Arc<dyn DiskFile>,
    segment: SegmentId,
    range: Range<u64>,
) -> Result<Option<u64>> {
    let read = |offset: u64, len: u64| -> Result<Vec<u8>> {
        let mut bytes = memory::zeroed(len)?;
        file.read_at(offset, &mut bytes)
            .map_err(|error| read_error("log record", &segment_name(segment), offset, error))?;
        Ok(bytes)
    };
    let mut effort = (range.end.saturating_sub(range.start))
        .saturating_mul(EFFORT_PER_BYTE)
        .saturating_add(EFFORT_MIN);
    let mut start = range.start;
    while start < range.end {
        let bytes = read(start, (WINDOW_BYTES + OVERLAP_BYTES).min(range.end - start))?;
        for at in 0..bytes.len().min(WINDOW_BYTES as usize) {
            let (rest, offset) = (&bytes[at..], start + at as u64);
            let Some(len) = said_len(rest) else { continue };
            if len as u64 > range.end - offset {
                continue;
            }
            if len > ALWAYS_BYTES {
                let Some(left) = effort.checked_sub(len as u64) else { continue };
                effort = left;
            }
            let is_record = match rest.get(..len) {
                Some(record) => is_record(record, segment, offset),
                None => is_record(&read(offset, len as u64)?, segment, offset),
            };
            if is_record {
                return Ok(Some(offset));
            }
        }
        start += WINDOW_BYTES;
    }
    Ok(None)
}

/// How long the record would be that `bytes` begin with, if they can be the beginning of one.
fn said_len(bytes: &[u8]) -> Option<usize> {
    // Asked with nothing but a head, so that nothing is hashed.
    match check(bytes.get(..HEAD_BYTES)?, SegmentId::default(), 0) {
        Err(DecodeError::NeedMore(len)) => Some(len),
        // Every record has a body.
        Ok(_) | Err(DecodeError::Invalid) => None,
    }
}

fn is_record(bytes: &[u8], segment: SegmentId, offset: u64) -> bool {
    check(bytes, segment, offset).is_ok_and(|len| len == bytes.len() && parse(bytes).is_ok())
}

#[cfg(test)]
mod tests;
