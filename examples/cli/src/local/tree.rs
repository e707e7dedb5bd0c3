//! A local file or folder, walked in order of names.

use std::path::{Path, PathBuf};

use sealwood::path::VaultPath;
use walkdir::{DirEntry, WalkDir};

use super::vault_name;
use crate::failure::{Failure, Result};

/// A local file or folder and the place it has in the vault.
#[derive(Debug, Clone)]
pub(crate) struct LocalTree {
    pub(crate) path: PathBuf,
    pub(crate) target: VaultPath,
    /// A folder to leave out: the vault's own store.
    pub(crate) without: Option<PathBuf>,
}

/// Something found in a tree.
#[derive(Debug)]
pub(crate) enum LocalItem {
    File {
        path: PathBuf,
        target: VaultPath,
    },
    Folder {
        target: VaultPath,
    },
    /// A symbolic link, a pipe, a device: not followed, not stored.
    Other {
        path: PathBuf,
    },
}

impl LocalTree {
    /// Everything in the tree, each folder before what it holds. A symbolic link is followed only
    /// if it is the tree itself.
    pub(crate) fn items(&self) -> impl Iterator<Item = Result<LocalItem>> {
        let without = self.without.clone();
        let walk = WalkDir::new(&self.path).sort_by_file_name().into_iter();
        let walk = walk.filter_entry(move |entry| !is_excluded(entry, without.as_deref()));
        // The targets of the folders that lead to the current entry.
        let mut folders: Vec<Option<VaultPath>> = Vec::new();
        let top = self.target.clone();
        walk.filter_map(move |entry| {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return Some(Err(walk_failed(error))),
            };
            folders.truncate(entry.depth());
            let target = match folders.last() {
                None => Ok(top.clone()),
                Some(Some(parent)) => vault_name(entry.path()).map(|name| parent.join(&name)),
                // Its folder's name was refused, which has been reported.
                Some(None) => {
                    if entry.file_type().is_dir() {
                        folders.push(None);
                    }
                    return None;
                }
            };
            Some(item(&entry, target, &mut folders))
        })
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

fn item(
    entry: &DirEntry,
    target: Result<VaultPath>,
    folders: &mut Vec<Option<VaultPath>>,
) -> Result<LocalItem> {
    if entry.file_type().is_dir() {
        folders.push(target.as_ref().ok().cloned());
        return Ok(LocalItem::Folder { target: target? });
    }
    // Named on the command line, a link to a file is that file.
    let is_file = match entry.depth() {
        0 => entry.path().is_file(),
        _ => entry.file_type().is_file(),
    };
    if !is_file {
        return Ok(LocalItem::Other { path: entry.path().to_owned() });
    }
    Ok(LocalItem::File { path: entry.path().to_owned(), target: target? })
}

fn is_excluded(entry: &DirEntry, without: Option<&Path>) -> bool {
    let Some(without) = without else { return false };
    entry.file_type().is_dir()
        && entry.file_name() == without.file_name().unwrap_or_default()
        && entry.path().canonicalize().is_ok_and(|path| path == without)
}

fn walk_failed(error: walkdir::Error) -> Failure {
    let path = error.path().map(Path::to_owned).unwrap_or_default();
    let error = error.into_io_error().unwrap_or_else(|| std::io::ErrorKind::Other.into());
    Failure::Local { error, path }
}
