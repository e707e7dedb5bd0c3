//! Listing directories: sorted pages, streams in trie order, whole subtrees.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;

use super::entry::EntryInfo;
use super::options::ListOptions;
use super::streams::EntryStream;
use super::tree_walk::TreeWalk;
use super::{Snapshot, Vault};
use crate::error::{Error, Result};
use crate::forest::{DirectoryWalk, Entry, Position, View};
use crate::path::{EntryName, VaultPath, nfc};
use crate::platform::BoxStream;

/// The most entries of one page.
const PAGE_MAX: usize = 10_000;
/// The largest directory whose sorted listing is kept between pages, in entries.
const KEPT_MAX: usize = 100_000;

/// One page of a sorted listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListPage {
    /// Entries ascending by the bytes of their names.
    pub entries: Vec<EntryInfo>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}

/// A position in trie order, which stays valid under any change of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListCursor(Position);

impl ListCursor {
    /// The position right after `entry`.
    pub fn after(entry: &EntryInfo) -> Self {
        Self(Position::after(entry.name()))
    }

    /// The cursor as bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Reads what [`to_bytes`](ListCursor::to_bytes) gave.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Position::from_bytes(bytes))
    }
}

impl Vault {
    /// Returns the first page of the sorted entries of the directory at `path`: at most 1,000.
    pub async fn list(&self, path: impl AsRef<str>) -> Result<ListPage> {
        self.list_with(path, &ListOptions::new()).await
    }

    /// Returns a sorted page of the entries of the directory at `path`. A cursor is a name, so it
    /// stays valid whatever changes between two pages.
    pub async fn list_with(
        &self,
        path: impl AsRef<str>,
        options: &ListOptions,
    ) -> Result<ListPage> {
        let path = VaultPath::new(path.as_ref())?;
        let options = canonical(options);
        let snapshot = self.snapshot_at(&path).await?;
        let directory = snapshot.directory(&path).await?;
        if let Some(sorted) = self.inner.sorted.get(&directory) {
            return page(&path, &sorted, &options);
        }
        let sorted = sorted(&directory, &options).await;
        let (found, all) = sorted.map_err(|error| error.below(&path))?;
        if let Some(all) = all.filter(|all| all.len() > options.limit) {
            self.inner.sorted.keep(directory, Arc::new(all));
        }
        page(&path, &found, &options)
    }

    /// The entries of the directory at `path` in trie order (by the hash of their names), from
    /// `after` on. Reads nodes as they are needed, the more at a time the longer it goes on, and
    /// holds some 4 MiB of them at most.
    pub async fn list_stream(
        &self,
        path: impl AsRef<str>,
        after: Option<ListCursor>,
    ) -> Result<EntryStream> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.list_stream(path, after).await
    }

    /// Every entry below `path`, each directory before what it holds. Reads nodes of many
    /// directories at a time and holds some 4 MiB of them at most.
    pub async fn list_recursive(&self, path: impl AsRef<str>) -> Result<EntryStream> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.list_recursive(path).await
    }
}

impl Snapshot {
    /// Returns the first page of the sorted entries of the directory at `path`: at most 1,000.
    pub async fn list(&self, path: impl AsRef<str>) -> Result<ListPage> {
        self.list_with(path, &ListOptions::new()).await
    }

    /// Returns a sorted page of the entries of the directory at `path`.
    pub async fn list_with(
        &self,
        path: impl AsRef<str>,
        options: &ListOptions,
    ) -> Result<ListPage> {
        let path = VaultPath::new(path.as_ref())?;
        let options = canonical(options);
        let directory = self.directory(&path).await?;
        let sorted = sorted(&directory, &options).await;
        let (found, _) = sorted.map_err(|error| error.below(&path))?;
        page(&path, &found, &options)
    }

    /// The entries of the directory at `path` in trie order, from `after` on.
    pub async fn list_stream(
        &self,
        path: impl AsRef<str>,
        after: Option<ListCursor>,
    ) -> Result<EntryStream> {
        let path = VaultPath::new(path.as_ref())?;
        let directory = self.directory(&path).await?;
        let walk = directory.walk(after.map(|cursor| cursor.0));
        let entries = entries(walk).map(move |entry| {
            let (name, entry) = entry.map_err(|error| error.below(&path))?;
            Ok(EntryInfo::new(path.join(&name), &entry))
        });
        Ok(EntryStream::new(entries))
    }

