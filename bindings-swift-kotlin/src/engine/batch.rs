//! Changes that happen together.

use std::sync::Arc;

use sealwood::bridge::engine::Batch;

use super::config::{CoreDurability, CoreWriteOptions};
use super::namespace::CoreNamespace;
use crate::call::{CoreCall, run};
use crate::error::CoreError;

/// Changes of an engine that are committed together or not at all, once.
#[derive(uniffi::Object)]
pub struct CoreEngineBatch {
    batch: Batch,
}

impl CoreEngineBatch {
    pub(super) fn new(batch: Batch) -> Arc<Self> {
        Arc::new(Self { batch })
    }
}

#[uniffi::export]
impl CoreEngineBatch {
    /// Adds a put. What its options say of durability does not count.
    pub fn put(
        &self,
        namespace: Arc<CoreNamespace>,
        key: Vec<u8>,
        value: Vec<u8>,
        options: CoreWriteOptions,
    ) -> Result<(), CoreError> {
        Ok(self.batch.put(&namespace.namespace, &key, value, &options.put())?)
    }

    /// Adds a delete. What its options say of durability and expiry does not count.
    pub fn delete(
        &self,
        namespace: Arc<CoreNamespace>,
        key: Vec<u8>,
        options: CoreWriteOptions,
    ) -> Result<(), CoreError> {
        Ok(self.batch.delete(&namespace.namespace, &key, &options.delete())?)
    }

    /// How many changes were added; 0 once it is committed or dropped.
    pub fn length(&self) -> u64 {
        self.batch.length()
    }

    /// Takes the changes into a batch of their own and closes this one, at once. Who commits that
    /// one commits what was added before the call, whenever the call begins.
    pub fn take(&self) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(self.batch.take()?))
    }

    /// Applies all of it. Returns the revision of the last change.
    pub async fn commit(
        &self,
        durability: CoreDurability,
        call: Option<Arc<CoreCall>>,
    ) -> Result<u64, CoreError> {
        run(call, self.batch.commit(durability)).await
    }

    /// Drops the changes.
    pub fn discard(&self) {
        self.batch.discard();
    }
}
