//! What a check works with: keys of its own, and calls whose failures say what was tried.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::future::join_all;
use sealwood_base::conformance::{Outcome, equal, expect, ok};

use super::Promise;
use crate::blob::{BlobStore, ETag, Object, ObjectMeta, Precondition};
use crate::error::Result as StoreResult;

/// How many requests run at once where a check sends many.
pub(super) const CONCURRENT_MAX: usize = 32;

pub(super) struct Fixture<'a> {
    pub(super) store: &'a dyn BlobStore,
    base: String,
    /// Every key a check asked for: what is to be removed, even if the store lists nothing.
    keys: Mutex<Vec<String>>,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(store: &'a dyn BlobStore, prefix: &str, promise: Promise) -> Self {
        let base = format!("{prefix}/{}", promise as usize);
        Self { store, base, keys: Mutex::default() }
    }

    /// What all keys of the check start with, without the `/` after it.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// The key `name` of the check.
    pub(super) fn key(&self, name: &str) -> String {
        let key = format!("{}/{name}", self.base);
        self.keys.lock().unwrap_or_else(PoisonError::into_inner).push(key.clone());
        key
    }

    pub(super) async fn put(&self, key: &str, bytes: impl Into<Bytes>) -> Outcome<ETag> {
        ok("a put", self.store.put(key, bytes.into(), Precondition::None).await)
    }

    pub(super) async fn put_if(
        &self,
        key: &str,
        bytes: impl Into<Bytes>,
        precondition: Precondition,
    ) -> StoreResult<ETag> {
        self.store.put(key, bytes.into(), precondition).await
    }

    pub(super) async fn get(&self, key: &str) -> Outcome<Object> {
        ok("a get", self.store.get(key).await)
    }

    pub(super) async fn head(&self, key: &str) -> Outcome<Option<ObjectMeta>> {
        ok("a head", self.store.head(key).await)
    }

    pub(super) async fn delete(&self, key: &str) -> Outcome {
        ok("a delete", self.store.delete(key).await)
    }

    /// Fails unless the object at `key` is `bytes` under `etag`.
    pub(super) async fn expect_object(&self, key: &str, bytes: &[u8], etag: &ETag) -> Outcome {
        let found = self.get(key).await?;
        expect(found.bytes == bytes, || {
            format!("an object of {} bytes came back as other bytes", bytes.len())
        })?;
        equal("the tag of a get", &found.etag, etag)
    }

    pub(super) async fn clean_up(&self) -> Outcome {
        let keys = std::mem::take(&mut *self.keys.lock().unwrap_or_else(PoisonError::into_inner));
        for batch in keys.chunks(CONCURRENT_MAX) {
            for outcome in join_all(batch.iter().map(|key| self.delete(key))).await {
                outcome?;
            }
        }
        Ok(())
    }
}
