//! A store written by the app.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use sealwood::Result;
use sealwood::blob::{
    BlobStore, ETag, NotDeleted, Object, ObjectMeta, ObjectPage, StoreGetOptions, StorePutOptions,
};
use sealwood::bridge::not_deleted;
use sealwood::platform::BoxFuture;

use crate::error::CoreError;
use crate::object::{CoreNotDeleted, CoreObject, CoreObjectMeta, CoreObjectPage, CorePrecondition};

/// A store of the app's, by the contract of the core's `BlobStore`.
#[uniffi::export(foreign)]
#[async_trait]
pub trait HostStore: Send + Sync {
    /// The object at `key`.
    async fn get(&self, key: String) -> Result<CoreObject, CoreError>;

    /// `length` bytes of the object at `key` from `offset` on.
    async fn get_range(&self, key: String, offset: u64, length: u64) -> Result<Vec<u8>, CoreError>;

    /// Writes the object at `key` if `precondition` holds, and returns its tag.
    async fn put(
        &self,
        key: String,
        bytes: Vec<u8>,
        precondition: CorePrecondition,
    ) -> Result<String, CoreError>;

    /// Removes the object at `key`.
    async fn delete(&self, key: String) -> Result<(), CoreError>;

    /// Removes the objects at `keys` and returns those that were not removed.
    async fn delete_many(&self, keys: Vec<String>) -> Result<Vec<CoreNotDeleted>, CoreError>;

    /// Up to `limit` objects after `start_after` whose keys start with `prefix`.
    async fn list(
        &self,
        prefix: String,
        start_after: Option<String>,
        limit: u32,
    ) -> Result<CoreObjectPage, CoreError>;

    /// What is known of the object at `key`.
    async fn head(&self, key: String) -> Result<Option<CoreObjectMeta>, CoreError>;

    /// Makes everything acknowledged so far durable.
    async fn flush(&self) -> Result<(), CoreError>;

    /// Whether there is anything to flush.
    fn needs_flush(&self) -> Result<bool, CoreError>;
}

/// The app's store, as the core calls it.
pub(crate) struct Host(pub(crate) Arc<dyn HostStore>);

impl BlobStore for Host {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        _: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let object = self.0.get(key.to_owned()).await.map_err(CoreError::of_store)?;
            Ok(Object { bytes: object.bytes.into(), etag: ETag(object.etag) })
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let bytes = self.0.get_range(key.to_owned(), offset, length).await;
            Ok(bytes.map_err(CoreError::of_store)?.into())
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            let put = self.0.put(key.to_owned(), bytes.into(), options.precondition.clone().into());
            Ok(ETag(put.await.map_err(CoreError::of_store)?))
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move { self.0.delete(key.to_owned()).await.map_err(CoreError::of_store) })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        Box::pin(async move {
            let left = self.0.delete_many(keys.to_vec()).await.map_err(CoreError::of_store);
            not_deleted(keys, left.map(|left| left.into_iter().map(Into::into).collect()))
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            let limit = u32::try_from(limit).unwrap_or(u32::MAX);
            let page = self.0.list(prefix.to_owned(), start_after.map(str::to_owned), limit);
            Ok(page.await.map_err(CoreError::of_store)?.into())
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            let meta = self.0.head(key.to_owned()).await.map_err(CoreError::of_store)?;
            Ok(meta.map(Into::into))
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move { self.0.flush().await.map_err(CoreError::of_store) })
    }

    /// A store that cannot tell is flushed, and fails there if it must.
    fn needs_flush(&self) -> bool {
        self.0.needs_flush().unwrap_or(true)
    }
}
