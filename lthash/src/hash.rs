//! The hash: a sum of elements, as a value.

use core::fmt;

use constant_time_eq::constant_time_eq;

use crate::error::{Error, Result};

/// How many numbers a hash has.
const LANES: usize = 1024;

/// The hash of a set of rows: 1,024 numbers of 16 bits, each the sum of those of the rows'
/// elements, modulo 2^16.
///
/// It hashes a *multiset*: a row that is added twice counts twice, and one that is removed without
/// having been added leaves a hash that no set has. Whoever keeps the rows has to see to it that
/// each is there at most once. Two hashes are compared in constant time.
#[derive(Clone)]
pub struct LtHash([u16; LANES]);

/// The BLAKE3 hash of a [`LtHash`]: 32 bytes to show and to compare. It cannot be added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Checksum([u8; 32]);

impl LtHash {
    /// How many bytes a stored hash has.
    pub const BYTES: usize = 2 * LANES;

    /// Returns the hash of no rows: all zero.
    pub const fn identity() -> Self {
        Self([0; LANES])
    }

    /// Returns whether this is the hash of no rows, in constant time.
    pub fn is_identity(&self) -> bool {
        *self == Self::identity()
    }

    /// Adds all rows of another hash.
    pub fn merge(&mut self, other: &Self) {
        for (lane, other) in self.0.iter_mut().zip(&other.0) {
            *lane = lane.wrapping_add(*other);
        }
    }

    /// Removes all rows of another hash.
    pub fn subtract(&mut self, other: &Self) {
        for (lane, other) in self.0.iter_mut().zip(&other.0) {
            *lane = lane.wrapping_sub(*other);
        }
    }

    /// Returns the numbers in order, each with its low byte first.
    pub fn encode(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        for (bytes, lane) in bytes.as_chunks_mut().0.iter_mut().zip(&self.0) {
            *bytes = lane.to_le_bytes();
        }
        bytes
    }

    /// Returns the hash that [`encode`](Self::encode) wrote. Every sequence of that many bytes is
    /// a hash.
    ///
    /// # Errors
    ///
    /// [`Error::HashLength`] if there are more or fewer than [`LtHash::BYTES`] of them.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let bytes = bytes.try_into().map_err(|_| Error::HashLength { bytes: bytes.len() })?;
        Ok(Self::from_bytes(bytes))
    }

    /// Returns the BLAKE3 hash of the encoded hash.
    pub fn checksum(&self) -> Checksum {
        Checksum(blake3::hash(&self.encode()).into())
    }

    pub(crate) fn from_bytes(bytes: &[u8; Self::BYTES]) -> Self {
        let mut lanes = [0; LANES];
        for (lane, bytes) in lanes.iter_mut().zip(bytes.as_chunks().0) {
            *lane = u16::from_le_bytes(*bytes);
        }
        Self(lanes)
    }
}

impl PartialEq for LtHash {
    fn eq(&self, other: &Self) -> bool {
        constant_time_eq(&self.encode(), &other.encode())
    }
}

impl Eq for LtHash {}

impl Default for LtHash {
    /// Returns the hash of no rows.
    fn default() -> Self {
        Self::identity()
    }
}

impl fmt::Debug for LtHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LtHash({})", self.checksum())
    }
}

impl Checksum {
    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
