//! Insert, update, remove, admit. Each keeps the shape canonical.

use std::sync::Arc;

use super::child::{Child, Weight};
use super::hash::{DEPTH_MAX, KeyHash, SLOTS, slot_of};
use super::leaf::{Item, Leaf};
use super::node::{Body, Inner, Node};
use super::scope::Scope;
use super::trie::{NotResident, Spot, Trie};
use super::value::Value;

impl<V: Value> Trie<V> {
    /// Maps `key` to `value` and returns what it mapped to before.
    pub fn insert(&mut self, key: &[u8], value: V) -> Result<Option<V>, NotResident> {
        let hash = KeyHash::of(key);
        let item = Item::new(&hash, key, value);
        let spot = self.locate(&hash, key)?;
        if spot.item.is_some_and(|(old, _)| item.units() < old.units()) {
            return self.shrink(&hash, key, Some(item.value));
        }
        let over = spot.item.map(|(_, at)| at);
        let Some(depth) = spot.depth.checked_sub(1) else {
            let (old, full) = put(&mut self.root, over, item);
            if let Some(leaf) = full {
                self.root = build(leaf, 0);
            }
            return Ok(old);
        };
        let Some(inner) = edit_inner(&mut self.root, &hash, depth) else { return Ok(None) };
        let index = inner.index_of(hash.slot(depth));
        let (old, full) = put(&mut inner.children[index], over, item);
        if let Some(leaf) = full {
            split(inner, index, depth, leaf);
        }
        Ok(old)
    }

    /// Removes `key` and returns what it mapped to.
    pub fn remove(&mut self, key: &[u8]) -> Result<Option<V>, NotResident> {
        let hash = KeyHash::of(key);
        match self.locate(&hash, key)?.item {
            Some(_) => self.shrink(&hash, key, None),
            None => Ok(None),
        }
    }

    /// The value of `key`, to change in a way that keeps its [weight](Value::weight).
    pub fn get_mut(&mut self, key: &[u8]) -> Result<Option<&mut V>, NotResident> {
        let hash = KeyHash::of(key);
        let Spot { depth, item } = self.locate(&hash, key)?;
        let Some((_, at)) = item else { return Ok(None) };
        let child = match depth.checked_sub(1) {
            None => Some(&mut self.root),
            Some(depth) => edit_inner(&mut self.root, &hash, depth).map(|inner| {
                let index = inner.index_of(hash.slot(depth));
                &mut inner.children[index]
            }),
        };
        let leaf = child.and_then(Child::edit).and_then(|node| node.body.leaf_mut());
        Ok(leaf.map(|leaf| leaf.value_mut(at)))
    }

    /// Makes a loaded node resident. Returns `false` and does nothing if the trie does not lack it
    /// there (any more), or if it is not what its parent says it is.
    pub fn admit(&mut self, missing: &NotResident, node: Arc<Node<V>>) -> bool {
        let lacks = lacks(&self.root, missing, &node);
        if lacks {
            admit(&mut self.root, 0, missing, node);
        }
        lacks
    }

    /// Removes or replaces by something smaller, which may merge leaves. All or nothing.
    fn shrink(
        &mut self,
        hash: &KeyHash,
        key: &[u8],
        to: Option<V>,
    ) -> Result<Option<V>, NotResident> {
        let before = self.clone();
        let outcome = shrink(&mut self.root, 0, &mut Target { hash, key, at: *hash }, to);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }
}

/// The inner node that the first `depth` inner nodes on the way to `hash` lead to, for an edit.
fn edit_inner<'a, V: Value>(
    root: &'a mut Child<V>,
    hash: &KeyHash,
    depth: u32,
) -> Option<&'a mut Inner<V>> {
    let mut child = root;
    for depth in 0..depth {
        let inner = child.edit()?.body.inner_mut()?;
        let index = inner.index_of(hash.slot(depth));
        child = &mut inner.children[index];
    }
    child.edit()?.body.inner_mut()
}

/// Puts `item` into the leaf `child`, over the item at `over` or as a new one. Returns the value
/// replaced, and the leaf, taken out, if it must be split.
fn put<V: Value>(
    child: &mut Child<V>,
    over: Option<usize>,
    item: Item<V>,
) -> (Option<V>, Option<Leaf<V>>) {
    let Some(leaf) = child.edit().and_then(|node| node.body.leaf_mut()) else {
        *child = child_of(Leaf::new(vec![item]));
        return (None, None);
    };
    let old = match over {
        Some(at) => Some(leaf.replace(at, item.value)),
        None => {
            leaf.push(item);
            None
        }
    };
    let full = if leaf.fits() { None } else { Some(leaf.take()) };
    (old, full)
}

