//! Namespaces as they were.

use std::sync::Arc;

use sealwood::bridge::engine::Snapshot;
use sealwood::engine::EngineSnapshot;

use super::config::CoreScanOptions;
use super::iterations::{CoreKeyScan, CoreScan};
use super::values::{CoreEngineValue, CoreKeyInfo};
use crate::call::{CoreCall, context, run};
use crate::error::CoreError;

/// A namespace at one revision.
#[derive(uniffi::Object)]
pub struct CoreNamespaceSnapshot {
    snapshot: Snapshot,
}

impl CoreNamespaceSnapshot {
    pub(super) fn new(snapshot: Snapshot) -> Arc<Self> {
        Arc::new(Self { snapshot })
    }
}

#[uniffi::export]
impl CoreNamespaceSnapshot {
    /// The revision of the last change that it sees.
    pub fn revision(&self) -> u64 {
        self.snapshot.revision()
    }

    /// The value of a key.
    pub async fn get(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreEngineValue>, CoreError> {
        Ok(run(call, self.snapshot.get(key)).await?.map(Into::into))
    }

    /// What is known of a key without reading its value.
    pub async fn info(
        &self,
        key: Vec<u8>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<CoreKeyInfo>, CoreError> {
        Ok(run(call, self.snapshot.info(key)).await?.map(Into::into))
    }

    /// Keys and values.
    pub async fn scan(
        &self,
        options: CoreScanOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreScan>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(CoreScan::new(run(call, self.snapshot.scan(options, cancel)).await?))
    }

    /// Keys.
    pub async fn scan_keys(
        &self,
        options: CoreScanOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreKeyScan>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(CoreKeyScan::new(run(call, self.snapshot.scan_keys(options, cancel)).await?))
    }
}

/// All namespaces at one revision.
#[derive(uniffi::Object)]
pub struct CoreEngineSnapshot {
    snapshot: EngineSnapshot,
}

impl CoreEngineSnapshot {
    pub(super) fn new(snapshot: EngineSnapshot) -> Arc<Self> {
        Arc::new(Self { snapshot })
    }
}

#[uniffi::export]
impl CoreEngineSnapshot {
    /// The revision of the last change that it sees.
    pub fn revision(&self) -> u64 {
        self.snapshot.revision().get()
    }

    /// The names of the namespaces, ascending.
    pub fn namespaces(&self) -> Vec<String> {
        self.snapshot.namespaces().map(str::to_owned).collect()
    }

    /// A namespace of that time.
    pub fn namespace(&self, name: String) -> Option<Arc<CoreNamespaceSnapshot>> {
        self.snapshot.namespace(&name).map(|snapshot| CoreNamespaceSnapshot::new(snapshot.into()))
    }
}
