//! What joins the queue, and what is taken out again.

use std::sync::Arc;

use super::Session;
use super::group::{Durability, Ticket};
use super::settle::is_verdict;
use crate::error::{Error, Result};
use crate::forest::{Edit, Entry, Op, Seen, Stop};
use crate::hamt::Trie;

impl Session {
    /// Applies `edits` to the tree as one group, to be committed by a later flush. What their
    /// caller saw is that tree, with all that waits in the queue, and each the edits before it.
    pub(crate) async fn enqueue(
        self: &Arc<Self>,
        edits: Vec<Edit>,
        durability: Durability,
    ) -> Result<Ticket> {
        self.check_open()?;
        loop {
            self.clear_up().await?;
            self.settle().await?;
            let (mut tree, version) = {
                let state = self.state();
                if !state.is_settled() {
                    continue;
                }
                (state.live().clone(), state.version())
            };
            // No lock: whoever loads nothing is not held up by one who does.
            let applied = self.witness_all(&mut tree, &edits).await;
            let mut state = self.state();
            if state.is_closed() {
                return Err(Error::Closed);
            }
            if !state.is_settled() {
                continue;
            }
            let seen = if state.version() == version {
                applied?
            } else {
                // Another group came first. What this one needs was loaded into the tree, so it
                // is applied here and now, unless the other changed what it needs.
                tree = state.live().clone();
                match edits.iter().map(|edit| edit.witness(&mut tree)).collect() {
                    Ok(seen) => seen,
                    Err(Stop::Fail(error)) => return Err(error),
                    Err(Stop::NotResident(..)) => match applied {
                        Err(error) if !is_verdict(&error) => return Err(error),
                        _ => continue,
                    },
                }
            };
            let ops = edits.into_iter().zip(seen).map(|(edit, seen)| Op { edit, seen });
            return Ok(state.joined(ops.collect(), durability, tree));
        }
    }

    /// Applies all to the tree of their caller, loading what they meet. Returns what it saw.
    async fn witness_all(&self, tree: &mut Trie<Entry>, edits: &[Edit]) -> Result<Vec<Seen>> {
        let mut seen = Vec::with_capacity(edits.len());
        for edit in edits {
            seen.push(self.loading(tree, |tree| edit.witness(tree)).await?);
        }
        Ok(seen)
    }

    /// Takes a group that is not committed yet out again.
    pub(super) fn withdraw(&self, ticket: &Ticket, why: Error) {
        self.state().withdrawn(ticket, why);
    }
}
