//! Changes that are committed together.

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::vault;

use crate::api::answer::SourceAnswer;
use crate::api::call::{Call, clamp};
use crate::api::error::Failure;
use crate::api::input::PutSpec;
use crate::host::source;

/// Changes that are committed together or not at all.
#[frb(opaque)]
pub struct Batch {
    pub(crate) inner: vault::Batch,
}

impl Batch {
    /// Creates or replaces the file at `path`.
    pub async fn put(
        &self,
        path: String,
        bytes: Vec<u8>,
        spec: PutSpec,
        call: &Call,
    ) -> Result<(), Failure> {
        let options = spec.input()?.options(call.context.clone());
        Ok(self.inner.put_with(&path, bytes, &options).await?)
    }

    /// Creates or replaces the file at `path` from the pieces that `next` gives.
    pub async fn put_stream(
        &self,
        path: String,
        next: impl Fn() -> DartFnFuture<SourceAnswer> + Send + Sync + 'static,
        spec: PutSpec,
        call: &Call,
    ) -> Result<(), Failure> {
        let options = spec.input()?.options(call.context.clone());
        Ok(self.inner.put_stream_with(&path, source(next), &options).await?)
    }

    /// Makes the directory at `path`.
    #[frb(sync)]
    pub fn mkdir(&self, path: String) -> Result<(), Failure> {
        Ok(self.inner.mkdir(&path)?)
    }

    /// Removes the file or empty directory at `path`.
    #[frb(sync)]
    pub fn remove(&self, path: String) -> Result<(), Failure> {
        Ok(self.inner.remove(&path)?)
    }

    /// Removes what is at `path` with all below it.
    #[frb(sync)]
    pub fn remove_all(&self, path: String) -> Result<(), Failure> {
        Ok(self.inner.remove_all(&path)?)
    }

    /// Moves a file or a directory.
    #[frb(sync)]
    pub fn rename(&self, from: String, to: String) -> Result<(), Failure> {
        Ok(self.inner.rename(&from, &to)?)
    }

    /// Copies a file or a directory.
    #[frb(sync)]
    pub fn copy(&self, from: String, to: String) -> Result<(), Failure> {
        Ok(self.inner.copy(&from, &to)?)
    }

    /// Replaces the metadata of an entry.
    #[frb(sync)]
    pub fn set_metadata(&self, path: String, spec: PutSpec) -> Result<(), Failure> {
        Ok(self.inner.set_metadata(&path, &spec.input()?.metadata())?)
    }

    /// How many changes the batch holds.
    #[frb(sync)]
    pub fn length(&self) -> i64 {
        clamp(self.inner.len() as u64)
    }

    /// What was added until now, as a batch of its own; this one is closed.
    #[frb(sync)]
    pub fn take(&self) -> Result<Batch, Failure> {
        Ok(Self { inner: self.inner.take()? })
    }

    /// Makes all changes durable in one commit.
    pub async fn commit(&self, call: &Call) -> Result<(), Failure> {
        Ok(self.inner.commit_with(&call.context).await?)
    }

    /// Drops the changes.
    #[frb(sync)]
    pub fn discard(&self) {
        self.inner.discard();
    }
}
