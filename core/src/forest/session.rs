//! The state of one open vault: what is durable, what is pending, and how both are reached.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use futures_util::future::try_join_all;

use super::entry::{Entry, Stamp};
use super::nodes::Nodes;
use super::op::{Op, Ops, in_tail};
use super::root::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use super::stats::{Counters, WriteStats};
use super::tree::{Stop, admit};
use crate::blob::{BlobStore, ETag, Object, Precondition, probe_conditional_puts};
use crate::error::{Error, Result};
use crate::hamt::{NodeSource, SealPlan, Trie};
use crate::path::VaultPath;
use crate::platform::Environment;
use crate::seal::{KeySlot, Keys, RootHeader, seal_root};

/// The tree of one vault and its commits. Every method takes `&self` and may run concurrently.
pub(crate) struct Forest {
    pub(super) store: Arc<dyn BlobStore>,
    pub(super) keys: Keys,
    pub(super) slot: KeySlot,
    pub(super) environment: Environment,
    pub(super) nodes: Arc<Nodes>,
    pub(super) counters: Counters,
    /// The bytes of memory nodes may take.
    pub(super) budget: usize,
    pub(super) pack_bytes_max: usize,
    writer: u32,
    pub(super) state: Mutex<State>,
    /// Held while an edit is applied: edits happen one after the other.
    editing: async_lock::Mutex<()>,
    /// Held while a commit is under way.
    pub(super) turn: async_lock::Mutex<()>,
}

/// What may only be looked at and changed in one piece. Never locked across I/O.
pub(super) struct State {
    /// The last root accepted, its tag and its hash.
    pub(super) root: Root,
    pub(super) etag: ETag,
    pub(super) hash: [u8; 32],
    /// The tree as of the root; its tail is applied only if `tail_applied`.
    pub(super) durable: Trie<Entry>,
    pub(super) tail_applied: bool,
    /// The tree with all pending groups, if `pending_applied`.
    pub(super) live: Trie<Entry>,
    pub(super) pending_applied: bool,
    pub(super) pending: Vec<Group>,
    /// Changes whenever `live` is replaced by something that does not build on it.
    pub(super) edition: u64,
    /// Why a deferred group was given up, until a flush tells.
    pub(super) refused: Option<Error>,
    /// The store may hold a newer root than `root`, perhaps our own.
    pub(super) suspect: bool,
    /// What a spill would have written after the first commit of the tail.
    pub(super) spill_first: Option<u64>,
    /// Bytes that became resident since the last eviction.
    pub(super) grown: usize,
    clock: u64,
    closed: bool,
}

/// A root as the store holds it.
pub(super) struct FetchedRoot {
    root: Root,
    pub(super) hash: [u8; 32],
    pub(super) etag: ETag,
}

/// Operations that are committed together or not at all.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) ops: Ops,
    durability: Durability,
    pub(super) ticket: Ticket,
}

/// When a change is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the call returns.
    #[default]
    OnReturn,
    /// After the next [`flush`](crate::Vault::flush) or durable change of this session. If another
    /// writer's change makes it impossible by then, the next flush tells.
    Deferred,
}

/// What becomes of a group. Clones share the outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ticket(Arc<OnceLock<Result<()>>>);

impl Ticket {
    pub(super) fn outcome(&self) -> Option<Result<()>> {
        self.0.get().cloned()
    }

    pub(super) fn decide(&self, outcome: Result<()>) {
        let _ = self.0.set(outcome);
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// What a forest is opened with, besides its keys.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
}

impl Forest {
    /// Writes the first root of a new vault and opens it. The store must hold none.
    pub(crate) async fn create(
        setup: Setup,
        keys: Keys,
        slot: KeySlot,
        root: Root,
    ) -> Result<Self> {
        probe_conditional_puts(&*setup.store, &setup.environment).await?;
        let body = root.encode(&SealPlan::default())?;
        let bytes =
            bytes::Bytes::from(seal_root(&keys, &slot, setup.environment.random()?, &body)?);
        let created = setup.store.put(ROOT_KEY, bytes.clone(), Precondition::Absent).await;
        let etag = match created {
            Ok(etag) => etag,
            Err(Error::PreconditionFailed) => return Err(Error::VaultExists),
            Err(error) => return Err(error),
        };
        let hash = *blake3::hash(&bytes).as_bytes();
        Self::new(setup, keys, slot, root, etag, hash)
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
            refused: None,
            suspect: false,
            spill_first: None,
            grown: 0,
            clock: root.clock,
            closed: false,
            root,
        };
        Ok(Self {
            nodes: Arc::new(Nodes::new(
                Arc::clone(&setup.store),
                Some(keys.clone()),
                setup.budget / 2,
            )),
            store: setup.store,
            keys,
            slot,
            counters: Counters::default(),
            budget: setup.budget / 2,
            pack_bytes_max: setup.pack_bytes_max,
            writer: u32::from_le_bytes(setup.environment.random()?),
            environment: setup.environment,
            state: Mutex::new(state),
            editing: async_lock::Mutex::new(()),
            turn: async_lock::Mutex::new(()),
        })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn nodes(&self) -> &Arc<Nodes> {
        &self.nodes
    }

