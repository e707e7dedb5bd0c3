//! One state of a vault, or a directory opened from a link.

use std::sync::Arc;

use sealwood::bridge;
use sealwood::vault::Snapshot;

use crate::call::{CoreCall, run, watch};
use crate::entry::{CoreEntry, CorePage, CoreRange};
use crate::error::CoreError;
use crate::pull::{CoreContent, CoreEntries};
use crate::store::CoreStore;
use crate::vault::{list_options, read_options};

/// A tree that never changes.
#[derive(uniffi::Object)]
pub struct CoreSnapshot {
    snapshot: Snapshot,
}

impl CoreSnapshot {
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        Self { snapshot }
    }
}

#[uniffi::export]
impl CoreSnapshot {
    /// The directory that the 56 bytes of `link` name.
    #[uniffi::constructor]
    pub fn shared(store: Arc<CoreStore>, link: &[u8]) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self::new(bridge::shared_directory(Arc::clone(store.store.objects()), link)?)))
    }

    /// The entry at `path`.
    pub async fn stat(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreEntry, CoreError> {
        Ok(run(call, self.snapshot.stat(&path)).await?.into())
    }

    /// Whether there is an entry at `path`.
    pub async fn exists(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.snapshot.exists(&path)).await
    }

    /// The content of the file at `path`, or a range of it.
    pub async fn get(
        &self,
        path: String,
        range: Option<CoreRange>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Vec<u8>, CoreError> {
        Ok(self.snapshot.read(&path, read_options(range, watch(call))).await?.into())
    }

    /// The same, piece by piece.
    pub async fn get_stream(
        &self,
        path: String,
        range: Option<CoreRange>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreContent>, CoreError> {
        let watch = watch(call);
        let cancel = watch.cancel.clone();
        let (info, content) = self.snapshot.get_stream(&path, read_options(range, watch)).await?;
        Ok(Arc::new(CoreContent::new(info, content, cancel)))
    }

    /// A page of the directory at `path`, after the name `after`; of the core's size without
    /// `limit`.
    pub async fn list(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<u32>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CorePage, CoreError> {
        Ok(run(call, self.snapshot.list(&path, list_options(after, limit))).await?.into())
    }

    /// The entries of the directory at `path`.
    pub async fn entries(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreEntries>, CoreError> {
        let cancel = watch(call.clone()).cancel;
        let entries = run(call, self.snapshot.list_stream(&path, None)).await?;
        Ok(Arc::new(CoreEntries::new(entries, cancel)))
    }

    /// The entries of the directory at `path` and of all below it.
    pub async fn entries_recursive(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreEntries>, CoreError> {
        let cancel = watch(call.clone()).cancel;
        let entries = run(call, self.snapshot.list_recursive(&path)).await?;
        Ok(Arc::new(CoreEntries::new(entries, cancel)))
    }
}
