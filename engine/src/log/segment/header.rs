//! The header of a segment: which one it is, and where it comes in the order of replay.
//!
//! ```text
//! bytes  field (numbers little-endian)
//! 8      magic "SWlogseg"
//! 8      checksum: xxh3-64 of the rest of the header
//! 4      length of the whole header
//! 2      format version, 1
//! 1      kind: 0 original, 1 compacted
//! 8      id
//! 8      replay order: the first place it has in the order of replay
//! 8      the last place it has; the same unless compaction wrote it
//! 8      where the records of the segment before it end; 0 if compaction wrote it
//! 8      as-of revision
//! ```
//!
//! Magic, checksum and length stay where they are in every version, so that another version is
//! told from damage.

use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{io_error, read_error, segment_name};
use crate::number::NUMBER_MAX;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::segments::SegmentKind;

/// The format version of segments.
pub(crate) const VERSION: u16 = 1;

/// The length of a header, in bytes: where the first record begins.
pub(crate) const HEADER_BYTES: usize = PREFIX_BYTES + FIELDS_BYTES;

/// The longest header of any version, in bytes.
pub(crate) const HEADER_BYTES_MAX: usize = 4_096;

const MAGIC: &[u8; 8] = b"SWlogseg";
const CHECKED_FROM: usize = 8 // magic
    + 8; // checksum
const PREFIX_BYTES: usize = CHECKED_FROM + 4; // length
const FIELDS_BYTES: usize = 2 // version
    + 1 // kind
    + 8 // id
    + 8 // replay order
    + 8 // last replay order
    + 8 // end of the records before
    + 8; // as-of revision

/// What a segment says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    /// How it came to be.
    pub(crate) kind: SegmentKind,
    /// The number of the segment, which its file is named after; never given twice.
    pub(crate) id: SegmentId,
    /// Its place in the order of replay: of those it has, the first.
    pub(crate) replay_order: u64,
    /// The last of them. Writers' segments have one each; what compaction writes has those of all
    /// that it replaces.
    pub(crate) through: u64,
    /// Where the records of the segment before it end, in bytes: all of them were synced before
    /// this one was made. 0 if compaction wrote it.
    pub(crate) before: u64,
    /// The last revision there was when it was begun; what compaction left out of it was dead by
    /// then.
    pub(crate) as_of: Revision,
}

/// Why there is no header in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// There may be one once there are this many bytes, at most [`HEADER_BYTES_MAX`].
    NeedMore(usize),
    /// There is none, however many bytes follow.
    Invalid,
    /// There is one of another version.
    Version(u16),
}

impl SegmentHeader {
    /// The length of the encoded header, in bytes: where the first record begins.
    pub(crate) const LEN: u64 = HEADER_BYTES as u64;

    /// The encoded header.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(HEADER_BYTES);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&[0; 8]);
        out.extend_from_slice(&(HEADER_BYTES as u32).to_le_bytes());
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.push(match self.kind {
            SegmentKind::Original => 0,
            SegmentKind::Compacted => 1,
        });
        let (id, as_of) = (self.id.get(), self.as_of.get());
        for number in [id, self.replay_order, self.through, self.before, as_of] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        let checksum = xxhash_rust::xxh3::xxh3_64(&out[CHECKED_FROM..]);
        out[MAGIC.len()..CHECKED_FROM].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    /// How much of a header [`Self::seal`] puts before the rest, in bytes.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(in crate::log) const SEALED_BYTES: usize = CHECKED_FROM;

