//! The state of one open vault: what is durable, what is pending, and how both are reached.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::commit::Draft;
use super::entry::{Entry, Stamp};
use super::nodes::Nodes;
use super::op::{Op, Ops, in_tail};
use super::root::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use super::rounds::{Rounds, Work};
use super::sent::{Fate, FetchedRoot, Sent, fate, fetch_root};
use super::stats::{Counters, WriteStats};
use super::tree::{Stop, admit};
use crate::blob::{BlobStore, ETag, Object, Precondition};
use crate::error::{Error, Result};
use crate::hamt::{Missing, Node, NodeSource, SealPlan, Trie};
use crate::packs::PackReader;
use crate::path::VaultPath;
use crate::platform::Environment;
use crate::seal::{KeySlot, Keys, RootHeader, pack_name, seal_root};
use crate::task::Watch;

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
    state: Mutex<State>,
    pub(super) rounds: Rounds,
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
    /// Changes whenever `live` is replaced by something that does: groups that joined, nodes that
    /// were stored.
    pub(super) edits: u64,
    /// Why a deferred group was given up, until a flush tells.
    pub(super) refused: Option<Error>,
    /// The store may hold a newer root than `root`, perhaps our own.
    pub(super) suspect: bool,
    /// The commit whose root was sent, until it is known what became of it.
    pub(super) in_doubt: Option<InDoubt>,
    /// What a spill would have written after the first commit of the tail.
    pub(super) spill_first: Option<u64>,
    /// Bytes that became resident since the last eviction.
    pub(super) grown: usize,
    clock: u64,
    closed: bool,
}

/// A commit between the put of its root and the answer.
#[derive(Clone)]
pub(super) struct InDoubt {
    pub(super) draft: Arc<Draft>,
    pub(super) sent: Sent,
    /// Whether the store said that the condition of the put did not hold.
    pub(super) was_refused: bool,
}

