//! Objects as files of one directory, which several processes may use at once.
//!
//! ```text
//! <root>/lock                   held while a name is checked and changed
//! <root>/holders                locked by those who hold the store
//! <root>/tmp/<random>           bodies being written
//! <root>/objects/a=/b=/c        the object "a/b/c"
//! <root>/objects/a=/b           the object "a/b"
//! ```
//!
//! A segment of a key that others follow becomes a directory with `=` at its end, a character no
//! key has: an object and a directory never want the same name, so "a" and "a/b" can both exist.
//! The longest key still fits the usual limit of 255 bytes for a name.
//!
//! **Why a put is atomic and durable.** The body goes to a file of its own in `tmp` and is synced
//! there. Then, under the exclusive lock, the precondition is checked and the file is renamed to
//! its place; the lock is not held while bodies are written. Then the directory is synced. A crash
//! leaves the old object or the new one, and at worst a file in `tmp`, which a later
//! [`open`](DirectoryStore::open) sweeps. Every change of a name happens under the lock, so of two
//! writers, in one process or in two, only one finds its precondition to hold.
//!
//! **When a future is dropped.** The work is done by a thread that does not stop: a put may be made
//! after its future was dropped, as long as its precondition holds by then.
//!
//! **Why the path to an object is durable.** A directory may have been made by another process
//! that died before it synced the parent. So a store syncs the parent of each directory the first
//! time it writes there, whoever made it. No directory is ever removed.
//!
//! **What is no object.** Objects are regular files of at most 64 MiB. A link, a pipe or a device
//! at an object's name is neither followed nor waited for: a listing and a `head` pass over it, a
//! put takes its place, and a read fails with [`Error::ObjectCorrupt`], as it does where a file is
//! larger than any that a put writes.
//!
//! On Unix files are made for their owner alone (mode 0600) and so are directories (0700),
//! whatever the umask allows to others. What is there with wider modes is used as it is.
//!
//! The lock is advisory and local to the machine; a network file system must support it.

mod listing;
mod read;
mod write;

use std::collections::HashSet;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::{
    BlobStore, ETag, Found, Hold, HoldMode, Object, ObjectMeta, ObjectPage, StoreGetOptions,
    StorePutOptions, check_key, check_length, check_limit, check_prefix,
};
use crate::error::{Cause, Error, Result};
use crate::platform::{BoxFuture, run_blocking};

/// A [`BlobStore`] in a directory of the file system.
#[derive(Debug, Clone)]
pub struct DirectoryStore {
    layout: Arc<Layout>,
}

/// Where things are, and which directories are known to be durable.
#[derive(Debug)]
struct Layout {
    lock: PathBuf,
    holders: PathBuf,
    temps: PathBuf,
    objects: PathBuf,
    synced: Mutex<HashSet<PathBuf>>,
}

/// The largest object, in bytes.
const OBJECT_BYTES_MAX: u64 = 64 << 20;

/// What ends the name of a directory, so that it is no object's.
const DIRECTORY_MARK: char = '=';

impl DirectoryStore {
    /// The store in the directory `root`, which is made if there is none. One that is there and may
    /// not be written to, as on read-only media, is open all the same: its objects can be read, and
    /// a put or a delete fails with [`Error::StoreDenied`].
    pub async fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        run_blocking(move || Layout::open(&root).map_err(store_error))
            .await
            .map(|layout| Self { layout: Arc::new(layout) })
    }

    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: crate::platform::MaybeSend + 'static,
        F: FnOnce(&Layout) -> Result<T> + crate::platform::MaybeSend + 'static,
    {
        let layout = self.layout.clone();
        run_blocking(move || work(&layout)).await
    }
}

impl BlobStore for DirectoryStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            check_key(key)?;
            let path = self.layout.path_of(key);
            let bytes_max = options.bytes_max.unwrap_or(OBJECT_BYTES_MAX);
            self.run(move |_| {
                let bytes = read::read_object(&path, bytes_max)?;
                Ok(Object { etag: ETag::of_content(&bytes), bytes: bytes.into() })
            })
            .await
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
            let path = self.layout.path_of(key);
            self.run(move |_| read::read_range(&path, offset, length)).await
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
            let path = self.layout.path_of(key);
            let precondition = options.precondition.clone();
            self.run(move |layout| layout.put(&path, &bytes, &precondition)).await
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            check_key(key)?;
            let path = self.layout.path_of(key);
            self.run(move |layout| layout.delete(&path)).await
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
            let (prefix, start_after) = (prefix.to_owned(), start_after.map(str::to_owned));
            self.run(move |layout| {
                listing::list(&layout.objects, &prefix, start_after.as_deref(), limit)
                    .map_err(store_error)
            })
            .await
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            check_key(key)?;
            let path = self.layout.path_of(key);
            let key = key.to_owned();
            self.run(move |_| read::meta_of(&path, key).map_err(store_error)).await
        })
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move {
            check_key(key)?;
            let path = self.layout.path_of(key);
            self.run(move |_| read::compare(&path, &bytes)).await
        })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn honours_conditions(&self) -> bool {
        true
    }

    fn hold(&self, mode: HoldMode) -> BoxFuture<'_, Result<Option<Hold>>> {
        Box::pin(async move {
            let held = self.run(move |layout| layout.hold(mode).map_err(store_error)).await?;
            Ok(held.map(Hold::new))
        })
    }
}

impl Layout {
    /// The file of the object at `key`, which has been checked.
    fn path_of(&self, key: &str) -> PathBuf {
        let mut path = self.objects.clone();
        let mut segments = key.split('/').peekable();
        while let Some(segment) = segments.next() {
            if segments.peek().is_some() {
                path.push(format!("{segment}{DIRECTORY_MARK}"));
            } else {
                path.push(segment);
            }
        }
        path
    }

    fn synced(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.synced.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an error of the file system means to the caller of a store. The text of an
/// [`io::Error`] names no path.
fn store_error(error: io::Error) -> Error {
    use io::ErrorKind as Kind;
    let (reason, kind) = (error.to_string(), error.kind());
    let source: Option<Cause> = Some(Arc::new(error));
    match kind {
        Kind::StorageFull | Kind::QuotaExceeded => Error::StoreFull,
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => Error::StoreDenied { reason, source },
        Kind::Interrupted | Kind::WouldBlock | Kind::TimedOut | Kind::ResourceBusy => {
            Error::StoreUnavailable { reason, retry_after: None, source }
        }
        Kind::Unsupported => Error::Platform { what: "a file system" },
        _ => Error::StoreFailed { reason, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_file_system_have_their_own_cases() {
        let codes = [
            (io::ErrorKind::StorageFull, "store-full"),
            (io::ErrorKind::QuotaExceeded, "store-full"),
            (io::ErrorKind::PermissionDenied, "store-denied"),
            (io::ErrorKind::ReadOnlyFilesystem, "store-denied"),
            (io::ErrorKind::TimedOut, "store-unavailable"),
            (io::ErrorKind::NotFound, "store-failed"),
            (io::ErrorKind::Unsupported, "platform"),
        ];
        for (kind, code) in codes {
            assert_eq!(store_error(kind.into()).code(), code);
        }
    }
}
