//! The trie itself: what a caller holds, and finding a key in it.

use std::fmt;
use std::sync::Arc;

use super::child::{Child, Stored, Weight};
use super::hash::KeyHash;
use super::leaf::Item;
use super::node::Body;
use super::value::Value;
use crate::error::Result;
use crate::seal::Link;

/// A map from byte strings to values, cheap to clone.
#[derive(Clone)]
pub struct Trie<V> {
    pub(super) root: Child<V>,
}

/// An edit or a look-up met a node that is not resident: load it, [`Trie::admit`] it, repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotResident {
    /// The node to load.
    pub link: Link,
    /// Where in the trie it belongs.
    pub at: KeyHash,
}

impl<V: Value> Trie<V> {
    /// A trie without entries.
    pub fn new() -> Self {
        Self { root: Child::Empty }
    }

    /// The stored trie whose root node is at `link`, or the empty one.
    pub fn at(link: Option<Link>) -> Self {
        Self {
            root: match link {
                // A root has no sibling, so nobody asks for its weight.
                Some(link) => Child::Stored(Arc::new(Stored { link, weight: Weight::INNER })),
                None => Child::Empty,
            },
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        matches!(self.root, Child::Empty)
    }

    /// Whether an edit has not been stored yet.
    pub fn is_dirty(&self) -> bool {
        matches!(self.root, Child::Dirty(_))
    }

    /// The root node's link, or `None` if the trie is empty or dirty.
    pub fn link(&self) -> Option<Link> {
        self.root.stored().map(|stored| stored.link)
    }

    /// Whether both are the same state in memory or in the store; `false` decides nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Child::Empty, Child::Empty) => true,
            (Child::Dirty(a), Child::Dirty(b)) => Arc::ptr_eq(a, b),
            (a, b) => {
                a.stored().zip(b.stored()).is_some_and(|(a, b)| a.link.address == b.link.address)
            }
        }
    }

    /// The value of `key`.
    pub fn find(&self, key: &[u8]) -> Result<Option<&V>, NotResident> {
        let spot = self.locate(&KeyHash::of(key), key)?;
        Ok(spot.item.map(|(item, _)| &item.value))
    }

    /// Where `key` lies or would lie.
    pub(super) fn locate(&self, hash: &KeyHash, key: &[u8]) -> Result<Spot<'_, V>, NotResident> {
        let mut child = &self.root;
        let mut depth = 0;
        loop {
            let Some(node) = child.resident(hash)? else { return Ok(Spot { depth, item: None }) };
            node.touch();
            match &node.body {
                Body::Leaf(leaf) => {
                    let at = leaf.position(hash.prefix(), key);
                    return Ok(Spot { depth, item: at.map(|at| (&leaf.items()[at], at)) });
                }
                Body::Inner(inner) => {
                    child = &inner.children[inner.index_of(hash.slot(depth))];
                    depth += 1;
                }
            }
        }
    }
}

/// Where a key lies or would lie.
pub(super) struct Spot<'a, V> {
    /// How many inner nodes are above.
    pub(super) depth: u32,
    /// The item and its index in its leaf, if there is one.
    pub(super) item: Option<(&'a Item<V>, usize)>,
}

impl<V: Value> Default for Trie<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> fmt::Debug for Trie<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.root {
            Child::Empty => "Trie(empty)",
            Child::Dirty(_) => "Trie(dirty)",
            Child::Stored(_) => "Trie(stored)",
            Child::Sealed(..) => "Trie(sealed)",
        })
    }
}
