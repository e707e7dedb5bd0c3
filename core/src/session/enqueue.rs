//! What joins the queue, and what is taken out again.

use std::sync::Arc;

use super::Session;
use super::group::{Durability, Ticket};
use super::settle::is_verdict;
use crate::error::{Error, Result};
use crate::forest::{Op, Ops, Stop};

impl Session {
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
                (state.live().clone(), state.version())
            };
            // No lock: whoever loads nothing is not held up by one who does.
            let applied = self.apply_all(&mut tree, &ops).await;
            let mut state = self.state();
            if state.is_closed() {
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
                tree = state.live().clone();
                match ops.iter().try_for_each(|op| op.apply(&mut tree)) {
                    Ok(()) => {}
                    Err(Stop::Fail(error)) => return Err(error),
                    Err(Stop::NotResident(..)) => match applied {
                        Err(error) if !is_verdict(&error) => return Err(error),
                        _ => continue,
                    },
                }
            }
            return Ok(state.joined(ops, durability, tree));
        }
    }

    /// Takes a group that is not committed yet out again.
    pub(super) fn withdraw(&self, ticket: &Ticket, why: Error) {
        self.state().withdrawn(ticket, why);
    }
}
