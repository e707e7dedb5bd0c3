//! What differs between two tries, in time of the difference.

use std::collections::BTreeMap;

use super::child::Child;
use super::hash::{SLOTS, Slots};
use super::node::{Body, Inner};
use super::source::NodeSource;
use super::trie::Trie;
use super::value::Value;
use super::walk::Walk;
use crate::error::Result;

/// One key that the two sides map differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<V> {
    /// The key.
    pub key: Vec<u8>,
    /// What the first trie maps it to.
    pub before: Option<V>,
    /// What the second trie maps it to.
    pub after: Option<V>,
}

/// Children of both tries that cover the same slots.
type Pair<V> = (Vec<Child<V>>, Vec<Child<V>>);

/// Every key `before` and `after` map differently, by `same`. Subtrees with equal addresses are
/// not read.
pub async fn diff<V: Value>(
    before: &Trie<V>,
    after: &Trie<V>,
    source: &dyn NodeSource<V>,
    same: impl Fn(&V, &V) -> bool,
) -> Result<Vec<Change<V>>> {
    let mut changes = Vec::new();
    let mut pairs = vec![(vec![before.root.clone()], vec![after.root.clone()])];
    while let Some((before, after)) = pairs.pop() {
        match (&before[..], &after[..]) {
            ([a], [b]) if is_same(a, b) => {}
            ([a], [b]) => match (inner(a, source).await?, inner(b, source).await?) {
                (Some(a), Some(b)) => align(&a, &b, &mut pairs),
                _ => compare(&before, &after, source, &same, &mut changes).await?,
            },
            _ => compare(&before, &after, source, &same, &mut changes).await?,
        }
    }
    Ok(changes)
}

fn is_same<V: Value>(a: &Child<V>, b: &Child<V>) -> bool {
    Trie { root: a.clone() }.is_same(&Trie { root: b.clone() })
}

async fn inner<V: Value>(child: &Child<V>, source: &dyn NodeSource<V>) -> Result<Option<Inner<V>>> {
    let node = match child {
        Child::Empty => return Ok(None),
        Child::Dirty(node) | Child::Sealed(_, node) => node.clone(),
        Child::Stored(stored) => source.load(&stored.link).await?,
    };
    Ok(match &node.body {
        Body::Inner(inner) => Some(inner.clone()),
        Body::Leaf(_) => None,
    })
}

/// Pairs the children of two inner nodes at the slots where a range starts in both. Where the
/// shapes differ, a pair has several children on a side.
fn align<V: Value>(a: &Inner<V>, b: &Inner<V>, pairs: &mut Vec<Pair<V>>) {
    let common = a.starts & b.starts;
    let mut from = 0;
    while from < SLOTS {
        let rest = common & !(Slots::MAX >> (SLOTS - 1 - from));
        let to = if rest == 0 { SLOTS } else { rest.trailing_zeros() };
        let within = |inner: &Inner<V>| {
            let first = inner.index_of(from);
            let last = inner.index_of(to - 1);
            inner.children[first..=last].to_vec()
        };
        pairs.push((within(a), within(b)));
        from = to;
    }
}

/// Compares entry by entry.
async fn compare<V: Value>(
    before: &[Child<V>],
    after: &[Child<V>],
    source: &dyn NodeSource<V>,
    same: &impl Fn(&V, &V) -> bool,
    changes: &mut Vec<Change<V>>,
) -> Result<()> {
    let mut old = entries(before, source).await?;
    for (key, value) in entries(after, source).await? {
        let before = old.remove(&key);
        if before.as_ref().is_none_or(|before| !same(before, &value)) {
            changes.push(Change { key, before, after: Some(value) });
        }
    }
    changes.extend(old.into_iter().map(|(key, value)| Change {
        key,
        before: Some(value),
        after: None,
    }));
    Ok(())
}

async fn entries<V: Value>(
    children: &[Child<V>],
    source: &dyn NodeSource<V>,
) -> Result<BTreeMap<Vec<u8>, V>> {
    let mut entries = BTreeMap::new();
    for child in children {
        let mut walk = Walk::below(child.clone());
        while let Some(leaf) = walk.next(source).await? {
            entries.extend(leaf.entries().map(|(key, value)| (key.to_vec(), value.clone())));
        }
    }
    Ok(entries)
}
