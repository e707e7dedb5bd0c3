//! The put of a root, which is the moment of a commit, and what is learned of it.

use std::sync::Arc;

use super::Session;
use super::doubts::{Commit, Tidings};
use super::draft::Draft;
use super::group::Durability;
use super::spill::Form;
use super::stored_root::StoredRoot;
use crate::blob::{ETag, Precondition};
use crate::error::{Error, Result};
use crate::forest::ROOT_KEY;

/// What came of the put of a root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Race {
    /// The commit took effect.
    Won,
    /// Another root took its place, which is the session's now.
    Lost,
}

impl Session {
    /// Puts the root of a draft and learns what became of it.
    pub(super) async fn put_root(&self, draft: &Draft) -> Result<Race> {
        let commit = &draft.commit;
        let base = self.state().root().clone();
        self.remember(&base, Some(&commit.signed)).await?;
        self.state().sent(Arc::clone(commit));
        let suspicion = Suspicion(self);
        let error = match self.send(commit).await {
            Ok(etag) => {
                self.confirm(draft, etag).await?;
                suspicion.lift();
                return Ok(Race::Won);
            }
            Err(error) => error,
        };
        let was_refused = changed_nothing(&error);
        if was_refused {
            self.state().refused(commit);
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
                    tidings if tidings.name(commit) => Ok(Race::Won),
                    _ if lost_race => Ok(Race::Lost),
                    _ if was_refused => Err(error),
                    Tidings::Settled(_) => Ok(Race::Lost),
                    Tidings::Unknown => Err(Error::OutcomeUnknown),
                    Tidings::Open => Err(self.leave_in_doubt(commit)),
                }
            }
            Err(refused) if lost_race && is_refused(&refused) => {
                // Even where the root that is there is refused: the put was refused as well,
                // so what was accepted before is still the newest state to read.
                self.state().forestalled();
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

    /// Sends the last commit in doubt again, where there are so many that there may be no other:
    /// once it or another takes effect, the root tells of all.
    pub(super) async fn send_again(&self, commit: &Commit) -> Result<()> {
        let suspicion = Suspicion(self);
        if let Err(error) = self.send(commit).await {
            log::warn!("a commit in doubt was sent again: {error}");
        }
        self.reload().await?;
        suspicion.lift();
        if self.state().doubts().is_empty() {
            return Ok(());
        }
        let reason = "it took many commits and tells of none".to_owned();
        Err(Error::StoreUnavailable { reason, retry_after: None, source: None })
    }

    async fn send(&self, commit: &Commit) -> Result<ETag> {
        let bytes = commit.sent.bytes.clone();
        self.counters.root(bytes.len());
        self.store.put(ROOT_KEY, bytes, Precondition::Matches(commit.base.clone())).await
    }

    /// The store took the root of `draft`. It counts once it is durable and, where the store does
    /// not say what it received, once it was read back.
    async fn confirm(&self, draft: &Draft, etag: ETag) -> Result<()> {
        if let Err(error) = self.make_durable().await {
            log::warn!("a commit may not be durable yet: {}", error.code());
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
    fn learn_of(&self, draft: &Draft, found: StoredRoot) -> Result<Tidings> {
        let tidings = self.state().doubts().ask(&found);
        if !tidings.name(&draft.commit) {
            return self.learn(found);
        }
        self.finish(draft, found.etag.clone());
        self.learn(found)?;
        Ok(tidings)
    }

    /// Nobody knows whether the commit took effect or will, and its callers are told so. What was
    /// deferred stays in the queue until a later look at the root tells.
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
        self.counters.commit(commit.form);
        log::debug!(
            "committed root {}: {} operations, {} packs, a root of {} bytes",
            commit.signed.sequence(),
            commit.ops().count(),
            draft.packs.len(),
            commit.sent.bytes.len(),
        );
        commit.keep();
        self.ring.learn(draft.keyring.epochs());
        let mut state = self.state();
        state.committed(draft, etag);
        if commit.form == Form::Spilled {
            state.grew(self.budget);
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

/// Whether the error of a look says that the root that is there is none for this session.
fn is_refused(error: &Error) -> bool {
    matches!(
        error,
        Error::Rollback { .. }
            | Error::Fork { .. }
            | Error::OwnCommitMissing { .. }
            | Error::DeviceCloned { .. }
            | Error::WrongVault { .. }
            | Error::Tampered { .. }
            | Error::RootVanished
            | Error::ShutOut
    )
}

/// Held while nobody knows which root the store holds. If it is dropped, by an error or with its
/// future, the session is suspect, and the next call that needs the root looks.
struct Suspicion<'a>(&'a Session);

impl Suspicion<'_> {
    /// The store has said what it holds.
    fn lift(self) {
        std::mem::forget(self);
    }
}

impl Drop for Suspicion<'_> {
    fn drop(&mut self) {
        self.0.state().suspected();
    }
}
