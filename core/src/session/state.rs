//! What a session knows: the root accepted last, the tree up to it, and the queue.
//!
//! This file alone changes it. Whatever happens to a session has a method here, named after what
//! happened; the others read.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use bytes::Bytes;

use super::doubts::{Commit, Doubts, Tidings};
use super::draft::{Basis, Draft};
use super::group::{Durability, Group, Ticket};
use super::settling::{Impossible, Moment, Settled, Unsettled, Version};
use super::signing::Signer;
use super::slots::Wanted;
use super::spill::Form;
use super::stored_root::StoredRoot;
use crate::blob::ETag;
use crate::error::{Error, Result};
use crate::forest::{Entry, Ops, Reserve, Time, admit};
use crate::hamt::{Node, NotResident, SealPlan, Trie};
use crate::keyring::Change;
use crate::path::VaultPath;
use crate::seal::PackId;
use crate::trust::Ground;

/// What may only be looked at and changed in one piece. Never locked across I/O.
pub(super) struct State {
    /// The last root accepted.
    root: StoredRoot,
    /// What that and all before it rests on.
    ground: Ground,
    /// The proof of the last fork that was refused.
    fork_proof: Option<Bytes>,
    /// Whom this session signs for, if it may write.
    signer: Option<Signer>,
    /// The tree as of the root; its tail is applied only if `tail_applied`.
    durable: Trie<Entry>,
    tail_applied: bool,
    /// The tree with all of the queue, if `queue_applied`.
    live: Trie<Entry>,
    queue_applied: bool,
    /// The groups that are not committed yet.
    queue: Vec<Group>,
    version: Version,
    /// Why a deferred group was given up, until a flush tells.
    given_up: Option<Error>,
    /// The store may hold a newer root than `root`, perhaps our own.
    suspect: bool,
    /// The commits whose roots were sent and may follow `root`.
    doubts: Doubts,
    /// What a spill would have written after the first commit of the tail.
    spill_first: Option<u64>,
    /// The changes of the keyring that are wanted, in order.
    changes: VecDeque<Wanted>,
    /// Bytes that became resident since the last eviction.
    grown: usize,
    /// What this session has done to the reserve.
    reserve: Reserve,
    /// The greatest count that was written or read.
    count: u64,
    /// The time of the root read last, if it lay in the future of this device's clock then.
    future_commit: Option<Time>,
    closed: bool,
}

/// Reading.
impl State {
    pub(super) fn root(&self) -> &StoredRoot {
        &self.root
    }

    /// What the last root accepted rests on.
    pub(super) fn ground(&self) -> Ground {
        self.ground
    }

    /// The proof of the last fork that was refused.
    pub(super) fn fork_proof(&self) -> Option<Bytes> {
        self.fork_proof.clone()
    }

    pub(super) fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    pub(super) fn live(&self) -> &Trie<Entry> {
        &self.live
    }

    pub(super) fn durable(&self) -> &Trie<Entry> {
        &self.durable
    }

    pub(super) fn doubts(&self) -> &Doubts {
        &self.doubts
    }

    pub(super) fn version(&self) -> Version {
        self.version
    }

    pub(super) fn reserve(&self) -> Reserve {
        self.reserve
    }

    pub(super) fn future_commit(&self) -> Option<Time> {
        self.future_commit
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed
    }

    pub(super) fn is_suspect(&self) -> bool {
        self.suspect
    }

    pub(super) fn has_queue(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Whether the live tree is the root's with all of the queue.
    fn is_applied(&self) -> bool {
        self.tail_applied && self.queue_applied
    }

    /// The same, and the root is known to be the newest this session wrote.
    pub(super) fn is_settled(&self) -> bool {
        self.is_applied() && !self.suspect
    }

    /// A tree that is right for everything at `path` and below, if there is one by now.
    pub(super) fn readable(&self, path: &VaultPath) -> Option<Trie<Entry>> {
        if self.suspect {
            return None;
        }
        if self.is_applied() {
            return Some(self.live.clone());
        }
        let mut tail = self.root.root.tail.ops.iter();
        let is_untouched =
            !self.tail_applied && self.queue.is_empty() && !tail.any(|op| op.touches(path));
        is_untouched.then(|| self.durable.clone())
    }

    /// What settling takes, `None` if nothing is left to do.
    pub(super) fn unsettled(&self) -> Option<Unsettled> {
        if self.is_applied() {
            return None;
        }
        let tail = if self.tail_applied { Vec::new() } else { self.root.root.tail.ops.clone() };
        let (tree, queue) = (self.durable.clone(), self.queue.clone());
        Some(Unsettled { tree, tail, queue, moment: self.moment() })
    }

    /// What a draft is made of, if the live tree is up to it.
    pub(super) fn basis(&self) -> Option<Basis> {
        self.is_applied().then(|| Basis {
            groups: self.queue.clone(),
            tree: self.live.clone(),
            last: self.root.clone(),
            reserve: self.root.root.reserve,
            spill_first: self.spill_first,
            edition: self.version.edition,
        })
    }

    fn moment(&self) -> Moment {
        Moment { version: self.version, root_hash: self.root.hash() }
    }

    /// What a call is told that its group failed with `error`: nobody knows, if the group was sent
    /// before and may still be committed.
    fn told(&self, ticket: &Ticket, error: Error) -> Error {
        if self.doubts.hold(ticket) { Error::OutcomeUnknown } else { error }
    }
}

/// What happened to a session.
impl State {
    /// It was opened at this root.
    pub(super) fn opened(
        root: StoredRoot,
        ground: Ground,
        signer: Option<Signer>,
        future_commit: Option<Time>,
    ) -> Self {
        let base = root.root.base();
        let is_bare = root.root.tail.ops.is_empty();
        Self {
            durable: base.clone(),
            tail_applied: is_bare,
            live: base,
            queue_applied: is_bare,
            queue: Vec::new(),
            version: Version::default(),
            given_up: None,
            suspect: false,
            doubts: Doubts::default(),
            spill_first: None,
            changes: VecDeque::new(),
            grown: 0,
            reserve: Reserve::Kept,
            count: root.root.count,
            future_commit,
            closed: false,
            root,
            ground,
            fork_proof: None,
            signer,
        }
    }

