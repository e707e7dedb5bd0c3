//! Objects in memory, for tests and for vaults that need not outlive the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{
    BlobStore, ETag, Hold, HoldMode, Holders, Object, ObjectMeta, ObjectPage, Precondition,
    check_key, check_length, check_limit, check_prefix, slice,
};
use crate::error::{Error, Result};
use crate::platform::BoxFuture;

/// A [`BlobStore`] in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    objects: Mutex<BTreeMap<String, Bytes>>,
    holders: Holders,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BlobStore for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            check_key(key)?;
            let bytes = self.objects().get(key).cloned().ok_or(Error::ObjectMissing)?;
            let etag = ETag::of_content(&bytes);
            Ok(Object { bytes, etag })
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            check_key(key)?;
            check_length(length)?;
            let bytes = self.objects().get(key).cloned().ok_or(Error::ObjectMissing)?;
            slice(&bytes, offset, length)
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        precondition: Precondition,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            check_key(key)?;
            let mut objects = self.objects();
            let holds = match (&precondition, objects.get(key)) {
                (Precondition::None, _) | (Precondition::Absent, None) => true,
                (Precondition::Matches(etag), Some(found)) => ETag::of_content(found) == *etag,
                _ => false,
            };
            if !holds {
                return Err(Error::PreconditionFailed);
            }
            let etag = ETag::of_content(&bytes);
            objects.insert(key.to_owned(), bytes);
            Ok(etag)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            check_key(key)?;
            self.objects().remove(key);
            Ok(())
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            check_prefix(prefix)?;
            check_limit(limit)?;
            let objects = self.objects();
            let from = match start_after {
                Some(key) if key >= prefix => Bound::Excluded(key),
                _ => Bound::Included(prefix),
            };
            let mut page = ObjectPage::default();
            for (key, bytes) in objects.range::<str, _>((from, Bound::Unbounded)) {
                if !key.starts_with(prefix) {
                    break;
                }
                if page.objects.len() == limit {
                    page.next = page.objects.last().map(|last| last.key.clone());
                    break;
                }
                page.objects.push(ObjectMeta { key: key.clone(), size: bytes.len() as u64 });
            }
            Ok(page)
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            check_key(key)?;
            let found = self.objects().get(key).map(|bytes| bytes.len() as u64);
            Ok(found.map(|size| ObjectMeta { key: key.to_owned(), size }))
        })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn honours_conditions(&self) -> bool {
        true
    }

    fn hold(&self, mode: HoldMode) -> BoxFuture<'_, Result<Option<Hold>>> {
        Box::pin(async move { Ok(self.holders.hold(mode).await) })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn needs_flush(&self) -> bool {
        false
    }
}
