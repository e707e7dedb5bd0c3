//! Applying an edit to a tree, wholly or not at all.

use super::directory_id::DirectoryId;
use super::edit::Edit;
use super::entry::{Body, Entry};
use super::stamp::Origin;
use super::time::Time;
use super::tree::{Stop, change_directory, change_parent, find};
use crate::error::{Error, Result};
use crate::hamt::Trie;
use crate::path::{PathRule, VaultPath};

impl Edit {
    /// Applies the edit, wholly or not at all.
    pub(crate) fn apply(&self, top: &mut Trie<Entry>) -> Result<(), Stop> {
        let mut changed = top.clone();
        self.change(&mut changed)?;
        *top = changed;
        Ok(())
    }

    fn change(&self, top: &mut Trie<Entry>) -> Result<(), Stop> {
        match self {
            Edit::Put { path, entry, time, .. } => {
                if find(top, path)?.is_some_and(|old| old.content().is_none()) {
                    return Err(Error::IsADirectory { path: path.clone() }.into());
                }
                insert(top, path, entry.clone(), *time)
            }
            Edit::MakeDirectory { path, origin } => {
                change_directory(top, path, *origin, 0, |_| Ok(()))
            }
            Edit::Remove { path, .. } => {
                let entry = existing(top, path)?;
                if entry.as_directory().is_some_and(|directory| !directory.is_empty()) {
                    return Err(Error::DirectoryNotEmpty { path: path.clone() }.into());
                }
                remove(top, path, &entry)
            }
            Edit::RemoveAll { path, .. } => {
                let entry = existing(top, path)?;
                remove(top, path, &entry)
            }
            Edit::Rename { from, to, origin } => {
                let entry = existing(top, from)?;
                if from == to {
                    return Ok(());
                }
                check_target(top, &entry, from, to)?;
                remove(top, from, &entry)?;
                insert(top, to, Entry { stamp: origin.stamp, ..entry }, origin.time)
            }
            Edit::Copy { from, to, origin } => {
                let entry = existing(top, from)?;
                if from == to {
                    return Ok(());
                }
                check_target(top, &entry, from, to)?;
                let body = match entry.body {
                    // What is below is shared, ids and all.
                    Body::Directory(directory) => {
                        let id = DirectoryId::made(origin.stamp, 0);
                        Body::Directory(directory.copied(id))
                    }
                    file => file,
                };
                insert(top, to, Entry { stamp: origin.stamp, body, ..entry }, origin.time)
            }
            Edit::Annotate { path, attributes, modified, stamp } => {
                let entry = existing(top, path)?;
                let entry = Entry { stamp: *stamp, modified: *modified, ..entry };
                insert(top, path, entry.with_attributes(attributes.clone()), *modified)
            }
        }
    }
}

fn existing(top: &Trie<Entry>, path: &VaultPath) -> Result<Entry, Stop> {
    if path.is_top() {
        return Err(Error::InvalidPath(PathRule::Top).into());
    }
    let entry = find(top, path)?.cloned();
    entry.ok_or_else(|| Error::NotFound { path: path.clone() }.into())
}

/// Puts an entry at `path`. Directories that are missing on the way get its stamp, and `time`.
fn insert(top: &mut Trie<Entry>, path: &VaultPath, entry: Entry, time: Time) -> Result<(), Stop> {
    let origin = Origin { stamp: entry.stamp, time };
    change_parent(top, path, origin, |parent, name| parent.insert(name, entry).map(|_| ()))
}

/// Takes the entry at `path` away. It was found there, so no directory is made.
fn remove(top: &mut Trie<Entry>, path: &VaultPath, found: &Entry) -> Result<(), Stop> {
    let origin = Origin { stamp: found.stamp, time: found.modified };
    change_parent(top, path, origin, |parent, name| parent.remove(name).map(|_| ()))
}

/// A target may be free, a file to replace by a file, or an empty directory to replace by one.
fn check_target(
    top: &Trie<Entry>,
    entry: &Entry,
    from: &VaultPath,
    to: &VaultPath,
) -> Result<(), Stop> {
    if to.is_top() {
        return Err(Error::InvalidPath(PathRule::Top).into());
    }
    if to.is_within(from) {
        return Err(match entry.body {
            Body::Directory(_) => Error::IntoItself { path: to.clone() },
            // A parent of the target would be the file itself.
            Body::File(_) => Error::NotADirectory { path: from.clone() },
        }
        .into());
    }
    let path = to.clone();
    let error = match (&entry.body, find(top, to)?.map(|target| &target.body)) {
        (_, None) | (Body::File(_), Some(Body::File(_))) => return Ok(()),
        (Body::File(_), Some(Body::Directory(_))) => Error::IsADirectory { path },
        (Body::Directory(_), Some(Body::File(_))) => Error::NotADirectory { path },
        (Body::Directory(_), Some(Body::Directory(target))) if target.is_empty() => return Ok(()),
        (Body::Directory(_), Some(Body::Directory(_))) => Error::DirectoryNotEmpty { path },
    };
    Err(error.into())
}
