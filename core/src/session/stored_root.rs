//! The root as the store holds it: reading it and opening it.

use std::sync::Arc;

use crate::blob::{BlobStore, ETag, Object};
use crate::error::{Error, Result};
use crate::forest::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use crate::keyring::Keyring;
use crate::seal::RootHeader;

/// A root with its keyring, the hash of its object and the tag it has in the store.
#[derive(Clone)]
pub(super) struct StoredRoot {
    pub(super) root: Root,
    pub(super) keyring: Arc<Keyring>,
    pub(super) hash: [u8; 32],
    pub(super) etag: ETag,
}

impl StoredRoot {
    /// Opens the body of a root object with the keyring that it names.
    pub(super) fn open(
        keyring: Arc<Keyring>,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let body = header.open_body(keyring.epochs().newest(), &object.bytes);
        let root = Root::decode(&body.map_err(|error| error.in_object(ROOT_KEY))?)?;
        let hash = *blake3::hash(&object.bytes).as_bytes();
        Ok(Self { root, keyring, hash, etag: object.etag.clone() })
    }

    /// Refuses a root that is older than this one or denies it.
    pub(super) fn check_successor(&self, next: &Self) -> Result<()> {
        self.root.check_successor(&self.hash, &next.root, &next.hash)?;
        if !self.keyring.may_be_followed_by(&next.keyring) {
            return Err(Error::Fork { sequence: next.root.sequence });
        }
        Ok(())
    }
}

/// What needs no key of a root object.
pub(crate) fn root_header(object: &Object) -> Result<RootHeader> {
    RootHeader::decode(&object.bytes).map_err(|error| error.in_object(ROOT_KEY))
}

/// Reads the root object of a store.
pub(crate) async fn get_root(store: &dyn BlobStore) -> Result<Object> {
    match store.get_at_most(ROOT_KEY, ROOT_BYTES_MAX).await {
        Err(Error::ObjectMissing) => Err(Error::VaultNotFound),
        object => object.map_err(|error| error.in_object(ROOT_KEY)),
    }
}
