//! Directories of the vault in sorted order, read a page at a time.

use std::collections::VecDeque;

use sealwood::Vault;
use sealwood::path::VaultPath;
use sealwood::vault::{EntryInfo, EntryKind, ListOptions};

use crate::failure::Result;

/// Entries of one page, the most a vault gives.
const PAGE_ENTRIES: usize = 10_000;

/// The entries of one directory by name.
pub(crate) struct Children<'a> {
    vault: &'a Vault,
    directory: VaultPath,
    ready: VecDeque<EntryInfo>,
    /// Where the next page starts; `None` after the last one.
    next: Option<ListOptions>,
}

impl<'a> Children<'a> {
    pub(crate) fn new(vault: &'a Vault, directory: VaultPath) -> Self {
        let next = Some(ListOptions { after: None, limit: PAGE_ENTRIES });
        Self { vault, directory, ready: VecDeque::new(), next }
    }

    /// The next entry, and whether others follow.
    pub(crate) async fn next(&mut self) -> Result<Option<Child>> {
        // One more than asked for, so that the last is known to be the last.
        while self.ready.len() < 2 {
            let Some(options) = self.next.take() else { break };
            let page = self.vault.list(self.directory.as_str(), options).await?;
            self.ready.extend(page.entries);
            self.next =
                page.next.map(|after| ListOptions { after: Some(after), limit: PAGE_ENTRIES });
        }
        let entry = self.ready.pop_front();
        Ok(entry.map(|entry| Child { entry, is_last: self.ready.is_empty() }))
    }
}

/// An entry in its directory.
pub(crate) struct Child {
    pub(crate) entry: EntryInfo,
    /// Whether it is the last one there.
    pub(crate) is_last: bool,
}

/// All entries below a directory, each directory before what it holds.
pub(crate) struct SortedWalk<'a> {
    vault: &'a Vault,
    /// From the top down: the directories that are open, and whether the entry each is at is its
    /// last.
    open: Vec<(Children<'a>, bool)>,
}

impl<'a> SortedWalk<'a> {
    pub(crate) fn new(vault: &'a Vault, directory: VaultPath) -> Self {
        Self { vault, open: vec![(Children::new(vault, directory), false)] }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Visit>> {
        while let Some((children, at_last)) = self.open.last_mut() {
            let Some(child) = children.next().await? else {
                self.open.pop();
                continue;
            };
            *at_last = child.is_last;
            let last = self.open.iter().map(|(_, at_last)| *at_last).collect();
            if child.entry.kind == EntryKind::Directory {
                let below = Children::new(self.vault, child.entry.path.clone());
                self.open.push((below, false));
            }
            return Ok(Some(Visit { entry: child.entry, last }));
        }
        Ok(None)
    }
}

/// One step of a walk.
pub(crate) struct Visit {
    pub(crate) entry: EntryInfo,
    /// For each directory from the top down to the entry itself: whether the way goes through its
    /// last entry.
    pub(crate) last: Vec<bool>,
}
