//! Walking a trie in hash order, leaf by leaf, from any position on; or item by item, with the
//! tries inside the items.
//!
//! A walk loads nodes a level at a time: when it comes to one that is not in memory, it asks for
//! that one and those that come next, up to a few MiB of them.

use std::sync::Arc;

use super::front::{Extent, Front, ItemView, Leaves, Visit};
use super::hash::KeyHash;
use super::node::{Body, Node};
use super::source::NodeSource;
use super::trie::Trie;
use super::value::Value;
use crate::error::Result;

/// A walk over a snapshot of a trie, in the order of the keys' hashes. Holds at most about 4 MiB
/// of sealed nodes that it has not come to yet.
pub struct Walk<V>(Front<V>);

impl<V: Value> Walk<V> {
    /// A walk over `trie` that starts after the key with hash `after`, or at the beginning, and
    /// reads ahead the farther the longer it goes on. The position stays valid under any change of
    /// the trie.
    pub fn new(trie: &Trie<V>, after: Option<KeyHash>) -> Self {
        Self(Front::new(trie, after, Extent::Unknown, Leaves::Visited))
    }

    /// A walk over all of `trie`, which reads ahead at once.
    pub fn whole(trie: &Trie<V>) -> Self {
        Self(Front::new(trie, None, Extent::Whole, Leaves::Visited))
    }

    /// A walk over all that is below one child of a trie.
    #[cfg(any(test, feature = "internals"))]
    pub(super) fn below(child: super::child::Child<V>) -> Self {
        Self(Front::below(child))
    }

    /// The next leaf, or `None` at the end.
    pub async fn next(&mut self, source: &dyn NodeSource<V>) -> Result<Option<LeafView<V>>> {
        while let Some(visit) = self.0.next(source).await? {
            if let Visit::Leaf(node, after) = visit {
                let view = LeafView { node, after };
                if view.entries().next().is_some() {
                    return Ok(Some(view));
                }
            }
        }
        Ok(None)
    }
}

impl<V> std::fmt::Debug for Walk<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Walk")
    }
}

/// A walk over a snapshot of a trie and of all tries inside its values: each value comes before
/// what is in the trie inside it. Reads ahead across tries, and holds what [`Walk`] holds and the
/// leaves of some 4,096 items.
pub struct DeepWalk<V>(Front<V>);

impl<V: Value> DeepWalk<V> {
    /// A walk over all of `trie`.
    pub fn new(trie: &Trie<V>) -> Self {
        Self(Front::new(trie, None, Extent::Whole, Leaves::Entered))
    }

    /// The next item, or `None` at the end.
    pub async fn next(&mut self, source: &dyn NodeSource<V>) -> Result<Option<Found<V>>> {
        while let Some(visit) = self.0.next(source).await? {
            if let Visit::Item(item) = visit {
                return Ok(Some(Found(item)));
            }
        }
        Ok(None)
    }
}

impl<V> std::fmt::Debug for DeepWalk<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeepWalk")
    }
}

/// An item that a [`DeepWalk`] came to.
pub struct Found<V>(ItemView<V>);

impl<V: Value> Found<V> {
    /// How many tries lie around the one the item is in; 0 in the trie that is walked.
    pub fn level(&self) -> usize {
        self.0.level
    }

    /// Its key and its value.
    pub fn entry(&self) -> Option<(&[u8], &V)> {
        let Body::Leaf(leaf) = &self.0.leaf.body else { return None };
        leaf.items().get(self.0.index).map(|item| (&*item.key, &item.value))
    }
}

impl<V> std::fmt::Debug for Found<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Found")
    }
}

/// The entries of one leaf.
#[derive(Debug)]
pub struct LeafView<V> {
    node: Arc<Node<V>>,
    after: Option<KeyHash>,
}

impl<V: Value> LeafView<V> {
    /// The entries, in no order. All of them come before those of later leaves.
    pub fn entries(&self) -> impl Iterator<Item = (&[u8], &V)> {
        let items = match &self.node.body {
            Body::Leaf(leaf) => leaf.items(),
            Body::Inner(_) => &[],
        };
        items
            .iter()
            .filter(|item| self.after.is_none_or(|after| KeyHash::of(&item.key) > after))
            .map(|item| (&*item.key, &item.value))
    }
}
