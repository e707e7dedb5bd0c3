//! A store in memory that holds no more than it may, and takes its time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_lite::future::yield_now;
use sealwood::blob::{BlobStore, ETag, MemoryStore, StorePutOptions};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result};

/// What replaces an object needs room beside it, as in a database or a file system.
#[derive(Default)]
pub struct Limited {
    pub inner: MemoryStore,
    bytes_max: AtomicU64,
}

impl Limited {
    pub fn new(bytes_max: u64) -> Arc<Self> {
        Arc::new(Self { inner: MemoryStore::new(), bytes_max: bytes_max.into() })
    }

    pub fn set_bytes_max(&self, bytes_max: u64) {
        self.bytes_max.store(bytes_max, Ordering::SeqCst);
    }

    /// Every object with its size.
    pub async fn objects(&self) -> Vec<(String, u64)> {
        let page = self.inner.list("", None, 1000).await.unwrap();
        assert!(page.next.is_none());
        page.objects.into_iter().map(|object| (object.key, object.size)).collect()
    }

    /// The names of all extents.
    pub async fn extents(&self) -> Vec<String> {
        let large = |object: &(String, u64)| object.1 > 100_000 && object.0 != "reserve";
        self.objects().await.into_iter().filter(large).map(|object| object.0).collect()
    }

    pub async fn used(&self) -> u64 {
        self.objects().await.iter().map(|object| object.1).sum()
    }
}

impl BlobStore for Limited {
    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            yield_now().await;
            if self.used().await + bytes.len() as u64 > self.bytes_max.load(Ordering::SeqCst) {
                return Err(Error::StoreFull);
            }
            let outcome = self.inner.put_with(key, bytes, options).await;
            yield_now().await;
            outcome
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            yield_now().await;
            self.inner.delete(key).await
        })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn honours_conditions(&self) -> bool {
        true
    }

    forward!(inner: get_with, get_range, list, head, hold, flush, needs_flush);
}
