//! Edits of the tree: what joins it, what is taken out again, and how it is brought up to the root.

use std::sync::Arc;

use super::entry::Entry;
use super::op::{Op, Ops, in_tail};
use super::session::Forest;
use super::state::{Durability, Group, Ticket};
use super::tree::{Stop, admit};
use crate::error::{Error, Result};
use crate::hamt::{NodeSource, Trie};
use crate::seal::pack_name;

impl Forest {
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
            ticket.decide(Err(state.told(ticket, why)));
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
                let error = state.told(&ticket, error);
                if durability == Durability::Deferred {
                    state.give_up(&error);
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

/// Whether an error says that an operation cannot be done, rather than that the store failed.
fn is_verdict(error: &Error) -> bool {
    let damaged = matches!(error, Error::Damaged { .. });
    error.path().is_some() && !damaged
        || matches!(error, Error::InvalidPath(_) | Error::InvalidArgument { .. })
}
