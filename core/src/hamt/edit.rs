//! Insert, update, remove, admit. Each keeps the shape canonical.

use std::sync::Arc;

use super::hash::{DEPTH_MAX, KeyHash, SLOTS, slot_of};
use super::node::{
    Body, Child, Inner, Item, LEAF_WEIGHT_MAX, Leaf, Missing, Node, Trie, Value, Weight, units_of,
};
use crate::seal::Link;

impl<V: Value> Trie<V> {
    /// Maps `key` to `value` and returns what it mapped to before.
    pub fn insert(&mut self, key: &[u8], value: V) -> Result<Option<V>, Missing> {
        let hash = KeyHash::of(key);
        let shrinks =
            self.find_at(&hash, key)?.is_some_and(|old| units_of(key, &value) < units_of(key, old));
        if shrinks {
            return self.shrink(&hash, key, Some(value));
        }
        let old = put(&mut self.root, 0, &hash, Item::new(&hash, key, value));
        split_root(&mut self.root);
        Ok(old)
    }

    /// Removes `key` and returns what it mapped to.
    pub fn remove(&mut self, key: &[u8]) -> Result<Option<V>, Missing> {
        let hash = KeyHash::of(key);
        match self.find_at(&hash, key)? {
            Some(_) => self.shrink(&hash, key, None),
            None => Ok(None),
        }
    }

    /// The value of `key`, to change in a way that keeps its [weight](Value::weight).
    pub fn get_mut(&mut self, key: &[u8]) -> Result<Option<&mut V>, Missing> {
        let hash = KeyHash::of(key);
        if self.find_at(&hash, key)?.is_none() {
            return Ok(None);
        }
        let mut child = &mut self.root;
        let mut depth = 0;
        while let Some(node) = child.edit() {
            match &mut node.body {
                Body::Leaf(leaf) => {
                    let at = leaf.position(hash.prefix(), key);
                    return Ok(at.map(|at| &mut leaf.items[at].value));
                }
                Body::Inner(inner) => {
                    let index = inner.index_of(hash.slot(depth));
                    child = &mut inner.children[index];
                    depth += 1;
                }
            }
        }
        Ok(None)
    }

    /// Makes a loaded node resident. Gives `false` and does nothing if the trie does not lack it
    /// there (any more).
    pub fn admit(&mut self, missing: &Missing, node: Arc<Node<V>>) -> bool {
        let lacks = stored_at(&self.root, &missing.at, &missing.link);
        if lacks {
            admit(&mut self.root, 0, missing, node);
        }
        lacks
    }

    /// Removes or replaces by something smaller, which may merge leaves. All or nothing.
    fn shrink(&mut self, hash: &KeyHash, key: &[u8], to: Option<V>) -> Result<Option<V>, Missing> {
        let before = self.clone();
        let outcome = shrink(&mut self.root, 0, &mut Target { hash, key, at: *hash }, to);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }
}

/// Puts `item` below `child`, all of whose path is resident.
fn put<V: Value>(child: &mut Child<V>, depth: u32, hash: &KeyHash, item: Item<V>) -> Option<V> {
    let Some(node) = child.edit() else {
        *child = leaf(vec![item]);
        return None;
    };
    match &mut node.body {
        Body::Leaf(leaf) => match leaf.position(item.prefix, &item.key) {
            Some(at) => {
                leaf.weight += item.units();
                let old = std::mem::replace(&mut leaf.items[at], item);
                leaf.weight -= old.units();
                Some(old.value)
            }
            None => {
                leaf.weight += item.units();
                leaf.items.push(item);
                None
            }
        },
        Body::Inner(inner) => {
            let index = inner.index_of(hash.slot(depth));
            let old = put(&mut inner.children[index], depth + 1, hash, item);
            split(inner, index, depth);
            old
        }
    }
}

/// Splits the leaf at `index` of an inner node at `depth` if it overflows.
fn split<V: Value>(inner: &mut Inner<V>, index: usize, depth: u32) {
    let Some(items) = overflow(&mut inner.children[index]) else { return };
    let (start, size) = inner.range(index);
    let mut parts = Inner { starts: inner.starts, children: Vec::new() };
    partition(items, depth, start, size, &mut parts);
    inner.starts = parts.starts;
    inner.children.splice(index..=index, parts.children);
}

fn split_root<V: Value>(root: &mut Child<V>) {
    if let Some(items) = overflow(root) {
        *root = build(items, 0);
    }
}

/// The items of an overflowing leaf, taken out.
fn overflow<V: Value>(child: &mut Child<V>) -> Option<Vec<Item<V>>> {
    let full =
        child.node().is_some_and(|node| matches!(&node.body, Body::Leaf(leaf) if leaf.overflows()));
    match &mut child.edit_if(full)?.body {
        Body::Leaf(leaf) => Some(std::mem::take(&mut leaf.items)),
        Body::Inner(_) => None,
    }
}

impl<V: Value> Child<V> {
    fn edit_if(&mut self, wanted: bool) -> Option<&mut Node<V>> {
        if wanted { self.edit() } else { None }
    }
}

/// The canonical child for `items` whose hashes agree above `depth`.
fn build<V: Value>(items: Vec<Item<V>>, depth: u32) -> Child<V> {
    if fits(&items, depth) {
        return leaf(items);
    }
    let mut inner = Inner { starts: 0, children: Vec::new() };
    partition(items, depth, 0, SLOTS, &mut inner);
    Child::Dirty(Arc::new(Node::new(Body::Inner(inner))))
}

