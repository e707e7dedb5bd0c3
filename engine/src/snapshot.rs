//! Snapshots: the engine or a namespace as it was at one revision.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::holder::Holder;
use super::index;
use super::index_key::IndexKey;
use super::leases::Lease;
use super::read::{Found, KeyInfo, Value};
use super::state::State;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// One namespace at one revision. Reads of it see nothing that happened later; what it needs stays
/// on the disk until it is dropped or the engine is closed; then they fail with [`Error::Closed`].
/// Keys that expire do so in snapshots too.
#[derive(Clone)]
pub struct Snapshot {
    pub(crate) shared: Holder,
    pub(crate) namespace: NamespaceId,
    pub(crate) tree: index::Snapshot,
    pub(crate) revision: Revision,
    /// The latest time at which it was read.
    latest_ms: Arc<AtomicU64>,
    /// Kept for its drop alone, which releases the files.
    _lease: Arc<Lease>,
}

/// All namespaces at one revision.
#[derive(Clone)]
pub struct EngineSnapshot {
    all: Snapshot,
    ids: Arc<BTreeMap<String, NamespaceId>>,
}

impl Snapshot {
    pub(crate) fn of_namespace(shared: &Holder, namespace: NamespaceId) -> Result<Self> {
        let _call = shared.enter()?;
        Self::at(shared, &shared.read(), namespace)
    }

    /// The namespace in this state.
    pub(crate) fn at(shared: &Holder, state: &State, namespace: NamespaceId) -> Result<Self> {
        if state.namespaces.by_id(namespace).is_none() {
            return Err(Error::NamespaceDropped);
        }
        Ok(Self {
            shared: shared.clone(),
            namespace,
            tree: state.tree.snapshot(),
            revision: state.revision,
            latest_ms: Arc::default(),
            _lease: Arc::new(shared.leases.take_snapshot(state.next_segment)),
        })
    }

    /// The revision of the last change that it sees.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The value of a key; see [`Namespace::get`](super::Namespace::get).
    pub fn get(&self, key: &[u8]) -> Result<Option<Value>> {
        let _call = self.shared.enter()?;
        let Some(found) = self.find(key)? else { return Ok(None) };
        self.shared.read_all(&found.source).map(|bytes| Some(found.value(bytes)))
    }

    /// What is known of a key without reading its value.
    pub fn info(&self, key: &[u8]) -> Result<Option<KeyInfo>> {
        let _call = self.shared.enter()?;
        Ok(self.find(key)?.map(|found| found.info()))
    }

    /// The name of the namespace, unless it was dropped since.
    pub(crate) fn namespace_name(&self) -> Option<String> {
        self.shared.read().namespaces.name_of(self.namespace).map(str::to_owned)
    }

    fn find(&self, key: &[u8]) -> Result<Option<Found>> {
        let full = IndexKey::new(self.namespace, key);
        let found = self.tree.get(&full, &*self.shared.frames, |entry| Found::of(&entry))?;
        Ok(found.filter(|it| !self.is_expired(key, it.revision, it.expires_at_ms)))
    }

    /// Whether a key of this state and expiry is over. Once it is, it stays so: the clock of a
    /// snapshot never goes back, and the key is deleted if it is still in this state.
    pub(crate) fn is_expired(&self, key: &[u8], revision: Revision, expires_at_ms: u64) -> bool {
        if expires_at_ms == 0 {
            return false;
        }
        let now_ms = self.shared.config.clock.now_ms();
        if self.latest_ms.fetch_max(now_ms, Ordering::SeqCst).max(now_ms) < expires_at_ms {
            return false;
        }
        self.shared.let_go_of(self.namespace, key, revision);
        true
    }
}

impl EngineSnapshot {
    pub(crate) fn new(shared: &Holder) -> Result<Self> {
        let _call = shared.enter()?;
        let state = shared.read();
        let names = state.namespaces.iter();
        let ids = names.map(|(name, info)| (name.clone(), info.id)).collect();
        let all = Snapshot {
            shared: shared.clone(),
            namespace: NamespaceId::NONE,
            tree: state.tree.snapshot(),
            revision: state.revision,
            latest_ms: Arc::default(),
            _lease: Arc::new(shared.leases.take_snapshot(state.next_segment)),
        };
        Ok(Self { all, ids: Arc::new(ids) })
    }

    /// The revision of the last change that it sees.
    pub fn revision(&self) -> Revision {
        self.all.revision
    }

    /// The names of the namespaces there were, ascending.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.ids.keys().map(String::as_str)
    }

    /// A namespace of that time, if there was one of this name.
    pub fn namespace(&self, name: &str) -> Option<Snapshot> {
        let namespace = *self.ids.get(name)?;
        Some(Snapshot { namespace, ..self.all.clone() })
    }
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("revision", &self.revision).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for EngineSnapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineSnapshot").field("revision", &self.revision()).finish_non_exhaustive()
    }
}
