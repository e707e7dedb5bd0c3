//! Where the bytes of a value are, once the index has been left.

use bytes::Bytes;

use crate::entry::{Body, Entry, Place};
use crate::value_ref::ValueRef;

/// Where the bytes of a value are.
#[derive(Clone)]
pub(crate) enum Source {
    /// Here.
    Here(Bytes),
    /// In the record at this place, `len` bytes.
    Logged(Place, u32),
    /// In a file of its own.
    Separated(ValueRef),
}

impl Source {
    /// Where the value of an entry is.
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        Self::of_body(&entry.body, entry.place)
    }

    /// Where the value is that a record at this place carries or names.
    pub(crate) fn of_body(body: &Body<'_>, place: Place) -> Self {
        Self::copied(body, place, Bytes::copy_from_slice)
    }

    /// The same, with `copy` for what is here.
    pub(crate) fn copied(body: &Body<'_>, place: Place, copy: impl FnOnce(&[u8]) -> Bytes) -> Self {
        match *body {
            Body::Inline(bytes) => Source::Here(copy(bytes)),
            Body::Logged { len } => Source::Logged(place, len),
            Body::Separated(value) => Source::Separated(value),
        }
    }

    /// The length of the value, in bytes.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Source::Here(bytes) => bytes.len() as u64,
            Source::Logged(_, len) => u64::from(*len),
            Source::Separated(value) => value.len,
        }
    }

    /// Whether that is the same place; values that are here are not compared.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Source::Logged(one, _), Source::Logged(other, _)) => one == other,
            (Source::Separated(one), Source::Separated(other)) => one == other,
            (Source::Here(_), Source::Here(_)) => true,
            _ => false,
        }
    }
}
