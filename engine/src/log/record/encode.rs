//! Writing records.

use super::*;
use crate::codec::{put_bytes, put_varint, varint_len};

/// Appends a record that will begin at `offset` of `segment`; returns its length.
///
/// The limits of keys, values and names are the caller's to keep: a record beyond them cannot be
/// read again.
pub(crate) fn encode(
    record: &Record<'_>,
    batched: Batched,
    segment: SegmentId,
    offset: u64,
    out: &mut Vec<u8>,
) -> u32 {
    encode_behind(record, batched, Behind::Unknown, segment, offset, out)
}

/// The same, with what is known of the segment before the record. A mark says that by itself.
pub(crate) fn encode_behind(
    record: &Record<'_>,
    batched: Batched,
    behind: Behind,
    segment: SegmentId,
    offset: u64,
    out: &mut Vec<u8>,
) -> u32 {
    let start = out.len();
    let body_len = body_len(record);
    debug_assert!(
        body_max(kind(record)).is_some_and(|max| body_len <= max),
        "the caller keeps the limits"
    );
    out.reserve(HEAD_BYTES + body_len);
    out.extend_from_slice(&[0; CHECKSUM_BYTES]);
    out.extend_from_slice(&(body_len as u32).to_le_bytes());
    let batched = if batched == Batched::Yes { FLAG_BATCHED } else { 0 };
    let synced = if behind == Behind::Synced { FLAG_SYNCED } else { 0 };
    out.push(kind(record) | batched | synced);
    put_body(record, out);
    let checksum = checksum(&out[start + CHECKSUM_BYTES..], segment, offset);
    out[start..start + CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
    (out.len() - start) as u32
}

/// The record of any kind and body, with its right length and checksum.
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::log) fn seal(kind: u8, body: &[u8], segment: SegmentId, offset: u64) -> Vec<u8> {
    let mut rest = (body.len() as u32).to_le_bytes().to_vec();
    rest.push(kind);
    rest.extend_from_slice(body);
    let checksum = checksum(&rest, segment, offset);
    [&checksum.to_le_bytes()[..], &rest].concat()
}

/// The length that [`encode`] will give, batched or not.
pub(crate) fn encoded_len(record: &Record<'_>) -> u32 {
    (HEAD_BYTES + body_len(record)) as u32
}

fn kind(record: &Record<'_>) -> u8 {
    match record {
        Record::Put { value: PutValue::Bytes(_), .. } => KIND_PUT,
        Record::Put { value: PutValue::Separated(_), .. } => KIND_PUT_SEPARATED,
        Record::Delete { .. } => KIND_DELETE,
        Record::Expire { .. } => KIND_EXPIRE,
        Record::Rename { .. } => KIND_RENAME,
        Record::NamespaceCreate { .. } => KIND_NAMESPACE_CREATE,
        Record::NamespaceDrop { .. } => KIND_NAMESPACE_DROP,
        Record::Track { .. } => KIND_TRACK,
        Record::BatchEnd { .. } => KIND_BATCH_END,
        Record::Mark { .. } => KIND_MARK,
    }
}

fn put_body(record: &Record<'_>, out: &mut Vec<u8>) {
    match *record {
        Record::Put { namespace, key, revision, expires_at_ms, value } => {
            namespace.put(out);
            revision.put(out);
            put_varint(out, expires_at_ms);
            put_bytes(out, key);
            match value {
                PutValue::Bytes(bytes) => out.extend_from_slice(bytes),
                PutValue::Separated(value) => {
                    put_varint(out, value.len);
                    out.extend_from_slice(&value.hash);
                }
            }
        }
        Record::Delete { namespace, key, revision } => {
            namespace.put(out);
            revision.put(out);
            put_bytes(out, key);
        }
        Record::Expire { namespace, key, revision, expires_at_ms } => {
            namespace.put(out);
            revision.put(out);
            put_varint(out, expires_at_ms);
            put_bytes(out, key);
        }
        Record::Rename { namespace, from, to, revision } => {
            namespace.put(out);
            revision.put(out);
            put_bytes(out, from);
            put_bytes(out, to);
        }
        Record::NamespaceCreate { namespace, revision, name, threshold } => {
            namespace.put(out);
            revision.put(out);
            put_varint(out, threshold);
            put_bytes(out, name.as_bytes());
        }
        Record::NamespaceDrop { namespace, revision } => {
            namespace.put(out);
            revision.put(out);
        }
        Record::Track { namespace, revision, tracking } => {
            namespace.put(out);
            revision.put(out);
            out.push(tracking.to_byte());
        }
        Record::BatchEnd { revision, count } => {
            revision.put(out);
            put_varint(out, count);
        }
        Record::Mark { synced } => put_varint(out, synced),
    }
}

/// The length of what [`put_body`] appends.
fn body_len(record: &Record<'_>) -> usize {
    let number = varint_len;
    let field = |bytes: &[u8]| varint_len(bytes.len() as u64) + bytes.len();
    match *record {
        Record::Put { namespace, key, revision, expires_at_ms, value } => {
            namespace.stored_len()
                + revision.stored_len()
                + number(expires_at_ms)
                + field(key)
                + match value {
                    PutValue::Bytes(bytes) => bytes.len(),
                    PutValue::Separated(value) => number(value.len) + value.hash.len(),
                }
        }
        Record::Delete { namespace, key, revision } => {
            namespace.stored_len() + revision.stored_len() + field(key)
        }
        Record::Expire { namespace, key, revision, expires_at_ms } => {
            namespace.stored_len() + revision.stored_len() + number(expires_at_ms) + field(key)
        }
        Record::Rename { namespace, from, to, revision } => {
            namespace.stored_len() + revision.stored_len() + field(from) + field(to)
        }
        Record::NamespaceCreate { namespace, revision, name, threshold } => {
            namespace.stored_len()
                + revision.stored_len()
                + number(threshold)
                + field(name.as_bytes())
        }
        Record::NamespaceDrop { namespace, revision } => {
            namespace.stored_len() + revision.stored_len()
        }
        Record::Track { namespace, revision, .. } => {
            namespace.stored_len() + revision.stored_len() + 1
        }
        Record::BatchEnd { revision, count } => revision.stored_len() + number(count),
        Record::Mark { synced } => number(synced),
    }
}
