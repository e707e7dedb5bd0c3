//! A namespace of an engine.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;

use crate::api::call::{Call, clamp};
use crate::api::engine::iterations::{Changes, KeyPages, ScanPages};
use crate::api::engine::snapshot::NamespaceSnapshot;
use crate::api::engine::state::{ComparedRecord, CountedState, Tracking, VerifiedStateRecord};
use crate::api::engine::values::{KeyRecord, ValueRecord};
use crate::api::engine::write::{ScanSpec, WriteSpec};
use crate::api::error::Failure;
use crate::api::input::{number, unsigned};

/// One ordered key space.
#[frb(opaque)]
pub struct Namespace {
    pub(crate) inner: core::Namespace,
}

impl Namespace {
    /// The value of a key.
    pub async fn read(&self, key: Vec<u8>, call: &Call) -> Result<Option<ValueRecord>, Failure> {
        let value = call.run(self.inner.get(key)).await?;
        Ok(value.map(ValueRecord::of).transpose()?)
    }

    /// Up to `length` bytes of a value from `offset` on.
    pub async fn read_range(
        &self,
        key: Vec<u8>,
        offset: i64,
        length: i64,
        call: &Call,
    ) -> Result<Option<ValueRecord>, Failure> {
        let (offset, length) = (unsigned(offset)?, unsigned(length)?);
        let value = call.run(self.inner.get_range(key, offset, length)).await?;
        Ok(value.map(ValueRecord::of).transpose()?)
    }

    /// What is known of a key.
    pub async fn info(&self, key: Vec<u8>, call: &Call) -> Result<Option<KeyRecord>, Failure> {
        Ok(call.run(self.inner.info(key)).await?.map(KeyRecord::from))
    }

    /// Puts a value and returns its revision.
    pub async fn put(
        &self,
        key: Vec<u8>,
        value: Vec<u8>,
        spec: WriteSpec,
        call: &Call,
    ) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.put(key, value, spec.put()?)).await?))
    }

    /// Deletes a key and returns whether there was one.
    pub async fn delete(
        &self,
        key: Vec<u8>,
        spec: WriteSpec,
        call: &Call,
    ) -> Result<bool, Failure> {
        call.run(self.inner.delete(key, spec.delete()?)).await
    }

    /// Lets a key expire and returns whether there is one.
    pub async fn expire_at(&self, key: Vec<u8>, ms: i64, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.expire_at(key, unsigned(ms)?)).await
    }

    /// Removes the expiry of a key and returns whether there is one.
    pub async fn persist(&self, key: Vec<u8>, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.persist(key)).await
    }

    /// Renames all keys of a prefix and returns whether there was any.
    pub async fn rename_prefix(
        &self,
        from: Vec<u8>,
        to: Vec<u8>,
        call: &Call,
    ) -> Result<bool, Failure> {
        call.run(self.inner.rename_prefix(from, to)).await
    }

    /// The length of the longest key that `key` begins with.
    pub async fn longest_prefix(&self, key: Vec<u8>, call: &Call) -> Result<Option<i64>, Failure> {
        Ok(call.run(self.inner.longest_prefix(key)).await?.map(clamp))
    }

    /// How many keys there are.
    pub async fn length(&self, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.length()).await?))
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

    /// The namespace as it is now.
    pub async fn snapshot(&self, call: &Call) -> Result<NamespaceSnapshot, Failure> {
        Ok(NamespaceSnapshot { inner: call.run(self.inner.snapshot()).await? })
    }

    /// Changes of the keys of a prefix: after a revision, or from now on.
    pub async fn watch(
        &self,
        prefix: Vec<u8>,
        since: Option<i64>,
        call: &Call,
    ) -> Result<Changes, Failure> {
        let watch = self.inner.watch(prefix, number(since)?, call.cancel_token());
        Ok(Changes { pull: call.run(watch).await? })
    }

    /// Keeps a hash of all rows, or no more, and returns whether that is a change.
    pub async fn track(&self, tracking: Tracking, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.track(tracking)).await
    }

    /// What is known of the rows.
    pub async fn tracked_state(&self, call: &Call) -> Result<Option<CountedState>, Failure> {
        let state = call.run(self.inner.tracked_state()).await?;
        Ok(state.map(|inner| CountedState { inner }))
    }

    /// Counts the rows that were there before.
    pub async fn backfill(&self, call: &Call) -> Result<(), Failure> {
        Ok(self.inner.backfill(&call.context).await?)
    }

    /// Compares the rows with what was counted of them.
    pub async fn verify_state(&self, call: &Call) -> Result<VerifiedStateRecord, Failure> {
        Ok(self.inner.verify_state(&call.context).await?.into())
    }

    /// Compares with a namespace of the same name of another engine.
    pub async fn compare(
        &self,
        other: &Namespace,
        first_max: Option<i64>,
        call: &Call,
    ) -> Result<ComparedRecord, Failure> {
        Ok(call.run(self.inner.compare(&other.inner, number(first_max)?)).await?.into())
    }
}
