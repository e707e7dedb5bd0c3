//! What one flush has sealed.

use std::collections::HashMap;

use super::child::{Child, Stored};
use super::node::Node;
use super::trie::Trie;
use super::value::Value;
use crate::error::{Error, Result};
use crate::seal::{Link, PlannedPlaces};

/// What one flush has sealed: which dirty node went where, and the places of units outside the trie
/// that its values name.
///
/// A plan changes nothing. When its packs are stored, [`Trie::adopt`] turns the nodes it covers
/// from Dirty into Sealed; nodes edited in between have another stamp and stay Dirty.
#[derive(Debug, Default)]
pub struct SealPlan {
    nodes: HashMap<u64, Stored>,
    /// The places of units that values name.
    pub units: PlannedPlaces,
}

impl SealPlan {
    /// How many nodes the plan covers.
    #[cfg(any(test, feature = "internals"))]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The link of the root of a trie that is stored or covered by this plan; `None` if it is
    /// empty.
    pub(super) fn link<V: Value>(&self, trie: &Trie<V>) -> Result<Option<Link>> {
        match &trie.root {
            Child::Empty => Ok(None),
            root => self.stored(root).map(|stored| Some(stored.link)),
        }
    }

    /// Where a child is that is stored or covered by this plan.
    pub(super) fn stored<V: Value>(&self, child: &Child<V>) -> Result<Stored> {
        let planned = match child {
            Child::Stored(stored) | Child::Sealed(stored, _) => Some(**stored),
            Child::Dirty(node) => self.planned(node).copied(),
            Child::Empty => None,
        };
        planned.ok_or(Error::Malformed {
            what: "store plan: a child was not stored before its parent",
        })
    }

    /// What the plan has made of a dirty node, if it knows this state of it.
    pub(super) fn planned<V: Value>(&self, node: &Node<V>) -> Option<&Stored> {
        self.nodes.get(&node.planned_stamp()?)
    }

    /// The node was sealed.
    pub(super) fn insert<V: Value>(&mut self, node: &Node<V>, stored: Stored) {
        self.nodes.insert(node.stamp(), stored);
    }
}