/// Appends the canonical children for `items`, all in `start..start + size` at `depth`.
fn partition<V: Value>(items: Vec<Item<V>>, depth: u32, start: u32, size: u32, out: &mut Inner<V>) {
    if size == 1 || fits(&items, depth) {
        out.starts |= 1 << start;
        out.children.push(build(items, depth + 1));
        return;
    }
    let half = size / 2;
    let (left, right) =
        items.into_iter().partition(|item| slot_of(item.prefix, &item.key, depth) < start + half);
    partition(left, depth, start, half, out);
    partition(right, depth, start + half, half, out);
}

fn fits<V: Value>(items: &[Item<V>], depth: u32) -> bool {
    items.len() <= 1
        || depth >= DEPTH_MAX
        || items.iter().map(Item::units).sum::<u32>() <= LEAF_WEIGHT_MAX
}

fn leaf<V: Value>(items: Vec<Item<V>>) -> Child<V> {
    if items.is_empty() {
        return Child::Empty;
    }
    Child::Dirty(Arc::new(Node::new(Body::Leaf(Leaf::new(items)))))
}

/// The key an edit is about, and where the child it has left behind was before the edit: a child
/// that moves up as its siblings go is loaded from its old position.
struct Target<'a> {
    hash: &'a KeyHash,
    key: &'a [u8],
    at: KeyHash,
}

/// Removes a key below `child` or gives it a lighter value; merges what fits together then.
fn shrink<V: Value>(
    child: &mut Child<V>,
    depth: u32,
    target: &mut Target<'_>,
    to: Option<V>,
) -> Result<Option<V>, Missing> {
    child.resident(target.hash)?;
    let Some(node) = child.edit() else { return Ok(None) };
    match &mut node.body {
        Body::Leaf(leaf) => {
            let Some(at) = leaf.position(target.hash.prefix(), target.key) else { return Ok(None) };
            leaf.weight -= leaf.items[at].units();
            let old = match to {
                Some(value) => {
                    let old = std::mem::replace(&mut leaf.items[at].value, value);
                    leaf.weight += leaf.items[at].units();
                    old
                }
                None => leaf.items.swap_remove(at).value,
            };
            if leaf.items.is_empty() {
                *child = Child::Empty;
            }
            Ok(Some(old))
        }
        Body::Inner(inner) => {
            let index = inner.index_of(target.hash.slot(depth));
            let old = shrink(&mut inner.children[index], depth + 1, target, to)?;
            merge(inner, index, depth, target)?;
            if inner.children.len() == 1
                && inner.children[0].weight() != Weight::INNER
                && let Some(only) = inner.children.pop()
            {
                *child = only;
            }
            Ok(old)
        }
    }
}

/// Merges the child at `index` with its buddies for as long as they fit one leaf.
fn merge<V: Value>(
    inner: &mut Inner<V>,
    mut index: usize,
    depth: u32,
    target: &mut Target<'_>,
) -> Result<(), Missing> {
    loop {
        let (start, size) = inner.range(index);
        if size == SLOTS {
            return Ok(());
        }
        let buddy = inner.index_of(start ^ size);
        let fit = inner.range(buddy) == (start ^ size, size)
            && inner.children[index].weight().fits_with(inner.children[buddy].weight());
        if !fit {
            return Ok(());
        }
        let buddy_at = target.hash.with_slot(depth, start ^ size);
        let merged = match (&inner.children[index], &inner.children[buddy]) {
            (child, Child::Empty) => child.clone(),
            (Child::Empty, child) => {
                target.at = buddy_at;
                child.clone()
            }
            (child, other) => {
                let mut items = leaf_items(child, &target.at)?;
                items.extend(leaf_items(other, &buddy_at)?);
                leaf(items)
            }
        };
        let (low, high) = (index.min(buddy), index.max(buddy));
        inner.starts &= !(1 << (start | size));
        inner.children[low] = merged;
        inner.children.remove(high);
        index = low;
    }
}

/// A copy of the entries of a leaf.
fn leaf_items<V: Value>(child: &Child<V>, at: &KeyHash) -> Result<Vec<Item<V>>, Missing> {
    match child.resident(at)?.map(|node| &node.body) {
        Some(Body::Leaf(leaf)) => Ok(leaf.items.clone()),
        Some(Body::Inner(_)) | None => Ok(Vec::new()),
    }
}

/// Whether the child at `at` is Stored with this link.
fn stored_at<V: Value>(root: &Child<V>, at: &KeyHash, link: &Link) -> bool {
    let mut child = root;
    for depth in 0.. {
        match child {
            Child::Stored(stored) => return stored.link == *link,
            Child::Empty => return false,
            Child::Dirty(node) | Child::Sealed(_, node) => match &node.body {
                Body::Leaf(_) => return false,
                Body::Inner(inner) => child = &inner.children[inner.index_of(at.slot(depth))],
            },
        }
    }
    false
}

fn admit<V: Value>(child: &mut Child<V>, depth: u32, missing: &Missing, node: Arc<Node<V>>) {
    match child {
        Child::Empty => {}
        Child::Stored(stored) => *child = Child::Sealed(*stored, node),
        Child::Dirty(parent) | Child::Sealed(_, parent) => {
            // Residence is no edit: stamps and states stay as they are.
            if let Body::Inner(inner) = &mut Arc::make_mut(parent).body {
                let index = inner.index_of(missing.at.slot(depth));
                admit(&mut inner.children[index], depth + 1, missing, node);
            }
        }
    }
}
