//! The bytes of nodes in frames.
//!
//! Notation as in `docs/FORMAT.md`: `varint` is unsigned LEB128 in its shortest form, `bytes` a
//! varint length and that many bytes. The frame around a body has its kind and its checksum. Every
//! body has one spelling; a reader refuses what this page does not say.
//!
//! **Bucket**
//!
//! | field | bytes | |
//! |---|---|---|
//! | prefix | `bytes` | what all keys begin with, after the path to the bucket |
//! | count | varint | at least 1 |
//! | entries | | each `bytes` suffix, then a packed entry (see `packed`); suffixes ascend |
//! | | | each begins within 64 KiB of the first |
//!
//! **Inner** (a branching)
//!
//! | field | bytes | |
//! |---|---|---|
//! | prefix | `bytes` | as above; empty in the root and only there |
//! | here | 1 | 1 if a key ends after the prefix, and its packed entry follows; else 0 |
//! | count | varint | the children, at most 256 |
//! | children | | each as below; starts ascend |
//!
//! | field of a child | bytes | |
//! |---|---|---|
//! | start | 1 | the first byte of its tile; the prefix of a branching begins with it |
//! | flags | 1 | bit 0: a branching; bit 1: separated values below; bit 2: expiries below |
//! | expiry | varint | only with bit 2: no entry below expires before; below 2^64 - 1 |
//! | file, offset, length | 3 varints | where the frame is; the length is below 2^32 |
//! | checksum | 8 | little-endian; of the whole frame |

use std::ops::RangeInclusive;

use super::bucket::Bucket;
use super::child::Child;
use super::heap::At;
use super::inner::Inner;
use super::node::Content;
use super::packed;
use super::summary::Summary;
use crate::codec::{put_bytes, put_varint};
use crate::error::{Error, Result};
use crate::frame::{FrameKind, FrameRef};
use sealwood_base::codec::Malformed;

/// What errors call it.
pub(super) const WHAT: &str = "index frame";

/// A cursor whose error is two words: one of the crate's would be moved for every number.
pub(super) type Reader<'a> = sealwood_base::codec::Reader<'a, Malformed>;

const INNER: u8 = 0b001;
const SEPARATED: u8 = 0b010;
const EXPIRES: u8 = 0b100;

/// Appends the body of a bucket.
pub(super) fn encode_bucket(out: &mut Vec<u8>, bucket: &Bucket) {
    put_bytes(out, bucket.prefix());
    put_varint(out, bucket.len() as u64);
    for position in 0..bucket.len() {
        out.extend_from_slice(bucket.packed(position));
    }
}

/// Appends the body of a branching whose children are in these frames.
pub(super) fn encode_inner(out: &mut Vec<u8>, inner: &Inner, frames: &[FrameRef]) {
    put_bytes(out, inner.prefix());
    match inner.here() {
        None => out.push(0),
        Some(entry) => {
            out.push(1);
            packed::pack(out, &entry);
        }
    }
    put_varint(out, inner.children().len() as u64);
    for (child, frame) in inner.children().iter().zip(frames) {
        let expires = child.summary.expires_min != u64::MAX;
        out.push(child.start());
        out.push(
            flag(INNER, child.kind() == FrameKind::Inner)
                | flag(SEPARATED, child.summary.separated)
                | flag(EXPIRES, expires),
        );
        if expires {
            put_varint(out, child.summary.expires_min);
        }
        put_varint(out, frame.file);
        put_varint(out, frame.offset);
        put_varint(out, u64::from(frame.len));
        out.extend_from_slice(&frame.checksum.to_le_bytes());
    }
}

/// A checked node of an untrusted body.
///
/// # Errors
/// [`Error::Malformed`] for all that [`encode_bucket`] and [`encode_inner`] do not write.
pub(super) fn decode_node(kind: FrameKind, body: &[u8]) -> Result<Content> {
    let mut reader = Reader::new(body, WHAT);
    let content = match kind {
        FrameKind::Bucket => Content::Bucket(read_bucket(&mut reader, body)?),
        FrameKind::Inner => Content::Inner(read_inner(&mut reader)?),
        FrameKind::Catalog | FrameKind::Hash => return Err(reader.malformed().into()),
    };
    reader.finish()?;
    Ok(content)
}