    /// Nobody uses it any more, unless something waits in the queue. Tells whether it is closed.
    pub(super) fn left(&mut self) -> bool {
        self.closed |= self.queue.is_empty();
        self.closed
    }

    /// An operation was made: its count is above all that were written or read.
    pub(super) fn counted(&mut self) -> u64 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// A group was applied to the live tree, which is `live` now, and joined the queue.
    pub(super) fn joined(&mut self, ops: Ops, durability: Durability, live: Trie<Entry>) -> Ticket {
        self.live = live;
        self.version.edits += 1;
        let ticket = Ticket::default();
        self.queue.push(Group { ops, durability, ticket: ticket.clone() });
        ticket
    }

    /// A change of the keyring is wanted.
    pub(super) fn wanted(&mut self, change: Change) -> Ticket {
        let ticket = Ticket::default();
        self.changes.push_back(Wanted { change: Arc::new(change), ticket: ticket.clone() });
        ticket
    }

    /// The first change of the keyring that is wanted and of which nobody knows yet what becomes.
    pub(super) fn next_change(&mut self) -> Option<Wanted> {
        self.changes.retain(|wanted| wanted.ticket.outcome().is_none());
        self.changes.front().cloned()
    }

    /// The caller of a group that is not committed yet gave it up.
    pub(super) fn withdrawn(&mut self, ticket: &Ticket, why: Error) {
        if ticket.outcome().is_some() {
            return;
        }
        ticket.decide(Err(self.told(ticket, why)));
        let before = self.queue.len();
        self.queue.retain(|group| !group.ticket.is(ticket));
        if self.queue.len() < before {
            self.replay_queue();
        }
    }

    /// The tree was brought up to the root and the queue. Returns `false` and changes nothing if
    /// something came in between.
    pub(super) fn settled(&mut self, settled: Settled) -> bool {
        if settled.moment != self.moment() {
            return false;
        }
        for Impossible { group: Group { ticket, durability, .. }, error } in settled.impossible {
            let error = Error::Conflict { reason: error.code(), path: error.path().cloned() };
            let error = self.told(&ticket, error);
            if durability == Durability::Deferred {
                self.give_up(&error);
            }
            ticket.decide(Err(error));
            self.queue.retain(|group| !group.ticket.is(&ticket));
        }
        self.durable = settled.durable;
        self.spill_first = self.spill_first.or(settled.spill_first);
        self.tail_applied = true;
        self.live = settled.live;
        self.queue_applied = true;
        self.version.edition += 1;
        true
    }