    /// Every entry below `path`, each directory before what it holds. Reads nodes of many
    /// directories at a time and holds some 4 MiB of them at most.
    pub async fn list_recursive(&self, path: impl AsRef<str>) -> Result<EntryStream> {
        let path = VaultPath::new(path.as_ref())?;
        let directory = self.directory(&path).await?;
        let walk = TreeWalk::new(path, &directory);
        let entries = futures_util::stream::try_unfold(walk, |mut walk| async move {
            let found = walk.next().await?;
            Ok(found.map(|(info, _)| (info, walk)))
        });
        Ok(EntryStream::new(entries))
    }
}

/// `options`, with the name in the form that names are stored in.
fn canonical(options: &ListOptions) -> ListOptions {
    ListOptions { after: options.after.as_deref().map(nfc), limit: options.limit }
}

/// The entries a page needs, and all of them if the directory is small enough to keep.
async fn sorted(directory: &View, options: &ListOptions) -> Result<(Listing, Option<Listing>)> {
    check_limit(options)?;
    let mut all = Some(Listing::new());
    let mut found = Listing::new();
    let mut walk = directory.walk_whole();
    while let Some(leaf) = walk.next().await? {
        for entry in leaf.entries() {
            let (name, entry) = entry?;
            if let Some(all) = &mut all {
                all.insert(name.clone(), entry.clone());
            }
            let wanted = options.after.as_deref().is_none_or(|after| name.as_str() > after);
            let near = found.len() <= options.limit
                || found.last_key_value().is_some_and(|(last, _)| name < *last);
            if wanted && near {
                found.insert(name, entry.clone());
                if found.len() > options.limit + 1 {
                    found.pop_last();
                }
            }
        }
        all = all.filter(|all| all.len() <= KEPT_MAX);
    }
    Ok((found, all))
}

/// The entries of a walk, one by one.
fn entries(walk: DirectoryWalk) -> BoxStream<'static, Result<(EntryName, Entry)>> {
    let ready: Vec<(EntryName, Entry)> = Vec::new();
    Box::pin(futures_util::stream::try_unfold((walk, ready), |(mut walk, mut ready)| async move {
        while ready.is_empty() {
            let Some(leaf) = walk.next().await? else { return Ok(None) };
            // Given out from the end.
            ready = leaf.last_first()?;
        }
        Ok(ready.pop().map(|entry| (entry, (walk, ready))))
    }))
}

type Listing = BTreeMap<EntryName, Entry>;

fn check_limit(options: &ListOptions) -> Result<()> {
    if (1..=PAGE_MAX).contains(&options.limit) {
        return Ok(());
    }
    Err(Error::InvalidArgument { what: "a page has 1 to 10000 entries" })
}

fn page(path: &VaultPath, listing: &Listing, options: &ListOptions) -> Result<ListPage> {
    check_limit(options)?;
    use std::ops::Bound::{Excluded, Unbounded};
    let after = options.after.as_deref();
    let mut rest = listing.range::<str, _>((after.map_or(Unbounded, Excluded), Unbounded));
    let mut entries = Vec::new();
    for (name, entry) in rest.by_ref().take(options.limit) {
        entries.push(EntryInfo::new(path.join(name), entry));
    }
    let more = rest.next().is_some();
    let next = entries.last().filter(|_| more).map(|last| last.name().to_owned());
    Ok(ListPage { entries, next })
}

/// The sorted listing of the directory that was paged through last.
#[derive(Default)]
pub(super) struct Sorted(Mutex<Option<(View, Arc<Listing>)>>);

impl Sorted {
    fn get(&self, directory: &View) -> Option<Arc<Listing>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|(of, _)| of.is_same(directory))
            .map(|(_, listing)| Arc::clone(listing))
    }

    fn keep(&self, directory: View, listing: Arc<Listing>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((directory, listing));
    }
}
