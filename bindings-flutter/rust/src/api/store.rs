//! Where objects live.

use std::sync::Arc;

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::blob::{ETag, Precondition};
use sealwood::bridge::{self, AppStore, StoreHandle};

use crate::api::answer::{StoreAnswer, StoreAsk};
use crate::api::call::{Call, clamp};
use crate::api::error::Failure;
use crate::api::input::{S3Spec, number, unsigned};
use crate::api::object::{NotDeleted, ObjectHead, ObjectList, ObjectRecord, PutCondition};
use crate::host::{Ask, HostStore};

/// A place for objects.
#[frb(opaque)]
pub struct Store {
    pub(crate) inner: StoreHandle,
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

    /// Removes the objects at `keys` and returns those that were not removed.
    pub async fn delete_many(
        &self,
        keys: Vec<String>,
        call: &Call,
    ) -> Result<Vec<NotDeleted>, Failure> {
        let delete = async { Ok(self.inner.objects().delete_many(&keys).await) };
        Ok(call.run(delete).await?.into_iter().map(NotDeleted::from).collect())
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
        let objects = page.objects.into_iter().map(ObjectHead::from).collect();
        Ok(ObjectList { objects, next: page.next })
    }

    /// What is known of the object at `key`.
    pub async fn head(&self, key: String, call: &Call) -> Result<Option<ObjectHead>, Failure> {
        let meta = call.run(self.inner.objects().head(&key)).await?;
        Ok(meta.map(ObjectHead::from))
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

    /// Makes everything durable and releases the directory of a local store.
    pub async fn close(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.close()).await
    }

    /// Runs the conformance suite and returns the number of promises kept.
    pub async fn check(&self, prefix: String, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(bridge::check_store(self.inner.objects(), &prefix)).await? as u64))
    }
}
