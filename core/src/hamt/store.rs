//! Storing: sealing what is dirty into packs, and taking the outcome over.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::codec::{encode, unplanned};
use super::node::{Body, Child, Node, Stored, Trie, Value};
use crate::error::Result;
use crate::seal::{Address, Keys, Link, PackId, PackWriter, Place, UnitKind};

/// What one flush has sealed: which dirty node went where, and the places of new contents.
///
/// A plan changes nothing. When its packs are stored, [`Trie::adopt`] turns the nodes it covers
/// from Dirty into Sealed; nodes edited in between have another stamp and stay Dirty.
#[derive(Debug, Default)]
pub struct SealPlan {
    nodes: HashMap<u64, Stored>,
    /// The places of contents this plan writes.
    pub contents: HashMap<Address, Place>,
}

impl SealPlan {
    /// The link of a child that is stored or covered by this plan.
    pub(super) fn stored<V: Value>(&self, child: &Child<V>) -> Result<Stored> {
        match child {
            Child::Stored(stored) | Child::Sealed(stored, _) => Ok(**stored),
            Child::Dirty(node) => self.planned(node).copied().ok_or_else(unplanned),
            Child::Empty => Err(unplanned()),
        }
    }

    /// What the plan has made of a dirty node, if it knows this state of it.
    fn planned<V: Value>(&self, node: &Node<V>) -> Option<&Stored> {
        self.nodes.get(&node.planned_stamp()?)
    }

    /// How many nodes the plan covers.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }
}

impl<V: Value> Trie<V> {
    /// Seals every dirty node, children before parents, into `packs` and notes it in `plan`.
    /// Returns the link of the root, or `None` for the empty trie.
    pub fn seal(
        &self,
        keys: &Keys,
        packs: &mut PackWriter<'_>,
        plan: &mut SealPlan,
    ) -> Result<Option<Link>> {
        seal_child(&self.root, keys, packs, plan)?;
        match &self.root {
            Child::Empty => Ok(None),
            root => plan.stored(root).map(|stored| Some(stored.link)),
        }
    }

    /// Takes over a plan: dirty nodes it covers become Sealed, if they and all below them lie in
    /// the packs that were `stored`. Returns whether nothing is left dirty.
    pub fn adopt(&mut self, plan: &SealPlan, stored: &HashSet<PackId>) -> bool {
        adopt_child(&mut self.root, plan, stored)
    }

    /// About how many bytes storing would write.
    pub fn dirty_bytes(&self) -> u64 {
        dirty_bytes(&self.root)
    }
}

fn seal_child<V: Value>(
    child: &Child<V>,
    keys: &Keys,
    packs: &mut PackWriter<'_>,
    plan: &mut SealPlan,
) -> Result<()> {
    let Child::Dirty(node) = child else { return Ok(()) };
    if plan.planned(node).is_some() {
        return Ok(());
    }
    match &node.body {
        Body::Inner(inner) => {
            inner.children.iter().try_for_each(|child| seal_child(child, keys, packs, plan))?;
        }
        // A leaf holds its entries in the order they came in, or were read. Packs must not differ
        // by that.
        Body::Leaf(leaf) => {
            let mut items: Vec<_> = leaf.items().iter().collect();
            items.sort_unstable_by(|a, b| (*a.key).cmp(&b.key));
            for nested in items.into_iter().filter_map(|item| item.value.nested()) {
                seal_child(&nested.root, keys, packs, plan)?;
            }
        }
    }
    let encoded = encode(node, plan)?;
    let address = keys.address(UnitKind::Node, encoded.canon());
    let place = packs.add(UnitKind::Node, &address, &encoded.plaintext)?;
    let stored = Stored { link: Link { address, place }, weight: node.weight() };
    plan.nodes.insert(node.stamp(), stored);
    Ok(())
}

/// The children of a node, and the roots of the tries inside its entries.
pub(super) fn below<V: Value>(node: &Node<V>) -> Box<dyn Iterator<Item = &Child<V>> + '_> {
    match &node.body {
        Body::Inner(inner) => Box::new(inner.children.iter()),
        Body::Leaf(leaf) => Box::new(
            leaf.items().iter().filter_map(|item| item.value.nested()).map(|nested| &nested.root),
        ),
    }
}

/// The same, to change residence or state but not content.
pub(super) fn below_mut<V: Value>(
    node: &mut Node<V>,
) -> Box<dyn Iterator<Item = &mut Child<V>> + '_> {
    match &mut node.body {
        Body::Inner(inner) => Box::new(inner.children.iter_mut()),
        Body::Leaf(leaf) => {
            Box::new(leaf.values_mut().filter_map(V::nested_mut).map(|nested| &mut nested.root))
        }
    }
}

fn adopt_child<V: Value>(child: &mut Child<V>, plan: &SealPlan, packs: &HashSet<PackId>) -> bool {
    let Child::Dirty(node) = child else { return true };
    let mut clean = true;
    if below(node).any(|below| matches!(below, Child::Dirty(_))) {
        for below in below_mut(Arc::make_mut(node)) {
            clean &= adopt_child(below, plan, packs);
        }
    }
    match plan.planned(node) {
        Some(stored) if clean && packs.contains(&stored.link.place.pack) => {
            *child = Child::Sealed(Arc::new(*stored), Arc::clone(node));
            true
        }
        _ => false,
    }
}

fn dirty_bytes<V: Value>(child: &Child<V>) -> u64 {
    /// A link in an inner node: weight, address and a place in a pack seen before.
    const LINK_BYTES: u64 = 40;
    const UNIT_BYTES: u64 = 16;
    let Child::Dirty(node) = child else { return 0 };
    let own = match &node.body {
        Body::Leaf(leaf) => u64::from(leaf.weight()) * UNIT_BYTES,
        Body::Inner(inner) => inner.children.len() as u64 * LINK_BYTES,
    };
    own + UNIT_BYTES + below(node).map(dirty_bytes).sum::<u64>()
}
