//! What the index keeps of a key.

use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::value_ref::ValueRef;

/// Where a record lies in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Place {
    /// The number of the segment.
    pub(crate) segment: SegmentId,
    /// Where the record begins in the segment, in bytes.
    pub(crate) offset: u64,
    /// The length of the whole record, in bytes.
    pub(crate) len: u32,
}

/// The newest state of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// The revision that made this state.
    pub(crate) revision: Revision,
    /// When the key expires, in milliseconds since 1970; 0 is never.
    pub(crate) expires_at_ms: u64,
    /// The record that carries the value or names it.
    pub(crate) place: Place,
    /// The value, or where it is.
    pub(crate) body: Body<'a>,
}

/// The value of an entry, or where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body<'a> {
    /// The value itself: small ones are kept in the index.
    Inline(&'a [u8]),
    /// A value of `len` bytes in the record at the entry's place.
    Logged {
        /// The length of the value, in bytes.
        len: u32,
    },
    /// A value in a file of its own.
    Separated(ValueRef),
}

/// An entry that was there, without an inline value's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Replaced {
    /// The revision that had made the state.
    pub(crate) revision: Revision,
    /// When the key would have expired; 0 is never.
    pub(crate) expires_at_ms: u64,
    /// The record that carried the value or named it.
    pub(crate) place: Place,
    /// The separated value, if it was one.
    pub(crate) separated: Option<ValueRef>,
}
