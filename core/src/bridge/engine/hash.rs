//! A hash as a handle.

use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::lthash::{self, Domain};

/// The hash of a set of rows, changed through a shared reference; see [`lthash::LtHash`].
#[derive(Debug)]
pub struct LtHash(Mutex<lthash::LtHash>);

/// The domain of a name, with a secret of 32 bytes or without one. The secret is wiped.
pub fn domain(name: &[u8], secret: Option<Vec<u8>>) -> Result<Domain> {
    match secret {
        Some(secret) => Ok(Domain::keyed(&*key(secret)?, name)?),
        None => Ok(Domain::new(name)?),
    }
}

/// The 32 bytes of a key; what it was given as is wiped.
pub(super) fn key(secret: Vec<u8>) -> Result<Zeroizing<[u8; 32]>> {
    let secret = Zeroizing::new(secret);
    let key = secret.as_slice().try_into().map(Zeroizing::new);
    key.map_err(|_| Error::InvalidArgument { what: "the secret of a domain has 32 bytes" })
}

impl LtHash {
    /// The hash of no rows.
    pub fn identity() -> Self {
        Self::from(lthash::LtHash::identity())
    }

    /// The hash that 2,048 bytes are.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        Ok(lthash::LtHash::decode(bytes)?.into())
    }

    /// Adds a row.
    pub fn add(&self, domain: &Domain, key: &[u8], value: &[u8]) {
        self.lock().add(domain, key, value);
    }

    /// Removes a row that was added before.
    pub fn remove(&self, domain: &Domain, key: &[u8], value: &[u8]) {
        self.lock().remove(domain, key, value);
    }

    /// Adds many rows, keys and values.
    pub fn add_batch(&self, domain: &Domain, rows: &[(Vec<u8>, Vec<u8>)]) {
        let rows = rows.iter().map(|(key, value)| (key, value));
        self.lock().add_batch(domain, rows);
    }

    /// Removes many rows.
    pub fn remove_batch(&self, domain: &Domain, rows: &[(Vec<u8>, Vec<u8>)]) {
        let rows = rows.iter().map(|(key, value)| (key, value));
        self.lock().remove_batch(domain, rows);
    }

    /// Adds a message as it is; see [`lthash::LtHash::add_raw`].
    pub fn add_raw(&self, message: &[u8]) {
        self.lock().add_raw(message);
    }

    /// Removes what [`add_raw`](Self::add_raw) added.
    pub fn remove_raw(&self, message: &[u8]) {
        self.lock().remove_raw(message);
    }

    /// Adds all rows of another hash, or of itself once more.
    pub fn merge(&self, other: &Self) {
        let other = other.value();
        self.lock().merge(&other);
    }

    /// Removes all rows of another hash, or of itself.
    pub fn subtract(&self, other: &Self) {
        let other = other.value();
        self.lock().subtract(&other);
    }

    /// Whether this is the hash of no rows, in constant time.
    pub fn is_identity(&self) -> bool {
        self.lock().is_identity()
    }

    /// Whether two hashes are the same, in constant time.
    pub fn equals(&self, other: &Self) -> bool {
        let other = other.value();
        *self.lock() == other
    }

    /// The 2,048 bytes of the hash.
    pub fn encode(&self) -> Vec<u8> {
        self.lock().encode().to_vec()
    }

    /// The 32 bytes of its checksum.
    pub fn checksum(&self) -> Vec<u8> {
        self.lock().checksum().as_bytes().to_vec()
    }

    /// The hash as it is now. A copy has a handle of its own.
    pub fn value(&self) -> lthash::LtHash {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, lthash::LtHash> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<lthash::LtHash> for LtHash {
    fn from(hash: lthash::LtHash) -> Self {
        Self(Mutex::new(hash))
    }
}
