//! Reaching an entry of a snapshot, and reaching into one without making it dirty.

use std::sync::Arc;

use super::front::too_deep;
use super::hash::{DEPTH_MAX, KeyHash};
use super::node::{Body, Child, Node, Trie, Value};
use super::store::below;
use super::walk::NodeSource;
use crate::error::Result;
use crate::seal::Link;

impl<V: Value> Trie<V> {
    /// The value of `key`; nodes that are not resident come from `source` and do not stay.
    pub async fn get(&self, key: &[u8], source: &dyn NodeSource<V>) -> Result<Option<V>> {
        let hash = KeyHash::of(key);
        let mut child = self.root.clone();
        for depth in 0.. {
            let node = match &child {
                Child::Empty => break,
                Child::Dirty(node) | Child::Sealed(_, node) => Arc::clone(node),
                Child::Stored(stored) => source.load(&stored.link).await?,
            };
            node.touch();
            match &node.body {
                Body::Leaf(leaf) => {
                    let found = leaf.position(hash.prefix(), key);
                    return Ok(found.map(|at| leaf.items()[at].value.clone()));
                }
                Body::Inner(_) if depth >= DEPTH_MAX => return Err(too_deep()),
                Body::Inner(inner) => {
                    child = inner.children[inner.index_of(hash.slot(depth))].clone();
                }
            }
        }
        Ok(None)
    }

    /// Gives every Sealed node to `visit`, with its link.
    pub fn for_each_resident(&self, visit: &mut dyn FnMut(Link, Arc<Node<V>>)) {
        fn each<V: Value>(child: &Child<V>, visit: &mut dyn FnMut(Link, Arc<Node<V>>)) {
            if let Child::Sealed(stored, node) = child {
                visit(stored.link, Arc::clone(node));
            }
            if let Some(node) = child.node() {
                below(node).for_each(|child| each(child, visit));
            }
        }
        each(&self.root, visit);
    }

    /// Lets `change` alter what is resident inside the value of `key`, but not its content: states
    /// stay as they are. Gives `None` if the entry is absent or not resident.
    pub fn within<T>(&mut self, key: &[u8], change: impl FnOnce(&mut V) -> T) -> Option<T> {
        let hash = KeyHash::of(key);
        self.locate(&hash, key).ok()?.item?;
        let mut child = &mut self.root;
        for depth in 0.. {
            let (Child::Dirty(node) | Child::Sealed(_, node)) = child else { break };
            match &mut Arc::make_mut(node).body {
                Body::Leaf(leaf) => {
                    let at = leaf.position(hash.prefix(), key)?;
                    return Some(change(leaf.value_mut(at)));
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
