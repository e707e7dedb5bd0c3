//! A namespace: one ordered key space.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use bytes::Bytes;

use super::config::Durability;
use super::expiry::Expiry;
use super::hashes::TrackedState;
use super::holder::Holder;
use super::index_key::IndexKey;
use super::options::{DeleteOptions, PutOptions};
use super::read::{KeyInfo, Value};
use super::scan::ScanBuilder;
use super::snapshot::Snapshot;
use super::state_check::StateCheck;
use super::state_compare::{Compared, RowDifference, Side, StateComparison};
use super::tracking::Tracking;
use super::watch::Watch;
use super::write::{NewValue, Operation, OperationKind, Precondition};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// One ordered key space of an engine. Keys are 0 to 65,536 arbitrary bytes, in byte order. Values
/// are up to as many bytes as there is room on the disk.
///
/// Cheap to clone; calls block and may be made from several threads at once. Unless it says
/// otherwise, a call fails with [`Error::Closed`], [`Error::NamespaceDropped`], and, if it writes,
/// with [`Error::ReadOnly`], [`Error::StorePoisoned`] (not applied) or [`Error::OutcomeUnknown`]
/// (only opening again tells whether it was applied).
#[derive(Clone)]
pub struct Namespace {
    pub(crate) shared: Holder,
    pub(crate) id: NamespaceId,
}

impl Namespace {
    /// All namespaces by their names.
    pub(crate) fn all(shared: &Holder) -> Result<BTreeMap<String, Self>> {
        let _call = shared.enter()?;
        let state = shared.read();
        let named = |id| Self { shared: shared.clone(), id };
        Ok(state.namespaces.iter().map(|(name, info)| (name.clone(), named(info.id))).collect())
    }

    /// The namespace of a name, if there is one.
    pub(crate) fn of_name(shared: &Holder, name: &str) -> Result<Option<Self>> {
        let _call = shared.enter()?;
        let id = shared.read().namespaces.by_name(name).map(|info| info.id);
        Ok(id.map(|id| Self { shared: shared.clone(), id }))
    }

