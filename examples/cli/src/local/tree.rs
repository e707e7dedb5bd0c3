//! A local file or folder, walked in order of names.
//!
//! Each folder is read whole when the walk comes to it, and what is found in it gets its place from
//! the folder it was found in. Names that differ here can be one name in a vault; of those the
//! first is taken, and the others are failures. What is held are the names of the folders on the
//! way to where the walk is, never those of the whole tree.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

use sealwood::path::{EntryName, PATH_BYTES_MAX, PathRule, VaultPath};

use super::OwnStore;
use super::kind::LocalKind;
use super::reader::{name_refused, vault_name};
use crate::failure::{Failure, Result};

/// A local file or folder and the place it has in the vault.
#[derive(Debug, Clone)]
pub(crate) struct LocalTree {
    path: PathBuf,
    kind: LocalKind,
    target: VaultPath,
    /// What is left out: the vault's own store.
    store: OwnStore,
}

/// Something found in a tree.
#[derive(Debug)]
pub(crate) enum LocalItem {
    File {
        path: PathBuf,
        target: VaultPath,
    },
    /// A pipe or a device that was named itself: what it gives until it ends.
    Stream {
        path: PathBuf,
        target: VaultPath,
    },
    Folder {
        path: PathBuf,
        target: VaultPath,
    },
    /// What is not followed and not stored: a link, a pipe, the vault's own store.
    Other {
        path: PathBuf,
        kind: LocalKind,
    },
}

impl LocalTree {
    /// What the user named `path`, with `target` as its place. A link is what it leads to. Fails
    /// if that is nothing a vault can store, or is in `store`, the vault's own.
    pub(crate) fn new(path: &Path, target: VaultPath, store: &OwnStore) -> Result<Self> {
        let failed = |error| Failure::local(path, error);
        let refused = |code, reason| Failure::LocalRefused { code, reason, path: path.to_owned() };
        let kind = LocalKind::of(fs::metadata(path).map_err(failed)?.file_type());
        // A folder that is gone can still be asked and answers that it is empty.
        let whole = match (path.canonicalize(), kind) {
            (Err(error), LocalKind::Folder) => return Err(failed(error)),
            (whole, _) => whole.ok(),
        };
        if whole.is_some_and(|whole| store.holds(&whole)) {
            return Err(refused("local-own-store", "it belongs to the vault's own store"));
        }
        match kind {
            LocalKind::File | LocalKind::Folder | LocalKind::Pipe | LocalKind::Device => {}
            _ => return Err(refused("local-not-a-file", "it cannot be read as a file")),
        }
        Ok(Self { path: path.to_owned(), kind, target, store: store.clone() })
    }

    /// Everything in the tree, each folder before what it holds. Only the tree itself may be a
    /// link that is followed.
    pub(crate) fn items(&self) -> impl Iterator<Item = Result<LocalItem>> {
        let (path, target) = (self.path.clone(), self.target.clone());
        let entered = (self.kind == LocalKind::Folder).then(|| (path.clone(), target.clone()));
        let top = match self.kind {
            LocalKind::Folder => LocalItem::Folder { path, target },
            LocalKind::File => LocalItem::File { path, target },
            _ => LocalItem::Stream { path, target },
        };
        let below = Walk { store: self.store.clone(), open: Vec::new(), entered };
        std::iter::once(Ok(top)).chain(below)
    }

    /// The bytes of all files, as far as they can be found out.
    pub(crate) fn bytes(&self) -> u64 {
        let files = self.items().filter_map(|item| match item {
            Ok(LocalItem::File { path, .. }) => path.metadata().ok(),
            _ => None,
        });
        files.map(|metadata| metadata.len()).fold(0, u64::saturating_add)
    }
}

/// The walk below a folder.
struct Walk {
    store: OwnStore,
    /// The folders that lead to where the walk is.
    open: Vec<OpenFolder>,
    /// A folder that was given and is to be read next.
    entered: Option<(PathBuf, VaultPath)>,
}

/// A folder that the walk is in.
struct OpenFolder {
    path: PathBuf,
    target: VaultPath,
    /// The names that what was found so far has in the vault.
    taken: HashSet<EntryName>,
    entries: vec::IntoIter<io::Result<Found>>,
}

struct Found {
    name: OsString,
    kind: io::Result<LocalKind>,
}

impl Iterator for Walk {
    type Item = Result<LocalItem>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some((path, target)) = self.entered.take() {
            match OpenFolder::read(path, target) {
                Ok(folder) => self.open.push(folder),
                Err(failure) => return Some(Err(failure)),
            }
        }
        loop {
            let folder = self.open.last_mut()?;
            match folder.entries.next() {
                Some(Ok(found)) => {
                    let item = folder.item(found, &self.store);
                    if let Ok(LocalItem::Folder { path, target }) = &item {
                        self.entered = Some((path.clone(), target.clone()));
                    }
                    return Some(item);
                }
                Some(Err(error)) => return Some(Err(Failure::local(&folder.path, error))),
                None => drop(self.open.pop()),
            }
        }
    }
}

impl OpenFolder {
    fn read(path: PathBuf, target: VaultPath) -> Result<Self> {
        let entries = fs::read_dir(&path).map_err(|error| Failure::local(&path, error))?;
        // An entry itself would hold the folder open.
        let mut entries: Vec<_> = entries.map(|entry| entry.map(Found::new)).collect();
        entries.sort_by(|one, other| match (one, other) {
            (Ok(one), Ok(other)) => one.name.cmp(&other.name),
            (one, other) => one.is_ok().cmp(&other.is_ok()),
        });
        Ok(Self { path, target, taken: HashSet::new(), entries: entries.into_iter() })
    }

    fn item(&mut self, found: Found, store: &OwnStore) -> Result<LocalItem> {
        let path = self.path.join(&found.name);
        let kind = found.kind.map_err(|error| Failure::local(&path, error))?;
        Ok(match kind {
            LocalKind::File => LocalItem::File { target: self.take(&path)?, path },
            LocalKind::Folder if store.is_at(&path) => {
                LocalItem::Other { path, kind: LocalKind::Store }
            }
            LocalKind::Folder => LocalItem::Folder { target: self.take(&path)?, path },
            kind => LocalItem::Other { path, kind },
        })
    }

    /// The place in the vault of what is at `path` in this folder, which nothing else gets.
    fn take(&mut self, path: &Path) -> Result<VaultPath> {
        let name = vault_name(path)?;
        let target = self.target.join(&name);
        if target.as_str().len() > PATH_BYTES_MAX {
            return Err(name_refused(PathRule::PathTooLong, path));
        }
        if !self.taken.insert(name) {
            return Err(Failure::LocalRefused {
                code: "local-name-taken",
                reason: "in a vault its name is that of another one here, spelled in another way",
                path: path.to_owned(),
            });
        }
        Ok(target)
    }
}

impl Found {
    fn new(entry: DirEntry) -> Self {
        Self { name: entry.file_name(), kind: entry.file_type().map(LocalKind::of) }
    }
}
