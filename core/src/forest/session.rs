//! One open vault: how a session begins, and what reads of it see.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::doubts::Doubts;
use super::entry::{Entry, Origin, Stamp};
use super::looks::{future_commit, open_root};
use super::nodes::Nodes;
use super::reserve::{Reserve, store_reserve};
use super::root::{ROOT_KEY, Root};
use super::rounds::Rounds;
use super::sent::{Sent, fetch_root};
use super::state::State;
use super::stats::{Counters, WriteStats};
use super::time::Time;
use crate::blob::{BlobStore, ETag, Object, Precondition};
use crate::content::Claims;
use crate::error::{Error, Result};
use crate::hamt::Trie;
use crate::packs::PackReader;
use crate::path::VaultPath;
use crate::platform::Environment;
use crate::seal::{KeySlot, Keys, PlannedPlaces, RootHeader, seal_root};

/// The tree of one vault and its commits. Every method takes `&self` and may run concurrently.
pub(crate) struct Forest {
    pub(super) store: Arc<dyn BlobStore>,
    pub(super) keys: Keys,
    pub(super) slot: KeySlot,
    pub(super) environment: Environment,
    pub(super) nodes: Arc<Nodes>,
    pub(super) counters: Counters,
    pub(super) claims: Arc<Claims>,
    /// The bytes of memory nodes may take.
    pub(super) budget: usize,
    pub(super) pack_bytes_max: usize,
    writer: u32,
    state: Mutex<State>,
    pub(super) rounds: Rounds,
}

/// What a forest is opened with, besides its keys.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) packs: PackReader,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
    pub(crate) claims: Arc<Claims>,
}

impl Forest {
    /// Writes the first root of a new vault and opens it. The store must hold none, and honour
    /// conditions.
    pub(crate) async fn create(
        setup: Setup,
        keys: Keys,
        slot: KeySlot,
        root: Root,
    ) -> Result<Self> {
        let body = root.encode(&PlannedPlaces::default())?;
        let bytes =
            bytes::Bytes::from(seal_root(&keys, &slot, setup.environment.random()?, &body)?);
        let created = setup.store.put(ROOT_KEY, bytes.clone(), Precondition::Absent).await;
        let etag = match created {
            Ok(etag) => etag,
            Err(Error::PreconditionFailed) => return Err(Error::VaultExists),
            Err(error) => return Err(error),
        };
        if setup.store.needs_flush() {
            setup.store.flush().await.map_err(|_| Error::OutcomeUnknown)?;
        }
        let hash = *blake3::hash(&bytes).as_bytes();
        // Where there is no room for it the vault is there all the same.
        if setup.store.honours_conditions()
            && let Err(error) = store_reserve(&*setup.store, &hash).await
        {
            log::warn!("no room is kept for removals: {}", error.code());
        }
        if setup.store.confirms_puts() {
            return Self::new(setup, keys, slot, root, etag, hash);
        }
        let sent = Sent::new(bytes, &slot);
        sent.was_answered(etag);
        let counters = Counters::default();
        let found = fetch_root(&*setup.store, &keys, &[sent], &counters).await;
        // The store took the root: whatever keeps it from being read, it is there.
        let found = found.map_err(|error| match error {
            Error::Damaged { .. } => error,
            _ => Error::OutcomeUnknown,
        })?;
        if found.root.vault != root.vault {
            return Err(Error::VaultExists);
        }
        Self::new(setup, keys, slot, found.root, found.etag, found.hash)
    }

    /// Opens the vault whose root object was read.
    pub(crate) fn open(
        setup: Setup,
        keys: Keys,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let (root, hash) = open_root(&keys, header, &object.bytes)?;
        Self::new(setup, keys, header.slot.clone(), root, object.etag.clone(), hash)
    }

    fn new(
        setup: Setup,
        keys: Keys,
        slot: KeySlot,
        root: Root,
        etag: ETag,
        hash: [u8; 32],
    ) -> Result<Self> {
        let base = root.base();
        let state = State {
            etag,
            hash,
            durable: base.clone(),
            tail_applied: root.tail.ops.is_empty(),
            live: base,
            pending_applied: root.tail.ops.is_empty(),
            pending: Vec::new(),
            edition: 0,
            edits: 0,
            refused: None,
            suspect: false,
            doubts: Doubts::default(),
            spill_first: None,
            grown: 0,
            reserve: Reserve::Kept,
            count: root.count,
            future_commit: future_commit(&root, &setup.environment),
            closed: false,
            root,
        };
        Ok(Self {
            nodes: Arc::new(Nodes::new(setup.packs, Some(keys.clone()), setup.budget / 4)),
            store: setup.store,
            keys,
            slot,
            counters: Counters::default(),
            claims: setup.claims,
            budget: setup.budget / 2,
            pack_bytes_max: setup.pack_bytes_max,
            writer: u32::from_le_bytes(setup.environment.random()?),
            environment: setup.environment,
            state: Mutex::new(state),
            rounds: Rounds::default(),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn nodes(&self) -> &Arc<Nodes> {
        &self.nodes
    }

    /// The claims of this session on chunks.
    pub(crate) fn claims(&self) -> &Arc<Claims> {
        &self.claims
    }

    pub(crate) fn write_stats(&self) -> WriteStats {
        self.counters.read()
    }

    /// The root last accepted, as a copy.
    pub(crate) fn root(&self) -> Root {
        self.state().root.clone()
    }

    /// The tree as of the last time that the tail was emptied.
    pub(crate) fn sealed(&self) -> Trie<Entry> {
        self.state().root.base()
    }

    /// Refuses further work, unless something is pending. Tells whether it does.
    pub(crate) fn close(&self) -> bool {
        let mut state = self.state();
        state.closed |= state.pending.is_empty();
        state.closed
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.state().closed { Err(Error::Closed) } else { Ok(()) }
    }

    /// Whether operations wait for a flush.
    pub(crate) fn has_pending(&self) -> bool {
        !self.state().pending.is_empty()
    }

    /// The origin of an operation that is made now. Its stamp is above every one this session has
    /// seen, whatever the clock says.
    pub(crate) fn origin(&self) -> Origin {
        let time = Time::now(&*self.environment.clock);
        let mut state = self.state();
        state.count = state.count.saturating_add(1);
        Origin { stamp: Stamp { count: state.count, writer: self.writer }, time }
    }

    /// The time of the last root of others that was read, if it lay in the future then.
    pub(crate) fn future_commit(&self) -> Option<Time> {
        self.state().future_commit
    }

    /// A snapshot of the tree that is right for everything at `path` and below.
    pub(crate) async fn snapshot(self: &Arc<Self>, path: &VaultPath) -> Result<Trie<Entry>> {
        loop {
            {
                let state = self.state();
                if state.closed {
                    return Err(Error::Closed);
                }
                if !state.suspect {
                    if state.tail_applied && state.pending_applied {
                        return Ok(state.live.clone());
                    }
                    let touched = state.root.tail.ops.iter().any(|op| op.touches(path));
                    if !state.tail_applied && state.pending.is_empty() && !touched {
                        return Ok(state.durable.clone());
                    }
                }
            }
            self.clear_up().await?;
            self.settle().await?;
        }
    }
}
