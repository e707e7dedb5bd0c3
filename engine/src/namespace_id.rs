//! The id of a namespace.

use std::fmt;

use sealwood_base::codec::{Malformed, Reader, put_varint, varint_len};

/// The id of a namespace, a number: never given twice, so that a namespace that was dropped is not
/// taken for one of the same name that was made later. Those below 16 are the engine's own.
///
/// In keys of the index four bytes, big endian, so that each namespace is one range of keys; else
/// a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct NamespaceId(u32);

impl NamespaceId {
    /// How many bytes it takes in a key of the index.
    pub(crate) const BYTES: usize = size_of::<u32>();

    /// The engine's own: how many entries name each separated value.
    pub(crate) const REFERENCES: Self = Self(0);

    /// The first that is an app's.
    pub(crate) const FIRST: Self = Self(16);

    /// None that is ever given.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// The namespace of this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The one after this.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// All from this one on that are before another.
    pub(crate) fn until(self, end: Self) -> impl Iterator<Item = Self> {
        (self.0..end.0).map(Self)
    }

    /// Its bytes in a key of the index.
    pub(crate) fn to_bytes(self) -> [u8; Self::BYTES] {
        self.0.to_be_bytes()
    }

    /// The namespace of these bytes of a key of the index.
    pub(crate) fn from_bytes(bytes: [u8; Self::BYTES]) -> Self {
        Self(u32::from_be_bytes(bytes))
    }

    pub(crate) fn read<E: From<Malformed>>(reader: &mut Reader<'_, E>) -> Result<Self, E> {
        reader.varint_u32().map(Self)
    }

    pub(crate) fn put(self, out: &mut Vec<u8>) {
        put_varint(out, u64::from(self.0));
    }

    /// How many bytes [`put`](Self::put) appends.
    pub(crate) fn stored_len(self) -> usize {
        varint_len(u64::from(self.0))
    }
}

impl fmt::Display for NamespaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
