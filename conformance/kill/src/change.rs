//! What operations do to keys and paths, as plain steps on a map.
//!
//! Directories of a vault are keys that end in a slash, so that what is below one begins with it.

use std::collections::BTreeMap;

use crate::content::Content;

/// What is at a key or a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item {
    /// None of a directory.
    pub(crate) content: Option<Content>,
    /// When it expires, in milliseconds since 1970; 0 is never.
    pub(crate) expires_at_ms: u64,
}

/// Everything by its key.
pub(crate) type Tree = BTreeMap<String, Item>;

/// One step.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// There is this item from then on, whatever was there.
    Put(String, Item),
    /// There is a directory.
    Directory(String),
    /// It is no more.
    Remove(String),
    /// Nothing begins with this any more.
    RemoveBelow(String),
    /// What begins with one begins with the other instead, if anything does.
    Move(String, String),
    /// What begins with one is also there beginning with the other, if anything does.
    Copy(String, String),
    /// If it is there, it expires at this time.
    Expire(String, u64),
}

/// Does a step.
pub(crate) fn apply(tree: &mut Tree, change: &Change) {
    match change {
        Change::Put(key, item) => {
            tree.insert(key.clone(), *item);
        }
        Change::Directory(key) => {
            tree.insert(key.clone(), Item { content: None, expires_at_ms: 0 });
        }
        Change::Remove(key) => {
            tree.remove(key);
        }
        Change::RemoveBelow(prefix) => {
            for key in below(tree, prefix) {
                tree.remove(&key);
            }
        }
        Change::Move(from, to) | Change::Copy(from, to) if from == to => {}
        Change::Move(from, to) | Change::Copy(from, to) => {
            let keys = below(tree, from);
            if !keys.is_empty() {
                apply(tree, &Change::RemoveBelow(to.clone()));
            }
            for key in keys {
                let item = match change {
                    Change::Move(..) => tree.remove(&key),
                    _ => tree.get(&key).copied(),
                };
                if let Some(item) = item {
                    tree.insert(format!("{to}{}", &key[from.len()..]), item);
                }
            }
        }
        Change::Expire(key, expires_at_ms) => {
            if let Some(item) = tree.get_mut(key) {
                item.expires_at_ms = *expires_at_ms;
            }
        }
    }
}

fn below(tree: &Tree, prefix: &str) -> Vec<String> {
    let from = tree.range(prefix.to_owned()..).map(|(key, _)| key);
    from.take_while(|key| key.starts_with(prefix)).cloned().collect()
}
