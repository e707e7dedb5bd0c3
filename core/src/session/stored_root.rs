//! The root as the store holds it: reading it and opening it.

use crate::blob::{BlobStore, ETag, Object};
use crate::error::{Error, Result};
use crate::forest::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use crate::seal::{Keys, RootHeader};

/// A root with the hash of its object and the tag it has in the store.
#[derive(Clone)]
pub(super) struct StoredRoot {
    pub(super) root: Root,
    pub(super) hash: [u8; 32],
    pub(super) etag: ETag,
}

impl StoredRoot {
    /// Opens the body of a root object.
    pub(super) fn open(keys: &Keys, header: &RootHeader, object: &Object) -> Result<Self> {
        let body = header.open_body(keys, &object.bytes);
        let root = Root::decode(&body.map_err(|error| error.in_object(ROOT_KEY))?)?;
        let hash = *blake3::hash(&object.bytes).as_bytes();
        Ok(Self { root, hash, etag: object.etag.clone() })
    }

    /// Refuses a root that is older than this one or denies it.
    pub(super) fn check_successor(&self, next: &Self) -> Result<()> {
        self.root.check_successor(&self.hash, &next.root, &next.hash)
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
