//! The parsers of the log, behind right checksums: what a fuzz target makes up is sealed first,
//! and what was read is given back as it is encoded.

use crate::error::{Error, Result};
use crate::log::record::{DecodeError, Decoded, decode, encode_behind, seal};
use crate::log::segment::header::SegmentHeader;
use crate::log::tail::examine;
use crate::log::testing::BytesFile;
use crate::segment_id::SegmentId;

pub(crate) use crate::log::segment::footer::reencode as footer;

const SEGMENT: SegmentId = SegmentId::new(3);
const OFFSET: u64 = 4_096;

/// Reads a record, given from its kind on.
pub(crate) fn record(kind_and_body: &[u8]) -> Result<Vec<u8>> {
    let Some((kind, body)) = kind_and_body.split_first() else { return Err(malformed("record")) };
    let bytes = seal(*kind, body, SEGMENT, OFFSET);
    let decoded = decode(&bytes, SEGMENT, OFFSET).map_err(|error| {
        assert_eq!(error, DecodeError::Invalid, "a whole record needs no more");
        malformed("record")
    })?;
    let mut again = Vec::new();
    let Decoded { record, batched, behind, .. } = decoded;
    let len = encode_behind(&record, batched, behind, SEGMENT, OFFSET, &mut again);
    assert_eq!((len, again.len()), (decoded.len, bytes.len()));
    assert_eq!(again, bytes);
    Ok(again[bytes.len() - kind_and_body.len()..].to_vec())
}

/// Reads a header, given from its length on.
pub(crate) fn header(rest: &[u8]) -> Result<Vec<u8>> {
    let header = SegmentHeader::decode(&SegmentHeader::seal(rest))
        .map_err(|_| malformed("log segment header"))?;
    let bytes = header.encode();
    Ok(bytes[SegmentHeader::SEALED_BYTES..].to_vec())
}

/// Judges the end of a segment that may hold anything.
pub(crate) fn tail(bytes: &[u8], from: u64, known_synced: u64) -> Result<()> {
    let file = BytesFile::open(bytes);
    let from = from.min(bytes.len() as u64);
    examine(&file, SEGMENT, from, known_synced).map(|_| ())
}

fn malformed(what: &'static str) -> Error {
    Error::Malformed { what }
}
