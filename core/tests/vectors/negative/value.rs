//! Values of entries, byte by byte.

use crate::forge::{signed, varint};

/// The value of an inline file, or what is given for one.
pub(super) fn file(content: &[u8]) -> Vec<u8> {
    value(0, &[], content)
}

/// A value with these flags, attributes and content.
pub(super) fn value(flags: u8, attributes: &[u8], content: &[u8]) -> Vec<u8> {
    timed(flags, 0, &[attributes, content].concat())
}

/// A value with this time.
pub(super) fn timed(flags: u8, modified: i64, rest: &[u8]) -> Vec<u8> {
    [&[flags][..], &varint(1 << 40), &[7; 4], &signed(modified), rest].concat()
}

/// The content `x`, inline.
pub(super) const X: &[u8] = b"\0\x01x";

/// The id of a directory.
pub(super) const ID: &[u8] = &[0x1d; 16];
