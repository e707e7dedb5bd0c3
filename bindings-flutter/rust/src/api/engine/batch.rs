//! Changes of an engine that happen together.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;

use crate::api::call::{Call, clamp};
use crate::api::engine::namespace::Namespace;
use crate::api::engine::write::{Durability, WriteSpec};
use crate::api::error::Failure;

/// Changes that are committed together or not at all.
#[frb(opaque)]
pub struct EngineBatch {
    pub(crate) inner: core::Batch,
}

impl EngineBatch {
    /// Adds a put.
    #[frb(sync)]
    pub fn put(
        &self,
        namespace: &Namespace,
        key: Vec<u8>,
        value: Vec<u8>,
        spec: WriteSpec,
    ) -> Result<(), Failure> {
        Ok(self.inner.put(&namespace.inner, &key, value, &spec.put()?)?)
    }

    /// Adds a delete.
    #[frb(sync)]
    pub fn delete(
        &self,
        namespace: &Namespace,
        key: Vec<u8>,
        spec: WriteSpec,
    ) -> Result<(), Failure> {
        Ok(self.inner.delete(&namespace.inner, &key, &spec.delete()?)?)
    }

    /// How many changes were added.
    #[frb(sync)]
    pub fn length(&self) -> i64 {
        clamp(self.inner.length())
    }

    /// What was added until now, as a batch of its own; this one is closed.
    #[frb(sync)]
    pub fn take(&self) -> Result<EngineBatch, Failure> {
        Ok(Self { inner: self.inner.take()? })
    }

    /// Applies all of it and returns the revision of the last change.
    pub async fn commit(&self, durability: Durability, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.commit(durability)).await?))
    }

    /// Drops the changes.
    #[frb(sync)]
    pub fn discard(&self) {
        self.inner.discard();
    }
}
