//! Looks at the root the store holds, and what a session learns from them.

use std::sync::Arc;

use super::Session;
use super::doubts::Tidings;
use super::rounds::Work;
use super::sent::fetch_root;
use super::signing::Signer;
use super::state::State;
use super::stored_root::StoredRoot;
use crate::error::{Error, Result};
use crate::forest::{Root, Time};
use crate::platform::Environment;
use crate::task::CallContext;
use crate::trust::{ForkProof, Ground, Own, View};

/// How far the time of a root may be ahead of the clock of the device that reads it before that is
/// reported, in milliseconds: clocks that are kept by a network differ by less. Nothing else
/// depends on it: no entry takes its time from a root.
pub const CLOCK_LEAD_MS_MAX: u64 = 5 * 60 * 1000;

impl Session {
    /// Looks for other writers' commits. Waits for a commit of our own that is under way: its root
    /// must not be taken for somebody else's, nor the one before it for an old one.
    pub(crate) async fn refresh(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &CallContext::default(), || false).await
    }

    /// Asks the store for the root if it may hold another than this session knows.
    pub(super) async fn clear_up(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &CallContext::default(), || !self.state().is_suspect()).await
    }

    /// Reads the root again and accepts it if it follows the last one. Part of a round.
    pub(super) async fn reload(&self) -> Result<()> {
        let found = self.fetch_root().await?;
        self.learn(found)?;
        Ok(())
    }

    /// Reads and opens the root the store holds.
    pub(super) async fn fetch_root(&self) -> Result<StoredRoot> {
        let (sent, at_hand) = {
            let state = self.state();
            (state.doubts().sent(), Arc::clone(&state.root().keyring))
        };
        let (store, counters) = (&*self.store, &self.counters);
        let found = fetch_root(store, &self.access, &at_hand, &sent, counters).await;
        // This session has seen one.
        let found = found.map_err(|error| match error {
            Error::VaultNotFound => Error::RootVanished,
            error => error,
        })?;
        if !sent.is_empty() {
            // The root found may be ours, and it counts once it is durable.
            self.make_durable().await?;
        }
        self.remember_found(&found).await?;
        Ok(found)
    }

    /// Makes a fetched root the session's, if it follows the last one, and gives what it says of
    /// the commits in doubt.
    pub(super) fn learn(&self, found: StoredRoot) -> Result<Tidings> {
        let mut state = self.state();
        let judged = self.judge(&state, &found);
        if let Err(Error::Fork { .. } | Error::OwnCommitMissing { .. }) = &judged {
            let sides = (state.root().side(), found.side());
            if let Ok(proof) = ForkProof::new(sides.0, sides.1) {
                state.forked(proof.to_bytes().into());
            }
        }
        let (ground, signer) = judged?;
        let tidings = state.doubts().ask(&found);
        if ground == Ground::Same {
            state.found_again(found.etag);
            return Ok(tidings);
        }
        let settled = match &tidings {
            Tidings::Settled(commit) => commit.as_ref(),
            Tidings::Open | Tidings::Unknown => None,
        };
        if settled.is_none_or(|commit| commit.root_hash() != found.hash()) {
            self.claims.note_foreign_root();
        }
        if let Some(commit) = settled {
            self.counters.commit(commit.form);
        }
        self.ring.learn(found.keyring.epochs());
        // Nodes are immutable: those in memory serve the new root as well.
        for tree in [state.live(), state.durable()] {
            tree.for_each_resident(&mut |link, node| self.nodes.keep(link, node));
        }
        let future_commit = future_commit(&found.root, &self.environment);
        state.accepted(found, ground, signer, &tidings, future_commit);
        Ok(tidings)
    }

    /// Whether the root that was found follows the one accepted last, on what ground, and whom the
    /// session signs for from then on.
    pub(super) fn judge(
        &self,
        state: &State,
        found: &StoredRoot,
    ) -> Result<(Ground, Option<Signer>)> {
        let (kept, mut signer) = (state.root().kept(), state.signer().cloned());
        let own = signer
            .as_ref()
            .map(|signer| Own { author: signer.author(), sent: state.doubts().hashes() });
        let view = View { vault: None, kept: Some(&kept), own: own.as_ref() };
        let accepted = view.judge(found.signed.clone(), found.keyring.chain())?;
        if !state.root().keyring.may_be_followed_by(&found.keyring) {
            return Err(Error::Tampered {
                what: "the keys of older epochs are not those accepted",
            });
        }
        if let (Ground::Unproven { .. }, Some(signer)) = (accepted.ground, &mut signer) {
            signer.renew(&self.environment)?;
        }
        Ok((accepted.ground, signer))
    }
}

/// The time of a root that was just read, if it is later than clocks differ by.
pub(super) fn future_commit(root: &Root, environment: &Environment) -> Option<Time> {
    let now = Time::now(&*environment.clock);
    (root.time.ms_after(now) > CLOCK_LEAD_MS_MAX).then_some(root.time)
}
