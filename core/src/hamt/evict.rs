//! Residence under a byte budget: Sealed nodes that were not used lately become Stored.

use std::sync::Arc;

use super::node::{Child, Trie, Value, advance_tick};
use super::store::{below, below_mut};

impl<V: Value> Trie<V> {
    /// The bytes of memory of all Sealed nodes, which eviction could free.
    pub fn resident_bytes(&self) -> usize {
        let mut uses = Vec::new();
        collect(&self.root, &mut uses);
        uses.iter().map(|(_, bytes)| bytes).sum()
    }

    /// Evicts the Sealed nodes used longest ago until the rest takes at most `budget` bytes.
    /// Dirty nodes stay.
    pub fn evict(&mut self, budget: usize) {
        let mut uses = Vec::new();
        collect(&self.root, &mut uses);
        advance_tick();
        uses.sort_unstable_by_key(|(used, _)| std::cmp::Reverse(*used));
        let mut kept = 0;
        let over = uses.iter().find(|(_, bytes)| {
            kept += bytes;
            kept > budget
        });
        if let Some((used, _)) = over {
            evict(&mut self.root, *used);
        }
    }
}

fn collect<V: Value>(child: &Child<V>, uses: &mut Vec<(u32, usize)>) {
    let Some(node) = child.node() else { return };
    if let Child::Sealed(..) = child {
        uses.push((node.used(), node.memory()));
    }
    for below in below(node) {
        collect(below, uses);
    }
}

/// Evicts every Sealed node last used at `used` or before, with all below it: a node is used
/// whenever one below it is.
fn evict<V: Value>(child: &mut Child<V>, used: u32) {
    match child {
        Child::Empty | Child::Stored(_) => {}
        Child::Sealed(stored, node) if node.used() <= used => {
            *child = Child::Stored(Arc::clone(stored));
        }
        Child::Dirty(node) | Child::Sealed(_, node) => {
            if below(node).any(|below| matches!(below, Child::Sealed(..) | Child::Dirty(_))) {
                below_mut(Arc::make_mut(node)).for_each(|below| evict(below, used));
            }
        }
    }
}
