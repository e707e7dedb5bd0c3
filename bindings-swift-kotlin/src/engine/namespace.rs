//! A namespace of an engine.

use std::sync::Arc;

use sealwood::bridge::engine::Namespace;

use super::compare::CoreCompared;
use super::config::{CoreScanOptions, CoreTracking, CoreWriteOptions};
use super::iterations::{CoreKeyScan, CoreScan, CoreWatch};
use super::snapshot::CoreNamespaceSnapshot;
use super::state::{CoreTrackedState, CoreVerifiedState};
use super::values::{CoreEngineValue, CoreKeyInfo};
use crate::call::{CoreCall, context, run};
use crate::error::CoreError;

/// One ordered key space of an engine.
#[derive(uniffi::Object)]
pub struct CoreNamespace {
    pub(super) namespace: Namespace,
}

#[uniffi::export]
impl CoreNamespace {
    /// The value of a key.
    pub async fn get(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreEngineValue>, CoreError> {
        Ok(run(call, self.namespace.get(key)).await?.map(Into::into))
    }

    /// Up to `length` bytes of a value from `offset` on; fewer where it ends first.
    pub async fn get_range(
        &self,
        key: Vec<u8>,
        offset: u64,
        length: u64,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreEngineValue>, CoreError> {
        Ok(run(call, self.namespace.get_range(key, offset, length)).await?.map(Into::into))
    }

    /// What is known of a key without reading its value.
    pub async fn info(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreKeyInfo>, CoreError> {
        Ok(run(call, self.namespace.info(key)).await?.map(Into::into))
    }

    /// Puts a value. Returns the revision it made.
    pub async fn put(
        &self,
        key: Vec<u8>,
        value: Vec<u8>,
        options: CoreWriteOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<u64, CoreError> {
        run(call, self.namespace.put(key, value, options.put())).await
    }

    /// Deletes a key. Returns whether there was one.
    pub async fn delete(
        &self,
        key: Vec<u8>,
        options: CoreWriteOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.namespace.delete(key, options.delete())).await
    }

    /// Lets a key expire at a time, in milliseconds since 1970. Returns whether there is one.
    pub async fn expire_at(
        &self,
        key: Vec<u8>,
        ms: u64,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.namespace.expire_at(key, ms)).await
    }

    /// Removes the expiry of a key. Returns whether there is one.
    pub async fn persist(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.namespace.persist(key)).await
    }

    /// Renames all keys that begin with `from`. Returns whether there was any.
    pub async fn rename_prefix(
        &self,
        from: Vec<u8>,
        to: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.namespace.rename_prefix(from, to)).await
    }

    /// The length of the longest key that `key` begins with.
    pub async fn longest_prefix(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<u64>, CoreError> {
        run(call, self.namespace.longest_prefix(key)).await
    }

    /// How many keys there are.
    pub async fn length(&self, call: Option<Arc<CoreCall>>) -> Result<u64, CoreError> {
        run(call, self.namespace.length()).await
    }

    /// Keys and values of now.
    pub async fn scan(
        &self,
        options: CoreScanOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreScan>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(CoreScan::new(run(call, self.namespace.scan(options, cancel)).await?))
    }

    /// Keys of now.
    pub async fn scan_keys(
        &self,
        options: CoreScanOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreKeyScan>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(CoreKeyScan::new(run(call, self.namespace.scan_keys(options, cancel)).await?))
    }

    /// The namespace as it is now.
    pub async fn snapshot(
        &self,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreNamespaceSnapshot>, CoreError> {
        Ok(CoreNamespaceSnapshot::new(run(call, self.namespace.snapshot()).await?))
    }

    /// Follows the changes of keys that begin with `prefix`, after the revision `since` or from now
    /// on.
    pub async fn watch(
        &self,
        prefix: Vec<u8>,
        since: Option<u64>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreWatch>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(CoreWatch::new(run(call, self.namespace.watch(prefix, since, cancel)).await?))
    }

    /// Keeps a hash of all rows from here on, or no more. Returns whether that is a change.
    pub async fn track(
        &self,
        tracking: CoreTracking,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.namespace.track(tracking)).await
    }

    /// What is known of the rows; nothing if the namespace is not tracked.
    pub async fn tracked_state(
        &self,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreTrackedState>, CoreError> {
        Ok(run(call, self.namespace.tracked_state()).await?.map(Into::into))
    }

    /// Counts the rows that were there before the namespace was tracked. Progress is rows.
    pub async fn backfill(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        Ok(self.namespace.backfill(&context(call)).await?)
    }

    /// Compares what was counted of the rows with the rows. Progress is rows.
    pub async fn verify_state(
        &self,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreVerifiedState, CoreError> {
        Ok(self.namespace.verify_state(&context(call)).await?)
    }

    /// Compares with a namespace of the same name of another engine.
    pub async fn compare(
        &self,
        other: Arc<CoreNamespace>,
        first_max: Option<u32>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreCompared, CoreError> {
        run(call, self.namespace.compare(&other.namespace, first_max)).await
    }
}
