//! Every node of a trie and of the tries inside its entries, each once.
//!
//! Copies of a directory share its nodes, and a copy of a copy shares them twice: a tree of few
//! nodes can have more paths than anybody could walk. So whoever visits nodes meets a shared one
//! once. Nor is there a call for each level: renames make trees deeper than any stack.

use std::collections::HashSet;
use std::sync::Arc;

use super::child::Child;
use super::leaf::in_order;
use super::node::{Body, Node};
use super::trie::Trie;
use super::value::Value;

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

/// The same as [`below`], in an order that depends on nothing but content: a leaf holds its
/// entries in the order they came in, or were read.
fn below_in_order<V: Value>(node: &Node<V>) -> Vec<&Child<V>> {
    match &node.body {
        Body::Inner(inner) => inner.children.iter().collect(),
        Body::Leaf(leaf) => {
            let items = leaf.items().iter().filter(|item| item.value.nested().is_some());
            let items = in_order(items.collect()).into_iter();
            items.filter_map(|item| Some(&item.value.nested()?.root)).collect()
        }
    }
}

/// Passes each resident node to `visit` once, with a child it is in. What is below a child that
/// `enters` does not pick is left out.
pub(super) fn each_node<'a, V: Value>(
    root: &'a Child<V>,
    enters: impl Fn(&Child<V>) -> bool,
    mut visit: impl FnMut(&'a Child<V>, &'a Arc<Node<V>>),
) {
    let mut shared = HashSet::new();
    let mut stack = vec![root];
    while let Some(child) = stack.pop() {
        let Some(node) = child.node().filter(|_| enters(child)) else { continue };
        // What has one owner is met once.
        if Arc::strong_count(node) == 1 || shared.insert(Arc::as_ptr(node)) {
            visit(child, node);
            stack.extend(below(node));
        }
    }
}

/// Passes each resident node to `visit` once, after all below it, in an order that depends on
/// nothing but content. What is below a child that `enters` does not pick is left out.
pub(super) fn each_node_after_those_below<'a, V: Value>(
    root: &'a Child<V>,
    enters: impl Fn(&Child<V>) -> bool,
    mut visit: impl FnMut(&'a Arc<Node<V>>),
) {
    enum Step<'a, V> {
        Enter(&'a Child<V>),
        Leave(&'a Arc<Node<V>>),
    }
    let mut entered = HashSet::new();
    let mut stack = vec![Step::Enter(root)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Leave(node) => visit(node),
            Step::Enter(child) => {
                let Some(node) = child.node().filter(|_| enters(child)) else { continue };
                if Arc::strong_count(node) == 1 || entered.insert(Arc::as_ptr(node)) {
                    stack.push(Step::Leave(node));
                    stack.extend(below_in_order(node).into_iter().rev().map(Step::Enter));
                }
            }
        }
    }
}

impl<V: Value> Trie<V> {
    /// Drops the trie. Dropping one as any other value takes a call for each trie inside a trie;
    /// a value that holds one calls this as it is dropped.
    pub fn dismantle(self) {
        let (Child::Dirty(node) | Child::Sealed(_, node)) = self.root else { return };
        let mut stack = vec![node];
        while let Some(node) = stack.pop() {
            let Some(mut node) = Arc::into_inner(node) else { continue };
            for child in below_mut(&mut node) {
                if let Child::Dirty(node) | Child::Sealed(_, node) =
                    std::mem::replace(child, Child::Empty)
                {
                    stack.push(node);
                }
            }
        }
    }
}
