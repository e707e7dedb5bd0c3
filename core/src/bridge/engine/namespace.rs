//! A namespace.

use bytes::Bytes;
use futures_util::stream;

use super::compare::{self, Compared};
use super::scan::{self, ScanEntry, ScanKey};
use super::state::{self, VerifiedState};
use super::{ScanInput, Snapshot};
use crate::bridge::Pull;
use crate::engine::{
    self, DeleteOptions, Expiry, KeyInfo, PutOptions, Revision, TrackedState, Tracking, Value,
    WatchEvent,
};
use crate::error::Result;
use crate::platform::{MaybeSend, run_blocking};
use crate::task::{CallContext, CancelToken};

/// One ordered key space of an engine. Cheap to clone; see [`engine::Namespace`], whose calls these
/// are.
#[derive(Debug, Clone)]
pub struct Namespace(engine::Namespace);

impl Namespace {
    pub(super) fn new(namespace: engine::Namespace) -> Self {
        Self(namespace)
    }

    pub(super) fn inner(&self) -> &engine::Namespace {
        &self.0
    }

    /// The value of a key.
    pub async fn get(&self, key: Vec<u8>) -> Result<Option<Value>> {
        self.run(move |namespace| namespace.get(&key)).await
    }

    /// Up to `length` bytes of a value from `offset` on; fewer where it ends first.
    pub async fn get_range(&self, key: Vec<u8>, offset: u64, length: u64) -> Result<Option<Value>> {
        self.run(move |namespace| namespace.get_range(&key, offset, length)).await
    }

    /// What is known of a key without reading its value.
    pub async fn info(&self, key: Vec<u8>) -> Result<Option<KeyInfo>> {
        self.run(move |namespace| namespace.info(&key)).await
    }

    /// Puts a value. Returns the revision it made.
    pub async fn put(
        &self,
        key: Vec<u8>,
        value: impl Into<Bytes>,
        options: PutOptions,
    ) -> Result<u64> {
        let value = value.into();
        self.run(move |namespace| Ok(namespace.put_with(&key, value, &options)?.get())).await
    }

    /// Deletes a key. Returns whether there was one.
    pub async fn delete(&self, key: Vec<u8>, options: DeleteOptions) -> Result<bool> {
        self.run(move |namespace| namespace.delete_with(&key, &options)).await
    }

    /// Lets a key expire at a time, in milliseconds since 1970. Returns whether there is one.
    pub async fn expire_at(&self, key: Vec<u8>, ms: u64) -> Result<bool> {
        self.run(move |namespace| namespace.expire_at(&key, Expiry::at_ms(ms))).await
    }

    /// Removes the expiry of a key. Returns whether there is one.
    pub async fn persist(&self, key: Vec<u8>) -> Result<bool> {
        self.run(move |namespace| namespace.persist(&key)).await
    }

    /// Renames all keys that begin with `from`. Returns whether there was any.
    pub async fn rename_prefix(&self, from: Vec<u8>, to: Vec<u8>) -> Result<bool> {
        self.run(move |namespace| namespace.rename_prefix(&from, &to)).await
    }

    /// The length of the longest key that `key` begins with.
    pub async fn longest_prefix(&self, key: Vec<u8>) -> Result<Option<u64>> {
        let length = self.run(move |namespace| namespace.longest_prefix(&key)).await?;
        Ok(length.map(|length| length as u64))
    }

    /// How many keys there are, expired ones that were not purged yet included.
    pub async fn length(&self) -> Result<u64> {
        self.run(|namespace| namespace.len()).await
    }

    /// Keys and values of now, a page at a time: at most 256, and no further one once there are 1
    /// MiB. `cancel` cancels the pulls.
    pub async fn scan(
        &self,
        input: ScanInput,
        cancel: CancelToken,
    ) -> Result<Pull<Vec<ScanEntry>>> {
        let scan = self.run(move |namespace| input.apply(namespace.scan()?).open()).await?;
        Ok(scan::pull(scan, cancel))
    }

    /// Keys of now, by pages as [`scan`](Self::scan). No value is read.
    pub async fn scan_keys(
        &self,
        input: ScanInput,
        cancel: CancelToken,
    ) -> Result<Pull<Vec<ScanKey>>> {
        let scan = self.run(move |namespace| input.apply(namespace.scan()?).open()).await?;
        Ok(scan::pull(scan, cancel))
    }

    /// The namespace as it is now.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.run(|namespace| namespace.snapshot()).await.map(Snapshot::from)
    }

    /// Follows the changes of keys that begin with `prefix`: those after the revision `since`, or
    /// from now on. `cancel` cancels the pulls, which end with an error:
    /// [`Error::CursorExpired`](crate::Error::CursorExpired) for who falls behind.
    pub async fn watch(
        &self,
        prefix: Vec<u8>,
        since: Option<u64>,
        cancel: CancelToken,
    ) -> Result<Pull<WatchEvent>> {
        let watch = self.run(move |namespace| {
            let since = match since {
                Some(number) => Revision::new(number),
                None => namespace.snapshot()?.revision(),
            };
            namespace.watch(&prefix, since)
        });
        let events = stream::try_unfold(watch.await?, |mut watch| async {
            let event = watch.next().await?;
            Ok(Some((event, watch)))
        });
        Ok(Pull::new(events, cancel))
    }

    /// Keeps a hash of all rows from here on, or no more. Returns whether that is a change.
    pub async fn track(&self, tracking: Tracking) -> Result<bool> {
        self.run(move |namespace| namespace.track(tracking)).await
    }

    /// What is known of the rows; nothing if the namespace is not tracked.
    pub async fn tracked_state(&self) -> Result<Option<TrackedState>> {
        self.run(|namespace| namespace.tracked_state()).await
    }

    /// Counts the rows that were there before the namespace was tracked, until all are counted.
    /// Progress is rows. Cancelled or dropped, what was counted stays so.
    pub async fn backfill(&self, context: &CallContext) -> Result<()> {
        context.cancel.run(state::backfill(&self.0, context)).await
    }

    /// Compares what was counted of the rows with the rows, all of which are read that were
    /// counted. Progress is rows. It ends where it is cancelled or dropped.
    pub async fn verify_state(&self, context: &CallContext) -> Result<VerifiedState> {
        context.cancel.run(state::verify(&self.0, context)).await
    }

    /// Compares two namespaces of one name, of two engines. Gives the first `first_max` rows that
    /// differ: 1,000 if `None`, at most 10,000, and no further ones once their keys have 8 MiB.
    /// Dropped, it ends after its present step.
    pub async fn compare(&self, other: &Namespace, first_max: Option<u32>) -> Result<Compared> {
        compare::compare(self.0.clone(), other.0.clone(), super::first_max(first_max)?).await
    }

    async fn run<T: MaybeSend + 'static>(
        &self,
        work: impl FnOnce(&engine::Namespace) -> engine::Result<T> + MaybeSend + 'static,
    ) -> Result<T> {
        let namespace = self.0.clone();
        Ok(run_blocking(move || work(&namespace)).await?)
    }
}
