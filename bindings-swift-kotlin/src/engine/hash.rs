//! The hash of a set of rows.

use std::sync::Arc;

use sealwood::bridge::engine::LtHash;

use super::domain::CoreDomain;
use crate::error::CoreError;

/// A row.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreRow {
    /// Its key.
    pub key: Vec<u8>,
    /// Its value.
    pub value: Vec<u8>,
}

/// Rows as the core takes them.
pub(super) fn pairs(rows: Vec<CoreRow>) -> Vec<(Vec<u8>, Vec<u8>)> {
    rows.into_iter().map(|row| (row.key, row.value)).collect()
}

/// A hash of a set of rows.
#[derive(uniffi::Object)]
pub struct CoreLtHash {
    hash: LtHash,
}

impl CoreLtHash {
    pub(super) fn new(hash: LtHash) -> Arc<Self> {
        Arc::new(Self { hash })
    }
}

#[uniffi::export]
impl CoreLtHash {
    /// The hash of no rows.
    #[uniffi::constructor]
    pub fn identity() -> Arc<Self> {
        Self::new(LtHash::identity())
    }

    /// The hash that 2,048 bytes are.
    #[uniffi::constructor]
    pub fn decode(bytes: Vec<u8>) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(LtHash::decode(&bytes)?))
    }

    /// Adds a row.
    pub fn add(&self, domain: Arc<CoreDomain>, key: Vec<u8>, value: Vec<u8>) {
        self.hash.add(&domain.domain, &key, &value);
    }

    /// Removes a row.
    pub fn remove(&self, domain: Arc<CoreDomain>, key: Vec<u8>, value: Vec<u8>) {
        self.hash.remove(&domain.domain, &key, &value);
    }

    /// Adds rows.
    pub fn add_batch(&self, domain: Arc<CoreDomain>, rows: Vec<CoreRow>) {
        self.hash.add_batch(&domain.domain, &pairs(rows));
    }

    /// Removes rows.
    pub fn remove_batch(&self, domain: Arc<CoreDomain>, rows: Vec<CoreRow>) {
        self.hash.remove_batch(&domain.domain, &pairs(rows));
    }

    /// Adds a message as it is.
    pub fn add_raw(&self, message: Vec<u8>) {
        self.hash.add_raw(&message);
    }

    /// Removes a message as it is.
    pub fn remove_raw(&self, message: Vec<u8>) {
        self.hash.remove_raw(&message);
    }

    /// Adds all rows of another hash.
    pub fn merge(&self, other: Arc<CoreLtHash>) {
        self.hash.merge(&other.hash);
    }

    /// Removes all rows of another hash.
    pub fn subtract(&self, other: Arc<CoreLtHash>) {
        self.hash.subtract(&other.hash);
    }

    /// Whether it is the hash of no rows.
    pub fn is_identity(&self) -> bool {
        self.hash.is_identity()
    }

    /// Whether both are the same, in constant time.
    pub fn is_same(&self, other: Arc<CoreLtHash>) -> bool {
        self.hash.equals(&other.hash)
    }

    /// Its 2,048 bytes.
    pub fn encode(&self) -> Vec<u8> {
        self.hash.encode()
    }

    /// The 32 bytes of its checksum.
    pub fn checksum(&self) -> Vec<u8> {
        self.hash.checksum()
    }

    /// The same in a handle of its own.
    pub fn duplicate(&self) -> Arc<Self> {
        Self::new(self.hash.value().into())
    }
}
