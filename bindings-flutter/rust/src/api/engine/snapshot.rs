//! Namespaces as they were.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;
use sealwood::engine;

use crate::api::call::{Call, clamp};
use crate::api::engine::iterations::{KeyPages, ScanPages};
use crate::api::engine::values::{KeyRecord, ValueRecord};
use crate::api::engine::write::ScanSpec;
use crate::api::error::Failure;

/// A namespace at one revision.
#[frb(opaque)]
pub struct NamespaceSnapshot {
    pub(crate) inner: core::Snapshot,
}

impl NamespaceSnapshot {
    /// The revision of the last change that it sees.
    #[frb(sync)]
    pub fn revision(&self) -> i64 {
        clamp(self.inner.revision())
    }

    /// The value of a key.
    pub async fn read(&self, key: Vec<u8>, call: &Call) -> Result<Option<ValueRecord>, Failure> {
        let value = call.run(self.inner.get(key)).await?;
        Ok(value.map(ValueRecord::of).transpose()?)
    }

    /// What is known of a key.
    pub async fn info(&self, key: Vec<u8>, call: &Call) -> Result<Option<KeyRecord>, Failure> {
        Ok(call.run(self.inner.info(key)).await?.map(KeyRecord::from))
    }

    /// Keys and values.
    pub async fn scan(&self, spec: ScanSpec, call: &Call) -> Result<ScanPages, Failure> {
        let scan = self.inner.scan(spec.input()?, call.cancel_token());
        Ok(ScanPages { pull: call.run(scan).await? })
    }

    /// Keys.
    pub async fn scan_keys(&self, spec: ScanSpec, call: &Call) -> Result<KeyPages, Failure> {
        let scan = self.inner.scan_keys(spec.input()?, call.cancel_token());
        Ok(KeyPages { pull: call.run(scan).await? })
    }
}

/// All namespaces at one revision.
#[frb(opaque)]
pub struct EngineSnapshot {
    pub(crate) inner: engine::EngineSnapshot,
}

impl EngineSnapshot {
    /// The revision of the last change that it sees.
    #[frb(sync)]
    pub fn revision(&self) -> i64 {
        clamp(self.inner.revision().get())
    }

    /// The names of the namespaces.
    #[frb(sync)]
    pub fn namespaces(&self) -> Vec<String> {
        self.inner.namespaces().map(str::to_owned).collect()
    }

    /// A namespace of that time.
    #[frb(sync)]
    pub fn namespace(&self, name: String) -> Option<NamespaceSnapshot> {
        self.inner.namespace(&name).map(|snapshot| NamespaceSnapshot { inner: snapshot.into() })
    }
}
