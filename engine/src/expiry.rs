//! When a key expires.

use std::num::NonZeroU64;

/// The time at which a key expires. What never expires has none: there is no time that means never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry(NonZeroU64);

impl Expiry {
    /// The time so many milliseconds after the beginning of 1970. 0 is taken for 1: both are past.
    pub const fn at_ms(ms: u64) -> Self {
        match NonZeroU64::new(ms) {
            Some(ms) => Self(ms),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// How many milliseconds after the beginning of 1970 that is.
    pub const fn as_ms(self) -> u64 {
        self.0.get()
    }

    /// As it is stored, where 0 is never.
    pub(crate) fn stored(expiry: Option<Self>) -> u64 {
        expiry.map_or(0, Self::as_ms)
    }

    /// From what is stored.
    pub(crate) fn of_stored(expires_at_ms: u64) -> Option<Self> {
        NonZeroU64::new(expires_at_ms).map(Self)
    }
}
