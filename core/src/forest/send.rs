//! The put of a root, which is the moment of a commit, and what is learned of it.

use std::collections::HashSet;
use std::sync::Arc;

use super::doubts::{Commit, Doubts, Tidings};
use super::draft::Draft;
use super::root::ROOT_KEY;
use super::sent::FetchedRoot;
use super::session::Forest;
use super::state::{Durability, Group};
use crate::blob::{ETag, Precondition};
use crate::error::{Error, Result};
use crate::seal::PackId;

impl Forest {
    /// Puts the root of a draft and learns what became of it. Returns `false` if another root took
    /// its place, which is the session's then.
    pub(super) async fn put_root(&self, draft: &Draft) -> Result<bool> {
        let commit = &draft.commit;
        self.state().doubts.add(Arc::clone(commit));
        let suspicion = Suspicion(self);
        let error = match self.send(commit).await {
            Ok(etag) => {
                self.confirm(draft, etag).await?;
                suspicion.lift();
                return Ok(true);
            }
            Err(error) => error,
        };
        let was_refused = changed_nothing(&error);
        if was_refused {
            self.state().doubts.refuse(commit);
        } else {
            log::warn!("a commit failed, the store is asked for its outcome: {error}");
        }
        let lost_race = matches!(error, Error::PreconditionFailed);
        let learned = match self.fetch_root().await {
            Ok(found) => self.learn_of(draft, found),
            Err(error) => Err(error),
        };
        match learned {
            Ok(tidings) => {
                suspicion.lift();
                match tidings {
                    tidings if tidings.name(commit) => Ok(true),
                    _ if lost_race => Ok(false),
                    _ if was_refused => Err(error),
                    Tidings::Settled(_) => Ok(false),
                    Tidings::Unknown => Err(Error::OutcomeUnknown),
                    Tidings::Open => Err(self.leave_in_doubt(commit)),
                }
            }
            Err(refused @ (Error::Rollback { .. } | Error::Fork { .. })) if lost_race => {
                // Even where the root that is there is refused: the put was refused as well,
                // so what was accepted before is still the newest state to read.
                self.state().doubts.forget_refused();
                suspicion.lift();
                Err(refused)
            }
            Err(error) if lost_race => Err(error),
            Err(_) if was_refused => Err(error),
            // A root that lies, or a store that still does not answer: if the commit did take
            // effect, a later look finds it.
            Err(_) => Err(self.leave_in_doubt(commit)),
        }
    }

    /// Sends the last commit in doubt again, where there are so many that there may be no other: once
    /// it or another takes effect, the root tells of all.
    pub(super) async fn send_again(&self, commit: &Commit) -> Result<()> {
        let suspicion = Suspicion(self);
        if let Err(error) = self.send(commit).await {
            log::warn!("a commit in doubt was sent again: {error}");
        }
        self.reload().await?;
        suspicion.lift();
        if self.state().doubts.is_empty() {
            return Ok(());
        }
        let reason = "it took many commits and tells of none".to_owned();
        Err(Error::StoreUnavailable { reason, retry_after: None })
    }

    async fn send(&self, commit: &Commit) -> Result<ETag> {
        let bytes = commit.sent.bytes.clone();
        self.counters.root(bytes.len());
        self.store.put(ROOT_KEY, bytes, Precondition::Matches(commit.base.clone())).await
    }

    /// The store took the root of `draft`. It counts once it is durable and, where the store does
    /// not say what it received, once it was read back.
    async fn confirm(&self, draft: &Draft, etag: ETag) -> Result<()> {
        if self.make_durable().await.is_err() {
            return Err(self.leave_in_doubt(&draft.commit));
        }
        if self.store.confirms_puts() {
            self.finish(draft, etag);
            return Ok(());
        }
        self.counters.read_back();
        draft.commit.sent.was_answered(etag);
        let learned = match self.fetch_root().await {
            Ok(found) => self.learn_of(draft, found),
            Err(error) => Err(error),
        };
        // A store that took it may serve the one before for a while: a later look tells.
        if learned.is_ok_and(|tidings| tidings.name(&draft.commit)) {
            return Ok(());
        }
        Err(self.leave_in_doubt(&draft.commit))
    }

    /// Makes a fetched root the session's, as [`learn`](Self::learn) does. If it says that `draft`
    /// was committed, the tree that was made for it is used.
    fn learn_of(&self, draft: &Draft, found: FetchedRoot) -> Result<Tidings> {
        let tidings = self.state().doubts.ask(&found);
        if !tidings.name(&draft.commit) {
            return self.learn(found);
        }
        self.finish(draft, found.etag.clone());
        self.learn(found)?;
        Ok(tidings)
    }

    /// Nobody knows whether the commit took effect or will, and its callers are told so. What was
    /// deferred stays pending until a later look at the root tells.
    fn leave_in_doubt(&self, commit: &Commit) -> Error {
        for group in &commit.groups {
            if group.durability == Durability::OnReturn {
                self.withdraw(&group.ticket, Error::OutcomeUnknown);
            }
        }
        Error::OutcomeUnknown
    }

    /// The draft's root is the vault's root now.
    fn finish(&self, draft: &Draft, etag: ETag) {
        let commit = &draft.commit;
        let stored: HashSet<PackId> = draft.packs.iter().map(|pack| pack.id).collect();
        self.counters.commit(commit.spilled);
        log::debug!(
            "committed root {}: {} operations, {} packs, a root of {} bytes",
            draft.root.sequence,
            commit.groups.iter().map(|group| group.ops.len()).sum::<usize>(),
            draft.packs.len(),
            commit.sent.bytes.len(),
        );
        commit.keep();
        let mut state = self.state();
        for group in &commit.groups {
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
        state.doubts = Doubts::default();
        state.etag = etag;
        state.hash = commit.root_hash;
        state.root = draft.root.clone();
        state.spill_first = match commit.spilled {
            true => None,
            false => state.spill_first.or(Some(draft.spill_bytes)),
        };
        state.edition += 1;
        state.pending_applied &= builds_on_it;
        if commit.spilled {
            state.grown += draft.packs.iter().map(|pack| pack.node_bytes as usize).sum::<usize>();
            self.evict(&mut state);
        }
    }
}

/// Whether the error of a put says that it took no effect and will take none.
fn changed_nothing(error: &Error) -> bool {
    matches!(
        error,
        Error::PreconditionFailed
            | Error::ConditionalPutUnsupported { .. }
            | Error::StoreFull
            | Error::StoreDenied { .. }
            | Error::StoreLocked
            | Error::StorePoisoned
            | Error::ReadOnly
            | Error::Closed
            | Error::InvalidArgument { .. }
    )
}

/// Held while nobody knows which root the store holds. If it is dropped, by an error or with its
/// future, the session is suspect, and the next call that needs the root looks.
struct Suspicion<'a>(&'a Forest);

impl Suspicion<'_> {
    /// The store has said what it holds.
    fn lift(self) {
        std::mem::forget(self);
    }
}

impl Drop for Suspicion<'_> {
    fn drop(&mut self) {
        self.0.state().suspect = true;
    }
}
