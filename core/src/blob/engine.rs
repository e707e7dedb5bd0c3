//! Objects in the embedded engine: the local home of a vault.
//!
//! An object is a key of one namespace. What [`put`](BlobStore::put) acknowledges is durable;
//! concurrent puts share their syncs. Objects of 128 KiB and more lie in files of their own and are
//! never rewritten. Every read is checked.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;

use super::{
    BlobStore, ETag, Hold, HoldMode, Holders, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions, check_key, check_length, check_limit, check_prefix,
};
use crate::engine::disk::Disk;
use crate::engine::{self, Engine, EngineConfig, Namespace, ScanItem};
use crate::error::{Error, Result};
use crate::platform::{BoxFuture, MaybeSend, run_blocking};

/// A [`BlobStore`] in an [`Engine`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct EngineStore {
    engine: Engine,
    objects: Namespace,
    holders: Holders,
}

impl EngineStore {
    /// The namespace of the engine that the objects are in.
    pub const NAMESPACE: &'static str = "objects";

    /// The store in the engine on `disk`, which is made if there is none. Only one opener at a time
    /// may have it: [`Error::StoreLocked`].
    pub async fn open(disk: Arc<dyn Disk>, config: EngineConfig) -> Result<Self> {
        run_blocking(move || Self::new(Engine::open(disk, config)?)).await
    }

    /// The store in the engine in a directory of the file system; see [`Engine::open_directory`].
    pub async fn open_directory(path: impl Into<PathBuf>, config: EngineConfig) -> Result<Self> {
        let path = path.into();
        run_blocking(move || Self::new(Engine::open_directory(path, config)?)).await
    }

    /// The store in an engine that is open. Unlike [`open`](EngineStore::open) this blocks.
    pub fn new(engine: Engine) -> Result<Self> {
        let objects = engine.namespace(Self::NAMESPACE)?;
        // Every store in one engine has the same.
        let holders = Holders::clone(&engine.companion());
        Ok(Self { engine, objects, holders })
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Checkpoints and releases the directory; see [`Engine::close`].
    pub async fn close(&self) -> Result<()> {
        let engine = self.engine.clone();
        Ok(run_blocking(move || engine.close()).await?)
    }

    /// Does a piece of the work that a background thread does where there are threads; see
    /// [`Engine::maintain`].
    pub async fn maintain(&self) -> Result<bool> {
        let engine = self.engine.clone();
        Ok(run_blocking(move || engine.maintain()).await?)
    }

    async fn run<T: MaybeSend + 'static>(
        &self,
        work: impl FnOnce(&Namespace) -> Result<T> + MaybeSend + 'static,
    ) -> Result<T> {
        let objects = self.objects.clone();
        run_blocking(move || work(&objects)).await
    }
}

impl BlobStore for EngineStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            check_key(key)?;
            let (key, options) = (key.to_owned(), options.clone());
            self.run(move |objects| {
                if options.bytes_max.is_some() {
                    let info = objects.info(key.as_bytes())?.ok_or(Error::ObjectMissing)?;
                    options.check_size(info.len)?;
                }
                let bytes = objects.get(key.as_bytes())?.ok_or(Error::ObjectMissing)?.bytes;
                options.check_size(bytes.len() as u64)?;
                Ok(Object { etag: ETag::of_content(&bytes), bytes })
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
            let key = key.to_owned();
            self.run(move |objects| match objects.get_range(key.as_bytes(), offset, length) {
                Ok(Some(value)) if value.bytes.is_empty() => Err(Error::ObjectTruncated),
                Ok(Some(value)) => Ok(value.bytes),
                Ok(None) => Err(Error::ObjectMissing),
                Err(engine::Error::RangePastEnd { .. }) => Err(Error::ObjectTruncated),
                Err(error) => Err(error.into()),
            })
            .await
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
            let (key, precondition) = (key.to_owned(), options.precondition.clone());
            self.run(move |objects| {
                let etag = ETag::of_content(&bytes);
                loop {
                    match put_once(objects, key.as_bytes(), &bytes, &precondition)? {
                        ControlFlow::Break(()) => return Ok(etag),
                        ControlFlow::Continue(()) => {}
                    }
                }
            })
            .await
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            check_key(key)?;
            let key = key.to_owned();
            self.run(move |objects| Ok(objects.delete(key.as_bytes()).map(|_| ())?)).await
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
            self.run(move |objects| page(objects, &prefix, start_after.as_deref(), limit)).await
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            check_key(key)?;
            let key = key.to_owned();
            self.run(move |objects| {
                let info = objects.info(key.as_bytes())?;
                Ok(info.map(|info| ObjectMeta::new(key, info.len)))
            })
            .await
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
        Box::pin(async move {
            let engine = self.engine.clone();
            Ok(run_blocking(move || engine.sync()).await?)
        })
    }

    fn needs_flush(&self) -> bool {
        self.engine.needs_sync()
    }
}

