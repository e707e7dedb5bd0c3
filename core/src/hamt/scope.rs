//! Where a node belongs, and whether what was loaded belongs there.
//!
//! An address says what a node holds and not where in a trie it may hang: whoever writes nodes
//! could hang a leaf below the wrong slots, where its names would be listed and never found, or
//! say a false weight, which would merge leaves that do not fit. So each reader checks a node
//! against the way it came.

use std::sync::Arc;

use super::child::{Stored, Weight};
use super::hash::{DEPTH_MAX, KeyHash, SLOTS, slot_of};
use super::node::{Body, Inner, Node};
use super::source::NodeSource;
use super::value::Value;
use crate::error::{Error, Result};
use crate::seal::pack_name;

/// The names that may lie below a child, and the weight its parent gives it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    /// How many inner nodes are above.
    depth: u32,
    /// The slots of those inner nodes on the way, but for the last one's. `None` where the way is
    /// not known from the top on.
    way: Option<KeyHash>,
    /// The first slot of the child's range in the last inner node, and how many there are.
    range: (u32, u32),
    /// A root has none.
    weight: Option<Weight>,
}

impl Scope {
    /// The scope of a trie's root.
    pub(super) fn root() -> Self {
        let way = Some(KeyHash::from_bytes([0; 32]));
        Self { depth: 0, way, range: (0, SLOTS), weight: None }
    }

    /// The scope of a child that is looked at by itself: what is below it is checked for shape and
    /// weight, not for names.
    #[cfg(any(test, feature = "internals"))]
    pub(super) fn anywhere() -> Self {
        Self { way: None, ..Self::root() }
    }

    /// How many inner nodes are above.
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// The scope of the child at `index` of the inner node that this scope is of.
    pub(super) fn child<V: Value>(&self, inner: &Inner<V>, index: usize) -> Self {
        let way = match self.depth.checked_sub(1) {
            Some(above) => self.way.map(|way| way.with_slot(above, self.range.0)),
            None => self.way,
        };
        let weight = Some(inner.children[index].weight());
        Self { depth: self.depth + 1, way, range: inner.range(index), weight }
    }

    /// Refuses a node that does not belong here.
    pub(super) fn check<V: Value>(&self, node: &Node<V>) -> Result<()> {
        if self.weight.is_some_and(|weight| weight != node.weight()) {
            return Err(Error::Malformed { what: "trie: a child of another weight" });
        }
        let belong = match &node.body {
            // Whoever can only check seals, not addresses, may be given a node that leads back to
            // itself.
            Body::Inner(_) if self.depth >= DEPTH_MAX => {
                return Err(Error::Malformed { what: "trie: an inner node too far down" });
            }
            Body::Inner(_) => true,
            Body::Leaf(leaf) => leaf.items().iter().all(|item| self.holds(item.prefix, &item.key)),
        };
        if belong { Ok(()) } else { Err(Error::Malformed { what: "trie: a name in a wrong slot" }) }
    }

    /// Loads the node of a stored child of this scope and checks it.
    pub(super) async fn load<V: Value>(
        &self,
        stored: &Stored,
        source: &dyn NodeSource<V>,
    ) -> Result<Arc<Node<V>>> {
        let node = source.load(&stored.link).await?;
        self.check(&node).map_err(|error| error.in_object(&pack_name(stored.link.place.pack)))?;
        Ok(node)
    }

    fn holds(&self, prefix: u64, key: &[u8]) -> bool {
        let (Some(way), Some(last)) = (&self.way, self.depth.checked_sub(1)) else { return true };
        let (first, size) = self.range;
        (first..first + size).contains(&slot_of(prefix, key, last))
            && (0..last).all(|depth| slot_of(prefix, key, depth) == way.slot(depth))
    }
}