    /// The value of a key. It is checked against its checksum or its address:
    /// [`Error::StoreCorrupt`] if it is damaged.
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        let shared = &self.shared;
        let _call = shared.enter()?;
        shared.read_present(self.id, key, |found| {
            shared.read_all(&found.source).map(|bytes| found.value(bytes))
        })
    }

    /// Up to `len` bytes of a value from `offset` on; fewer where it ends first. Of a separated
    /// value only the pieces of 64 KiB that the range touches are read and checked.
    ///
    /// [`Error::RangePastEnd`] if the value ends before `offset`.
    pub fn get_range(&self, key: &[u8], offset: u64, len: u64) -> Result<Option<Value>> {
        let shared = &self.shared;
        let _call = shared.enter()?;
        shared.read_present(self.id, key, |found| {
            let size = found.source.len();
            if offset > size {
                return Err(Error::RangePastEnd { end: offset, size });
            }
            let len = len.min(size - offset);
            shared.read_part(&found.source, offset, len).map(|bytes| found.value(bytes))
        })
    }

    /// What is known of a key without reading its value.
    pub fn info(&self, key: &[u8]) -> Result<Option<KeyInfo>> {
        let _call = self.shared.enter()?;
        Ok(self.shared.find(self.id, key)?.map(|found| found.info()))
    }

    /// Puts a value and waits until it is durable. Returns the revision it made.
    pub fn put(&self, key: &[u8], value: impl Into<Bytes>) -> Result<Revision> {
        self.put_with(key, value, &PutOptions::default())
    }

    /// Puts a value with options. [`Error::PreconditionFailed`] if their condition does not hold.
    pub fn put_with(
        &self,
        key: &[u8],
        value: impl Into<Bytes>,
        options: &PutOptions,
    ) -> Result<Revision> {
        let expires_at_ms = Expiry::stored(options.expires_at);
        let kind = OperationKind::Put { value: NewValue::Bytes(value.into()), expires_at_ms };
        Ok(self.apply(key, options.precondition, kind, options.durability)?.revision)
    }

    /// Deletes a key. Returns whether there was one. A disk that is full takes deletions too, and
    /// the next checkpoint gives back the files of what they deleted.
    pub fn delete(&self, key: &[u8]) -> Result<bool> {
        self.delete_with(key, &DeleteOptions::default())
    }

    /// Deletes a key with options. [`Error::PreconditionFailed`] if their condition does not hold.
    pub fn delete_with(&self, key: &[u8], options: &DeleteOptions) -> Result<bool> {
        let kind = OperationKind::Delete;
        Ok(self.apply(key, options.precondition, kind, options.durability)?.is_changed)
    }

    /// Lets a key expire at a time, without writing its value again. Returns whether there is such
    /// a key.
    pub fn expire_at(&self, key: &[u8], expiry: Expiry) -> Result<bool> {
        self.set_expiry(key, Some(expiry))
    }

    /// Removes the expiry of a key. Returns whether there is such a key.
    pub fn persist(&self, key: &[u8]) -> Result<bool> {
        self.set_expiry(key, None)
    }

    fn set_expiry(&self, key: &[u8], expiry: Option<Expiry>) -> Result<bool> {
        let kind = OperationKind::Expire { expires_at_ms: Expiry::stored(expiry) };
        Ok(self.apply(key, Precondition::None, kind, Durability::default())?.is_changed)
    }

    /// Renames every key that begins with `from` so that it begins with `to` instead, at once for
    /// all readers and by one record of the log, however many keys there are. Returns whether there
    /// was any; if not, what was renamed before is durable, so that it can be asked again.
    ///
    /// Before that, keys of all namespaces that have expired are deleted, as by
    /// [`Engine::purge_expired`](super::Engine::purge_expired); and if by the bound that is kept a
    /// key would become too long, the namespace is scanned for its longest key. Both take time in
    /// proportion to the keys.
    ///
    /// Values, revisions and expiries stay what they are. [`Error::PreconditionFailed`] if there is
    /// something to rename and a key begins with `to` already, [`Error::InvalidArgument`] if one
    /// prefix begins with the other or a key would become too long.
    pub fn rename_prefix(&self, from: &[u8], to: &[u8]) -> Result<bool> {
        let (from, to) = (Bytes::copy_from_slice(from), Bytes::copy_from_slice(to));
        let _call = self.shared.enter()?;
        self.shared.rename_prefix(self.id, &from, &to)
    }

    /// The length of the longest key that `key` begins with, if there is one.
    pub fn longest_prefix(&self, key: &[u8]) -> Result<Option<usize>> {
        let _call = self.shared.enter()?;
        let mut rest = key;
        loop {
            let full = IndexKey::new(self.id, rest);
            let at_least = IndexKey::of_all(self.id).len();
            let found = self.shared.reading(|state| state.tree.longest_prefix(&full, at_least))?;
            let Some(len) = found.map(|len| len - at_least) else { return Ok(None) };
            if self.shared.find(self.id, &key[..len])?.is_some() {
                return Ok(Some(len));
            }
            // It has expired: the next shorter one may not have.
            match len.checked_sub(1) {
                Some(shorter) => rest = &key[..shorter],
                None => return Ok(None),
            }
        }
    }

    /// All keys, as they are now. See [`ScanBuilder`].
    pub fn scan(&self) -> Result<ScanBuilder> {
        Ok(self.snapshot()?.scan())
    }

    /// The namespace as it is now, whatever happens to it later. Takes constant time and memory.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::of_namespace(&self.shared, self.id)
    }

    /// Follows the changes of keys that begin with `prefix` and come after `since_revision`;
    /// after [`Revision::ZERO`], all.
    ///
    /// [`Error::CursorExpired`] if not all of these are still kept.
    pub fn watch(&self, prefix: &[u8], since_revision: Revision) -> Result<Watch> {
        let _call = self.shared.enter()?;
        Watch::new(self.shared.clone(), self.id, prefix.to_vec(), since_revision)
    }

    /// Keeps a hash of all rows from here on, or no more ([`Tracking::Off`]), durably. Returns
    /// whether that is a change. What was counted is forgotten if it is to be counted otherwise.
    ///
    /// Of a namespace that has keys these are counted bit by bit, beside other calls, by the
    /// background thread, by [`Engine::maintain`](super::Engine::maintain) or by
    /// [`backfill`](Self::backfill). A row is a key and its value; revisions and expiries are not
    /// hashed, and keys that have expired are rows until they are purged. Of values of 1,024 bytes
    /// and more it is the name by their content that is hashed, wherever they lie.
    pub fn track(&self, tracking: Tracking) -> Result<bool> {
        let _call = self.shared.enter()?;
        self.shared.track(self.id, tracking)
    }

    /// What is known of the rows, all changes so far included; none if the namespace is not
    /// tracked.
    ///
    /// If a value from before a change is damaged, gone or cannot be read, what is known cannot
    /// follow the change: then all rows are counted anew. So they are if more than 64 MiB of
    /// changes wait because values cannot be read for now.
    pub fn tracked_state(&self) -> Result<Option<TrackedState>> {
        let _call = self.shared.enter()?;
        self.shared.tracked_state(self.id, |_| ()).map(|(state, ())| state)
    }

    /// Begins to compare what was counted of the rows with the rows themselves, as both are now.
    /// For all namespaces there is [`Engine::verify_state`](super::Engine::verify_state).
    ///
    /// [`Error::InvalidArgument`] if the namespace is not tracked.
    pub fn check_state(&self) -> Result<StateCheck> {
        let Side { snapshot, counted } = self.side()?;
        Ok(StateCheck::new(snapshot, counted))
    }

    /// Goes on with a check that was [put away](StateCheck::put_away), of this namespace as it is
    /// now: none if it is of another namespace, also of one that had this name before, or if its
    /// rows have changed since, by their hash, so that another is to be begun. What was read before
    /// is not read again; damage that came to it since is not seen. An engine is not told from a
    /// copy of its directory: there, too, what was read before is not read again.
    ///
    /// [`Error::Malformed`] for bytes that are no such check or damaged,
    /// [`Error::UnsupportedVersion`] for those of a later release, [`Error::InvalidArgument`] if
    /// the namespace is not tracked.
    pub fn resume_check(&self, bytes: &[u8]) -> Result<Option<StateCheck>> {
        let Side { snapshot, counted } = self.side()?;
        StateCheck::resume(snapshot, counted, bytes)
    }

    /// Tells `each` in which rows a namespace of the same name, of another engine, differs from
    /// this one, in the order of their keys. Nothing is read if the hashes are the same; if both
    /// are tracked in buckets, only keys, and the values of the buckets that differ. If `each`
    /// breaks off, that is [`Error::Cancelled`].
    ///
    /// [`Error::InvalidArgument`] if the names differ, or not all rows of both are counted.
    pub fn compare(
        &self,
        other: &Namespace,
        each: &mut dyn FnMut(RowDifference) -> ControlFlow<()>,
    ) -> Result<Compared> {
        self.begin_compare(other)?.finish(each)
    }

    /// Begins to do the same, a piece at a time.
    pub fn begin_compare(&self, other: &Namespace) -> Result<StateComparison> {
        StateComparison::new(self.side()?, other.side()?)
    }

    fn side(&self) -> Result<Side> {
        let what = "the namespace is not tracked";
        self.tracked_side()?.ok_or(Error::InvalidArgument { what })
    }

    /// The rows and what is counted of them, at one revision; none if the namespace is not tracked.
    pub(crate) fn tracked_side(&self) -> Result<Option<Side>> {
        let shared = &self.shared;
        let _call = shared.enter()?;
        let (counted, snapshot) =
            shared.tracked_state(self.id, |state| Snapshot::at(shared, state, self.id))?;
        counted.map(|counted| Ok(Side { snapshot: snapshot?, counted })).transpose()
    }

    /// Counts the rows that were there before the namespace was tracked, until all of them are
    /// counted. After an error what was counted stays so. Does nothing where there is nothing to
    /// count.
    ///
    /// [`Error::StoreCorrupt`] if a value is damaged, which has to be put again or deleted first.
    pub fn backfill(&self) -> Result<()> {
        while self.backfill_some()? {}
        Ok(())
    }

    /// Counts the next rows of a [`backfill`](Self::backfill), some hundreds. Returns whether there
    /// are more, which is for the caller to count unless the background does.
    pub fn backfill_some(&self) -> Result<bool> {
        let _call = self.shared.enter()?;
        self.shared.backfill_some(self.id)
    }

    /// How many keys there are, expired ones that were not purged yet included.
    pub fn len(&self) -> Result<u64> {
        self.shared.check_open()?;
        let state = self.shared.read();
        let info = state.namespaces.by_id(self.id).ok_or(Error::NamespaceDropped)?;
        Ok(info.keys)
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> Result<bool> {
        self.len().map(|keys| keys == 0)
    }

    fn apply(
        &self,
        key: &[u8],
        precondition: Precondition,
        kind: OperationKind,
        durability: Durability,
    ) -> Result<Outcome> {
        let key = Bytes::copy_from_slice(key);
        let operation = Operation { namespace: self.id, key, precondition, kind };
        let _call = self.shared.enter()?;
        let applied = self.shared.commit(&[operation], durability)?;
        let is_changed = applied.changed.first().copied().unwrap_or(false);
        Ok(Outcome { revision: applied.revision, is_changed })
    }
}

/// What became of one change.
struct Outcome {
    revision: Revision,
    is_changed: bool,
}

impl std::fmt::Debug for Namespace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Namespace").field("id", &self.id).finish_non_exhaustive()
    }
}
