//! Objects in memory, for tests and for vaults that need not outlive the process.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{
    BlobStore, ETag, Hold, HoldMode, Holders, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions, check_key, check_length, check_limit, check_prefix, slice,
};
use crate::error::{Error, Result};
use crate::platform::{BoxFuture, Clock, SystemClock};

/// A [`BlobStore`] in memory.
#[derive(Debug, Default)]
pub struct MemoryStore {
    objects: Mutex<BTreeMap<String, Kept>>,
    holders: Holders,
}

/// One object.
#[derive(Debug)]
struct Kept {
    object: Object,
    modified_ms: u64,
}

impl Kept {
    fn meta(&self, key: &str) -> ObjectMeta {
        ObjectMeta::new(key, self.object.bytes.len() as u64)
            .with_modified_ms(self.modified_ms)
            .with_etag(self.object.etag.clone())
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn objects(&self) -> MutexGuard<'_, BTreeMap<String, Kept>> {
        self.objects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn object(&self, key: &str) -> Result<Object> {
        check_key(key)?;
        let objects = self.objects();
        objects.get(key).map(|kept| kept.object.clone()).ok_or(Error::ObjectMissing)
    }
}

impl BlobStore for MemoryStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let object = self.object(key)?;
            options.check_size(object.bytes.len() as u64)?;
            Ok(object)
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            check_length(length)?;
            slice(&self.object(key)?.bytes, offset, length)
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            check_key(key)?;
            let etag = ETag::of_content(&bytes);
            let mut objects = self.objects();
            let holds = match (&options.precondition, objects.get(key)) {
                (Precondition::None, _) | (Precondition::Absent, None) => true,
                (Precondition::Matches(etag), Some(found)) => found.object.etag == *etag,
                _ => false,
            };
            if !holds {
                return Err(Error::PreconditionFailed);
            }
            let object = Object { bytes, etag: etag.clone() };
            objects.insert(key.to_owned(), Kept { object, modified_ms: SystemClock.now_ms() });
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
            for (key, kept) in objects.range::<str, _>((from, Bound::Unbounded)) {
                if !key.starts_with(prefix) {
                    break;
                }
                if page.objects.len() == limit {
                    page.next = page.objects.last().map(|last| last.key.clone());
                    break;
                }
                page.objects.push(kept.meta(key));
            }
            Ok(page)
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            check_key(key)?;
            Ok(self.objects().get(key).map(|kept| kept.meta(key)))
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
}