    pub(crate) fn write_stats(&self) -> WriteStats {
        self.counters.read()
    }

    /// The root last accepted, as a copy.
    pub(crate) fn root(&self) -> Root {
        self.state().root.clone()
    }

    /// Refuses further work.
    pub(crate) fn close(&self) {
        self.state().closed = true;
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.state().closed { Err(Error::Closed) } else { Ok(()) }
    }

    /// Whether operations wait for a flush.
    pub(crate) fn has_pending(&self) -> bool {
        !self.state().pending.is_empty()
    }

    /// A stamp later than every one this session has seen.
    pub(crate) fn stamp(&self) -> Stamp {
        let now = self.environment.clock.now_ms() << 16;
        let mut state = self.state();
        state.clock = now.max(state.clock.saturating_add(1));
        Stamp { clock: state.clock, writer: self.writer }
    }

    /// A snapshot of the tree that is right for everything at `path` and below.
    pub(crate) async fn snapshot(&self, path: &VaultPath) -> Result<Trie<Entry>> {
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

    /// Applies `ops` to the tree as one group, to be committed by a later flush.
    pub(crate) async fn enqueue(&self, ops: Vec<Op>, durability: Durability) -> Result<Ticket> {
        self.check_open()?;
        let ops: Ops = ops.into();
        loop {
            self.clear_up().await?;
            self.settle().await?;
            let _edit = self.editing.lock().await;
            let (mut tree, edition) = {
                let state = self.state();
                if !state.is_settled() {
                    continue;
                }
                (state.live.clone(), state.edition)
            };
            for op in ops.iter() {
                self.apply(&mut tree, op).await?;
            }
            let mut state = self.state();
            if state.edition != edition || !state.is_settled() {
                continue;
            }
            state.live = tree;
            let ticket = Ticket::default();
            state.pending.push(Group { ops, durability, ticket: ticket.clone() });
            return Ok(ticket);
        }
    }

    /// Takes a group that is not committed yet out again.
    pub(super) fn withdraw(&self, ticket: &Ticket, why: Error) {
        let mut state = self.state();
        if ticket.outcome().is_none() {
            ticket.decide(Err(why));
            let before = state.pending.len();
            state.pending.retain(|group| !group.ticket.is(ticket));
            if state.pending.len() < before {
                state.forget_live();
            }
        }
    }

    /// Brings the tree up to the root: applies its tail, then what is pending.
    pub(super) async fn settle(&self) -> Result<()> {
        if self.state().is_settled() {
            return Ok(());
        }
        let _edit = self.editing.lock().await;
        loop {
            let (mut tree, tail, pending, edition, hash) = {
                let state = self.state();
                if state.is_settled() {
                    return Ok(());
                }
                let tail =
                    if state.tail_applied { Vec::new() } else { state.root.tail.ops.clone() };
                (state.durable.clone(), tail, state.pending.clone(), state.edition, state.hash)
            };
            self.prefetch(&mut tree, tail.iter()).await?;
            let mut spill_first = None;
            for op in &tail {
                self.apply(&mut tree, op).await.map_err(in_tail)?;
                spill_first.get_or_insert_with(|| tree.dirty_bytes());
            }
            let durable = tree.clone();
            let mut refused = Vec::new();
            for group in &pending {
                let before = tree.clone();
                for op in group.ops.iter() {
                    if let Err(error) = self.apply(&mut tree, op).await {
                        if !is_verdict(&error) {
                            return Err(error);
                        }
                        refused.push((group.clone(), error));
                        tree = before;
                        break;
                    }
                }
            }
            let mut state = self.state();
            if state.edition != edition || state.hash != hash {
                continue;
            }
            for (Group { ticket, durability, .. }, error) in refused {
                let error = Error::Conflict { reason: error.code(), path: error.path().cloned() };
                if durability == Durability::Deferred {
                    state.refused.get_or_insert(error.clone());
                }
                ticket.decide(Err(error));
                state.pending.retain(|group| !group.ticket.is(&ticket));
            }
            state.durable = durable;
            state.spill_first = state.spill_first.or(spill_first);
            state.tail_applied = true;
            state.live = tree;
            state.pending_applied = true;
            state.edition += 1;
            return Ok(());
        }
    }

    /// Looks for other writers' commits. Waits for a commit of our own that is under way: its root
    /// must not be taken for somebody else's, nor the one before it for an old one.
    pub(crate) async fn refresh(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.reload().await
    }

    /// Asks the store for the root if it may hold another than this session knows.
    async fn clear_up(&self) -> Result<()> {
        if !self.state().suspect {
            return Ok(());
        }
        let _turn = self.turn.lock().await;
        if self.state().suspect { self.reload().await } else { Ok(()) }
    }

    /// Reads the root again and accepts it if it follows the last one. The caller has the turn.
    pub(super) async fn reload(&self) -> Result<()> {
        let fetched = self.fetch_root().await?;
        self.accept(fetched)
    }

    /// Reads and opens the root the store holds.
    pub(super) async fn fetch_root(&self) -> Result<FetchedRoot> {
        let (header, object) = read_root(&*self.store).await?;
        let (root, hash) = open_root(&self.keys, &header, &object.bytes)?;
        Ok(FetchedRoot { root, hash, etag: object.etag })
    }

    /// Makes a fetched root the session's, if it follows the last one.
    pub(super) fn accept(&self, fetched: FetchedRoot) -> Result<()> {
        let FetchedRoot { root, hash, etag } = fetched;
        let mut state = self.state();
        state.root.check_successor(&state.hash, &root, &hash)?;
        state.suspect = false;
        state.etag = etag;
        if hash == state.hash {
            return Ok(());
        }
        // Nodes are immutable: those in memory serve the new root as well.
        for tree in [&state.live, &state.durable] {
            tree.for_each_resident(&mut |link, node| self.nodes.keep(link, node));
        }
        state.clock = state.clock.max(root.clock);
        state.durable = root.base();
        state.tail_applied = false;
        state.spill_first = None;
        state.root = root;
        state.hash = hash;
        state.forget_live();
        Ok(())
    }

    /// Applies one operation, loading what it meets.
    async fn apply(&self, tree: &mut Trie<Entry>, op: &Op) -> Result<()> {
        loop {
            match op.apply(tree) {
                Ok(()) => return Ok(()),
                Err(Stop::Fail(error)) => return Err(error),
                Err(Stop::Missing(directory, missing)) => {
                    let node = self.nodes.load(&missing.link).await?;
                    self.state().grown += node.memory();
                    if !admit(tree, &directory, &missing, node) {
                        return Err(Error::Malformed { what: "trie: a node where none belongs" });
                    }
                }
            }
        }
    }

    /// Loads the nodes many operations will meet, a level of all paths at a time.
    async fn prefetch(
        &self,
        tree: &mut Trie<Entry>,
        ops: impl Iterator<Item = &Op> + Clone,
    ) -> Result<()> {
        loop {
            let missing: Vec<_> = ops
                .clone()
                .filter_map(|op| match op.apply(&mut tree.clone()) {
                    Err(Stop::Missing(directory, missing)) => Some((directory, missing)),
                    _ => None,
                })
                .collect();
            if missing.is_empty() {
                return Ok(());
            }
            let loads = missing.iter().map(|(_, missing)| self.nodes.load(&missing.link));
            let nodes = try_join_all(loads).await?;
            let mut admitted = false;
            for ((directory, missing), node) in missing.iter().zip(nodes) {
                admitted |= admit(tree, directory, missing, node);
            }
            if !admitted {
                return Ok(());
            }
        }
    }
}

impl State {
    pub(super) fn is_settled(&self) -> bool {
        self.tail_applied && self.pending_applied && !self.suspect
    }

