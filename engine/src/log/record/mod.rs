//! One record of the log: something that was done, checksummed and bound to its place.
//!
//! ```text
//! bytes  field
//! 8      checksum: xxh3-64 of everything after it, little-endian; see below
//! 4      length of the body, little-endian
//! 1      kind; bit 7 set: batched, the record counts only once the end of its batch follows;
//!        bit 6 set: all of the segment before the record was synced when it was written; only in
//!        records of at most 16 KiB, so that they are soon found behind damage
//! ...    body
//!
//! kind                body (u: LEB128 varint; b: length as u, then the bytes)
//! 1 put               namespace u, revision u, expires_at_ms u, key b, value: the rest
//! 2 put, separated    namespace u, revision u, expires_at_ms u, key b, length u, hash: 32 bytes
//! 3 delete            namespace u, revision u, key b
//! 4 expire            namespace u, revision u, expires_at_ms u, key b
//! 5 rename            namespace u, revision u, from b, to b
//! 6 namespace create  namespace u, revision u, threshold u, name b
//! 7 namespace drop    namespace u, revision u
//! 8 batch end         revision u, count u; never batched itself
//! 9 mark              synced u; never with bit 6 or 7
//! 10 track            namespace u, revision u, 1 byte: 0 off, 1 whole, 2 buckets
//! ```
//!
//! The seed of the checksum is the segment's number xor the record's offset, turned left by 32
//! bits. So a record counts only where it was written: not as a copy inside a value, not in
//! another segment, not as a leftover. Moving a record means encoding it anew.
//!
//! A meaning has one spelling, and kind 0 is none, so that zeros are no record.

mod decode;
mod encode;
#[cfg(test)]
mod tests;

pub(crate) use decode::{DecodeError, Decoded, check, decode, logged_value, parse};
pub(super) use decode::{read_key, read_tracking};
pub(crate) use encode::encoded_len;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) use encode::seal;
pub(crate) use encode::{encode, encode_behind};

use crate::config::LOGGED_BYTES_MAX;
pub(crate) use crate::config::{KEY_BYTES_MAX, NAMESPACE_NAME_BYTES_MAX as NAME_BYTES_MAX};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::tracking::Tracking;
use crate::value_ref::ValueRef;

/// The longest value in a record, in bytes.
pub(crate) const VALUE_BYTES_MAX: usize = LOGGED_BYTES_MAX as usize;

/// The head of every record, in bytes.
pub(crate) const HEAD_BYTES: usize = CHECKSUM_BYTES + 4 // length of the body
    + 1; // kind

/// The longest record, in bytes.
#[cfg(test)]
pub(crate) const RECORD_BYTES_MAX: usize = HEAD_BYTES + PUT_BODY_MAX;

/// The longest record that says what was synced before it, in bytes. A longer one has a mark in
/// front, so that a search for either looks at little.
pub(in crate::log) const SYNCED_BYTES_MAX: usize = 16 * 1024;

/// The longest body of a mark, in bytes.
pub(in crate::log) const MARK_BODY_MAX: usize = U64_BYTES_MAX;

const CHECKSUM_BYTES: usize = 8;
const U32_BYTES_MAX: usize = 5;
const U64_BYTES_MAX: usize = 10;
const KEY_FIELD_MAX: usize = 3 // 65,536 as a varint
    + KEY_BYTES_MAX;
const PUT_BODY_MAX: usize = U32_BYTES_MAX // namespace
    + U64_BYTES_MAX // revision
    + U64_BYTES_MAX // expiry
    + KEY_FIELD_MAX
    + VALUE_BYTES_MAX;
const OTHER_BODY_MAX: usize = U32_BYTES_MAX // namespace
    + U64_BYTES_MAX // revision
    + U64_BYTES_MAX // expiry or threshold
    + 2 * KEY_FIELD_MAX; // or one key and the name of a separated value

const KIND_PUT: u8 = 1;
const KIND_PUT_SEPARATED: u8 = 2;
const KIND_DELETE: u8 = 3;
const KIND_EXPIRE: u8 = 4;
const KIND_RENAME: u8 = 5;
const KIND_NAMESPACE_CREATE: u8 = 6;
const KIND_NAMESPACE_DROP: u8 = 7;
const KIND_BATCH_END: u8 = 8;
pub(in crate::log) const KIND_MARK: u8 = 9;
const KIND_TRACK: u8 = 10;
const FLAG_BATCHED: u8 = 0x80;
pub(in crate::log) const FLAG_SYNCED: u8 = 0x40;
const FLAGS: u8 = FLAG_BATCHED | FLAG_SYNCED;

/// What a record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Record<'a> {
    /// A key has a value.
    Put {
        namespace: NamespaceId,
        key: &'a [u8],
        revision: Revision,
        /// When the key expires, in milliseconds since 1970; 0 is never.
        expires_at_ms: u64,
        value: PutValue<'a>,
    },
    /// A key is no more.
    Delete { namespace: NamespaceId, key: &'a [u8], revision: Revision },
    /// A key expires at another time.
    Expire {
        namespace: NamespaceId,
        key: &'a [u8],
        revision: Revision,
        /// In milliseconds since 1970; 0 is never.
        expires_at_ms: u64,
    },
    /// Everything under one prefix is under another.
    Rename { namespace: NamespaceId, from: &'a [u8], to: &'a [u8], revision: Revision },
    /// A namespace begins.
    NamespaceCreate {
        namespace: NamespaceId,
        revision: Revision,
        name: &'a str,
        /// From how many bytes on a value gets a file of its own.
        threshold: u64,
    },
    /// A namespace and all its keys are no more.
    NamespaceDrop { namespace: NamespaceId, revision: Revision },
    /// A namespace is tracked from here on, or no more.
    Track { namespace: NamespaceId, revision: Revision, tracking: Tracking },
    /// The `count` batched records before this one, with nothing but marks between them, are a
    /// batch and count from here on.
    BatchEnd { revision: Revision, count: u64 },
    /// When this was written, all bytes of the segment before the offset `synced` were synced.
    Mark { synced: u64 },
}

/// The value of a put, or where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PutValue<'a> {
    /// The value itself.
    Bytes(&'a [u8]),
    /// The value has a file of its own.
    Separated(ValueRef),
}

/// Whether a record is one of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batched {
    /// The record counts by itself.
    No,
    /// The record counts once [`Record::BatchEnd`] follows.
    Yes,
}

/// What is known of the segment before a record, at the time when that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behind {
    /// Nothing.
    Unknown,
    /// All of it was synced. It says what [`Record::Mark`] would and costs nothing.
    Synced,
}

/// Whether a namespace may have this name: 1 to 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`.
pub(crate) fn is_namespace_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The checksum of bytes that belong at one offset of one segment.
pub(in crate::log) fn checksum(bytes: &[u8], segment: SegmentId, offset: u64) -> u64 {
    xxhash_rust::xxh3::xxh3_64_with_seed(bytes, segment.get() ^ offset.rotate_left(32))
}

/// The longest body of a kind, in bytes; none for a kind that is not one.
fn body_max(kind: u8) -> Option<usize> {
    match kind {
        KIND_PUT => Some(PUT_BODY_MAX),
        KIND_PUT_SEPARATED..=KIND_BATCH_END | KIND_TRACK => Some(OTHER_BODY_MAX),
        KIND_MARK => Some(MARK_BODY_MAX),
        _ => None,
    }
}