/// Operations that are committed together or not at all.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) ops: Ops,
    pub(super) durability: Durability,
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
    pub(crate) packs: PackReader,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
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
        let body = root.encode(&SealPlan::default())?;
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
        if setup.store.confirms_puts() {
            let hash = *blake3::hash(&bytes).as_bytes();
            return Self::new(setup, keys, slot, root, etag, hash);
        }
        let sent = Sent::new(bytes, &slot).answered(etag);
        let counters = Counters::default();
        let found = fetch_root(&*setup.store, &keys, Some(&sent), &counters).await;
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
            in_doubt: None,
            spill_first: None,
            grown: 0,
            clock: root.clock,
            closed: false,
            root,
        };
        Ok(Self {
            nodes: Arc::new(Nodes::new(setup.packs, Some(keys.clone()), setup.budget / 4)),
            store: setup.store,
            keys,
            slot,
            counters: Counters::default(),
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

    pub(crate) fn write_stats(&self) -> WriteStats {
        self.counters.read()
    }

    /// The root last accepted, as a copy.
    pub(crate) fn root(&self) -> Root {
        self.state().root.clone()
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

    /// A stamp later than every one this session has seen.
    pub(crate) fn stamp(&self) -> Stamp {
        let now = self.environment.clock.now_ms() << 16;
        let mut state = self.state();
        state.clock = now.max(state.clock.saturating_add(1));
        Stamp { clock: state.clock, writer: self.writer }
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

    /// Applies `ops` to the tree as one group, to be committed by a later flush.
    pub(crate) async fn enqueue(
        self: &Arc<Self>,
        ops: Vec<Op>,
        durability: Durability,
    ) -> Result<Ticket> {
        self.check_open()?;
        let ops: Ops = ops.into();
        loop {
            self.clear_up().await?;
            self.settle().await?;
            let (mut tree, version) = {
                let state = self.state();
                if !state.is_settled() {
                    continue;
                }
                (state.live.clone(), state.version())
            };
            // No lock: whoever loads nothing is not held up by one who does.
            let applied = self.apply_all(&mut tree, &ops).await;
            let mut state = self.state();
            if state.closed {
                return Err(Error::Closed);
            }
            if !state.is_settled() {
                continue;
            }
            if state.version() == version {
                applied?;
            } else {
                // Another group came first. What this one needs was loaded into the tree, so it
                // is applied here and now, unless the other changed what it needs.
                tree = state.live.clone();
                match ops.iter().try_for_each(|op| op.apply(&mut tree)) {
                    Ok(()) => {}
                    Err(Stop::Fail(error)) => return Err(error),
                    Err(Stop::Missing(..)) => match applied {
                        Err(error) if !is_verdict(&error) => return Err(error),
                        _ => continue,
                    },
                }
            }
            state.live = tree;
            state.edits += 1;
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

    /// Brings the tree up to the root: applies its tail, then what is pending. Several calls may do
    /// so at once; the first to end has done it for all.
    pub(super) async fn settle(&self) -> Result<()> {
        loop {
            let (mut tree, tail, pending, version, hash) = {
                let state = self.state();
                if state.is_applied() {
                    return Ok(());
                }
                let tail =
                    if state.tail_applied { Vec::new() } else { state.root.tail.ops.clone() };
                (state.durable.clone(), tail, state.pending.clone(), state.version(), state.hash)
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
            if state.version() != version || state.hash != hash {
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
    pub(crate) async fn refresh(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &Watch::default(), || false).await
    }

    /// Asks the store for the root if it may hold another than this session knows.
    async fn clear_up(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &Watch::default(), || !self.state().suspect).await
    }

    /// Reads the root again and accepts it if it follows the last one. Part of a round.
    pub(super) async fn reload(&self) -> Result<()> {
        let found = self.fetch_root().await?;
        self.learn(found)?;
        Ok(())
    }

    /// Reads and opens the root the store holds.
    pub(super) async fn fetch_root(&self) -> Result<FetchedRoot> {
        let in_doubt = self.state().in_doubt.clone();
        let sent = in_doubt.as_ref().map(|in_doubt| &in_doubt.sent);
        let found = fetch_root(&*self.store, &self.keys, sent, &self.counters).await?;
        if in_doubt.is_some() {
            // The root found may be ours, and it counts once it is durable.
            self.make_durable().await?;
        }
        Ok(found)
    }

    /// Makes a fetched root the session's, if it follows the last one, and gives what became of the
    /// commit in doubt, if there is one.
    pub(super) fn learn(&self, found: FetchedRoot) -> Result<Option<Fate>> {
        let in_doubt = self.state().in_doubt.clone();
        let Some(InDoubt { draft, was_refused, .. }) = in_doubt else {
            self.accept(found)?;
            return Ok(None);
        };
        let fate = match fate(&draft, &found) {
            Fate::Unknown if was_refused => Fate::Lost,
            fate => fate,
        };
        if fate == Fate::Committed {
            self.finish(&draft, found.etag.clone());
        }
        self.accept(found)?;
        if fate == Fate::Unknown {
            self.give_up(&draft);
        }
        Ok(Some(fate))
    }

    fn accept(&self, found: FetchedRoot) -> Result<()> {
        let FetchedRoot { root, hash, etag } = found;
        let mut state = self.state();
        state.root.check_successor(&state.hash, &root, &hash)?;
        state.suspect = false;
        state.in_doubt = None;
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

    async fn apply_all(&self, tree: &mut Trie<Entry>, ops: &[Op]) -> Result<()> {
        for op in ops {
            self.apply(tree, op).await?;
        }
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
                    self.state().keep(&directory, &missing, &node);
                    if !admit(tree, &directory, &missing, node) {
                        let error = Error::Malformed { what: "trie: a node where none belongs" };
                        return Err(error.in_object(&pack_name(missing.link.place.pack)));
                    }
                }
            }
        }
    }
}

impl State {
    /// Whether `live` is the root's tree with all that is pending.
    pub(super) fn is_applied(&self) -> bool {
        self.tail_applied && self.pending_applied
    }

    /// The same, and the root is known to be the newest this session wrote.
    fn is_settled(&self) -> bool {
        self.is_applied() && !self.suspect
    }

    /// Whether a commit was left between its put and the answer.
    pub(super) fn must_look(&self) -> bool {
        self.suspect || self.in_doubt.is_some()
    }

    /// Differs whenever `live` does, but for what is resident.
    fn version(&self) -> (u64, u64) {
        (self.edition, self.edits)
    }

    /// Makes a node resident where the next edit looks for it, whoever loaded it.
    fn keep(&mut self, path: &VaultPath, missing: &Missing, node: &Arc<Node<Entry>>) {
        self.grown += node.memory();
        let same = self.durable.is_same(&self.live);
        let tree = if self.is_applied() { &mut self.live } else { &mut self.durable };
        admit(tree, path, missing, Arc::clone(node));
        if same {
            match self.is_applied() {
                true => self.durable = self.live.clone(),
                false => self.live = self.durable.clone(),
            }
        }
    }

    /// Has the pending groups applied anew before `live` is used again.
    pub(super) fn forget_live(&mut self) {
        self.pending_applied = false;
        self.edition += 1;
    }
}

/// What needs no key of a root object.
pub(crate) fn root_header(object: &Object) -> Result<RootHeader> {
    RootHeader::decode(&object.bytes).map_err(|error| error.in_object(ROOT_KEY))
}

/// Reads the root object of a store.
pub(crate) async fn get_root(store: &dyn BlobStore) -> Result<Object> {
    match store.get_at_most(ROOT_KEY, ROOT_BYTES_MAX).await {
        Err(Error::ObjectMissing) => Err(Error::VaultNotFound),
        object => object.map_err(|error| error.in_object(ROOT_KEY)),
    }
}

/// Opens the body of a root and gives its content and the hash of the object.
pub(super) fn open_root(
    keys: &Keys,
    header: &RootHeader,
    bytes: &[u8],
) -> Result<(Root, [u8; 32])> {
    let body = header.open_body(keys, bytes).map_err(|error| error.in_object(ROOT_KEY))?;
    Ok((Root::decode(&body)?, *blake3::hash(bytes).as_bytes()))
}

/// Whether an error says that an operation cannot be done, rather than that the store failed.
fn is_verdict(error: &Error) -> bool {
    let damaged = matches!(error, Error::Damaged { .. });
    error.path().is_some() && !damaged
        || matches!(error, Error::InvalidPath(_) | Error::InvalidArgument { .. })
}
