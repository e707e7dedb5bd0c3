//! Changes that happen together.

use std::sync::Arc;

use sealwood::vault::Batch;

use crate::call::{CoreCall, context};
use crate::entry::CorePutOptions;
use crate::error::CoreError;
use crate::host_source::{HostSource, stream};

/// Changes that are committed together or not at all.
#[derive(uniffi::Object)]
pub struct CoreBatch {
    batch: Batch,
}

impl CoreBatch {
    pub(crate) fn new(batch: Batch) -> Self {
        Self { batch }
    }
}

#[uniffi::export]
impl CoreBatch {
    /// Creates or replaces the file at `path`.
    pub async fn put(
        &self,
        path: String,
        bytes: Vec<u8>,
        options: CorePutOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        let options = options.options(context(call));
        Ok(self.batch.put_with(&path, bytes, &options).await?)
    }

    /// Creates or replaces the file at `path` from a source.
    pub async fn put_stream(
        &self,
        path: String,
        source: Arc<dyn HostSource>,
        options: CorePutOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        let options = options.options(context(call));
        Ok(self.batch.put_stream_with(&path, stream(source), &options).await?)
    }

    /// Makes the directory at `path` unless it exists.
    pub fn mkdir(&self, path: String) -> Result<(), CoreError> {
        Ok(self.batch.mkdir(&path)?)
    }

    /// Removes the file or empty directory at `path`.
    pub fn remove(&self, path: String) -> Result<(), CoreError> {
        Ok(self.batch.remove(&path)?)
    }

    /// Removes what is at `path` with all below it.
    pub fn remove_all(&self, path: String) -> Result<(), CoreError> {
        Ok(self.batch.remove_all(&path)?)
    }

    /// Moves a file or a directory.
    pub fn rename(&self, from: String, to: String) -> Result<(), CoreError> {
        Ok(self.batch.rename(&from, &to)?)
    }

    /// Copies a file or a directory.
    pub fn copy(&self, from: String, to: String) -> Result<(), CoreError> {
        Ok(self.batch.copy(&from, &to)?)
    }

    /// Replaces the metadata of an entry by that of `options`.
    pub fn set_metadata(&self, path: String, options: CorePutOptions) -> Result<(), CoreError> {
        Ok(self.batch.set_metadata(&path, &options.metadata())?)
    }

    /// How many changes the batch holds.
    pub fn length(&self) -> u64 {
        self.batch.len() as u64
    }

    /// Takes the changes into a batch of their own and closes this one, at once. Who commits that
    /// one commits what was added before the call, whenever the call begins.
    pub fn take(&self) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self::new(self.batch.take()?)))
    }

    /// Makes all changes durable in one commit.
    pub async fn commit(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        Ok(self.batch.commit_with(&context(call)).await?)
    }

    /// Drops the changes.
    pub fn discard(&self) {
        self.batch.discard();
    }
}
