//! The id of a segment of the log.

use std::fmt;

use sealwood_base::codec::{Malformed, Reader, put_varint, varint_len};

/// The id of a segment of the log, a number from 1 on: the next one is higher than all before it,
/// and none is given twice, so that a name that is gone stays gone. It says which file it is, and
/// not when the segment is replayed: that is its replay order.
///
/// In names of files 16 hexadecimal digits, so that they sort as numbers; in structures a varint,
/// in headers of segments eight bytes, little endian.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub(crate) struct SegmentId(u64);

impl SegmentId {
    /// The segment that an engine is made with.
    pub(crate) const FIRST: Self = Self(1);

    /// The segment of this number.
    pub(crate) const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub(crate) const fn get(self) -> u64 {
        self.0
    }

    /// The one after this.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    pub(crate) fn read<E: From<Malformed>>(reader: &mut Reader<'_, E>) -> Result<Self, E> {
        reader.varint().map(Self)
    }

    pub(crate) fn put(self, out: &mut Vec<u8>) {
        put_varint(out, self.0);
    }

    /// How many bytes [`put`](Self::put) appends.
    pub(crate) fn stored_len(self) -> usize {
        varint_len(self.0)
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
