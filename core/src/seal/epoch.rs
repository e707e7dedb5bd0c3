//! Epochs: the generations of a vault's keys.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::Result;
use crate::platform::Environment;

/// The number of a generation of keys, from 1 to 4,096.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(u16);

impl Epoch {
    /// That of a new vault.
    pub const FIRST: Self = Self(1);
    /// The last.
    pub const LAST: Self = Self(4096);

    /// The epoch of this number, if there is one.
    pub fn new(number: u16) -> Option<Self> {
        (Self::FIRST.0..=Self::LAST.0).contains(&number).then_some(Self(number))
    }

    /// Its number.
    pub fn number(self) -> u16 {
        self.0
    }

    /// The one after, if there may be one.
    pub(crate) fn next(self) -> Option<Self> {
        Self::new(self.0 + 1)
    }
}

/// The 32 random bytes that all keys of an epoch come from.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct EpochKey([u8; 32]);

impl EpochKey {
    /// Draws a new one.
    pub(crate) fn generate(environment: &Environment) -> Result<Self> {
        Ok(Self(environment.random()?))
    }

    /// Takes over one that is known.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The key itself. Wipe what you copy.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKey([redacted])")
    }
}
