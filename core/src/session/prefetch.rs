//! Loading what many operations will meet, before they are applied one by one.

use std::collections::HashSet;

use super::Session;
use crate::error::Result;
use crate::forest::{Entry, Op, Stop, admit};
use crate::hamt::{Coming, NodeSource, Trie};

/// The most nodes of one step. What is missing beyond them is loaded by the next.
const NODES_MAX: usize = 1_024;

impl Session {
    /// Loads the nodes that `ops` will meet in `tree`, a level of all paths at a time and each
    /// once.
    pub(super) async fn prefetch(
        &self,
        tree: &mut Trie<Entry>,
        ops: impl Iterator<Item = &Op> + Clone,
    ) -> Result<()> {
        loop {
            let mut places = HashSet::new();
            let mut missing = Vec::new();
            for op in ops.clone() {
                if let Err(Stop::NotResident(directory, node)) = op.apply(&mut tree.clone())
                    && places.insert((directory.clone(), node.link))
                {
                    missing.push((directory, node));
                }
                if missing.len() == NODES_MAX {
                    break;
                }
            }
            if missing.is_empty() {
                return Ok(());
            }
            let coming: Vec<_> = missing
                .iter()
                .map(|(_, missing)| Coming { link: missing.link, below_bytes: 0 })
                .collect();
            let nodes = self.nodes.load_many(&coming).await?;
            let mut admitted = false;
            for ((directory, missing), node) in missing.iter().zip(nodes) {
                admitted |= admit(tree, directory, missing, node);
            }
            if !admitted {
                return Ok(());
            }
        }
    }
}
