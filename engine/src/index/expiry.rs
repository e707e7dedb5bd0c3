//! Finding the keys that have expired.

use super::Tree;
use super::child::NotResident;
use super::node::{Content, Node};

/// A node that is being walked.
struct Open<'a> {
    node: &'a Node,
    /// The length of the key before the node's prefix.
    base: usize,
    /// The child to look at next.
    next: usize,
}

impl Tree {
    /// Up to `limit` keys whose time came at or before `now_ms`, in order. Only what may hold such
    /// a key is looked at.
    ///
    /// # Errors
    /// [`NotResident`] if a child has to be loaded before any such key is found.
    pub(crate) fn expired(&self, now_ms: u64, limit: usize) -> Result<Vec<Vec<u8>>, NotResident> {
        let mut found = Vec::new();
        let mut key = Vec::new();
        let mut open = Vec::new();
        enter(&mut open, self.root.present(&self.meter)?, &mut key, now_ms, &mut found);
        while let Some(level) = open.last_mut() {
            if found.len() >= limit {
                break;
            }
            key.truncate(level.base + level.node.prefix().len());
            let child = level.node.inner().and_then(|inner| inner.child(level.next));
            level.next += 1;
            match child {
                None => {
                    open.pop();
                }
                Some(child) if child.summary.expires_min > now_ms => {}
                Some(child) => match child.present(&self.meter) {
                    Ok(node) => enter(&mut open, node, &mut key, now_ms, &mut found),
                    Err(_) if !found.is_empty() => break,
                    Err(ticket) => return Err(ticket),
                },
            }
        }
        found.truncate(limit);
        Ok(found)
    }
}

/// Takes the keys that are due in a node itself.
fn enter<'a>(
    open: &mut Vec<Open<'a>>,
    node: &'a Node,
    key: &mut Vec<u8>,
    now_ms: u64,
    found: &mut Vec<Vec<u8>>,
) {
    let base = key.len();
    key.extend_from_slice(node.prefix());
    let is_due = |expires_at_ms: u64| expires_at_ms != 0 && expires_at_ms <= now_ms;
    match node.content() {
        Content::Bucket(bucket) => {
            let due = (0..bucket.len()).filter(|position| {
                bucket.entry(*position).is_some_and(|entry| is_due(entry.expires_at_ms))
            });
            found.extend(due.map(|position| [key, bucket.suffix(position)].concat()));
        }
        Content::Inner(inner) => {
            if inner.here().is_some_and(|entry| is_due(entry.expires_at_ms)) {
                found.push(key.clone());
            }
        }
    }
    open.push(Open { node, base, next: 0 });
}
