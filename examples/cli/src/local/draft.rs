//! Files on their way to their names.
//!
//! A draft has a name of its own, `.sealwood-get-` and sixteen hexadecimal digits, and is locked
//! for as long as it is written. A run that was killed leaves its drafts behind without a lock,
//! and a later run that writes to the same folder removes those. Where a file system has no locks
//! nobody can tell them from drafts in use, and they stay.

use std::ffi::{OsStr, OsString};
use std::fs::{self, TryLockError};
use std::io;
use std::sync::Arc;

use cap_fs_ext::{FollowSymlinks, MetadataExt, OpenOptionsFollowExt, OpenOptionsSyncExt};
use cap_std::fs::{Dir, Metadata, OpenOptions};
use sealwood::platform::{Entropy, SystemEntropy};

/// What the name of every draft starts with.
const PREFIX: &str = ".sealwood-get-";
/// How often a new draft may be taken for an abandoned one before it got its lock.
const ATTEMPTS_MAX: usize = 16;

/// Who may read a draft before it is a file of the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    /// Whom the user's mask allows, as for any new file.
    AsTheMaskSays,
    /// Its owner alone: it will get the mode of an older file.
    OwnerAlone,
}

/// What becomes of a file that has the name already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Replace,
    Keep,
}

/// Whether a file has got its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Written,
    /// Something was there and was to be kept.
    Left,
}

/// A file of a name of its own; gone when dropped before it has the right one.
pub(super) struct Draft {
    // Closed before its name is removed, which some systems insist on.
    pub(super) file: fs::File,
    name: DraftName,
}

struct DraftName {
    folder: Arc<Dir>,
    name: OsString,
    is_taken: bool,
}

impl Draft {
    pub(super) fn create(folder: &Arc<Dir>, readers: Readers) -> io::Result<Self> {
        for _ in 0..ATTEMPTS_MAX {
            let mut random = [0; 8];
            SystemEntropy.fill(&mut random).map_err(io::Error::other)?;
            let name = OsString::from(format!("{PREFIX}{:016x}", u64::from_ne_bytes(random)));
            let file = folder.open_with(&name, &options(readers))?;
            let identity = file.metadata()?;
            let draft = Self {
                file: file.into_std(),
                name: DraftName { folder: Arc::clone(folder), name, is_taken: true },
            };
            // Until it has its lock, a run that cleans up may take it for an abandoned one.
            let is_locked = !matches!(draft.file.try_lock(), Err(TryLockError::WouldBlock));
            if is_locked && is_at(folder, &draft.name.name, &identity) {
                return Ok(draft);
            }
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    /// Gives the draft the name of the file that it is.
    pub(super) fn take_name(mut self, name: &OsStr, existing: Existing) -> io::Result<Outcome> {
        let DraftName { folder, name: own, .. } = &self.name;
        if existing == Existing::Keep {
            // Unlike a rename, a link never replaces what came there meanwhile.
            match folder.hard_link(own, folder, name) {
                Ok(()) => return Ok(Outcome::Written),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    return Ok(Outcome::Left);
                }
                // Not every file system has them.
                Err(_) if folder.symlink_metadata(name).is_ok() => return Ok(Outcome::Left),
                Err(_) => {}
            }
        }
        folder.rename(own, folder, name)?;
        self.name.is_taken = false;
        Ok(Outcome::Written)
    }
}

impl Drop for DraftName {
    fn drop(&mut self) {
        if self.is_taken {
            // What cannot be removed now is removed by a later run.
            drop(self.folder.remove_file(&self.name));
        }
    }
}

/// Removes the drafts in `folder` that were left by runs which were killed. One that cannot be
/// removed is in nobody's way.
pub(super) fn remove_abandoned(folder: &Dir) {
    let Ok(entries) = folder.entries() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        // Its lock is held while it is removed, so that nobody starts to write to it.
        if is_draft_name(&name)
            && let Some(_locked) = lock_abandoned(folder, &name)
        {
            drop(folder.remove_file(&name));
        }
    }
}

/// The draft, locked, unless somebody writes to it.
fn lock_abandoned(folder: &Dir, name: &OsStr) -> Option<fs::File> {
    if !folder.symlink_metadata(name).ok()?.is_file() {
        return None;
    }
    let mut options = OpenOptions::new();
    // Some file systems lock only what is open to write.
    options.write(true).follow(FollowSymlinks::No).nonblock(true);
    let file = folder.open_with(name, &options).ok()?;
    let identity = file.metadata().ok().filter(Metadata::is_file)?;
    let file = file.into_std();
    file.try_lock().ok()?;
    // It may have got its right name, and another file this one, before it was locked.
    is_at(folder, name, &identity).then_some(file)
}

fn is_draft_name(name: &OsStr) -> bool {
    let digits = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
    digits.is_some_and(|digits| {
        digits.len() == 16 && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    })
}

/// Whether the file is at `name`.
fn is_at(folder: &Dir, name: &OsStr, file: &Metadata) -> bool {
    folder
        .symlink_metadata(name)
        .is_ok_and(|found| (found.dev(), found.ino()) == (file.dev(), file.ino()))
}

fn options(readers: Readers) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::OwnerAlone {
        cap_std::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    #[cfg(not(unix))]
    let _ = readers;
    options
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use cap_std::ambient_authority;

    use super::*;

    #[test]
    fn abandoned_drafts_are_removed_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Arc::new(Dir::open_ambient_dir(&directory, ambient_authority()).unwrap());
        let in_use = Draft::create(&folder, Readers::AsTheMaskSays).unwrap();
        let left = ".sealwood-get-0123456789abcdef";
        let others = [
            ".sealwood-get-0123456789abcde",
            ".sealwood-get-0123456789ABCDEF",
            ".sealwood-get-0123456789abcdef0",
            ".sealwood-get-",
            "sealwood-get-0123456789abcdef",
        ];
        for name in others.into_iter().chain([left]) {
            folder.write(name, "x").unwrap();
        }
        folder.create_dir(".sealwood-get-fedcba9876543210").unwrap();
        remove_abandoned(&folder);
        assert!(!folder.exists(left));
        for name in others.into_iter().chain([".sealwood-get-fedcba9876543210"]) {
            assert!(folder.exists(name), "{name}");
        }
        assert!(folder.exists(&in_use.name.name));
        assert_eq!(in_use.take_name("file".as_ref(), Existing::Replace).unwrap(), Outcome::Written);
        assert!(folder.exists("file"));
    }

    #[test]
    fn what_came_meanwhile_is_kept_or_replaced() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Arc::new(Dir::open_ambient_dir(&directory, ambient_authority()).unwrap());
        for (existing, outcome, content) in
            [(Existing::Keep, Outcome::Left, "theirs"), (Existing::Replace, Outcome::Written, "")]
        {
            let draft = Draft::create(&folder, Readers::OwnerAlone).unwrap();
            folder.write("file", "theirs").unwrap();
            assert_eq!(draft.take_name("file".as_ref(), existing).unwrap(), outcome);
            assert_eq!(folder.read_to_string("file").unwrap(), content);
            assert_eq!(folder.entries().unwrap().count(), 1);
        }
    }
}
