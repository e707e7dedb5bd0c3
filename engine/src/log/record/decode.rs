//! Reading records. Nothing is copied: a record borrows the bytes it was read from.

use super::*;
use crate::codec::Reader;
use crate::entry::Place;
use crate::error::{Error, Result};
use crate::files::segment_name;

/// A record that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decoded<'a> {
    /// What it says.
    pub(crate) record: Record<'a>,
    /// Whether it is one of a batch.
    pub(crate) batched: Batched,
    /// What was known of the segment before it.
    pub(crate) behind: Behind,
    /// The length of the whole record, in bytes.
    pub(crate) len: u32,
}

/// Why there is no record in some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// There may be one once there are this many bytes, little more than 16 MiB.
    NeedMore(usize),
    /// There is none, however many bytes follow.
    Invalid,
}

/// Reads the record that `bytes` begins with and that lies at `offset` of `segment`.
pub(crate) fn decode(
    bytes: &[u8],
    segment: SegmentId,
    offset: u64,
) -> Result<Decoded<'_>, DecodeError> {
    let len = check(bytes, segment, offset)?;
    parse(&bytes[..len])
}

/// Checks length and checksum of the record that `bytes` begins with; returns its length.
pub(crate) fn check(bytes: &[u8], segment: SegmentId, offset: u64) -> Result<usize, DecodeError> {
    let Some((head, _)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return Err(DecodeError::NeedMore(HEAD_BYTES));
    };
    let [c0, c1, c2, c3, c4, c5, c6, c7, l0, l1, l2, l3, kind] = *head;
    let body_len = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if body_max(kind & !FLAGS).is_none_or(|max| body_len > max) {
        return Err(DecodeError::Invalid);
    }
    let len = HEAD_BYTES + body_len;
    let Some(record) = bytes.get(..len) else {
        return Err(DecodeError::NeedMore(len));
    };
    let expected = u64::from_le_bytes([c0, c1, c2, c3, c4, c5, c6, c7]);
    if checksum(&record[CHECKSUM_BYTES..], segment, offset) != expected {
        return Err(DecodeError::Invalid);
    }
    Ok(len)
}

/// Reads a record whose length and checksum [`check`] has found right.
pub(crate) fn parse(record: &[u8]) -> Result<Decoded<'_>, DecodeError> {
    let (head, body) =
        record.split_first_chunk::<HEAD_BYTES>().ok_or(DecodeError::NeedMore(HEAD_BYTES))?;
    let kind = head[HEAD_BYTES - 1];
    let batched = if kind & FLAG_BATCHED == 0 { Batched::No } else { Batched::Yes };
    let decoded = read_body(kind & !FLAGS, body).map_err(|_| DecodeError::Invalid)?;
    let behind = if kind & FLAG_SYNCED == 0 { Behind::Unknown } else { Behind::Synced };
    let never_batched = matches!(decoded, Record::BatchEnd { .. } | Record::Mark { .. });
    let never_behind = matches!(decoded, Record::Mark { .. }) || record.len() > SYNCED_BYTES_MAX;
    if (never_batched && batched == Batched::Yes) || (never_behind && behind == Behind::Synced) {
        return Err(DecodeError::Invalid);
    }
    Ok(Decoded { record: decoded, batched, behind, len: record.len() as u32 })
}

/// The value in the record that was read from `place`, checked.
pub(crate) fn logged_value(bytes: &[u8], place: Place) -> Result<&[u8]> {
    match decode(bytes, place.segment, place.offset) {
        Ok(Decoded { record: Record::Put { value: PutValue::Bytes(value), .. }, len, .. })
            if len == place.len =>
        {
            Ok(value)
        }
        _ => Err(Error::StoreCorrupt {
            what: "log record",
            file: segment_name(place.segment),
            offset: place.offset,
        }),
    }
}

fn read_body(kind: u8, body: &[u8]) -> Result<Record<'_>> {
    let mut reader = Reader::new(body, "log record");
    let record = match kind {
        KIND_PUT | KIND_PUT_SEPARATED => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            let expires_at_ms = reader.varint()?;
            let key = read_key(&mut reader)?;
            let value = if kind == KIND_PUT {
                PutValue::Bytes(read_value(&mut reader)?)
            } else {
                let len = reader.varint()?;
                PutValue::Separated(ValueRef { hash: reader.array()?, len })
            };
            Record::Put { namespace, key, revision, expires_at_ms, value }
        }
        KIND_DELETE => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            Record::Delete { namespace, key: read_key(&mut reader)?, revision }
        }
        KIND_EXPIRE => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            let expires_at_ms = reader.varint()?;
            Record::Expire { namespace, key: read_key(&mut reader)?, revision, expires_at_ms }
        }
        KIND_RENAME => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            let from = read_key(&mut reader)?;
            Record::Rename { namespace, from, to: read_key(&mut reader)?, revision }
        }
        KIND_NAMESPACE_CREATE => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            let threshold = reader.varint()?;
            let name = reader.text()?;
            if !is_namespace_name(name) {
                return Err(reader.malformed());
            }
            Record::NamespaceCreate { namespace, revision, name, threshold }
        }
        KIND_NAMESPACE_DROP => {
            let namespace = NamespaceId::read(&mut reader)?;
            Record::NamespaceDrop { namespace, revision: Revision::read(&mut reader)? }
        }
        KIND_TRACK => {
            let namespace = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            Record::Track { namespace, revision, tracking: read_tracking(&mut reader)? }
        }
        KIND_BATCH_END => {
            let revision = Revision::read(&mut reader)?;
            Record::BatchEnd { revision, count: reader.varint()? }
        }
        KIND_MARK => Record::Mark { synced: reader.varint()? },
        _ => return Err(reader.malformed()),
    };
    reader.finish()?;
    Ok(record)
}

/// A key within its limit.
pub(in crate::log) fn read_key<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let key = reader.bytes()?;
    if key.len() > KEY_BYTES_MAX { Err(reader.malformed()) } else { Ok(key) }
}

/// Whether and how closely a namespace is tracked.
pub(in crate::log) fn read_tracking(reader: &mut Reader<'_>) -> Result<Tracking> {
    let byte = reader.byte()?;
    Tracking::from_byte(byte).ok_or_else(|| reader.malformed())
}

/// All that is left, as a value within its limit.
fn read_value<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let value = reader.take(reader.remaining())?;
    if value.len() > VALUE_BYTES_MAX { Err(reader.malformed()) } else { Ok(value) }
}
