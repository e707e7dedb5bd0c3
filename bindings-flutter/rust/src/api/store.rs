//! Where objects live.

use std::sync::Arc;

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::blob::{ETag, Precondition};
use sealwood::bridge::{self, AppStore, StoreHandle};

use crate::api::call::{Call, clamp};
use crate::api::error::Failure;
use crate::api::input::{S3Spec, number};
use crate::host::{Ask, HostStore};

/// A place for objects.
#[frb(opaque)]
pub struct Store {
    pub(crate) inner: StoreHandle,
}

/// An object's bytes and tag.
#[derive(Debug, Clone)]
pub struct ObjectRecord {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// The tag of this state.
    pub etag: String,
}

/// An object's key and size.
#[derive(Debug, Clone)]
pub struct ObjectHead {
    /// The key.
    pub key: String,
    /// The size, in bytes.
    pub size: i64,
}

/// One page of a listing of objects.
#[derive(Debug, Clone)]
pub struct ObjectList {
    /// Objects ascending by their keys.
    pub objects: Vec<ObjectHead>,
    /// Where to go on.
    pub next: Option<String>,
}

/// What a put depends on: one of the two, or nothing.
#[derive(Debug, Clone)]
pub struct PutCondition {
    /// There is no object.
    pub absent: bool,
    /// The object has this tag.
    pub matches: Option<String>,
}

/// A request to a store written in Dart; the members that its method has no use for are empty.
#[derive(Debug, Clone)]
pub struct StoreAsk {
    /// What is asked.
    pub method: StoreMethod,
    /// The key, or the prefix of a listing.
    pub key: String,
    /// The first byte of a range.
    pub offset: i64,
    /// The bytes of a range, or the most objects of a listing.
    pub length: i64,
    /// The bytes to put.
    pub bytes: Vec<u8>,
    /// What the put depends on.
    pub condition: PutCondition,
    /// The key after which a listing starts.
    pub start_after: Option<String>,
}

/// The methods of a store written in Dart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreMethod {
    /// Reads an object.
    Get,
    /// Reads a range of an object.
    GetRange,
    /// Writes an object.
    Put,
    /// Removes an object.
    Delete,
    /// Lists objects.
    List,
    /// Tells an object's size.
    Head,
    /// Makes all durable.
    Flush,
}

/// What a store written in Dart answers: a failure, or what its method gives.
#[derive(Debug, Clone)]
pub struct StoreAnswer {
    /// Why the request failed.
    pub failure: Option<CallbackFailure>,
    /// The object or the range.
    pub bytes: Option<Vec<u8>>,
    /// The tag of the object read or written.
    pub etag: Option<String>,
    /// The page of a listing.
    pub list: Option<ObjectList>,
    /// The head; none if there is no object.
    pub head: Option<ObjectHead>,
    /// Whether the store now has something to flush.
    pub needs_flush: bool,
}

/// Why something written in Dart failed.
#[derive(Debug, Clone)]
pub struct CallbackFailure {
    /// The code, if the error is one of ours.
    pub code: Option<String>,
    /// What happened.
    pub message: String,
}

impl Store {
    /// A store in memory.
    #[frb(sync)]
    pub fn memory() -> Self {
        Self { inner: StoreHandle::memory() }
    }

    /// The local store in the directory `path`, which is made if there is none.
    pub async fn local(path: String, call: &Call) -> Result<Store, Failure> {
        Ok(Self { inner: call.run(StoreHandle::local(path)).await? })
    }

    /// Files of the directory `path`, which is made if there is none.
    pub async fn directory(path: String, call: &Call) -> Result<Store, Failure> {
        Ok(Self { inner: call.run(StoreHandle::directory(path)).await? })
    }

    /// A bucket.
    #[frb(sync)]
    pub fn s3(spec: S3Spec) -> Result<Store, Failure> {
        Ok(Self { inner: StoreHandle::new(spec.input()?.store()?) })
    }

    /// A store written in Dart.
    #[frb(sync)]
    pub fn custom(
        needs_flush: bool,
        ask: impl Fn(StoreAsk) -> DartFnFuture<StoreAnswer> + Send + Sync + 'static,
    ) -> Self {
        let ask: Ask = Box::new(ask);
        let store = AppStore::new(HostStore::new(ask, needs_flush));
        Self { inner: StoreHandle::new(Arc::new(store)) }
    }

    /// The object at `key`.
    pub async fn read(&self, key: String, call: &Call) -> Result<ObjectRecord, Failure> {
        let object = call.run(self.inner.objects().get(&key)).await?;
        Ok(ObjectRecord { bytes: object.bytes.into(), etag: object.etag.0 })
    }

    /// `length` bytes of the object at `key` from `offset` on.
    pub async fn read_range(
        &self,
        key: String,
        offset: i64,
        length: i64,
        call: &Call,
    ) -> Result<Vec<u8>, Failure> {
        let (offset, length) = (unsigned(offset)?, unsigned(length)?);
        Ok(call.run(self.inner.objects().get_range(&key, offset, length)).await?.into())
    }

    /// Writes the object at `key` and returns its tag.
    pub async fn put(
        &self,
        key: String,
        bytes: Vec<u8>,
        condition: PutCondition,
        call: &Call,
    ) -> Result<String, Failure> {
        let precondition = match condition {
            PutCondition { absent: true, .. } => Precondition::Absent,
            PutCondition { matches: Some(etag), .. } => Precondition::Matches(ETag(etag)),
            _ => Precondition::None,
        };
        Ok(call.run(self.inner.objects().put(&key, bytes.into(), precondition)).await?.0)
    }

    /// Removes the object at `key`.
    pub async fn delete(&self, key: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.objects().delete(&key)).await
    }

    /// Up to `limit` objects whose keys start with `prefix`.
    pub async fn list(
        &self,
        prefix: String,
        start_after: Option<String>,
        limit: i64,
        call: &Call,
    ) -> Result<ObjectList, Failure> {
        let limit = number(Some(limit))?.unwrap_or_default();
        let page =
            call.run(self.inner.objects().list(&prefix, start_after.as_deref(), limit)).await?;
        let head =
            |meta: sealwood::blob::ObjectMeta| ObjectHead { key: meta.key, size: clamp(meta.size) };
        Ok(ObjectList { objects: page.objects.into_iter().map(head).collect(), next: page.next })
    }

    /// What is known of the object at `key`.
    pub async fn head(&self, key: String, call: &Call) -> Result<Option<ObjectHead>, Failure> {
        let meta = call.run(self.inner.objects().head(&key)).await?;
        Ok(meta.map(|meta| ObjectHead { key: meta.key, size: clamp(meta.size) }))
    }

    /// Makes everything acknowledged durable.
    pub async fn flush(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.objects().flush()).await
    }

    /// Whether a flush would have anything to do.
    #[frb(sync)]
    pub fn needs_flush(&self) -> bool {
        self.inner.objects().needs_flush()
    }

    /// Makes everything durable and lets go of the directory of a local store.
    pub async fn close(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.close()).await
    }

    /// Runs the conformance suite and returns the number of promises kept.
    pub async fn check(&self, prefix: String, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(bridge::check_store(self.inner.objects(), &prefix)).await? as u64))
    }
}

fn unsigned(value: i64) -> sealwood::Result<u64> {
    Ok(number(Some(value))?.unwrap_or_default())
}
