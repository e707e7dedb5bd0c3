//! Commits: from pending operations to one root.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;

use super::entry::Entry;
use super::op::Op;
use super::root::{ROOT_KEY, Root, Tail};
use super::rounds::{Gauge, Work};
use super::sent::{Fate, Sent};
use super::session::{Durability, Forest, Group, InDoubt, Ticket};
use super::spill::{Costs, TAIL_OPS_MAX, should_spill};
use crate::blob::{ETag, Guess, Precondition, store_immutable};
use crate::error::{Error, Result};
use crate::hamt::{SealPlan, Trie};
use crate::platform::sleep;
use crate::seal::{Pack, PackId, PackWriter, pack_name, seal_root};
use crate::task::Watch;

/// Commits that may lose the race before the flush gives up.
const ATTEMPTS_MAX: u32 = 24;
/// The longest wait before the second attempt; doubled for each further one, up to the cap.
const BACKOFF_MS: u64 = 8;
const BACKOFF_CAP_MS: u64 = 1_000;

/// Everything one commit writes, and what follows if it succeeds.
pub(super) struct Draft {
    pub(super) groups: Vec<Group>,
    tree: Trie<Entry>,
    packs: Vec<Pack>,
    plan: SealPlan,
    pub(super) spilled: bool,
    spill_bytes: u64,
    pub(super) root: Root,
    root_bytes: Bytes,
    pub(super) root_hash: [u8; 32],
    base: ETag,
    /// What the tail it builds on held.
    pub(super) base_commits: u64,
    pub(super) base_operations: usize,
    /// The edition of the tree it was made from.
    edition: u64,
}

/// What a draft is made of, taken in one piece.
struct Basis {
    groups: Vec<Group>,
    tree: Trie<Entry>,
    root: Root,
    hash: [u8; 32],
    etag: ETag,
    spill_first: Option<u64>,
    edition: u64,
}

impl Forest {
    /// Commits the group of `ticket`, with all that is pending. On failure, or if the future is
    /// dropped before the commit took effect, the group is taken out again; where the commit under
    /// way has it already and others wait for that, it may be committed all the same.
    pub(crate) async fn commit(self: &Arc<Self>, ticket: &Ticket, watch: &Watch) -> Result<()> {
        let withdrawal = Withdrawal { forest: self, ticket };
        let is_done = || ticket.outcome().is_some();
        if let Err(error) = self.round(Work::Commit, watch, is_done).await {
            self.withdraw(ticket, error);
        }
        drop(withdrawal);
        ticket.outcome().unwrap_or(Err(Error::Cancelled))
    }

    /// Commits all that is pending. On failure it stays pending, unless nobody knows whether it was
    /// committed. Tells if a deferred group had to be given up since the last flush.
    pub(crate) async fn flush(self: &Arc<Self>, watch: &Watch) -> Result<()> {
        let outcome = self.round(Work::Commit, watch, || false).await;
        let mut state = self.state();
        if let Err(error) = outcome {
            state.refused.take_if(|refused| refused.code() == error.code());
            return Err(error);
        }
        state.refused.take().map_or(Ok(()), Err)
    }

