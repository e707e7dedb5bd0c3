//! Commits: packs in parallel, then one root, again where another writer came first.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;

use super::Session;
use super::draft::{Basis, Draft, Sealer};
use super::gauge::Gauge;
use super::group::Ticket;
use super::rounds::Work;
use super::send::Race;
use super::signing::Signer;
use super::spill::Spill;
use crate::blob::{Guess, store_immutable};
use crate::error::{Error, Result};
use crate::forest::Op;
use crate::platform::sleep;
use crate::seal::{PackId, pack_name};
use crate::task::CallContext;

/// Commits that may lose the race before the flush gives up.
const ATTEMPTS_MAX: u32 = 24;
/// The longest wait before the second attempt; doubled for each further one, up to the cap.
const BACKOFF_MS: u64 = 8;
const BACKOFF_CAP_MS: u64 = 1_000;

impl Session {
    /// Commits the group of `ticket`, with all that is in the queue. On failure, or if the future
    /// is dropped before the commit took effect, the group is taken out again; where the commit
    /// under way has it already and others wait for that, it may be committed all the same.
    pub(crate) async fn commit(
        self: &Arc<Self>,
        ticket: &Ticket,
        context: &CallContext,
    ) -> Result<()> {
        let withdrawal = Withdrawal { session: self, ticket };
        let is_done = || ticket.outcome().is_some();
        if let Err(error) = self.round(Work::Commit(Spill::WhenDue), context, is_done).await {
            self.withdraw(ticket, error);
        }
        drop(withdrawal);
        ticket.outcome().unwrap_or(Err(Error::Cancelled))
    }

    /// Commits all that is in the queue. On failure it stays there, unless nobody knows whether it
    /// was committed. Tells if a deferred group had to be given up since the last flush.
    pub(crate) async fn flush(self: &Arc<Self>, context: &CallContext) -> Result<()> {
        let outcome = self.round(Work::Commit(Spill::WhenDue), context, || false).await;
        // What was given up is told whatever became of the rest, which the next flush tells.
        self.state().told_of_given_up().map_or(outcome, Err)
    }

    /// Commits all that is in the queue and empties the tail, so that every directory has a link.
    pub(crate) async fn spill(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Commit(Spill::Now), &CallContext::default(), || false).await
    }

    /// The commit of a round.
    pub(super) async fn commit_queue(&self, spill: Spill, gauge: &Gauge) -> Result<()> {
        let mut has_spent = false;
        for attempt in 0..ATTEMPTS_MAX {
            if self.state().is_suspect() {
                self.reload().await?;
            }
            let in_doubt = self.state().doubts().last_of_too_many();
            if let Some(commit) = in_doubt {
                self.send_again(&commit).await?;
            }
            let basis = self.with_reserve(self.basis().await?).await?;
            if !basis.has_work(spill) {
                return Ok(());
            }
            let signer = self.signer()?;
            let mut draft = self.sealer(&signer).draft(basis, spill, self.origin())?;
            gauge.next_attempt();
            match self.store(&mut draft, gauge).await {
                Ok(Race::Won) => return Ok(()),
                Ok(Race::Lost) => {}
                Err(Error::StoreFull) if !has_spent => {
                    has_spent = true;
                    match self.spend_reserve(draft.commit.ops()).await {
                        true => continue,
                        false => return Err(Error::StoreFull),
                    }
                }
                Err(error) => return Err(error),
            }
            self.counters.conflict();
            log::info!("another writer committed first, attempt {}", attempt + 1);
            self.back_off(attempt).await?;
        }
        Err(Error::CommitContention { attempts: ATTEMPTS_MAX })
    }

    /// The state a draft is made of, with the tree up to it.
    async fn basis(&self) -> Result<Basis> {
        loop {
            self.settle().await?;
            // A group may have been withdrawn meanwhile.
            if let Some(basis) = self.state().basis() {
                return Ok(basis);
            }
        }
    }

    /// Whom this session signs for.
    pub(super) fn signer(&self) -> Result<Signer> {
        self.state().signer().cloned().ok_or(Error::ReadOnly)
    }

    fn sealer<'a>(&'a self, signer: &'a Signer) -> Sealer<'a> {
        Sealer { signer, environment: &self.environment, pack_bytes_max: self.pack_bytes_max }
    }

    /// Stores the packs of a draft, then its root.
    async fn store(&self, draft: &mut Draft, gauge: &Gauge) -> Result<Race> {
        self.store_packs(draft, gauge).await?;
        // They are stored. From here on what counts is which they are.
        draft.packs.iter_mut().for_each(|pack| drop(std::mem::take(&mut pack.bytes)));
        self.put_root(draft).await
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
        let places = draft.plan.units.within(stored);
        draft.commit.ops().filter_map(Op::unit).for_each(|unit| unit.settle(&places));
        self.state().stored(&draft.plan, stored);
    }

    /// Waits before the next attempt: up to 8 ms, doubled each time, at most a second; the
    /// length is random, so that rivals part.
    pub(super) async fn back_off(&self, attempt: u32) -> Result<()> {
        let longest = (BACKOFF_MS << attempt.min(10)).min(BACKOFF_CAP_MS);
        let random = u64::from_le_bytes(self.environment.random()?);
        sleep(Duration::from_millis(random % (longest + 1))).await;
        Ok(())
    }
}

/// Takes a group out again if its caller gave up on it.
struct Withdrawal<'a> {
    session: &'a Session,
    ticket: &'a Ticket,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.session.withdraw(self.ticket, Error::Cancelled);
    }
}