    /// A node was loaded: the next edit finds it where it looks for it, whoever loaded it.
    pub(super) fn loaded(
        &mut self,
        path: &VaultPath,
        missing: &NotResident,
        node: &Arc<Node<Entry>>,
    ) {
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

    /// These packs of a draft were stored.
    pub(super) fn stored(&mut self, plan: &SealPlan, packs: &HashSet<PackId>) {
        self.live.adopt(plan, packs);
        self.version.edits += 1;
    }

    /// The root of a commit is being put.
    pub(super) fn sent(&mut self, commit: Arc<Commit>) {
        self.doubts.add(commit);
    }

    /// The store said that it changed nothing for `commit`.
    pub(super) fn refused(&mut self, commit: &Arc<Commit>) {
        self.doubts.refuse(commit);
    }

    /// A put was refused because another root is there, and that root was refused as well: what was
    /// accepted before is the newest state to read.
    pub(super) fn forestalled(&mut self) {
        self.doubts.forget_refused();
    }

    /// A root was refused because it is of another history.
    pub(super) fn forked(&mut self, proof: Bytes) {
        self.fork_proof = Some(proof);
    }

    /// Nobody knows which root the store holds.
    pub(super) fn suspected(&mut self) {
        self.suspect = true;
    }

    /// The root accepted last was found, under this tag.
    pub(super) fn found_again(&mut self, etag: ETag) {
        self.suspect = false;
        self.root.etag = etag;
        self.doubts.forget_refused();
    }

    /// Another root was found, and follows the last one. Tells those who wait what became of the
    /// commits that were in doubt.
    pub(super) fn accepted(
        &mut self,
        root: StoredRoot,
        ground: Ground,
        signer: Option<Signer>,
        tidings: &Tidings,
        future_commit: Option<Time>,
    ) {
        (self.ground, self.signer) = (self.ground.then(ground), signer);
        self.suspect = false;
        self.end_doubts(tidings);
        self.count = self.count.max(root.root.count);
        self.future_commit = future_commit;
        self.durable = root.root.base();
        self.tail_applied = false;
        self.spill_first = None;
        self.root = root;
        self.replay_queue();
    }

    /// The root of `draft` is the vault's root now, under this tag.
    pub(super) fn committed(&mut self, draft: &Draft, etag: ETag) {
        let commit = &draft.commit;
        for group in &commit.groups {
            group.ticket.decide(Ok(()));
        }
        self.suspect = false;
        self.doubts = Doubts::default();
        self.root = StoredRoot {
            signed: commit.signed.clone(),
            root: draft.root.clone(),
            keyring: Arc::clone(&draft.keyring),
            etag,
        };
        let Some(tree) = &draft.tree else { return };
        let is_committed = |group: &Group| matches!(group.ticket.outcome(), Some(Ok(())));
        self.queue.retain(|group| !is_committed(group));
        // If nothing came in between, the live tree is the durable one, resident nodes and all. If
        // a group of the draft was withdrawn meanwhile, the live tree lacks what is committed.
        let builds_on_it = self.version.edition == draft.edition;
        self.durable = if builds_on_it && self.queue.is_empty() && self.queue_applied {
            self.live.clone()
        } else {
            let stored: HashSet<PackId> = draft.packs.iter().map(|pack| pack.id).collect();
            let mut durable = tree.clone();
            durable.adopt(&draft.plan, &stored);
            durable
        };
        self.tail_applied = true;
        self.spill_first = match commit.form {
            Form::Spilled => None,
            Form::Carried => self.spill_first.or(Some(draft.spill_bytes)),
        };
        self.version.edition += 1;
        self.queue_applied &= builds_on_it;
        if commit.form == Form::Spilled {
            self.grown += draft.packs.iter().map(|pack| pack.node_bytes as usize).sum::<usize>();
        }
    }

    /// Room for removals was put back, or taken.
    pub(super) fn reserve_is(&mut self, reserve: Reserve) {
        self.reserve = reserve;
    }

    /// A flush tells why a deferred group was given up.
    pub(super) fn told_of_given_up(&mut self) -> Option<Error> {
        self.given_up.take()
    }

    /// Much was loaded or stored: keeps the resident nodes under `budget`, looking only after a
    /// good part of it came in.
    pub(super) fn grew(&mut self, budget: usize) {
        if self.grown < budget / 4 {
            return;
        }
        self.grown = 0;
        let same = self.durable.is_same(&self.live);
        self.live.evict(budget);
        if same {
            self.durable = self.live.clone();
        } else {
            self.durable.evict(budget);
        }
    }

    /// Has the queue applied anew before the live tree is used again.
    fn replay_queue(&mut self) {
        self.queue_applied = false;
        self.version.edition += 1;
    }

    /// A deferred group is not tried any more; the next flush tells why. It is never told by
    /// [`Error::OutcomeUnknown`], after which a flush may be made again.
    fn give_up(&mut self, error: &Error) {
        self.given_up.get_or_insert_with(|| match error {
            Error::OutcomeUnknown => Error::Conflict { reason: error.code(), path: None },
            error => error.clone(),
        });
    }

    /// What became of the commits in doubt is known, or never will be. Of which it is unknown is
    /// not done again: another writer may have built on it.
    fn end_doubts(&mut self, tidings: &Tidings) {
        let doubts = std::mem::take(&mut self.doubts);
        let decided: Vec<(&Arc<Commit>, Result<()>)> = match tidings {
            Tidings::Settled(Some(commit)) => vec![(commit, Ok(()))],
            Tidings::Unknown => {
                doubts.open().map(|commit| (commit, Err(Error::OutcomeUnknown))).collect()
            }
            Tidings::Settled(None) | Tidings::Open => Vec::new(),
        };
        for (commit, outcome) in decided {
            commit.keep();
            for group in &commit.groups {
                let is_waited_for = group.ticket.outcome().is_none();
                group.ticket.decide(outcome.clone());
                if let Err(error) = &outcome
                    && is_waited_for
                    && group.durability == Durability::Deferred
                {
                    self.give_up(error);
                }
            }
        }
        self.queue.retain(|group| group.ticket.outcome().is_none());
    }
}
