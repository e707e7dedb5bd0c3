//! The footer of a sealed segment: what replay needs of its records, without their values.
//!
//! ```text
//! bytes  field
//! 8      magic "SWlogdir"
//! 1      0: no directory, the records are to be scanned; 1: the directory follows
//! u      highest revision of the segment
//! u      count of steps (1 only)
//! u      length of the header (1 only)
//! ...    the steps (1 only)
//! 4      length of all before, little-endian
//! 8      checksum of all before, seeded as a record's with segment and offset of the footer
//! 8      magic "SWsealed", the last bytes of the segment
//!
//! step (u: LEB128 varint; s: the same zigzag; b: length as u, then the bytes)
//! 1      tag
//! u      bytes between the end of the step before (at first: of the header) and this record
//! u      length of the record
//! s      revision, less that of the step before (at first: 0)
//! u      namespace
//! ...    1 put, inline      expires_at_ms u, key b, value b
//!        2 put, logged      expires_at_ms u, key b, length of the value u
//!        3 put, separated   expires_at_ms u, key b, length of the value u, hash: 32 bytes
//!        4 delete           key b
//!        5 expire           expires_at_ms u, key b
//!        6 rename           from b, to b
//!        7 namespace create threshold u, name b
//!        8 namespace drop
//!        9 track            1 byte: 0 off, 1 whole, 2 buckets
//! ```
//!
//! There is a directory only where it takes at most an eighth of the bytes before the footer:
//! where values are small, scanning costs little more than reading it would. Marks and ends of
//! batches are not in it; every batch of a sealed segment is whole.

mod builder;
mod directory;
#[cfg(test)]
mod tests;

pub(crate) use builder::FooterBuilder;
#[cfg(feature = "fuzzing")]
pub(crate) use builder::reencode;
pub(crate) use directory::Directory;

use std::sync::Arc;

use super::FOOTER_MAGIC;
use crate::codec::Reader;
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{read_error, segment_name};
use crate::log::record::checksum;
use crate::memory;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// A directory takes at most this part of the bytes before it.
pub(super) const DIRECTORY_PART: u64 = 8;

const SEAL_MAGIC: &[u8; 8] = b"SWsealed";
const TRAILER_BYTES: usize = 4 // length
    + 8 // checksum
    + 8; // magic

const TAG_PUT_INLINE: u8 = 1;
const TAG_PUT_LOGGED: u8 = 2;
const TAG_PUT_SEPARATED: u8 = 3;
const TAG_DELETE: u8 = 4;
const TAG_EXPIRE: u8 = 5;
const TAG_RENAME: u8 = 6;
const TAG_NAMESPACE_CREATE: u8 = 7;
const TAG_NAMESPACE_DROP: u8 = 8;
const TAG_TRACK: u8 = 9;

/// What a sealed segment says of itself at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Footer {
    /// Where the records end and the footer begins.
    pub(crate) records_end: u64,
    /// The highest revision in the segment, that of the end of a batch included; 0 if there is
    /// none.
    pub(crate) revision_max: Revision,
    /// The steps; none if the records are to be scanned.
    pub(crate) directory: Option<Directory>,
}

impl Footer {
    /// Reads the footer at the end of a segment of `len` bytes; none if it has no whole one.
    pub(crate) fn read(
        file: &Arc<dyn DiskFile>,
        segment: SegmentId,
        len: u64,
    ) -> Result<Option<Self>> {
        let failed = |offset: u64| {
            move |error| read_error("log footer", &segment_name(segment), offset, error)
        };
        let Some(trailer_at) = len.checked_sub(TRAILER_BYTES as u64) else { return Ok(None) };
        let mut trailer = [0; TRAILER_BYTES];
        file.read_at(trailer_at, &mut trailer).map_err(failed(trailer_at))?;
        if !trailer.ends_with(SEAL_MAGIC) {
            return Ok(None);
        }
        let [l0, l1, l2, l3, ..] = trailer;
        let body_len = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        let Some(start) = trailer_at.checked_sub(body_len) else { return Ok(None) };
        // No segment has so long a footer, so damage does not make us read all of it.
        if body_len > start / DIRECTORY_PART + builder::FIXED_BYTES_MAX as u64 {
            return Ok(None);
        }
        let mut bytes = memory::zeroed(len - start)?;
        file.read_at(start, &mut bytes).map_err(failed(start))?;
        Ok(Self::decode(bytes, segment, start))
    }

