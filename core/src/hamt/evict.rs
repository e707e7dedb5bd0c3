//! Residence under a byte budget: Sealed nodes that were not used lately become Stored.

use std::collections::HashMap;
use std::sync::Arc;

use super::child::Child;
use super::node::{Node, advance_tick};
use super::trie::Trie;
use super::value::Value;
use super::visit::{below, below_mut, each_node, each_node_after_those_below};

impl<V: Value> Trie<V> {
    /// The bytes of memory of all Sealed nodes, which eviction could free.
    #[cfg(any(test, feature = "internals"))]
    pub fn resident_bytes(&self) -> usize {
        self.uses().iter().map(|(_, bytes)| bytes).sum()
    }

    /// Evicts the Sealed nodes used longest ago until the rest takes at most `budget` bytes.
    /// Dirty nodes stay.
    pub fn evict(&mut self, budget: usize) {
        let mut uses = self.uses();
        advance_tick();
        uses.sort_unstable_by_key(|(used, _)| std::cmp::Reverse(*used));
        let mut kept = 0;
        let over = uses.iter().find(|(_, bytes)| {
            kept += bytes;
            kept > budget
        });
        if let Some((used, _)) = over {
            self.root = without_unused(&self.root, *used);
        }
    }

    /// When each Sealed node was last used, and its bytes.
    fn uses(&self) -> Vec<(u32, usize)> {
        let mut uses = Vec::new();
        each_node(
            &self.root,
            |_| true,
            |child, node| {
                if let Child::Sealed(..) = child {
                    uses.push((node.used(), node.memory()));
                }
            },
        );
        uses
    }
}

/// What is left of `root` without the Sealed nodes last used at `used` or before, each with all
/// below it: a node is used whenever one below it is. What was shared stays so.
fn without_unused<V: Value>(root: &Child<V>, used: u32) -> Child<V> {
    let stays = |child: &Child<V>| match child {
        Child::Sealed(_, node) => node.used() > used,
        Child::Dirty(_) => true,
        Child::Empty | Child::Stored(_) => false,
    };
    let mut kept: HashMap<*const Node<V>, Arc<Node<V>>> = HashMap::new();
    // A node that is used meanwhile is let go nevertheless if it was not looked into.
    let left = |child: &Child<V>, kept: &HashMap<*const Node<V>, Arc<Node<V>>>| match child {
        Child::Empty | Child::Stored(_) => child.clone(),
        Child::Dirty(node) => match kept.get(&Arc::as_ptr(node)) {
            Some(node) => Child::Dirty(Arc::clone(node)),
            None => child.clone(),
        },
        Child::Sealed(stored, node) => match kept.get(&Arc::as_ptr(node)) {
            Some(node) => Child::Sealed(Arc::clone(stored), Arc::clone(node)),
            None => Child::Stored(Arc::clone(stored)),
        },
    };
    each_node_after_those_below(root, stays, |node| {
        let changes = |child: &Child<V>| match (child.node(), left(child, &kept).node()) {
            (Some(before), Some(after)) => !Arc::ptr_eq(before, after),
            (before, after) => before.is_some() != after.is_some(),
        };
        let after = if below(node).any(changes) {
            let mut copy = Node::clone(node);
            below_mut(&mut copy).for_each(|child| *child = left(child, &kept));
            Arc::new(copy)
        } else {
            Arc::clone(node)
        };
        kept.insert(Arc::as_ptr(node), after);
    });
    left(root, &kept)
}
