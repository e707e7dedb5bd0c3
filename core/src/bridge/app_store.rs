//! A store written by the app, whose answers are checked before anything rests on them.

use bytes::Bytes;

use crate::blob::{
    BlobStore, ETag, LIST_LIMIT_MAX, NotDeleted, Object, ObjectMeta, ObjectPage, StoreGetOptions,
    StorePutOptions, check_key, check_length, check_limit, check_prefix,
};
use crate::error::{Error, Result};
use crate::forward;
use crate::platform::BoxFuture;

/// The largest object taken from a store, in bytes: more than any a vault writes.
const OBJECT_BYTES_MAX: usize = 64 << 20;
/// The longest tag, in bytes.
const ETAG_BYTES_MAX: usize = 1024;

/// A store of the app's.
///
/// It owes what every [`BlobStore`] owes, and a put that is answered counts: the store, or the
/// service behind it, makes sure that it holds exactly the bytes it was given. A service over a
/// network is sent a checksum with the bytes (`Content-MD5`, a digest of its own) and refuses what
/// was cut off or altered on the way; one that keeps such a part has not kept the contract. Since
/// the app's word is all there is, a root is read back before its commit counts, and conditional
/// puts are tried before the first change.
///
/// An answer that cannot be right becomes [`Error::StoreFailed`]: a range
/// longer than asked for, a listing out of order or beyond its bounds, an object past 64 MiB, a tag
/// of no byte or more than 1,024, an object not deleted that nobody asked to delete. Arguments are
/// checked before the store sees them, and it is asked to delete up to 1,000 objects at a time.
///
/// What nobody can check from here is a put: where bytes arrived damaged or cut, the put has to
/// fail with `store-unavailable`.
#[derive(Debug)]
pub struct AppStore<S> {
    inner: S,
}

impl<S: BlobStore> AppStore<S> {
    /// Checks the answers of `store`.
    pub fn new(store: S) -> Self {
        Self { inner: store }
    }
}

impl<S: BlobStore> BlobStore for AppStore<S> {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            check_key(key)?;
            let object = self.inner.get_with(key, options).await?;
            check_size(&object.bytes)?;
            check_etag(&object.etag)?;
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
            check_key(key)?;
            check_length(length)?;
            // No object is longer; and not every language counts as far as a caller may ask.
            let length = length.min(OBJECT_BYTES_MAX as u64);
            let bytes = self.inner.get_range(key, offset, length).await?;
            check_size(&bytes)?;
            match bytes.len() as u64 {
                0 => Err(Error::ObjectTruncated),
                size if size > length => Err(failed("a range is longer than was asked for")),
                _ => Ok(bytes),
            }
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
            let etag = self.inner.put_with(key, bytes, options).await?;
            check_etag(&etag)?;
            Ok(etag)
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            check_key(key)?;
            self.inner.delete(key).await
        })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        Box::pin(async move {
            let (keys, refused): (Vec<_>, Vec<_>) =
                keys.iter().cloned().partition(|key| check_key(key).is_ok());
            let refused = refused
                .into_iter()
                .filter_map(|key| check_key(&key).err().map(|error| NotDeleted::new(key, error)));
            let mut left: Vec<_> = refused.collect();
            for keys in keys.chunks(LIST_LIMIT_MAX) {
                let answer = self.inner.delete_many(keys).await;
                left.extend(not_deleted(keys, check_not_deleted(&answer, keys).map(|()| answer)));
            }
            left
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
            let page = self.inner.list(prefix, start_after, limit).await?;
            check_page(&page, prefix, start_after, limit)?;
            Ok(page)
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            check_key(key)?;
            let meta = self.inner.head(key).await?;
            match meta {
                Some(meta) if meta.key != key => Err(failed("the head of another object")),
                Some(meta) => check_meta(&meta).map(|()| Some(meta)),
                None => Ok(None),
            }
        })
    }

    forward!(inner: confirms_puts, honours_conditions, identity, hold, flush, needs_flush);
}

/// Returns the objects at `keys` that a store did not remove, or of which nobody knows: those of
/// its answer, or all where it had none.
pub fn not_deleted(keys: &[String], answer: Result<Vec<NotDeleted>>) -> Vec<NotDeleted> {
    answer.unwrap_or_else(|error| {
        keys.iter().map(|key| NotDeleted::new(key, error.clone())).collect()
    })
}

/// The error of a store that failed with a code of ours, of which a store may use some, or with
/// something of its own.
pub fn store_error(code: Option<&str>, message: &str) -> Error {
    let reason = || message.to_owned();
    match code {
        Some("object-missing") => Error::ObjectMissing,
        Some("object-truncated") => Error::ObjectTruncated,
        Some("precondition-failed") => Error::PreconditionFailed,
        Some("store-full") => Error::StoreFull,
        Some("store-denied") => Error::StoreDenied { reason: reason(), source: None },
        Some("store-unavailable") => {
            Error::StoreUnavailable { reason: reason(), retry_after: None, source: None }
        }
        Some("outcome-unknown") => Error::OutcomeUnknown,
        Some("cancelled") => Error::Cancelled,
        Some("invalid-argument") => {
            Error::InvalidArgument { what: "the app's store refused an argument" }
        }
        _ => Error::StoreFailed { reason: reason(), source: None },
    }
}

fn check_size(bytes: &Bytes) -> Result<()> {
    if bytes.len() <= OBJECT_BYTES_MAX { Ok(()) } else { Err(failed("an object beyond 64 MiB")) }
}

fn check_etag(etag: &ETag) -> Result<()> {
    if (1..=ETAG_BYTES_MAX).contains(&etag.0.len()) {
        Ok(())
    } else {
        Err(failed("a tag has 1 to 1,024 bytes"))
    }
}

fn check_meta(meta: &ObjectMeta) -> Result<()> {
    meta.etag.as_ref().map_or(Ok(()), check_etag)
}

fn check_not_deleted(left: &[NotDeleted], keys: &[String]) -> Result<()> {
    if left.len() <= keys.len() && left.iter().all(|left| keys.contains(&left.key)) {
        Ok(())
    } else {
        Err(failed("an object was not deleted that nobody asked to delete"))
    }
}

fn check_page(
    page: &ObjectPage,
    prefix: &str,
    start_after: Option<&str>,
    limit: usize,
) -> Result<()> {
    if page.objects.len() > limit {
        return Err(failed("a listing is longer than was asked for"));
    }
    let mut last = start_after;
    for meta in &page.objects {
        let key = &meta.key;
        check_meta(meta)?;
        if !key.starts_with(prefix) || last.is_some_and(|last| key.as_str() <= last) {
            return Err(failed("a listing is out of order or outside its prefix"));
        }
        last = Some(key);
    }
    // A cursor that does not move on would be asked for ever.
    let is_stuck = page.next.as_deref().is_some_and(|next| match last {
        Some(last) if page.objects.is_empty() => next <= last,
        Some(last) => next < last,
        None => next.is_empty(),
    });
    if is_stuck { Err(failed("a listing's cursor does not move on")) } else { Ok(()) }
}

fn failed(reason: &str) -> Error {
    Error::StoreFailed {
        reason: format!("the app's store answered wrongly: {reason}"),
        source: None,
    }
}
