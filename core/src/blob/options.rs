//! How an object is put or got. New wishes become new fields, so that no store has to change.

use super::{Precondition, check_at_most};
use crate::error::Result;

/// How [`BlobStore::get_with`](super::BlobStore::get_with) gets an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoreGetOptions {
    /// The most bytes that the object may have; `None` for any number.
    pub bytes_max: Option<u64>,
}

impl StoreGetOptions {
    /// The object, of whatever size.
    pub const ANY: Self = Self { bytes_max: None };

    /// Takes an object of at most `bytes_max` bytes.
    pub fn with_bytes_max(mut self, bytes_max: u64) -> Self {
        self.bytes_max = Some(bytes_max);
        self
    }

    /// Fails with [`Error::ObjectCorrupt`](crate::Error::ObjectCorrupt) if an object of `size`
    /// bytes is larger than asked for.
    pub fn check_size(&self, size: u64) -> Result<()> {
        self.bytes_max.map_or(Ok(()), |bytes_max| check_at_most(size, bytes_max))
    }
}

/// How [`BlobStore::put_with`](super::BlobStore::put_with) puts an object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct StorePutOptions {
    /// What must hold for the put to take effect.
    pub precondition: Precondition,
}

impl StorePutOptions {
    /// Puts only if `precondition` holds.
    pub fn with_precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }
}

impl From<Precondition> for StorePutOptions {
    fn from(precondition: Precondition) -> Self {
        Self::default().with_precondition(precondition)
    }
}
