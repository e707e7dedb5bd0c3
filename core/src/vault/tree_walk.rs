//! Every entry below a directory, with its path.

use super::entry::EntryInfo;
use crate::error::Result;
use crate::forest::{self, Entry, Found, View};
use crate::path::VaultPath;

/// A walk that gives each directory before what it holds.
pub(super) struct TreeWalk {
    walk: forest::TreeWalk,
    /// The directories from the first one down to that of the last entry.
    above: Vec<VaultPath>,
}

impl TreeWalk {
    /// A walk over all below `directory`, which is at `path`.
    pub(super) fn new(path: VaultPath, directory: &View) -> Self {
        Self { walk: directory.walk_below(), above: vec![path] }
    }

    /// The next entry, or `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<(EntryInfo, Entry)>> {
        let next = self.walk.next().await;
        let found = next.map_err(|error| match self.above.first() {
            Some(top) => error.below(top),
            None => error,
        })?;
        let Some(Found { level, name, entry }) = found else { return Ok(None) };
        self.above.truncate(level + 1);
        let path = match self.above.last() {
            Some(directory) => directory.join(&name),
            None => return Ok(None),
        };
        if entry.is_directory() {
            self.above.push(path.clone());
        }
        Ok(Some((EntryInfo::new(path, &entry), entry)))
    }
}