    /// Commits all that is pending and empties the tail, so that every directory has a link.
    pub(crate) async fn spill(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Spill, &Watch::default(), || false).await
    }

    /// The commit of a round.
    pub(super) async fn commit_pending(&self, work: Work, gauge: &Gauge) -> Result<()> {
        for attempt in 0..ATTEMPTS_MAX {
            if self.state().must_look() {
                self.reload().await?;
            }
            let basis = self.basis().await?;
            let Some(mut draft) = self.draft(basis, work)? else { return Ok(()) };
            gauge.next_attempt();
            self.store_packs(&draft, gauge).await?;
            // They are stored. From here on what counts is which they are.
            draft.packs.iter_mut().for_each(|pack| drop(std::mem::take(&mut pack.bytes)));
            if self.put_root(Arc::new(draft)).await? {
                return Ok(());
            }
            self.counters.conflict();
            log::info!("another writer committed first, attempt {}", attempt + 1);
            self.back_off(attempt).await?;
        }
        Err(Error::CommitContention { attempts: ATTEMPTS_MAX })
    }

    /// Puts the root of a draft and learns what became of it. Gives `false` if another root took its
    /// place, which is the session's then.
    async fn put_root(&self, draft: Arc<Draft>) -> Result<bool> {
        let (bytes, condition) =
            (draft.root_bytes.clone(), Precondition::Matches(draft.base.clone()));
        self.counters.root(bytes.len());
        let sent = Sent::new(bytes.clone(), &self.slot);
        let in_doubt = InDoubt { draft: Arc::clone(&draft), sent, was_refused: false };
        self.state().in_doubt = Some(in_doubt);
        let doubt = Doubt(self);
        let error = match self.store.put(ROOT_KEY, bytes, condition).await {
            Ok(etag) => {
                self.confirm(&draft, etag).await?;
                doubt.dispel();
                return Ok(true);
            }
            Err(error) => error,
        };
        let was_refused = matches!(error, Error::PreconditionFailed);
        if was_refused {
            if let Some(in_doubt) = &mut self.state().in_doubt {
                in_doubt.was_refused = true;
            }
        } else {
            log::warn!("a commit failed, the store is asked for its outcome: {}", error.code());
        }
        let learned = match self.fetch_root().await {
            Ok(found) => self.learn(found),
            Err(error) => Err(error),
        };
        match learned {
            Ok(fate) => {
                doubt.dispel();
                match fate {
                    Some(Fate::Committed) => Ok(true),
                    Some(Fate::Unknown) => Err(Error::OutcomeUnknown),
                    Some(Fate::Lost) if matches!(error, Error::OutcomeUnknown) => Ok(false),
                    _ if was_refused => Ok(false),
                    _ => Err(error),
                }
            }
            Err(error) if was_refused => {
                if matches!(error, Error::Rollback { .. } | Error::Fork { .. }) {
                    // Even where the root that is there is refused: the put was refused as well,
                    // so what was accepted before is still the newest state to read.
                    doubt.dispel();
                }
                Err(error)
            }
            // A root that lies, or a store that still does not answer: if the commit did take
            // effect, the next reload finds it.
            Err(_) => Err(self.leave_in_doubt(&draft)),
        }
    }

    /// The store took the root of `draft`. It counts once it is durable and, where the store does
    /// not say what it received, once it was read back.
    async fn confirm(&self, draft: &Draft, etag: ETag) -> Result<()> {
        if self.make_durable().await.is_err() {
            return Err(self.leave_in_doubt(draft));
        }
        if self.store.confirms_puts() {
            self.finish(draft, etag);
            return Ok(());
        }
        self.counters.read_back();
        if let Some(in_doubt) = &mut self.state().in_doubt {
            in_doubt.sent = in_doubt.sent.clone().answered(etag);
        }
        let fate = match self.fetch_root().await {
            // The store took it and serves the one before: a later look tells.
            Ok(found) if found.hash == draft.root.previous => Ok(None),
            Ok(found) => self.learn(found),
            Err(error) => Err(error),
        };
        if let Ok(Some(Fate::Committed)) = fate {
            return Ok(());
        }
        Err(self.leave_in_doubt(draft))
    }

    /// Nobody knows whether the draft was committed, and its callers are told so. What was deferred
    /// stays pending until a later look at the root tells.
    fn leave_in_doubt(&self, draft: &Draft) -> Error {
        for group in &draft.groups {
            if group.durability == Durability::OnReturn {
                self.withdraw(&group.ticket, Error::OutcomeUnknown);
            }
        }
        Error::OutcomeUnknown
    }

    /// Nobody will ever know whether the draft was committed. It is not replayed: another writer
    /// may have built on it.
    pub(super) fn give_up(&self, draft: &Draft) {
        for group in &draft.groups {
            let is_pending = group.ticket.outcome().is_none();
            self.withdraw(&group.ticket, Error::OutcomeUnknown);
            if is_pending && group.durability == Durability::Deferred {
                self.state().refused.get_or_insert(Error::OutcomeUnknown);
            }
        }
    }

    /// The state a draft is made of, with the tree up to it.
    async fn basis(&self) -> Result<Basis> {
        loop {
            self.settle().await?;
            let state = self.state();
            // A group may have been withdrawn meanwhile.
            if state.is_applied() {
                return Ok(Basis {
                    groups: state.pending.clone(),
                    tree: state.live.clone(),
                    root: state.root.clone(),
                    hash: state.hash,
                    etag: state.etag.clone(),
                    spill_first: state.spill_first,
                    edition: state.edition,
                });
            }
        }
    }

    /// Prepares a commit of all that is pending, or `None` if there is nothing to do.
    fn draft(&self, basis: Basis, work: Work) -> Result<Option<Draft>> {
        let Basis { groups, tree, root: last, spill_first, .. } = basis;
        let must_spill = work == Work::Spill;
        if groups.is_empty() && (!must_spill || last.tail.ops.is_empty()) {
            return Ok(None);
        }
        let mut packs = PackWriter::new(&self.environment, self.pack_bytes_max);
        let mut plan = SealPlan::default();
        let ops = || groups.iter().flat_map(|group| group.ops.iter());
        for unit in ops().filter_map(|op| op.unit()) {
            unit.plan(&mut packs, &mut plan.contents)?;
        }
        let bare = Root {
            sequence: last.sequence + 1,
            previous: basis.hash,
            clock: self.stamp().clock,
            tail: Tail::default(),
            ..last.clone()
        };
        let spill_bytes = tree.dirty_bytes();
        let carried = match must_spill {
            false if last.tail.ops.len() + ops().count() <= TAIL_OPS_MAX => {
                let tail_ops = last.tail.ops.iter().chain(ops()).cloned().collect();
                let costs = Costs {
                    spill: spill_bytes,
                    spill_first: spill_first.unwrap_or(spill_bytes),
                    tail: 0,
                    has_pack: !packs.is_empty(),
                };
                carry(&bare, tail_ops, &last.tail, &plan, costs)?
            }
            _ => None,
        };
        let spilled = carried.is_none();
        let root = match carried {
            Some(root) => root,
            None => Root { top: tree.seal(&self.keys, &mut packs, &mut plan)?, ..bare },
        };
        let body = root.encode(&plan)?;
        let salt = self.environment.random()?;
        let root_bytes = Bytes::from(seal_root(&self.keys, &self.slot, salt, &body)?);
        let root_hash = *blake3::hash(&root_bytes).as_bytes();
        Ok(Some(Draft {
            groups,
            tree,
            packs: packs.finish(),
            plan,
            spilled,
            spill_bytes,
            root,
            root_bytes,
            root_hash,
            base: basis.etag,
            base_commits: last.tail.commits,
            base_operations: last.tail.ops.len(),
            edition: basis.edition,
        }))
    }

    /// Stores the packs in parallel. If some fail, what lies in the others stays stored, and a
    /// retry writes the remainder.
    async fn store_packs(&self, draft: &Draft, gauge: &Gauge) -> Result<()> {
        let total = draft.packs.iter().map(|pack| pack.bytes.len() as u64).sum();
        let done = &AtomicU64::new(0);
        let puts = draft.packs.iter().map(|pack| async move {
            self.counters.pack(pack);
            let (bytes, length) = (pack.bytes.clone(), pack.bytes.len() as u64);
            store_immutable(&*self.store, &pack_name(pack.id), bytes, Guess::Absent).await?;
            gauge.report(done.fetch_add(length, Ordering::Relaxed) + length, total);
            Ok(pack.id)
        });
        let outcomes: Vec<Result<PackId>> = join_all(puts).await;
        let stored: HashSet<PackId> = outcomes.iter().flatten().copied().collect();
        self.take_over(draft, &stored);
        match outcomes.into_iter().find_map(Result::err) {
            None => self.make_durable().await,
            Some(error) => Err(error),
        }
    }

    /// Packs must not be lost where a root that names them is kept.
    pub(super) async fn make_durable(&self) -> Result<()> {
        if self.store.needs_flush() { self.store.flush().await } else { Ok(()) }
    }

    /// Notes what is stored now: contents get their places, nodes become Sealed.
    fn take_over(&self, draft: &Draft, stored: &HashSet<PackId>) {
        let mut places = draft.plan.contents.clone();
        places.retain(|_, place| stored.contains(&place.pack));
        for unit in
            draft.groups.iter().flat_map(|group| group.ops.iter()).filter_map(|op| op.unit())
        {
            unit.settle(&places);
        }
        let mut state = self.state();
        state.live.adopt(&draft.plan, stored);
        state.edits += 1;
    }

    /// The draft's root is the vault's root now.
    pub(super) fn finish(&self, draft: &Draft, etag: ETag) {
        let stored: HashSet<PackId> = draft.packs.iter().map(|pack| pack.id).collect();
        self.counters.commit(draft.spilled);
        log::debug!(
            "committed root {}: {} operations, {} packs, a root of {} bytes",
            draft.root.sequence,
            draft.groups.iter().map(|group| group.ops.len()).sum::<usize>(),
            draft.packs.len(),
            draft.root_bytes.len(),
        );
        let mut state = self.state();
        for group in &draft.groups {
            group.ticket.decide(Ok(()));
        }
        let committed = |group: &Group| matches!(group.ticket.outcome(), Some(Ok(())));
        state.pending.retain(|group| !committed(group));
        // If nothing came in between, the live tree is the durable one, resident nodes and all. If
        // a group of the draft was withdrawn meanwhile, the live tree lacks what is committed.
        let builds_on_it = state.edition == draft.edition;
        state.durable = if builds_on_it && state.pending.is_empty() && state.pending_applied {
            state.live.clone()
        } else {
            let mut durable = draft.tree.clone();
            durable.adopt(&draft.plan, &stored);
            durable
        };
        state.tail_applied = true;
        state.suspect = false;
        state.in_doubt = None;
        state.etag = etag;
        state.hash = draft.root_hash;
        state.root = draft.root.clone();
        state.spill_first = match draft.spilled {
            true => None,
            false => state.spill_first.or(Some(draft.spill_bytes)),
        };
        state.edition += 1;
        state.pending_applied &= builds_on_it;
        if draft.spilled {
            state.grown += draft.packs.iter().map(|pack| pack.node_bytes as usize).sum::<usize>();
            self.evict(&mut state);
        }
    }

    /// Keeps the resident nodes under the budget, looking only after a good part of it came in.
    fn evict(&self, state: &mut super::session::State) {
        if state.grown < self.budget / 4 {
            return;
        }
        state.grown = 0;
        let same = state.durable.is_same(&state.live);
        state.live.evict(self.budget);
        if same {
            state.durable = state.live.clone();
        } else {
            state.durable.evict(self.budget);
        }
    }

    /// Waits before the next attempt: up to 8 ms, doubled each time, at most a second; the
    /// length is random, so that rivals part.
    async fn back_off(&self, attempt: u32) -> Result<()> {
        let longest = (BACKOFF_MS << attempt.min(10)).min(BACKOFF_CAP_MS);
        let random = u64::from_le_bytes(self.environment.random()?);
        sleep(Duration::from_millis(random % (longest + 1))).await;
        Ok(())
    }
}

