//! What a session knows: the root accepted last, the tree up to it, and what is pending.

use std::sync::{Arc, OnceLock};

use super::doubts::{Doubts, Tidings};
use super::entry::Entry;
use super::op::Ops;
use super::reserve::Reserve;
use super::root::Root;
use super::time::Time;
use super::tree::admit;
use crate::blob::ETag;
use crate::error::{Error, Result};
use crate::hamt::{Missing, Node, Trie};
use crate::path::VaultPath;

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
    /// The commits whose roots were sent and may follow `root`.
    pub(super) doubts: Doubts,
    /// What a spill would have written after the first commit of the tail.
    pub(super) spill_first: Option<u64>,
    /// Bytes that became resident since the last eviction.
    pub(super) grown: usize,
    /// What this session has done to the reserve.
    pub(super) reserve: Reserve,
    /// The greatest count that was written or read.
    pub(super) count: u64,
    /// The time of the root read last, if it lay in the future of this device's clock then.
    pub(super) future_commit: Option<Time>,
    pub(super) closed: bool,
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

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl State {
    /// Whether `live` is the root's tree with all that is pending.
    pub(super) fn is_applied(&self) -> bool {
        self.tail_applied && self.pending_applied
    }

    /// The same, and the root is known to be the newest this session wrote.
    pub(super) fn is_settled(&self) -> bool {
        self.is_applied() && !self.suspect
    }

    /// Differs whenever `live` does, but for what is resident.
    pub(super) fn version(&self) -> (u64, u64) {
        (self.edition, self.edits)
    }

    /// Makes a node resident where the next edit looks for it, whoever loaded it.
    pub(super) fn keep(&mut self, path: &VaultPath, missing: &Missing, node: &Arc<Node<Entry>>) {
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

    /// What a call is told that its group failed with `error`: nobody knows, if the group was sent
    /// before and may still be committed.
    pub(super) fn told(&self, ticket: &Ticket, error: Error) -> Error {
        if self.doubts.hold(ticket) { Error::OutcomeUnknown } else { error }
    }

    /// A deferred group is not tried any more; the next flush tells why. It is never told by
    /// [`Error::OutcomeUnknown`], after which a flush may be made again.
    pub(super) fn give_up(&mut self, error: &Error) {
        self.refused.get_or_insert_with(|| match error {
            Error::OutcomeUnknown => Error::Conflict { reason: error.code(), path: None },
            error => error.clone(),
        });
    }

    /// Another root than `root` was found. Tells those who wait what became of the commits that
    /// were in doubt. Of which it is unknown is not done again: another writer may have built on
    /// it.
    pub(super) fn end_doubts(&mut self, tidings: &Tidings) {
        let doubts = std::mem::take(&mut self.doubts);
        let decided: Vec<_> = match tidings {
            Tidings::Settled(Some(commit)) => vec![(commit, Ok(()))],
            Tidings::Unknown => {
                doubts.open().map(|commit| (commit, Err(Error::OutcomeUnknown))).collect()
            }
            Tidings::Settled(None) | Tidings::Open => Vec::new(),
        };
        for (commit, outcome) in decided {
            commit.keep();
            for group in &commit.groups {
                let is_pending = group.ticket.outcome().is_none();
                group.ticket.decide(outcome.clone());
                if let Err(error) = &outcome
                    && is_pending
                    && group.durability == Durability::Deferred
                {
                    self.give_up(error);
                }
            }
        }
        self.pending.retain(|group| group.ticket.outcome().is_none());
    }
}
