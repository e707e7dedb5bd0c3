//! Stores: the core's own, and one behind which the app's is.

use std::sync::Arc;

use sealwood::bridge::{AppStore, StoreHandle, check_store};

use crate::call::{CoreCall, run};
use crate::error::CoreError;
use crate::host_store::{Host, HostStore};
use crate::object::{CoreNotDeleted, CoreObject, CoreObjectMeta, CoreObjectPage, CorePrecondition};
use crate::settings::CoreS3;

/// A place for objects.
#[derive(uniffi::Object)]
pub struct CoreStore {
    pub(crate) store: StoreHandle,
}

impl CoreStore {
    fn new(store: StoreHandle) -> Arc<Self> {
        Arc::new(Self { store })
    }
}

#[uniffi::export]
impl CoreStore {
    /// Objects in memory.
    #[uniffi::constructor]
    pub fn memory() -> Arc<Self> {
        Self::new(StoreHandle::memory())
    }

    /// The engine in a directory, which is made if there is none.
    #[uniffi::constructor]
    pub async fn local(path: String, call: Option<Arc<CoreCall>>) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(run(call, StoreHandle::local(path)).await?))
    }

    /// Objects as files of a directory, which is made if there is none.
    #[uniffi::constructor]
    pub async fn directory(
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(run(call, StoreHandle::directory(path)).await?))
    }

    /// Objects of a bucket.
    #[uniffi::constructor]
    pub fn s3(config: CoreS3) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(StoreHandle::new(config.store()?)))
    }

    /// A store of the app's, whose answers are checked.
    #[uniffi::constructor]
    pub fn custom(host: Arc<dyn HostStore>) -> Arc<Self> {
        Self::new(StoreHandle::new(Arc::new(AppStore::new(Host(host)))))
    }

    /// The object at `key`.
    pub async fn get(
        &self,
        key: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreObject, CoreError> {
        Ok(run(call, self.store.objects().get(&key)).await?.into())
    }

    /// `length` bytes of the object at `key` from `offset` on; fewer where it ends first.
    pub async fn get_range(
        &self,
        key: String,
        offset: u64,
        length: u64,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Vec<u8>, CoreError> {
        Ok(run(call, self.store.objects().get_range(&key, offset, length)).await?.into())
    }

    /// Writes the object at `key` if `precondition` holds, and returns its tag.
    pub async fn put(
        &self,
        key: String,
        bytes: Vec<u8>,
        precondition: CorePrecondition,
        call: Option<Arc<CoreCall>>,
    ) -> Result<String, CoreError> {
        let put = self.store.objects().put(&key, bytes.into(), precondition.into());
        Ok(run(call, put).await?.0)
    }

    /// Removes the object at `key`.
    pub async fn delete(&self, key: String, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.store.objects().delete(&key)).await
    }

    /// Removes the objects at `keys` and returns those that were not removed.
    pub async fn delete_many(
        &self,
        keys: Vec<String>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Vec<CoreNotDeleted>, CoreError> {
        let delete = async { Ok(self.store.objects().delete_many(&keys).await) };
        Ok(run(call, delete).await?.into_iter().map(Into::into).collect())
    }

    /// Up to `limit` objects after `start_after` whose keys start with `prefix`.
    pub async fn list(
        &self,
        prefix: String,
        start_after: Option<String>,
        limit: u32,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreObjectPage, CoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let list = self.store.objects().list(&prefix, start_after.as_deref(), limit);
        Ok(run(call, list).await?.into())
    }

    /// What is known of the object at `key`.
    pub async fn head(
        &self,
        key: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreObjectMeta>, CoreError> {
        Ok(run(call, self.store.objects().head(&key)).await?.map(Into::into))
    }

    /// Makes everything acknowledged so far durable.
    pub async fn flush(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.store.objects().flush()).await
    }

    /// Whether there is anything to flush.
    pub fn needs_flush(&self) -> bool {
        self.store.objects().needs_flush()
    }

    /// Makes everything durable and releases the directory of a local store.
    pub async fn shutdown(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.store.close()).await
    }

    /// Runs the conformance suite below `prefix`: the number of promises kept.
    pub async fn check(
        &self,
        prefix: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<u32, CoreError> {
        let kept = run(call, check_store(self.store.objects(), &prefix)).await?;
        Ok(u32::try_from(kept).unwrap_or(u32::MAX))
    }
}