    /// Has the pending groups applied anew before `live` is used again.
    pub(super) fn forget_live(&mut self) {
        self.pending_applied = false;
        self.edition += 1;
    }
}

/// Reads the root object of a store and what needs no key of it.
pub(crate) async fn read_root(store: &dyn BlobStore) -> Result<(RootHeader, Object)> {
    let in_root = |error: Error| error.in_object(ROOT_KEY);
    let object = match store.get_at_most(ROOT_KEY, ROOT_BYTES_MAX).await {
        Err(Error::ObjectMissing) => return Err(Error::VaultNotFound),
        object => object.map_err(in_root)?,
    };
    Ok((RootHeader::decode(&object.bytes).map_err(in_root)?, object))
}

/// Opens the body of a root and gives its content and the hash of the object.
fn open_root(keys: &Keys, header: &RootHeader, bytes: &[u8]) -> Result<(Root, [u8; 32])> {
    let body = header.open_body(keys, bytes).map_err(|error| error.in_object(ROOT_KEY))?;
    Ok((Root::decode(&body)?, *blake3::hash(bytes).as_bytes()))
}

/// Whether an error says that an operation cannot be done, rather than that the store failed.
fn is_verdict(error: &Error) -> bool {
    let damaged = matches!(error, Error::Damaged { .. });
    error.path().is_some() && !damaged
        || matches!(error, Error::InvalidPath(_) | Error::InvalidArgument { .. })
}