/// Tries to put once. It goes on where the object changed between the look at its tag and the put:
/// the tag may hold again.
fn put_once(
    objects: &Namespace,
    key: &[u8],
    bytes: &Bytes,
    precondition: &Precondition,
) -> Result<ControlFlow<()>> {
    let (condition, tagged) = match precondition {
        Precondition::None => (engine::Precondition::None, false),
        Precondition::Absent => (engine::Precondition::Absent, false),
        Precondition::Matches(etag) => {
            let present = objects.get(key)?.ok_or(Error::PreconditionFailed)?;
            if ETag::of_content(&present.bytes) != *etag {
                return Err(Error::PreconditionFailed);
            }
            (engine::Precondition::Revision(present.revision), true)
        }
    };
    match objects.put_with(key, bytes.clone(), &engine::PutOptions::new().precondition(condition)) {
        Ok(_) => Ok(ControlFlow::Break(())),
        Err(engine::Error::PreconditionFailed) if tagged => Ok(ControlFlow::Continue(())),
        Err(error) => Err(error.into()),
    }
}

fn page(
    objects: &Namespace,
    prefix: &str,
    start_after: Option<&str>,
    limit: usize,
) -> Result<ObjectPage> {
    let mut builder = objects.scan()?.prefix(prefix.as_bytes());
    if let Some(key) = start_after {
        builder = builder.start_after(key.as_bytes());
    }
    let mut scan = builder.open()?;
    let mut page = ObjectPage::default();
    while let Some(item) = scan.next()? {
        let ScanItem::Key(entry) = item else { continue };
        if page.objects.len() == limit {
            page.next = page.objects.last().map(|object| object.key.clone());
            break;
        }
        let key = String::from_utf8(entry.key().to_vec())
            .map_err(|_| Error::Malformed { what: "object key" })?;
        page.objects.push(ObjectMeta::new(key, entry.info().len));
    }
    Ok(page)
}

/// What an engine says, of the store that it is.
impl From<engine::Error> for Error {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::RangePastEnd { end, size } => Error::RangePastEnd { end, size },
            engine::Error::InvalidArgument { what } => Error::InvalidArgument { what },
            engine::Error::UnsupportedVersion { found } => Error::UnsupportedVersion { found },
            engine::Error::Malformed { what } => Error::Malformed { what },
            engine::Error::PreconditionFailed => Error::PreconditionFailed,
            engine::Error::StoreFull => Error::StoreFull,
            engine::Error::StoreDenied { reason, source } => {
                Error::StoreDenied { reason, source: Some(source) }
            }
            engine::Error::StoreUnavailable { reason, source } => {
                Error::StoreUnavailable { reason, retry_after: None, source: Some(source) }
            }
            engine::Error::StoreFailed { reason, source } => {
                Error::StoreFailed { reason, source: Some(source) }
            }
            engine::Error::OutcomeUnknown => Error::OutcomeUnknown,
            engine::Error::Cancelled => Error::Cancelled,
            engine::Error::Closed => Error::Closed,
            engine::Error::StoreLocked => Error::StoreLocked,
            engine::Error::StorePoisoned => Error::StorePoisoned,
            engine::Error::StoreCorrupt { what, file, offset } => {
                Error::StoreCorrupt { what, file, offset }
            }
            engine::Error::ReadOnly => Error::ReadOnly,
            engine::Error::NamespaceLimit { max } => Error::NamespaceLimit { max },
            engine::Error::NamespaceDropped => Error::NamespaceDropped,
            engine::Error::CursorExpired { oldest } => {
                Error::CursorExpired { oldest: oldest.get() }
            }
            engine::Error::Platform { what } => Error::Platform { what },
            // There is none now.
            other => {
                Error::StoreFailed { reason: other.to_string(), source: Some(Arc::new(other)) }
            }
        }
    }
}