    /// A header of anything, from its length on, with magic and the right checksum.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(in crate::log) fn seal(rest: &[u8]) -> Vec<u8> {
        [&MAGIC[..], &xxhash_rust::xxh3::xxh3_64(rest).to_le_bytes(), rest].concat()
    }

    /// Reads the header that `bytes` begins with.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let Some((prefix, _)) = bytes.split_first_chunk::<PREFIX_BYTES>() else {
            return Err(HeaderError::NeedMore(HEADER_BYTES));
        };
        let mut prefix = Fields(prefix);
        let (magic, checksum) = (prefix.array()?, u64::from_le_bytes(prefix.array()?));
        let len = u32::from_le_bytes(prefix.array()?) as usize;
        if magic != *MAGIC || !(PREFIX_BYTES + 2..=HEADER_BYTES_MAX).contains(&len) {
            return Err(HeaderError::Invalid);
        }
        let header = bytes.get(..len).ok_or(HeaderError::NeedMore(len))?;
        if xxhash_rust::xxh3::xxh3_64(&header[CHECKED_FROM..]) != checksum {
            return Err(HeaderError::Invalid);
        }
        let mut fields = Fields(&header[PREFIX_BYTES..]);
        let version = u16::from_le_bytes(fields.array()?);
        if version != VERSION {
            return Err(HeaderError::Version(version));
        }
        let kind = match fields.array()? {
            [0] => SegmentKind::Original,
            [1] => SegmentKind::Compacted,
            _ => return Err(HeaderError::Invalid),
        };
        let id = SegmentId::new(fields.number()?);
        let (replay_order, through) = (fields.number()?, fields.number()?);
        let (before, as_of) = (fields.number()?, Revision::new(fields.number()?));
        let (last, end) = match kind {
            SegmentKind::Original => (replay_order, before),
            SegmentKind::Compacted => (through.max(replay_order), 0),
        };
        // Places are from 1 on, and there is one after each.
        let one_spelling = (through, before) == (last, end) && fields.0.is_empty();
        if replay_order == 0 || last >= NUMBER_MAX || !as_of.has_next() || !one_spelling {
            return Err(HeaderError::Invalid);
        }
        Ok(Self { kind, id, replay_order, through, before, as_of })
    }

    /// The length that a header says it has, damaged or not; 0 if there is not even that.
    pub(crate) fn said_len(file: &dyn DiskFile) -> Result<u64> {
        let mut prefix = [0; PREFIX_BYTES];
        match file.read_at(0, &mut prefix) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(0),
            Err(error) => return Err(io_error(error)),
        }
        let [.., l0, l1, l2, l3] = prefix;
        Ok(u64::from(u32::from_le_bytes([l0, l1, l2, l3])))
    }

    /// Reads the header of the segment that `file` is named after. [`Error::StoreCorrupt`] if
    /// there is none or another's, [`Error::UnsupportedVersion`] if it is of another version.
    pub(crate) fn read(file: &dyn DiskFile, id: SegmentId) -> Result<Self> {
        let corrupt = || Error::StoreCorrupt {
            what: "log segment header",
            file: segment_name(id),
            offset: 0,
        };
        let mut bytes = vec![0; HEADER_BYTES];
        loop {
            file.read_at(0, &mut bytes)
                .map_err(|error| read_error("log segment header", &segment_name(id), 0, error))?;
            match Self::decode(&bytes) {
                Ok(header) if header.id == id => return Ok(header),
                Err(HeaderError::NeedMore(len)) => bytes.resize(len, 0),
                Err(HeaderError::Version(found)) => {
                    return Err(Error::UnsupportedVersion { found });
                }
                Ok(_) | Err(HeaderError::Invalid) => return Err(corrupt()),
            }
        }
    }
}

struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], HeaderError> {
        let (field, rest) = self.0.split_first_chunk().ok_or(HeaderError::Invalid)?;
        self.0 = rest;
        Ok(*field)
    }

    fn number(&mut self) -> Result<u64, HeaderError> {
        Ok(u64::from_le_bytes(self.array()?))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn compacted() -> SegmentHeader {
        SegmentHeader {
            kind: SegmentKind::Compacted,
            id: SegmentId::new(9),
            replay_order: 4,
            through: 8,
            before: 0,
            as_of: Revision::new(1_000),
        }
    }

    fn original() -> SegmentHeader {
        SegmentHeader { kind: SegmentKind::Original, through: 4, before: 77, ..compacted() }
    }

    #[test]
    fn a_header_is_read_as_written() {
        for header in [compacted(), original()] {
            let mut bytes = header.encode();
            assert_eq!(bytes.len() as u64, SegmentHeader::LEN);
            bytes.extend_from_slice(b"records");
            assert_eq!(SegmentHeader::decode(&bytes), Ok(header));
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed_and_every_cut_asks_for_more() {
        let bytes = compacted().encode();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let error = SegmentHeader::decode(&flipped).unwrap_err();
            assert!(!matches!(error, HeaderError::Version(_)), "damage is no other version");
        }
        for cut in 0..bytes.len() {
            let error = SegmentHeader::decode(&bytes[..cut]).unwrap_err();
            assert!(matches!(error, HeaderError::NeedMore(len) if len > cut));
        }
    }

    #[test]
    fn places_have_one_spelling() {
        for header in [
            SegmentHeader { through: 3, ..compacted() },
            SegmentHeader { replay_order: 0, ..compacted() },
            SegmentHeader { through: u64::MAX, ..compacted() },
            SegmentHeader { before: 1, ..compacted() },
            SegmentHeader { through: 5, ..original() },
        ] {
            assert_eq!(SegmentHeader::decode(&header.encode()), Err(HeaderError::Invalid));
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let mut bytes = compacted().encode();
        bytes[PREFIX_BYTES] = 2;
        assert_eq!(SegmentHeader::decode(&bytes), Err(HeaderError::Invalid));
        let bytes = SegmentHeader::seal(&bytes[SegmentHeader::SEALED_BYTES..]);
        assert_eq!(SegmentHeader::decode(&bytes), Err(HeaderError::Version(2)));
    }
}
