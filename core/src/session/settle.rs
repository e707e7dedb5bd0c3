//! Settling: bringing the tree up to the root's tail and the queue.

use super::Session;
use super::settling::{Impossible, Settled, Unsettled};
use crate::error::{Error, Result};
use crate::forest::{Entry, Op, Stop, admit, in_tail};
use crate::hamt::{NodeSource, Trie};
use crate::seal::pack_name;

impl Session {
    /// Brings the tree up to the root: applies its tail, then the queue. Several calls may do so at
    /// once; the first to end has done it for all.
    pub(super) async fn settle(&self) -> Result<()> {
        loop {
            let Some(unsettled) = self.state().unsettled() else { return Ok(()) };
            let settled = self.settled(unsettled).await?;
            if self.state().settled(settled) {
                return Ok(());
            }
        }
    }

    async fn settled(&self, unsettled: Unsettled) -> Result<Settled> {
        let Unsettled { mut tree, tail, queue, moment } = unsettled;
        self.prefetch(&mut tree, tail.iter()).await?;
        let mut spill_first = None;
        for op in &tail {
            self.loading(&mut tree, |tree| op.apply(tree)).await.map_err(in_tail)?;
            spill_first.get_or_insert_with(|| tree.dirty_bytes());
        }
        let durable = tree.clone();
        let mut impossible = Vec::new();
        for group in queue {
            let before = tree.clone();
            match self.apply_all(&mut tree, &group.ops).await {
                Ok(()) => {}
                Err(error) if is_verdict(&error) => {
                    impossible.push(Impossible { group, error });
                    tree = before;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Settled { durable, live: tree, spill_first, impossible, moment })
    }

    async fn apply_all(&self, tree: &mut Trie<Entry>, ops: &[Op]) -> Result<()> {
        for op in ops {
            self.loading(tree, |tree| op.apply(tree)).await?;
        }
        Ok(())
    }

    /// Makes a change of the tree, loading what it meets.
    pub(super) async fn loading<T>(
        &self,
        tree: &mut Trie<Entry>,
        change: impl Fn(&mut Trie<Entry>) -> Result<T, Stop>,
    ) -> Result<T> {
        loop {
            match change(tree) {
                Ok(outcome) => return Ok(outcome),
                Err(Stop::Fail(error)) => return Err(error),
                Err(Stop::NotResident(directory, missing)) => {
                    let node = self.nodes.load(&missing.link).await?;
                    self.state().loaded(&directory, &missing, &node);
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
pub(super) fn is_verdict(error: &Error) -> bool {
    let damaged = matches!(error, Error::Damaged { .. });
    error.path().is_some() && !damaged
        || matches!(error, Error::InvalidPath(_) | Error::InvalidArgument { .. })
}
