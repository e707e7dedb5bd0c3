//! The root as the store holds it: reading it and opening it.

use std::sync::Arc;

use crate::blob::{BlobStore, ETag, Object};
use crate::error::{Error, Result};
use crate::forest::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use crate::keyring::Keyring;
use crate::seal::RootHeader;
use crate::trust::{Carried, Chain, ContentHash, Kept, RootHash, SignedRoot};

/// A root with who signed it, its keyring, and the tag it has in the store.
#[derive(Clone)]
pub(super) struct StoredRoot {
    pub(super) signed: SignedRoot,
    pub(super) root: Root,
    pub(super) keyring: Arc<Keyring>,
    pub(super) etag: ETag,
}

impl StoredRoot {
    /// Opens the body of a root object with the keyring that it names. Its signature is not checked
    /// yet.
    pub(super) fn open(
        keyring: Arc<Keyring>,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let opened = Self::open_body(&keyring, header, object);
        let (signed, root) = opened.map_err(|error| error.in_object(ROOT_KEY))?;
        Ok(Self { signed, root, keyring, etag: object.etag.clone() })
    }

    fn open_body(
        keyring: &Keyring,
        header: &RootHeader,
        object: &Object,
    ) -> Result<(SignedRoot, Root)> {
        let body = header.open_body(keyring.epochs().newest(), &object.bytes)?;
        let (carried, rest) = Carried::read(&body)?;
        let content = ContentHash::of(rest, keyring.hash());
        let signed =
            carried.signed(keyring.chain(), keyring.epoch(), keyring.resting(), content)?;
        Ok((signed, Root::decode(rest)?))
    }

    /// What names the root.
    pub(super) fn hash(&self) -> RootHash {
        self.signed.hash()
    }

    /// What it is in the proof of a fork.
    pub(super) fn side(&self) -> (SignedRoot, Chain) {
        (self.signed.clone(), Chain::clone(self.keyring.chain()))
    }

    /// What is kept of it.
    pub(super) fn kept(&self) -> Kept {
        Kept { root: self.signed.clone(), chain: self.keyring.chain().mark() }
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
