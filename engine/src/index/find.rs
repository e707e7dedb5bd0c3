//! Looking things up, in the tree and in snapshots alike.

use std::sync::Arc;

use super::child::Child;
use super::node::{Content, Node};
use crate::entry::Entry;

#[cfg(test)]
thread_local! {
    static DESCENTS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Takes note that a key is looked for from the root on.
pub(super) fn count_descent() {
    #[cfg(test)]
    DESCENTS.set(DESCENTS.get() + 1);
}

/// How often this thread looks for a key from the root on while it does `work`.
#[cfg(test)]
pub(crate) fn descents_of(work: impl FnOnce()) -> u64 {
    let before = DESCENTS.get();
    work();
    DESCENTS.get() - before
}

/// The entry of a key below `root`. `resolve` gives the node of a child.
pub(super) fn entry<'a, E>(
    root: &'a Node,
    key: &[u8],
    resolve: impl Fn(&'a Child) -> Result<&'a Arc<Node>, E>,
) -> Result<Option<Entry<'a>>, E> {
    count_descent();
    let mut node = root;
    let mut rest = key;
    loop {
        let Some(after) = rest.strip_prefix(node.prefix()) else { return Ok(None) };
        rest = after;
        let inner = match node.content() {
            Content::Bucket(bucket) => {
                node.touch();
                return Ok(bucket.get(rest));
            }
            Content::Inner(inner) => inner,
        };
        let Some(byte) = rest.first() else { return Ok(inner.here()) };
        let Some(child) = inner.position_of(*byte).and_then(|at| inner.child(at)) else {
            return Ok(None);
        };
        node = resolve(child)?;
    }
}

/// The length of the longest key that `key` begins with, of at least `at_least` bytes.
pub(super) fn longest_prefix<'a, E>(
    root: &'a Node,
    key: &[u8],
    at_least: usize,
    resolve: impl Fn(&'a Child) -> Result<&'a Arc<Node>, E>,
) -> Result<Option<usize>, E> {
    count_descent();
    let mut node = root;
    let mut rest = key;
    let mut longest = None;
    loop {
        let Some(after) = rest.strip_prefix(node.prefix()) else { return Ok(longest) };
        rest = after;
        let depth = key.len() - rest.len();
        let inner = match node.content() {
            Content::Bucket(bucket) => {
                node.touch();
                let found = bucket.longest_prefix(rest).map(|len| depth + len);
                return Ok(found.filter(|len| *len >= at_least).or(longest));
            }
            Content::Inner(inner) => inner,
        };
        if inner.here().is_some() && depth >= at_least {
            longest = Some(depth);
        }
        let Some(byte) = rest.first() else { return Ok(longest) };
        let Some(child) = inner.position_of(*byte).and_then(|at| inner.child(at)) else {
            return Ok(longest);
        };
        node = resolve(child)?;
    }
}

/// Whether no key begins with `prefix`.
pub(super) fn is_prefix_empty<'a, E>(
    root: &'a Node,
    prefix: &[u8],
    resolve: impl Fn(&'a Child) -> Result<&'a Arc<Node>, E>,
) -> Result<bool, E> {
    count_descent();
    let mut node = root;
    let mut rest = prefix;
    loop {
        if node.prefix().starts_with(rest) {
            return Ok(node.inner().is_some_and(|inner| inner.is_empty()));
        }
        let Some(after) = rest.strip_prefix(node.prefix()) else { return Ok(true) };
        rest = after;
        let inner = match node.content() {
            Content::Bucket(bucket) => return Ok(bucket.below(rest).is_empty()),
            Content::Inner(inner) => inner,
        };
        let child = rest.first().and_then(|byte| inner.position_of(*byte));
        let Some(child) = child.and_then(|at| inner.child(at)) else { return Ok(true) };
        node = resolve(child)?;
    }
}
