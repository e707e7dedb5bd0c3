//! Storing: sealing what is dirty into packs, and taking the outcome over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::child::{Child, Stored};
use super::codec::encode;
use super::node::{Body, Node};
use super::plan::SealPlan;
use super::trie::Trie;
use super::value::Value;
use super::visit::{below, below_mut, each_node, each_node_after_those_below};
use crate::error::Result;
use crate::seal::{Keys, Link, PackId, PackWriter, UnitKind};

impl<V: Value> Trie<V> {
    /// Seals every dirty node, children before parents, into `packs` and notes it in `plan`.
    /// Returns the link of the root, or `None` for the empty trie.
    pub fn seal(
        &self,
        keys: &Keys,
        packs: &mut PackWriter<'_>,
        plan: &mut SealPlan,
    ) -> Result<Option<Link>> {
        seal_dirty(&self.root, keys, packs, plan)?;
        plan.link(self)
    }

    /// Takes over a plan: dirty nodes it covers become Sealed, if they and all below them lie in
    /// the packs that were `stored`. Returns whether nothing is left dirty.
    pub fn adopt(&mut self, plan: &SealPlan, stored: &HashSet<PackId>) -> bool {
        let (root, clean) = adopted(&self.root, plan, stored);
        self.root = root;
        clean
    }

    /// About how many bytes storing would write; what is shared is written once.
    pub fn dirty_bytes(&self) -> u64 {
        dirty_bytes(&self.root)
    }
}

fn seal_dirty<V: Value>(
    root: &Child<V>,
    keys: &Keys,
    packs: &mut PackWriter<'_>,
    plan: &mut SealPlan,
) -> Result<()> {
    let mut dirty = Vec::new();
    let enters = |child: &Child<V>| match child {
        Child::Dirty(node) => plan.planned(node).is_none(),
        _ => false,
    };
    each_node_after_those_below(root, enters, |node| dirty.push(node));
    for node in dirty {
        // A copy of it that differs in residence alone may have come before.
        if plan.planned(node).is_some() {
            continue;
        }
        let plaintext = encode(node, plan)?;
        let address = keys.address(UnitKind::Node, Node::<V>::addressed(&plaintext)?);
        let place = packs.add(UnitKind::Node, &address, &plaintext)?;
        plan.insert(node, Stored { link: Link { address, place }, weight: node.weight() });
    }
    Ok(())
}

/// What becomes of the dirty nodes of `root`, and whether none of them stays dirty. What was
/// shared stays so.
fn adopted<V: Value>(
    root: &Child<V>,
    plan: &SealPlan,
    packs: &HashSet<PackId>,
) -> (Child<V>, bool) {
    let is_dirty = |child: &Child<V>| matches!(child, Child::Dirty(_));
    let mut adopted: HashMap<*const Node<V>, Child<V>> = HashMap::new();
    each_node_after_those_below(root, is_dirty, |node| {
        let mut clean = match &node.body {
            Body::Leaf(leaf) => leaf.items().iter().all(|item| item.value.is_placed()),
            Body::Inner(_) => true,
        };
        let mut copy = None;
        if below(node).any(is_dirty) {
            let copy = copy.insert(Node::clone(node));
            for child in below_mut(copy).filter(|child| is_dirty(child)) {
                if let Some(now) = child.node().and_then(|node| adopted.get(&Arc::as_ptr(node))) {
                    clean &= !is_dirty(now);
                    *child = now.clone();
                }
            }
        }
        let after = copy.map_or_else(|| Arc::clone(node), Arc::new);
        let now = match plan.planned(node) {
            Some(stored) if clean && packs.contains(&stored.link.place.pack) => {
                Child::Sealed(Arc::new(*stored), after)
            }
            _ => Child::Dirty(after),
        };
        adopted.insert(Arc::as_ptr(node), now);
    });
    let now = root.node().and_then(|node| adopted.remove(&Arc::as_ptr(node)));
    let now = now.unwrap_or_else(|| root.clone());
    let clean = !is_dirty(&now);
    (now, clean)
}

fn dirty_bytes<V: Value>(root: &Child<V>) -> u64 {
    /// A link in an inner node: weight, address and a place in a pack seen before.
    const LINK_BYTES: u64 = 40;
    const UNIT_BYTES: u64 = 16;
    let mut bytes = 0;
    each_node(
        root,
        |child| matches!(child, Child::Dirty(_)),
        |_, node| {
            bytes += UNIT_BYTES
                + match &node.body {
                    Body::Leaf(leaf) => u64::from(leaf.weight()) * UNIT_BYTES,
                    Body::Inner(inner) => inner.children.len() as u64 * LINK_BYTES,
                };
        },
    );
    bytes
}
