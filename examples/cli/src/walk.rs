//! Directories of the vault in sorted order, read a page at a time, and a few of them at once.

use std::collections::VecDeque;
use std::pin::Pin;

use futures_util::StreamExt;
use futures_util::stream::FuturesOrdered;
use sealwood::Vault;
use sealwood::path::VaultPath;
use sealwood::vault::{EntryInfo, EntryKind, ListOptions, ListPage};

use crate::failure::Result;

/// Entries of one page, the most a vault gives.
const PAGE_ENTRIES: usize = 10_000;

/// Directories that are listed ahead of the walk, of each that is open.
const LISTED_AHEAD: usize = 8;

type Listing<'a> = Pin<Box<dyn Future<Output = sealwood::Result<ListPage>> + 'a>>;

/// The entries of one directory by name.
pub(crate) struct Children<'a> {
    vault: &'a Vault,
    directory: VaultPath,
    ready: VecDeque<EntryInfo>,
    /// Where the next page starts; `None` after the last one.
    next: Option<ListOptions>,
    /// The first pages of directories in here, in order.
    below: FuturesOrdered<Listing<'a>>,
    /// Which those are.
    listed: VecDeque<VaultPath>,
    /// How many of `ready` were looked at for directories to list.
    looked_at: usize,
}

impl<'a> Children<'a> {
    pub(crate) fn new(vault: &'a Vault, directory: VaultPath) -> Self {
        Self {
            vault,
            directory,
            ready: VecDeque::new(),
            next: Some(page_after(None)),
            below: FuturesOrdered::new(),
            listed: VecDeque::new(),
            looked_at: 0,
        }
    }

    /// The next entry, and whether others follow.
    pub(crate) async fn next(&mut self) -> Result<Option<Child>> {
        // One more than asked for, so that the last is known to be the last.
        while self.ready.len() < 2 {
            let Some(options) = self.next.take() else { break };
            let page = self.vault.list_with(self.directory.as_str(), &options).await?;
            self.take(page);
        }
        let entry = self.ready.pop_front();
        self.looked_at = self.looked_at.saturating_sub(1);
        Ok(entry.map(|entry| Child { entry, is_last: self.ready.is_empty() }))
    }

    /// The entries of the directory that [`next`](Self::next) has just given. Those of the
    /// directories that follow it are read at the same time.
    async fn enter(&mut self, directory: &VaultPath) -> Result<Children<'a>> {
        if self.listed.is_empty() {
            self.list(directory.clone());
        }
        while self.listed.len() < LISTED_AHEAD
            && let Some(entry) = self.ready.get(self.looked_at)
        {
            self.looked_at += 1;
            if entry.kind == EntryKind::Directory {
                self.list(entry.path.clone());
            }
        }
        let mut children = Children::new(self.vault, directory.clone());
        self.listed.pop_front();
        if let Some(page) = self.below.next().await {
            children.take(page?);
        }
        Ok(children)
    }

    fn list(&mut self, directory: VaultPath) {
        let vault = self.vault;
        self.listed.push_back(directory.clone());
        let page = async move { vault.list_with(directory.as_str(), &page_after(None)).await };
        self.below.push_back(Box::pin(page));
    }

    fn take(&mut self, page: ListPage) {
        self.ready.extend(page.entries);
        self.next = page.next.map(|after| page_after(Some(after)));
    }
}

fn page_after(after: Option<String>) -> ListOptions {
    let mut options = ListOptions::new().limit(PAGE_ENTRIES);
    options.after = after;
    options
}

/// An entry in its directory.
pub(crate) struct Child {
    pub(crate) entry: EntryInfo,
    /// Whether it is the last one there.
    pub(crate) is_last: bool,
}

/// All entries below a directory, each directory before what it holds.
pub(crate) struct SortedWalk<'a> {
    /// From the top down: the directories that are open, and whether the entry each is at is its
    /// last.
    open: Vec<(Children<'a>, bool)>,
}

impl<'a> SortedWalk<'a> {
    pub(crate) fn new(vault: &'a Vault, directory: VaultPath) -> Self {
        Self { open: vec![(Children::new(vault, directory), false)] }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Visit>> {
        while let Some((children, at_last)) = self.open.last_mut() {
            let Some(child) = children.next().await? else {
                self.open.pop();
                continue;
            };
            *at_last = child.is_last;
            let below = match child.entry.kind {
                EntryKind::Directory => Some(children.enter(&child.entry.path).await?),
                EntryKind::File => None,
            };
            let last = self.open.iter().map(|(_, at_last)| *at_last).collect();
            self.open.extend(below.map(|below| (below, false)));
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
