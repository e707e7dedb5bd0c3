//! Commits: from pending operations to one root.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;

use super::entry::Entry;
use super::op::Op;
use super::root::{ROOT_KEY, Root, Tail};
use super::session::{Forest, Group, Ticket};
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
struct Draft {
    groups: Vec<Group>,
    tree: Trie<Entry>,
    packs: Vec<Pack>,
    plan: SealPlan,
    spilled: bool,
    spill_bytes: u64,
    root: Root,
    root_bytes: Bytes,
    root_hash: [u8; 32],
    base: ETag,
}

impl Forest {
    /// Commits the group of `ticket`, with all that is pending. On failure, or if the future is
    /// dropped before the commit took effect, the group is taken out again.
    pub(crate) async fn commit(&self, ticket: &Ticket, watch: &Watch) -> Result<()> {
        let withdrawal = Withdrawal { forest: self, ticket };
        let _turn = self.turn.lock().await;
        if let Some(outcome) = ticket.outcome() {
            return outcome;
        }
        if let Err(error) = self.commit_pending(false, watch).await {
            self.withdraw(ticket, error);
        }
        drop(withdrawal);
        ticket.outcome().unwrap_or(Err(Error::Cancelled))
    }

    /// Commits all that is pending. On failure it stays pending. Tells if a deferred group had to
    /// be given up since the last flush.
    pub(crate) async fn flush(&self, watch: &Watch) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.commit_pending(false, watch).await?;
        self.state().refused.take().map_or(Ok(()), Err)
    }

    /// Commits all that is pending and empties the tail, so that every directory has a link.
    pub(crate) async fn spill(&self) -> Result<()> {
        let _turn = self.turn.lock().await;
        self.commit_pending(true, &Watch::default()).await
    }

    async fn commit_pending(&self, spill: bool, watch: &Watch) -> Result<()> {
        for attempt in 0..ATTEMPTS_MAX {
            if self.state().suspect {
                self.reload().await?;
            }
            self.settle().await?;
            let Some(draft) = self.draft(spill)? else { return Ok(()) };
            self.store_packs(&draft, watch).await?;
            let condition = Precondition::Matches(draft.base.clone());
            self.counters.root(draft.root_bytes.len());
            let doubt = Doubt(self);
            match self.store.put(ROOT_KEY, draft.root_bytes.clone(), condition).await {
                Ok(etag) => {
                    doubt.dispel();
                    self.finish(&draft, etag);
                    return self.make_durable().await.map_err(|_| Error::OutcomeUnknown);
                }
                Err(Error::PreconditionFailed) => {
                    let ours = self.was_ours(&draft).await;
                    if matches!(ours, Ok(_) | Err(Error::Rollback { .. } | Error::Fork { .. })) {
                        // Even where the root that is there is refused: the put was refused as
                        // well, so what was accepted before is still the newest state to read.
                        doubt.dispel();
                    }
                    if ours? {
                        return Ok(());
                    }
                    self.counters.conflict();
                    log::info!("another writer committed first, attempt {}", attempt + 1);
                    self.back_off(attempt).await?;
                }
                Err(error) => return self.resolve(draft, error, doubt).await,
            }
        }
        Err(Error::CommitContention { attempts: ATTEMPTS_MAX })
    }

    /// A put failed without saying whether it took effect: the store tells.
    async fn resolve(&self, draft: Draft, error: Error, doubt: Doubt<'_>) -> Result<()> {
        log::warn!("a commit failed, the store is asked for its outcome: {}", error.code());
        match self.was_ours(&draft).await {
            Ok(ours) => {
                doubt.dispel();
                if ours { Ok(()) } else { Err(error) }
            }
            // A root that lies, or a store that still does not answer: if the commit did take
            // effect, the next reload brings it.
            Err(_) => {
                for group in &draft.groups {
                    self.withdraw(&group.ticket, Error::OutcomeUnknown);
                }
                Err(Error::OutcomeUnknown)
            }
        }
    }

    /// Whether the store holds the draft's root. If so the draft is finished, if not the root that
    /// is there is accepted.
    async fn was_ours(&self, draft: &Draft) -> Result<bool> {
        let fetched = self.fetch_root().await?;
        if fetched.hash == draft.root_hash {
            self.finish(draft, fetched.etag);
            return Ok(true);
        }
        self.accept(fetched)?;
        Ok(false)
    }

    /// Prepares a commit of all that is pending, or `None` if there is nothing to do.
    fn draft(&self, spill: bool) -> Result<Option<Draft>> {
        let (groups, tree, last, base, spill_first) = {
            let state = self.state();
            let tail_to_spill = spill && !state.root.tail.ops.is_empty();
            if state.pending.is_empty() && !tail_to_spill {
                return Ok(None);
            }
            let last = (state.root.clone(), state.hash);
            let tree = state.live.clone();
            (state.pending.clone(), tree, last, state.etag.clone(), state.spill_first)
        };
        let (last, last_hash) = last;
        let mut packs = PackWriter::new(&self.environment, self.pack_bytes_max);
        let mut plan = SealPlan::default();
        let ops = || groups.iter().flat_map(|group| group.ops.iter());
        for unit in ops().filter_map(|op| op.unit()) {
            unit.plan(&mut packs, &mut plan.contents)?;
        }
        let bare = Root {
            sequence: last.sequence + 1,
            previous: last_hash,
            clock: self.stamp().clock,
            tail: Tail::default(),
            ..last.clone()
        };
        let spill_bytes = tree.dirty_bytes();
        let carried = match spill {
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
            base,
        }))
    }

    /// Stores the packs in parallel. If some fail, what lies in the others stays stored, and a
    /// retry writes the remainder.
    async fn store_packs(&self, draft: &Draft, watch: &Watch) -> Result<()> {
        let total = draft.packs.iter().map(|pack| pack.bytes.len() as u64).sum();
        let done = &AtomicU64::new(0);
        let puts = draft.packs.iter().map(|pack| async move {
            self.counters.pack(pack);
            let (bytes, length) = (pack.bytes.clone(), pack.bytes.len() as u64);
            store_immutable(&*self.store, &pack_name(pack.id), bytes, Guess::Absent).await?;
            watch.report(done.fetch_add(length, Ordering::Relaxed) + length, Some(total));
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
    async fn make_durable(&self) -> Result<()> {
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
        self.state().live.adopt(&draft.plan, stored);
    }

    /// The draft's root is the vault's root now.
    fn finish(&self, draft: &Draft, etag: ETag) {
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
        // If nothing came in between, the live tree is the durable one, resident nodes and all.
        state.durable = if state.pending.is_empty() && state.pending_applied {
            state.live.clone()
        } else {
            let mut durable = draft.tree.clone();
            durable.adopt(&draft.plan, &stored);
            durable
        };
        state.tail_applied = true;
        state.suspect = false;
        state.etag = etag;
        state.hash = draft.root_hash;
        state.root = draft.root.clone();
        state.spill_first = match draft.spilled {
            true => None,
            false => state.spill_first.or(Some(draft.spill_bytes)),
        };
        state.edition += 1;
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
