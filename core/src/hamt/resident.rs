//! Reaching an entry of a snapshot, and reaching into one without making it dirty.

use std::sync::Arc;

use super::child::Child;
use super::hash::KeyHash;
use super::node::{Body, Node};
use super::scope::Scope;
use super::source::NodeSource;
use super::trie::Trie;
use super::value::Value;
use super::visit::each_node;
use crate::error::Result;
use crate::seal::Link;

impl<V: Value> Trie<V> {
    /// The value of `key`; nodes that are not resident come from `source` and do not stay.
    pub async fn get(&self, key: &[u8], source: &dyn NodeSource<V>) -> Result<Option<V>> {
        let hash = KeyHash::of(key);
        let (mut child, mut scope) = (self.root.clone(), Scope::root());
        loop {
            let node = match &child {
                Child::Empty => return Ok(None),
                Child::Dirty(node) | Child::Sealed(_, node) => Arc::clone(node),
                Child::Stored(stored) => scope.load(stored, source).await?,
            };
            node.touch();
            match &node.body {
                Body::Leaf(leaf) => {
                    let found = leaf.position(hash.prefix(), key);
                    return Ok(found.map(|at| leaf.items()[at].value.clone()));
                }
                Body::Inner(inner) => {
                    let index = inner.index_of(hash.slot(scope.depth()));
                    child = inner.children[index].clone();
                    scope = scope.child(inner, index);
                }
            }
        }
    }

    /// Passes every Sealed node to `visit`, with its link.
    pub fn for_each_resident(&self, visit: &mut dyn FnMut(Link, Arc<Node<V>>)) {
        each_node(
            &self.root,
            |_| true,
            |child, node| {
                if let Child::Sealed(stored, _) = child {
                    visit(stored.link, Arc::clone(node));
                }
            },
        );
    }

    /// The value of `key`, to alter what is resident inside it but not its content: states stay as
    /// they are. Returns `None` if the entry is absent or not resident.
    pub fn within(&mut self, key: &[u8]) -> Option<&mut V> {
        let hash = KeyHash::of(key);
        self.locate(&hash, key).ok()?.item?;
        let mut child = &mut self.root;
        for depth in 0.. {
            let (Child::Dirty(node) | Child::Sealed(_, node)) = child else { break };
            match &mut Arc::make_mut(node).body {
                Body::Leaf(leaf) => {
                    let at = leaf.position(hash.prefix(), key)?;
                    return Some(leaf.value_mut(at));
                }
                Body::Inner(inner) => {
                    let index = inner.index_of(hash.slot(depth));
                    child = &mut inner.children[index];
                }
            }
        }
        None
    }
}