    /// Whether a footer begins at `start` of a segment of `len` bytes, whatever became of it: its
    /// magic or its trailer says so.
    pub(crate) fn may_begin_at(
        file: &Arc<dyn DiskFile>,
        segment: SegmentId,
        start: u64,
        len: u64,
    ) -> Result<bool> {
        let failed = |offset: u64| {
            move |error| read_error("log footer", &segment_name(segment), offset, error)
        };
        let mut magic = [0; FOOTER_MAGIC.len()];
        if len.saturating_sub(start) < magic.len() as u64 {
            return Ok(false);
        }
        file.read_at(start, &mut magic).map_err(failed(start))?;
        let trailer_at = len.saturating_sub(TRAILER_BYTES as u64);
        let Some(body_len) = trailer_at.checked_sub(start) else {
            return Ok(magic == *FOOTER_MAGIC);
        };
        let mut trailer = [0; TRAILER_BYTES];
        file.read_at(trailer_at, &mut trailer).map_err(failed(trailer_at))?;
        let [l0, l1, l2, l3, ..] = trailer;
        let said_len = u64::from(u32::from_le_bytes([l0, l1, l2, l3]));
        let said = trailer.ends_with(SEAL_MAGIC) && said_len == body_len;
        Ok(said || magic == *FOOTER_MAGIC)
    }

    /// Reads the footer that `bytes` are and that lies at `start` of `segment`; none if they are
    /// not just that.
    pub(crate) fn decode(mut bytes: Vec<u8>, segment: SegmentId, start: u64) -> Option<Self> {
        let body_len = bytes.len().checked_sub(TRAILER_BYTES)?;
        let (checked, seal) = bytes.split_at_checked(body_len + 4)?;
        let (sum, magic) = seal.split_first_chunk::<8>()?;
        if magic != SEAL_MAGIC
            || checked[body_len..] != (body_len as u32).to_le_bytes()
            || checksum(checked, segment, start) != u64::from_le_bytes(*sum)
        {
            return None;
        }
        let mut reader = Reader::new(&checked[..body_len], "log footer");
        let (revision_max, list) = read_fixed(&mut reader).ok()?;
        let rest = reader.remaining();
        let directory = match list {
            Some(list) => {
                bytes.truncate(body_len);
                Some(Directory::new(bytes, body_len - rest, segment, start, list))
            }
            None if rest > 0 => return None,
            None => None,
        };
        Some(Self { records_end: start, revision_max, directory })
    }
}

/// What a footer says of its directory.
struct List {
    steps: u64,
    header_len: u64,
}

/// The fields before the steps.
fn read_fixed(reader: &mut Reader<'_>) -> Result<(Revision, Option<List>)> {
    if reader.array::<8>()? != *FOOTER_MAGIC {
        return Err(reader.malformed());
    }
    let tag = reader.byte()?;
    let revision_max = Revision::read(reader)?;
    match tag {
        0 => Ok((revision_max, None)),
        1 => {
            let steps = reader.varint()?;
            Ok((revision_max, Some(List { steps, header_len: reader.varint()? })))
        }
        _ => Err(reader.malformed()),
    }
}

/// The error of a footer with a right checksum whose directory breaks the format.
fn corrupt(segment: SegmentId, offset: u64) -> Error {
    Error::StoreCorrupt { what: "log footer", file: segment_name(segment), offset }
}
