//! Changes of the keyring: each is one object and one root, whatever the vault holds.
//!
//! A change is made on the keyring of the root accepted last, never on one remembered: after a lost
//! race it is made again on that of the root which won. Its commit has no operations; the tree
//! stays as it is.

use std::sync::Arc;

use super::Session;
use super::doubts::Commit;
use super::draft::Draft;
use super::group::{Durability, Group, Ticket};
use super::rounds::Work;
use super::send::Race;
use super::sent::Sent;
use super::spill::Form;
use crate::blob::{BlobStore, Guess, store_immutable};
use crate::error::{Error, Result};
use crate::forest::{Root, Tail};
use crate::hamt::SealPlan;
use crate::keyring::{Change, Drawn, Keyring, NewSlot, Opener, SlotId, SlotInfo, SlotKind, Which};
use crate::seal::PlannedPlaces;
use crate::task::CallContext;

/// A change that is wanted. Clones share the outcome.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) change: Arc<Change>,
    pub(super) ticket: Ticket,
}

impl Session {
    /// The slots of the vault, as of the root accepted last.
    pub(crate) fn slots(&self) -> Vec<SlotInfo> {
        self.keyring().slots()
    }

    /// The slot that this session was opened by, if the vault has it still.
    pub(crate) fn own_slot(&self) -> Option<SlotId> {
        let keyring = self.keyring();
        self.access.keys().iter().find_map(|keys| keyring.slot_of(keys))
    }

    /// Draws a slot for the member of this session.
    pub(crate) async fn draw_slot(
        &self,
        opener: &Opener,
        kind: SlotKind,
        label: &str,
    ) -> Result<Drawn> {
        let (seed, cost) = (self.access.seed(), self.cost);
        NewSlot::draw(opener, kind, label, seed, cost, &self.environment).await
    }

    /// Puts a slot in place of others. From here on this session opens keyrings by it, too: it may
    /// be its own slot that goes.
    pub(crate) async fn replace_slots(self: &Arc<Self>, which: Which, by: &Drawn) -> Result<()> {
        self.access.remember(by.keys.clone());
        self.change(Change::Replace { which, by: by.slot.clone() }).await
    }

    /// Makes a change of the keyring.
    pub(crate) async fn change(self: &Arc<Self>, change: Change) -> Result<()> {
        self.check_open()?;
        let ticket = self.state().wanted(change);
        let withdrawal = Withdrawal { session: self, ticket: &ticket };
        let is_done = || ticket.outcome().is_some();
        let context = CallContext::default();
        if let Err(error) = self.round(Work::Keyring, &context, is_done).await {
            self.withdraw(&ticket, error);
        }
        drop(withdrawal);
        ticket.outcome().unwrap_or(Err(Error::Cancelled))
    }

    /// Makes every change that is wanted. Part of a round.
    pub(super) async fn change_keyring(&self) -> Result<()> {
        let mut attempt = 0;
        loop {
            if self.state().is_suspect() {
                self.reload().await?;
            }
            let in_doubt = self.state().doubts().last_of_too_many();
            if let Some(commit) = in_doubt {
                self.send_again(&commit).await?;
            }
            let Some(wanted) = self.state().next_change() else { return Ok(()) };
            let (before, heads) = {
                let state = self.state();
                let root = state.root();
                (Arc::clone(&root.keyring), root.signed.after().clone())
            };
            if wanted.change.is_made(&before) {
                wanted.ticket.decide(Ok(()));
                continue;
            }
            let next = match wanted.change.make(&before, &heads, &self.environment) {
                Ok(next) => Arc::new(next),
                Err(error) => {
                    wanted.ticket.decide(Err(error));
                    continue;
                }
            };
            let draft = self.keyring_draft(wanted, &next)?;
            store_keyring(&*self.store, &next).await?;
            self.make_durable().await?;
            if self.put_root(&draft).await? == Race::Won {
                continue;
            }
            // Another root is there: none will ever name it.
            if let Err(error) = self.store.delete(&next.name()).await {
                log::warn!("a keyring stays that no root names: {}", error.code());
            }
            self.counters.conflict();
            log::info!("another writer committed first, attempt {}", attempt + 1);
            self.back_off(attempt).await?;
            attempt += 1;
        }
    }

    /// The commit of a change: the root as it is, with another keyring.
    fn keyring_draft(&self, wanted: Wanted, next: &Arc<Keyring>) -> Result<Draft> {
        let origin = self.origin();
        let (last, edition) = {
            let state = self.state();
            (state.root().clone(), state.version().edition)
        };
        let tail = &last.root.tail;
        let root = Root {
            count: origin.stamp.count,
            time: origin.time,
            tail: Tail { commits: tail.commits.saturating_add(1), ..tail.clone() },
            ..last.root.clone()
        };
        let (planned, environment) = (PlannedPlaces::default(), &self.environment);
        let sealed = self.signer()?.seal(Some(&last), next, &root, &planned, environment)?;
        let commit = Commit {
            groups: vec![Group {
                ops: Arc::default(),
                durability: Durability::OnReturn,
                ticket: wanted.ticket,
            }],
            signed: sealed.signed,
            base: last.etag,
            form: Form::Carried,
            sent: Sent::new(sealed.bytes, next),
        };
        Ok(Draft {
            commit: Arc::new(commit),
            root,
            keyring: Arc::clone(next),
            tree: None,
            packs: Vec::new(),
            plan: SealPlan::default(),
            spill_bytes: 0,
            edition,
        })
    }

    /// The keyring of the root accepted last.
    fn keyring(&self) -> Arc<Keyring> {
        Arc::clone(&self.state().root().keyring)
    }
}

/// Stores a keyring. It may be there already, from a try whose answer was lost.
pub(super) async fn store_keyring(store: &dyn BlobStore, keyring: &Keyring) -> Result<()> {
    let (name, bytes) = (keyring.name(), keyring.bytes().clone());
    store_immutable(store, &name, bytes, Guess::Absent).await?;
    Ok(())
}

/// Takes a change out again if its caller gave up on it.
struct Withdrawal<'a> {
    session: &'a Session,
    ticket: &'a Ticket,
}

impl Drop for Withdrawal<'_> {
    fn drop(&mut self) {
        self.session.withdraw(self.ticket, Error::Cancelled);
    }
}
