//! Changes that happen together.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::Namespace;
use crate::engine::{self, CommitOptions, DeleteOptions, Durability, PutOptions};
use crate::error::{Error, Result};
use crate::platform::run_blocking;

/// Changes that are committed together or not at all; see [`engine::Batch`]. It is committed once,
/// whatever the outcome: calls after that fail with [`Error::Closed`].
#[derive(Debug)]
pub struct Batch(Mutex<Option<engine::Batch>>);

impl Batch {
    pub(super) fn new(batch: engine::Batch) -> Self {
        Self(Mutex::new(Some(batch)))
    }

    /// Adds a put. How durable it is to be is asked of [the commit](Self::commit).
    pub fn put(
        &self,
        namespace: &Namespace,
        key: &[u8],
        value: impl Into<Bytes>,
        options: &PutOptions,
    ) -> Result<()> {
        let mut batch = self.lock();
        let batch = batch.as_mut().ok_or(Error::Closed)?;
        batch.put_with(namespace.inner(), key, value, options);
        Ok(())
    }

    /// Adds a delete.
    pub fn delete(&self, namespace: &Namespace, key: &[u8], options: &DeleteOptions) -> Result<()> {
        let mut batch = self.lock();
        let batch = batch.as_mut().ok_or(Error::Closed)?;
        batch.delete_with(namespace.inner(), key, options);
        Ok(())
    }

    /// How many changes were added; 0 once it is committed or closed.
    pub fn length(&self) -> u64 {
        self.lock().as_ref().map_or(0, |batch| batch.len() as u64)
    }

    /// Takes the changes into a batch of their own and closes this one, at once: what a commit is
    /// called on is what was added before, in languages where a call begins later than it is made.
    pub fn take(&self) -> Result<Self> {
        let batch = self.lock().take().ok_or(Error::Closed)?;
        Ok(Self::new(batch))
    }

    /// Applies all of it. Returns the revision of the last change.
    pub async fn commit(&self, durability: Durability) -> Result<u64> {
        let batch = self.lock().take().ok_or(Error::Closed)?;
        let options = CommitOptions::new().durability(durability);
        Ok(run_blocking(move || batch.commit_with(&options)).await?.get())
    }

    /// Drops the changes. Does nothing the second time.
    pub fn discard(&self) {
        self.lock().take();
    }

    fn lock(&self) -> MutexGuard<'_, Option<engine::Batch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
