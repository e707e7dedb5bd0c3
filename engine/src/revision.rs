//! The number of a change.

use std::fmt;

use sealwood_base::codec::{Malformed, Reader, put_signed, put_varint, varint_len};

use crate::number::NUMBER_MAX;

/// The number of a change. Each change of any namespace has a higher one than all before it, over
/// restarts too; it is no clock, and numbers may be left out. [`Revision::ZERO`] is before the
/// first change, and none is above 2^62.
///
/// An app may keep the [number](Revision::get) and make a revision of it [again](Revision::new).
/// It means something only in the engine it is from. Stored as a varint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Revision(u64);

impl Revision {
    /// Before the first change.
    pub const ZERO: Self = Self(0);

    /// The first change.
    pub(crate) const FIRST: Self = Self(1);

    /// After all changes there can be.
    pub(crate) const MAX: Self = Self(u64::MAX);

    /// The revision of this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The revision after this one; itself at the end of all numbers.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The revision before this one; [`Revision::ZERO`] before that itself.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// Whether there is always one after it; one that says otherwise is damaged.
    pub(crate) fn has_next(self) -> bool {
        self.0 < NUMBER_MAX
    }

    pub(crate) fn read<E: From<Malformed>>(reader: &mut Reader<'_, E>) -> Result<Self, E> {
        reader.varint().map(Self)
    }

    pub(crate) fn put(self, out: &mut Vec<u8>) {
        put_varint(out, self.0);
    }

    /// Reads what [`put_after`](Self::put_after) appends.
    pub(crate) fn read_after<E: From<Malformed>>(
        before: Self,
        reader: &mut Reader<'_, E>,
    ) -> Result<Self, E> {
        Ok(Self(before.0.wrapping_add(reader.signed()? as u64)))
    }

    /// Appends how far it is from another, as a signed varint.
    pub(crate) fn put_after(self, before: Self, out: &mut Vec<u8>) {
        put_signed(out, self.0.wrapping_sub(before.0) as i64);
    }

    /// How many bytes [`put`](Self::put) appends.
    pub(crate) fn stored_len(self) -> usize {
        varint_len(self.0)
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
