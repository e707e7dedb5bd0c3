//! A store that several hold.

use std::sync::Arc;

use bytes::Bytes;

use super::{
    BlobStore, ETag, Found, Hold, HoldMode, NotDeleted, Object, ObjectMeta, ObjectPage,
    StoreGetOptions, StorePutOptions,
};
use crate::error::Result;
use crate::platform::BoxFuture;

impl<S: BlobStore + ?Sized> BlobStore for Arc<S> {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        (**self).get_with(key, options)
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        (**self).get_range(key, offset, length)
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        (**self).put_with(key, bytes, options)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        (**self).delete(key)
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        (**self).delete_many(keys)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        (**self).list(prefix, start_after, limit)
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        (**self).head(key)
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        (**self).compare(key, bytes)
    }

    fn confirms_puts(&self) -> bool {
        (**self).confirms_puts()
    }

    fn honours_conditions(&self) -> bool {
        (**self).honours_conditions()
    }

    fn identity(&self) -> Option<String> {
        (**self).identity()
    }

    fn hold(&self, mode: HoldMode) -> BoxFuture<'_, Result<Option<Hold>>> {
        (**self).hold(mode)
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        (**self).flush()
    }

    fn needs_flush(&self) -> bool {
        (**self).needs_flush()
    }
}