/// Appends the body of a node that was read, whose children are all in frames.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn encode_node(out: &mut Vec<u8>, content: &Content) {
    match content {
        Content::Bucket(bucket) => encode_bucket(out, bucket),
        Content::Inner(inner) => {
            let frames = inner.children().iter().filter_map(|child| child.frame().copied());
            encode_inner(out, inner, &frames.collect::<Vec<_>>());
        }
    }
}

/// Checks that a node may be where its parent has it: its keys begin with one of the bytes in
/// `first`. The root, without a parent, is a branching without a prefix.
pub(super) fn check_place(content: &Content, first: Option<&RangeInclusive<u8>>) -> Result<()> {
    let in_place = match (content, first) {
        (Content::Inner(inner), None) => inner.prefix().is_empty(),
        (Content::Inner(inner), Some(first)) => {
            !inner.is_empty() && inner.prefix().first().is_some_and(|byte| first.contains(byte))
        }
        (Content::Bucket(bucket), Some(first)) => bucket
            .first_bytes()
            .is_some_and(|own| first.contains(own.start()) && first.contains(own.end())),
        (Content::Bucket(_), None) => false,
    };
    if in_place { Ok(()) } else { Err(Error::Malformed { what: WHAT }) }
}

fn read_bucket(reader: &mut Reader<'_>, body: &[u8]) -> Result<Bucket, Malformed> {
    let prefix = reader.bytes()?;
    let count = reader.count()?;
    if count == 0 {
        return Err(reader.malformed());
    }
    // What is checked here is copied as it is: a bucket has its entries as a frame has them.
    let entries = &body[body.len() - reader.remaining()..];
    let mut bucket = Bucket::of_packed(prefix, count, entries);
    let mut before: Option<&[u8]> = None;
    for _ in 0..count {
        let offset = entries.len() - reader.remaining();
        let suffix = reader.bytes()?;
        if before.is_some_and(|before| before >= suffix) {
            return Err(reader.malformed());
        }
        packed::read(reader)?;
        bucket.push_packed(suffix, At::read(offset).ok_or_else(|| reader.malformed())?);
        before = Some(suffix);
    }
    Ok(bucket)
}

fn read_inner(reader: &mut Reader<'_>) -> Result<Inner, Malformed> {
    let mut inner = Inner::new(reader.bytes()?);
    match reader.byte()? {
        0 => {}
        1 => inner.set_here(&packed::read(reader)?),
        _ => return Err(reader.malformed()),
    }
    let count = reader.count()?;
    if count > 256 {
        return Err(reader.malformed());
    }
    let mut read = Vec::with_capacity(count);
    for _ in 0..count {
        let child = StoredChild::read(reader)?;
        if read.last().is_some_and(|before: &StoredChild| before.start >= child.start) {
            return Err(reader.malformed());
        }
        read.push(child);
    }
    let ends = read.iter().skip(1).map(|next| next.start - 1).chain([u8::MAX]);
    let children = read
        .iter()
        .zip(ends)
        .map(|(child, last)| {
            Child::stored(child.start, last, child.kind, child.summary, child.frame)
        })
        .collect();
    inner.splice(0..0, children);
    Ok(inner)
}

/// A child as it is read, before its tile's end is known.
struct StoredChild {
    start: u8,
    kind: FrameKind,
    summary: Summary,
    frame: FrameRef,
}

impl StoredChild {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Malformed> {
        let start = reader.byte()?;
        let flags = reader.byte()?;
        if flags & !(INNER | SEPARATED | EXPIRES) != 0 {
            return Err(reader.malformed());
        }
        let mut expires_min = u64::MAX;
        if flags & EXPIRES != 0 {
            expires_min = reader.varint()?;
            if expires_min == u64::MAX {
                return Err(reader.malformed());
            }
        }
        let kind = if flags & INNER == 0 { FrameKind::Bucket } else { FrameKind::Inner };
        let summary = Summary { expires_min, separated: flags & SEPARATED != 0 };
        let frame = FrameRef {
            file: reader.varint()?,
            offset: reader.varint()?,
            len: reader.varint_u32()?,
            checksum: u64::from_le_bytes(reader.array()?),
        };
        Ok(Self { start, kind, summary, frame })
    }
}

fn flag(flag: u8, set: impl Into<bool>) -> u8 {
    if set.into() { flag } else { 0 }
}
