//! The vault's own store, when it is in a folder of this machine: nothing is written into it, and
//! nothing of it is put.
//!
//! Folders are told by what they are and not by their paths, which links and `..` make many of.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use cap_fs_ext::MetadataExt;
use cap_std::ambient_authority;
use cap_std::fs::Dir;

use crate::failure::{Failure, Result};

/// The folders of a store. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnStore {
    /// The device and the number of each: the store's folder and those right in it.
    folders: Arc<HashSet<(u64, u64)>>,
}

impl OwnStore {
    /// The store in the folder at `path`; of a store elsewhere there are none.
    pub(crate) fn of(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else { return Ok(Self::default()) };
        let folders = folders_of(path).map_err(|error| Failure::local(path, error))?;
        Ok(Self { folders: Arc::new(folders) })
    }

    /// Fails if `folder`, shown as `shown`, is the store's.
    pub(super) fn keep_out(&self, folder: &Dir, shown: &Path) -> Result<()> {
        if self.folders.is_empty() {
            return Ok(());
        }
        let found = identity(folder).map_err(|error| Failure::local(shown, error))?;
        match self.folders.contains(&found) {
            true => Err(refused(shown)),
            false => Ok(()),
        }
    }

    /// The same for a folder that was reached by a path, and so may lie deep in the store.
    pub(super) fn keep_out_by_path(&self, folder: &Dir, path: &Path) -> Result<()> {
        self.keep_out(folder, path)?;
        if self.folders.is_empty() {
            return Ok(());
        }
        let whole = fs::canonicalize(path).map_err(|error| Failure::local(path, error))?;
        match self.holds(&whole) {
            true => Err(refused(path)),
            false => Ok(()),
        }
    }

    /// Fails if `path`, of which the end may not be there yet, is or would be in the store.
    pub(crate) fn keep_out_of(&self, path: &Path) -> Result<()> {
        let failed = |error| Failure::local(path, error);
        let path = std::path::absolute(path).map_err(failed)?;
        let there = path.ancestors().find(|it| fs::symlink_metadata(it).is_ok());
        let whole = fs::canonicalize(there.unwrap_or(&path)).map_err(failed)?;
        if self.holds(&whole) { Err(refused(&path)) } else { Ok(()) }
    }

    /// Whether `folder` is the store's.
    pub(super) fn is_at(&self, folder: &Path) -> bool {
        // A store whose folder cannot be opened could not have been opened either.
        !self.folders.is_empty()
            && Dir::open_ambient_dir(folder, ambient_authority())
                .and_then(|folder| identity(&folder))
                .is_ok_and(|found| self.folders.contains(&found))
    }

    /// Whether what is at `whole`, a path without links, is the store or lies in it.
    pub(super) fn holds(&self, whole: &Path) -> bool {
        whole.ancestors().any(|folder| self.is_at(folder))
    }
}

fn folders_of(path: &Path) -> io::Result<HashSet<(u64, u64)>> {
    let root = Dir::open_ambient_dir(path, ambient_authority())?;
    let mut folders = HashSet::from([identity(&root)?]);
    for entry in root.entries()? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.insert(identity(&entry.open_dir()?)?);
        }
    }
    Ok(folders)
}

fn identity(folder: &Dir) -> io::Result<(u64, u64)> {
    let metadata = folder.dir_metadata()?;
    Ok((metadata.dev(), metadata.ino()))
}

fn refused(path: &Path) -> Failure {
    Failure::LocalRefused {
        code: "local-own-store",
        reason: "the vault itself is stored there, and nothing else may be",
        path: path.to_owned(),
    }
}
