//! Every entry below a directory, with its path.

use std::sync::Arc;

use super::Snapshot;
use super::entry::EntryInfo;
use crate::error::Result;
use crate::forest::{Entry, Nodes};
use crate::hamt::{DeepWalk, Trie};
use crate::path::{EntryName, VaultPath};

/// A walk that gives each directory before what it holds.
pub(super) struct TreeWalk {
    nodes: Arc<Nodes>,
    walk: DeepWalk<Entry>,
    /// The directories from the first one down to that of the last entry.
    above: Vec<VaultPath>,
}

impl Snapshot {
    /// A walk over all below `directory`, which is at `path`.
    pub(super) fn walk_below(&self, path: VaultPath, directory: &Trie<Entry>) -> TreeWalk {
        TreeWalk {
            nodes: Arc::clone(&self.nodes),
            walk: DeepWalk::new(directory),
            above: vec![path],
        }
    }
}

impl TreeWalk {
    /// The next entry, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<(EntryInfo, Entry)>> {
        let next = self.walk.next(&*self.nodes).await;
        let found = next.map_err(|error| match self.above.first() {
            Some(top) => error.below(top),
            None => error,
        })?;
        let Some(found) = found else { return Ok(None) };
        let Some((name, entry)) = found.entry() else { return Ok(None) };
        let name = EntryName::from_stored(name)?;
        self.above.truncate(found.level() + 1);
        let path = match self.above.last() {
            Some(directory) => directory.join(&name),
            None => return Ok(None),
        };
        if entry.as_directory().is_some() {
            self.above.push(path.clone());
        }
        Ok(Some((EntryInfo::new(path, entry), entry.clone())))
    }
}
