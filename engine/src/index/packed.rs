//! Entries as the index keeps them: packed into a few bytes.
//!
//! | field | bytes | |
//! |---|---|---|
//! | flags | 1 | bits 0, 1: the body (0 inline, 1 logged, 2 separated); 2: it expires; others 0 |
//! | revision | varint | |
//! | expiry | varint | only with bit 2; milliseconds since 1970, not 0 |
//! | segment, offset, length | 3 varints | the place of the record; the length is below 2^32 |
//! | body | | inline: `bytes`; logged: varint length < 2^32; separated: varint length, hash (32) |
//!
//! An entry has one packed form. [`unpack`] reads bytes this process packed or [`read`] checked.

use super::codec::Reader;
use crate::codec::{put_varint, varint_len};
use crate::entry::{Body, Entry, Place, Replaced};
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::value_ref::ValueRef;
use sealwood_base::codec::Malformed;

const BODY: u8 = 0b011;
const INLINE: u8 = 0;
const LOGGED: u8 = 1;
const SEPARATED: u8 = 2;
const EXPIRES: u8 = 0b100;

/// Appends an entry.
pub(super) fn pack(out: &mut Vec<u8>, entry: &Entry<'_>) {
    let body = match entry.body {
        Body::Inline(_) => INLINE,
        Body::Logged { .. } => LOGGED,
        Body::Separated(_) => SEPARATED,
    };
    let expires = entry.expires_at_ms != 0;
    out.push(body | if expires { EXPIRES } else { 0 });
    entry.revision.put(out);
    if expires {
        put_varint(out, entry.expires_at_ms);
    }
    entry.place.segment.put(out);
    put_varint(out, entry.place.offset);
    put_varint(out, u64::from(entry.place.len));
    match entry.body {
        Body::Inline(value) => {
            put_varint(out, value.len() as u64);
            out.extend_from_slice(value);
        }
        Body::Logged { len } => put_varint(out, u64::from(len)),
        Body::Separated(value) => {
            put_varint(out, value.len);
            out.extend_from_slice(&value.hash);
        }
    }
}

/// How many bytes [`pack`] appends.
pub(super) fn packed_len(entry: &Entry<'_>) -> usize {
    let expiry = if entry.expires_at_ms == 0 { 0 } else { varint_len(entry.expires_at_ms) };
    let place = entry.place.segment.stored_len()
        + varint_len(entry.place.offset)
        + varint_len(u64::from(entry.place.len));
    let body = match entry.body {
        Body::Inline(value) => varint_len(value.len() as u64) + value.len(),
        Body::Logged { len } => varint_len(u64::from(len)),
        Body::Separated(value) => varint_len(value.len) + 32,
    };
    1 + entry.revision.stored_len() + expiry + place + body
}

/// The length of the entry at the beginning of packed bytes.
pub(super) fn len_of(bytes: &[u8]) -> usize {
    let mut rest = bytes;
    let flags = byte(&mut rest);
    // Revision, perhaps expiry, segment, offset and length.
    for _ in 0..if flags & EXPIRES == 0 { 4 } else { 5 } {
        while byte(&mut rest) >= 0x80 {}
    }
    let body_len = varint(&mut rest) as usize;
    let body = match flags & BODY {
        INLINE => body_len,
        LOGGED => 0,
        _ => 32,
    };
    bytes.len() - rest.len() + body
}

/// Whether the entry at the beginning of packed bytes matters to a
/// [`Summary`](super::summary::Summary).
pub(super) fn bounds_summary(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|flags| flags & EXPIRES != 0 || flags & BODY == SEPARATED)
}

/// The entry at the beginning of packed bytes.
pub(super) fn unpack(bytes: &[u8]) -> Entry<'_> {
    unpack_to_body(bytes).0
}

/// The entry at the beginning of packed bytes, and those from its body's bytes on.
pub(super) fn unpack_to_body(bytes: &[u8]) -> (Entry<'_>, &[u8]) {
    let mut rest = bytes;
    let flags = byte(&mut rest);
    let revision = Revision::new(varint(&mut rest));
    let expires_at_ms = if flags & EXPIRES == 0 { 0 } else { varint(&mut rest) };
    let segment = SegmentId::new(varint(&mut rest));
    let offset = varint(&mut rest);
    let len = varint(&mut rest) as u32;
    let body_len = varint(&mut rest);
    let body = match flags & BODY {
        INLINE => Body::Inline(rest.get(..body_len as usize).unwrap_or_default()),
        LOGGED => Body::Logged { len: body_len as u32 },
        _ => {
            let hash = rest.first_chunk::<32>().copied().unwrap_or_default();
            Body::Separated(ValueRef { hash, len: body_len })
        }
    };
    (Entry { revision, expires_at_ms, place: Place { segment, offset, len }, body }, rest)
}

/// A checked entry of untrusted bytes.
pub(super) fn read<'a>(reader: &mut Reader<'a>) -> Result<Entry<'a>, Malformed> {
    let flags = reader.byte()?;
    if flags & !(BODY | EXPIRES) != 0 {
        return Err(reader.malformed());
    }
    let revision = Revision::read(reader)?;
    let mut expires_at_ms = 0;
    if flags & EXPIRES != 0 {
        expires_at_ms = reader.varint()?;
        if expires_at_ms == 0 {
            return Err(reader.malformed());
        }
    }
    let place = Place {
        segment: SegmentId::read(reader)?,
        offset: reader.varint()?,
        len: reader.varint_u32()?,
    };
    let body = match flags & BODY {
        INLINE => Body::Inline(reader.bytes()?),
        LOGGED => Body::Logged { len: reader.varint_u32()? },
        SEPARATED => {
            let len = reader.varint()?;
            Body::Separated(ValueRef { hash: reader.array()?, len })
        }
        _ => return Err(reader.malformed()),
    };
    Ok(Entry { revision, expires_at_ms, place, body })
}

/// What is reported of an entry that is replaced or removed.
pub(super) fn replaced(entry: &Entry<'_>) -> Replaced {
    Replaced {
        revision: entry.revision,
        expires_at_ms: entry.expires_at_ms,
        place: entry.place,
        separated: match entry.body {
            Body::Separated(value) => Some(value),
            Body::Inline(_) | Body::Logged { .. } => None,
        },
    }
}

/// Takes a varint; beyond the end there are zeros.
pub(super) fn varint(rest: &mut &[u8]) -> u64 {
    let mut value = u64::from(byte(rest));
    if value < 0x80 {
        return value;
    }
    value &= 0x7f;
    for shift in (7..64).step_by(7) {
        let byte = byte(rest);
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    value
}

fn byte(rest: &mut &[u8]) -> u8 {
    match rest.split_first() {
        Some((first, after)) => {
            *rest = after;
            *first
        }
        None => 0,
    }
}