/// The root that carries `ops` in its tail, or `None` if a spill is due.
fn carry(
    bare: &Root,
    ops: Vec<Op>,
    before: &Tail,
    plan: &SealPlan,
    mut costs: Costs,
) -> Result<Option<Root>> {
    let tail = Tail { ops, commits: before.commits.saturating_add(1), carried: before.carried };
    let mut root = Root { tail, ..bare.clone() };
    costs.tail = root.encode(plan)?.len() as u64 - bare.encode(plan)?.len() as u64;
    if should_spill(&root.tail, &costs) {
        return Ok(None);
    }
    root.tail.carried = root.tail.carried.saturating_add(costs.tail);
    Ok(Some(root))
}

/// Held while nobody knows which root the store holds. If it is dropped, by an error or with its
/// future, the session is suspect, and the next call that needs the root looks.
struct Doubt<'a>(&'a Forest);

impl Doubt<'_> {
    /// The store has said what it holds.
    fn dispel(self) {
        self.0.state().in_doubt = None;
        std::mem::forget(self);
    }
}

impl Drop for Doubt<'_> {
    fn drop(&mut self) {
        self.0.state().suspect = true;
    }
}

/// Takes a group out again if its caller gave up on it.
struct Withdrawal<'a> {
    forest: &'a Forest,
    ticket: &'a Ticket,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.forest.withdraw(self.ticket, Error::Cancelled);
    }
}
