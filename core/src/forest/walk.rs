//! Walking a directory, or a tree of them, in trie order: by the hash of names.

use std::sync::Arc;

use super::entry::Entry;
use crate::error::Result;
use crate::hamt::{DeepWalk, KeyHash, LeafView, NodeSource, Walk, last_first};
use crate::path::EntryName;

/// A position in trie order, which stays valid under any change of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position(KeyHash);

impl Position {
    /// The position right after the entry of this name, whether it exists or not.
    pub(crate) fn after(name: &str) -> Self {
        Self(KeyHash::of(name.as_bytes()))
    }

    pub(crate) fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(KeyHash::from_bytes(bytes))
    }

    pub(super) fn hash(self) -> KeyHash {
        self.0
    }
}

/// A walk over the entries of one directory, a leaf at a time.
pub(crate) struct DirectoryWalk {
    walk: Walk<Entry>,
    nodes: Arc<dyn NodeSource<Entry>>,
}

impl DirectoryWalk {
    pub(super) fn new(walk: Walk<Entry>, nodes: Arc<dyn NodeSource<Entry>>) -> Self {
        Self { walk, nodes }
    }

    /// The entries that come next, or `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Leaf>> {
        Ok(self.walk.next(&*self.nodes).await?.map(Leaf))
    }
}

/// Some entries of a directory, which come before those of later leaves.
pub(crate) struct Leaf(LeafView<Entry>);

impl Leaf {
    /// The entries, in no order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = Result<(EntryName, &Entry)>> {
        self.0.entries().map(|(name, entry)| Ok((EntryName::from_stored(name)?, entry)))
    }

    /// The entries, the last in trie order first.
    pub(crate) fn last_first(&self) -> Result<Vec<(EntryName, Entry)>> {
        let entries: Vec<_> = self.0.entries().collect();
        let hashes = entries.iter().map(|(name, _)| KeyHash::of(name));
        let order = last_first(hashes.collect()).into_iter().map(|at| entries[at]);
        order.map(|(name, entry)| Ok((EntryName::from_stored(name)?, entry.clone()))).collect()
    }
}

/// A walk over all that is below a directory; each directory comes before what it holds.
pub(crate) struct TreeWalk {
    walk: DeepWalk<Entry>,
    nodes: Arc<dyn NodeSource<Entry>>,
}

/// An entry that a [`TreeWalk`] came to.
pub(crate) struct Found {
    /// How many directories lie between it and the one that is walked.
    pub(crate) level: usize,
    pub(crate) name: EntryName,
    pub(crate) entry: Entry,
}

impl TreeWalk {
    pub(super) fn new(walk: DeepWalk<Entry>, nodes: Arc<dyn NodeSource<Entry>>) -> Self {
        Self { walk, nodes }
    }

    /// The next entry, or `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Found>> {
        let Some(found) = self.walk.next(&*self.nodes).await? else { return Ok(None) };
        let Some((name, entry)) = found.entry() else { return Ok(None) };
        let (name, entry) = (EntryName::from_stored(name)?, entry.clone());
        Ok(Some(Found { level: found.level(), name, entry }))
    }
}
