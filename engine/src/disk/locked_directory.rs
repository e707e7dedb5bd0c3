//! A directory that is locked, and whether it is still where it was.
//!
//! The lock is that of a directory and not of its path. Nothing is done by name in a directory that
//! somebody put in its place, where another engine may be at work; and once it is removed, nothing
//! that was written to its files is called durable. On Windows a directory with open files stays
//! where it is.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The directory of a disk while that is locked.
#[derive(Debug, Default)]
pub(super) struct LockedDirectory(Mutex<Locked>);

#[derive(Debug, Default)]
struct Locked {
    /// Gone once the lock is.
    directory: Weak<File>,
    /// Whether it is told of it how many names it has: not all file systems know.
    has_names: bool,
}

impl LockedDirectory {
    /// The directory at `root` was locked. Where it cannot be told from others nothing is watched.
    pub(super) fn set(&self, root: &Path, directory: &Arc<File>) {
        let mut locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *locked = match is_at(root, directory) {
            Ok(true) => Locked {
                directory: Arc::downgrade(directory),
                has_names: names(directory).is_ok_and(|names| names > 0),
            },
            _ => Locked::default(),
        };
    }

    /// Fails if it is locked and not at `root` any more.
    pub(super) fn expect_at(&self, root: &Path) -> io::Result<()> {
        match self.directory() {
            Some((directory, _)) if !is_at(root, &directory)? => {
                Err(io::Error::other("the directory was moved or removed while it was open"))
            }
            _ => Ok(()),
        }
    }

    /// Fails if it is locked and has no name any more.
    pub(super) fn expect_not_removed(&self) -> io::Result<()> {
        match self.directory() {
            Some((directory, true)) if names(&directory)? == 0 => {
                Err(io::Error::other("the directory was removed while it was open"))
            }
            _ => Ok(()),
        }
    }

    fn directory(&self) -> Option<(Arc<File>, bool)> {
        let locked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Some((locked.directory.upgrade()?, locked.has_names))
    }
}

/// Whether `root` is the path of an open directory.
#[cfg(unix)]
fn is_at(root: &Path, directory: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;

    // Both are asked anew: some file systems give numbers for as long as a file is open.
    let there = match std::fs::metadata(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        there => there?,
    };
    let ours = directory.metadata()?;
    Ok((there.dev(), there.ino()) == (ours.dev(), ours.ino()))
}

#[cfg(not(unix))]
fn is_at(_root: &Path, _directory: &File) -> io::Result<bool> {
    Ok(true)
}

#[cfg(unix)]
fn names(directory: &File) -> io::Result<u64> {
    use std::os::unix::fs::MetadataExt;

    Ok(directory.metadata()?.nlink())
}

#[cfg(not(unix))]
fn names(_directory: &File) -> io::Result<u64> {
    Ok(1)
}
