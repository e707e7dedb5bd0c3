//! Walking a trie in hash order, leaf by leaf, from any position on.

use std::sync::Arc;

use super::hash::KeyHash;
use super::node::{Body, Child, Node, Trie, Value};
use super::scope::Scope;
use crate::error::Result;
use crate::platform::{BoxFuture, MaybeSync};
use crate::seal::Link;

/// Where nodes that are not resident come from.
pub trait NodeSource<V>: MaybeSync {
    /// Loads and checks the node at `link`.
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<V>>>>;
}

/// A walk over a snapshot of a trie, in the order of the keys' hashes. Holds one path of nodes.
pub struct Walk<V> {
    /// What is still to visit, the next one last.
    stack: Vec<Step<V>>,
    /// Only keys whose hash is greater.
    after: Option<KeyHash>,
}

struct Step<V> {
    child: Child<V>,
    scope: Scope,
    /// Whether the position to start after lies in here; all else in here comes later.
    on_path: bool,
}

impl<V: Value> Walk<V> {
    /// A walk over `trie` that starts after the key with hash `after`, or at the beginning.
    /// The position stays valid under any change of the trie.
    pub fn new(trie: &Trie<V>, after: Option<KeyHash>) -> Self {
        let child = trie.root.clone();
        Self { stack: vec![Step { child, scope: Scope::root(), on_path: after.is_some() }], after }
    }

    /// A walk over what is below one child of a trie.
    pub(super) fn below(child: Child<V>) -> Self {
        let top = Step { child, scope: Scope::anywhere(), on_path: false };
        Self { stack: vec![top], after: None }
    }

    /// The next leaf, or `None` at the end.
    pub async fn next(&mut self, source: &dyn NodeSource<V>) -> Result<Option<LeafView<V>>> {
        while let Some(step) = self.stack.pop() {
            let node = match step.child {
                Child::Empty => continue,
                Child::Dirty(node) | Child::Sealed(_, node) => node,
                Child::Stored(stored) => step.scope.load(&stored, source).await?,
            };
            let after = self.after.filter(|_| step.on_path);
            let Body::Inner(inner) = &node.body else {
                let view = LeafView { node, after };
                if view.entries().next().is_none() {
                    continue;
                }
                return Ok(Some(view));
            };
            let depth = step.scope.depth();
            let first = after.map_or(0, |after| inner.index_of(after.slot(depth)));
            for index in (first..inner.children.len()).rev() {
                self.stack.push(Step {
                    child: inner.children[index].clone(),
                    scope: step.scope.child(inner, index),
                    on_path: step.on_path && index == first,
                });
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
