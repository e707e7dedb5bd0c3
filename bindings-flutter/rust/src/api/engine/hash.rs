//! The hash of a set of rows, and where rows belong.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;
use sealwood::lthash;

use crate::api::error::Failure;

/// Where rows belong.
#[frb(opaque)]
pub struct Domain {
    inner: lthash::Domain,
}

impl Domain {
    /// The domain of a name, with a secret or without one.
    #[frb(sync)]
    pub fn named(name: Vec<u8>, secret: Option<Vec<u8>>) -> Result<Domain, Failure> {
        Ok(Self { inner: core::domain(&name, secret)? })
    }

    /// The name.
    #[frb(sync)]
    pub fn name(&self) -> Vec<u8> {
        self.inner.name().to_vec()
    }

    /// Whether there is a secret.
    #[frb(sync)]
    pub fn is_keyed(&self) -> bool {
        self.inner.is_keyed()
    }
}

/// The bucket of a key.
#[frb(sync)]
pub fn bucket_of(key: Vec<u8>) -> u8 {
    lthash::bucket_of(&key)
}

/// The hash of a set of rows.
#[frb(opaque)]
pub struct LtHash {
    pub(crate) inner: core::LtHash,
}

impl LtHash {
    /// The hash of no rows.
    #[frb(sync)]
    pub fn identity() -> Self {
        Self { inner: core::LtHash::identity() }
    }

    /// The hash that 2,048 bytes are.
    #[frb(sync)]
    pub fn decode(bytes: Vec<u8>) -> Result<LtHash, Failure> {
        Ok(Self { inner: core::LtHash::decode(&bytes)? })
    }

    /// Adds a row.
    #[frb(sync)]
    pub fn add(&self, domain: &Domain, key: Vec<u8>, value: Vec<u8>) {
        self.inner.add(&domain.inner, &key, &value);
    }

    /// Removes a row.
    #[frb(sync)]
    pub fn remove(&self, domain: &Domain, key: Vec<u8>, value: Vec<u8>) {
        self.inner.remove(&domain.inner, &key, &value);
    }

    /// Adds many rows.
    #[frb(sync)]
    pub fn add_batch(&self, domain: &Domain, rows: Vec<(Vec<u8>, Vec<u8>)>) {
        self.inner.add_batch(&domain.inner, &rows);
    }

    /// Removes many rows.
    #[frb(sync)]
    pub fn remove_batch(&self, domain: &Domain, rows: Vec<(Vec<u8>, Vec<u8>)>) {
        self.inner.remove_batch(&domain.inner, &rows);
    }

    /// Adds a message as it is.
    #[frb(sync)]
    pub fn add_raw(&self, message: Vec<u8>) {
        self.inner.add_raw(&message);
    }

    /// Removes a message as it is.
    #[frb(sync)]
    pub fn remove_raw(&self, message: Vec<u8>) {
        self.inner.remove_raw(&message);
    }

    /// Adds all rows of another hash.
    #[frb(sync)]
    pub fn merge(&self, other: &LtHash) {
        self.inner.merge(&other.inner);
    }

    /// Removes all rows of another hash.
    #[frb(sync)]
    pub fn subtract(&self, other: &LtHash) {
        self.inner.subtract(&other.inner);
    }

    /// Whether it is the hash of no rows.
    #[frb(sync)]
    pub fn is_identity(&self) -> bool {
        self.inner.is_identity()
    }

    /// Whether both are the same.
    #[frb(sync)]
    pub fn equals(&self, other: &LtHash) -> bool {
        self.inner.equals(&other.inner)
    }

    /// Its 2,048 bytes.
    #[frb(sync)]
    pub fn encode(&self) -> Vec<u8> {
        self.inner.encode()
    }

    /// The 32 bytes of its checksum.
    #[frb(sync)]
    pub fn checksum(&self) -> Vec<u8> {
        self.inner.checksum()
    }

    /// The same in a handle of its own.
    #[frb(sync)]
    pub fn copy(&self) -> LtHash {
        Self { inner: self.inner.value().into() }
    }
}