/// Splits the leaf that was at `index` of an inner node at `depth`.
fn split<V: Value>(inner: &mut Inner<V>, index: usize, depth: u32, leaf: Leaf<V>) {
    let (start, size) = inner.range(index);
    let mut parts = Inner { starts: inner.starts, children: Vec::new() };
    partition(leaf, depth, start, size, &mut parts);
    inner.starts = parts.starts;
    inner.children.splice(index..=index, parts.children);
}

/// The canonical child for the items of `leaf`, whose hashes agree above `depth`.
fn build<V: Value>(leaf: Leaf<V>, depth: u32) -> Child<V> {
    if leaf.fits() || depth >= DEPTH_MAX {
        return child_of(leaf);
    }
    let mut inner = Inner { starts: 0, children: Vec::new() };
    partition(leaf, depth, 0, SLOTS, &mut inner);
    Child::Dirty(Arc::new(Node::new(Body::Inner(inner))))
}

/// Appends the canonical children for the items of `leaf`, all in `start..start + size` at
/// `depth`.
fn partition<V: Value>(mut leaf: Leaf<V>, depth: u32, start: u32, size: u32, out: &mut Inner<V>) {
    if size == 1 || leaf.fits() || depth >= DEPTH_MAX {
        out.starts |= 1 << start;
        out.children.push(build(leaf, depth + 1));
        return;
    }
    let half = size / 2;
    let right = leaf.split_off(|item| slot_of(item.prefix, &item.key, depth) >= start + half);
    partition(leaf, depth, start, half, out);
    partition(right, depth, start + half, half, out);
}

fn child_of<V: Value>(leaf: Leaf<V>) -> Child<V> {
    if leaf.items().is_empty() {
        return Child::Empty;
    }
    Child::Dirty(Arc::new(Node::new(Body::Leaf(leaf))))
}

/// The key an edit is about, and the position that the surviving sibling had before the edit,
/// because it must be loaded from there.
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
) -> Result<Option<V>, NotResident> {
    child.resident(target.hash)?;
    let Some(node) = child.edit() else { return Ok(None) };
    match &mut node.body {
        Body::Leaf(leaf) => {
            let Some(at) = leaf.position(target.hash.prefix(), target.key) else { return Ok(None) };
            let old = match to {
                Some(value) => leaf.replace(at, value),
                None => leaf.remove(at),
            };
            if leaf.items().is_empty() {
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
) -> Result<(), NotResident> {
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
                child_of(Leaf::new(items))
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
fn leaf_items<V: Value>(child: &Child<V>, at: &KeyHash) -> Result<Vec<Item<V>>, NotResident> {
    match child.resident(at)?.map(|node| &node.body) {
        Some(Body::Leaf(leaf)) => Ok(leaf.items().to_vec()),
        Some(Body::Inner(_)) | None => Ok(Vec::new()),
    }
}

/// Whether the child at the position is Stored with this link, and the node belongs there.
fn lacks<V: Value>(root: &Child<V>, missing: &NotResident, node: &Node<V>) -> bool {
    let (mut child, mut scope) = (root, Scope::root());
    for depth in 0..=DEPTH_MAX {
        match child {
            Child::Stored(stored) => {
                return stored.link == missing.link && scope.check(node).is_ok();
            }
            Child::Empty => return false,
            Child::Dirty(node) | Child::Sealed(_, node) => match &node.body {
                Body::Leaf(_) => return false,
                Body::Inner(inner) => {
                    let index = inner.index_of(missing.at.slot(depth));
                    (child, scope) = (&inner.children[index], scope.child(inner, index));
                }
            },
        }
    }
    false
}

fn admit<V: Value>(child: &mut Child<V>, depth: u32, missing: &NotResident, node: Arc<Node<V>>) {
    match child {
        Child::Empty => {}
        Child::Stored(stored) => *child = Child::Sealed(Arc::clone(stored), node),
        Child::Dirty(parent) | Child::Sealed(_, parent) => {
            // Residence is no edit: stamps and states stay as they are.
            if let Body::Inner(inner) = &mut Arc::make_mut(parent).body {
                let index = inner.index_of(missing.at.slot(depth));
                admit(&mut inner.children[index], depth + 1, missing, node);
            }
        }
    }
}
