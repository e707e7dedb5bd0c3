//! How names come to be and to change: directories, bodies, the lock.

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, UNIX_EPOCH};

use super::read::{file_at, read_object};
use super::{Layout, OBJECT_BYTES_MAX, store_error};
use crate::blob::{ETag, HoldMode, Precondition};
use crate::error::{Error, Result};
use crate::platform::{
    Clock, Entropy, SystemClock, SystemEntropy, create_private_directory, open_regular,
    private_options, sync_directory,
};

/// After this long nobody writes to a file in `tmp` any more.
const TEMP_AGE_MAX: Duration = Duration::from_secs(24 * 60 * 60);
/// How many directories are remembered as durable before the memory starts afresh.
const SYNCED_DIRECTORIES_MAX: usize = 4096;

impl Layout {
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        // The process may change its current directory later.
        let root = std::path::absolute(root)?;
        let layout = Self {
            lock: root.join("lock"),
            holders: root.join("holders"),
            temps: root.join("tmp"),
            objects: root.join("objects"),
            synced: Mutex::new(HashSet::from([root.clone()])),
        };
        match layout.prepare(&root) {
            // Who may not write can read what is there.
            Err(error) if is_denied(&error) && layout.objects.is_dir() => {}
            prepared => prepared?,
        }
        Ok(layout)
    }

    /// Makes what is missing and takes away what was left over.
    fn prepare(&self, root: &Path) -> io::Result<()> {
        create_with_ancestors(root)?;
        self.ensure_directory(&self.temps)?;
        self.ensure_directory(&self.objects)?;
        self.lock()?;
        // There may be no room to make it later.
        self.holders()?;
        self.sweep_temps()
    }

    pub(super) fn put(&self, path: &Path, bytes: &[u8], condition: &Precondition) -> Result<ETag> {
        if bytes.len() as u64 > OBJECT_BYTES_MAX {
            return Err(Error::InvalidArgument { what: "object: at most 64 MiB" });
        }
        let directory = path.parent().unwrap_or(&self.objects);
        // A precondition that fails now fails the put: nothing need be written.
        self.check(path, directory, condition)?;
        self.ensure_directory(directory).map_err(store_error)?;
        let temp = TempFile::write(&self.temps, bytes)?;
        {
            let _lock = self.lock().map_err(store_error)?;
            self.check(path, directory, condition)?;
            temp.rename(path).map_err(store_error)?;
        }
        sync_directory(directory).map_err(unsynced)?;
        Ok(ETag::of_content(bytes))
    }

    pub(super) fn delete(&self, path: &Path) -> Result<()> {
        {
            let _lock = self.lock().map_err(store_error)?;
            match fs::remove_file(path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(store_error(error)),
            }
        }
        sync_directory(path.parent().unwrap_or(&self.objects)).map_err(unsynced)
    }

    /// Fails if `condition` does not hold for the object at `path`. The state that made it fail
    /// is durable then, so that a caller may build on it.
    fn check(&self, path: &Path, directory: &Path, condition: &Precondition) -> Result<()> {
        let holds = match condition {
            Precondition::None => true,
            Precondition::Absent => file_at(path).map_err(store_error)?.is_none(),
            Precondition::Matches(etag) => match read_object(path, OBJECT_BYTES_MAX) {
                Ok(found) => ETag::of_content(&found) == *etag,
                // What the store did not write has no tag that it gave.
                Err(Error::ObjectMissing | Error::ObjectCorrupt) => false,
                Err(error) => return Err(error),
            },
        };
        if holds {
            return Ok(());
        }
        match sync_directory(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(store_error(error)),
            _ => Err(Error::PreconditionFailed),
        }
    }

    /// Makes `directory`, which lies below the root, and its name durable.
    fn ensure_directory(&self, directory: &Path) -> io::Result<()> {
        if self.synced().contains(directory) {
            return Ok(());
        }
        if let Some(parent) = directory.parent() {
            self.ensure_directory(parent)?;
            create_private_directory(directory)?;
            sync_directory(parent)?;
        }
        let mut synced = self.synced();
        if synced.len() == SYNCED_DIRECTORIES_MAX {
            // The root has no parent of the store's own: it stays, and ends the recursion.
            synced.retain(|kept| Some(kept.as_path()) == self.objects.parent());
        }
        synced.insert(directory.to_owned());
        Ok(())
    }

    /// Waits for the lock; dropping the file gives it back. Each call opens the file anew: a lock
    /// belongs to an open file, and threads that shared one would not exclude each other.
    fn lock(&self) -> io::Result<File> {
        let mut options = private_options();
        let file = open_regular(&self.lock, options.create(true).truncate(false).write(true))?;
        file.lock()?;
        Ok(file)
    }

    /// Holds the store; dropping the file gives it back.
    pub(super) fn hold(&self, mode: HoldMode) -> io::Result<Option<File>> {
        let file = self.holders()?;
        match mode {
            HoldMode::Shared => file.lock_shared()?,
            HoldMode::Alone => match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            },
        }
        Ok(Some(file))
    }

    fn holders(&self) -> io::Result<File> {
        let mut options = private_options();
        open_regular(&self.holders, options.create(true).truncate(false).write(true))
    }

    fn sweep_temps(&self) -> io::Result<()> {
        let now = UNIX_EPOCH + Duration::from_millis(SystemClock.now_ms());
        for entry in fs::read_dir(&self.temps)? {
            let entry = entry?;
            let modified = entry.metadata().and_then(|found| found.modified());
            let age = modified.ok().and_then(|modified| now.duration_since(modified).ok());
            if age.is_some_and(|age| age > TEMP_AGE_MAX) {
                // Another process may sweep at the same time.
                drop(fs::remove_file(entry.path()));
            }
        }
        Ok(())
    }
}

/// A body on its way to its place; gone when dropped on the way.
struct TempFile {
    path: PathBuf,
    in_place: bool,
}

impl TempFile {
    fn write(temps: &Path, bytes: &[u8]) -> Result<Self> {
        let mut name = [0; 16];
        SystemEntropy.fill(&mut name)?;
        let path = temps.join(hex::encode(name));
        let mut options = private_options();
        let mut file = options.write(true).create_new(true).open(&path).map_err(store_error)?;
        let temp = Self { path, in_place: false };
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(store_error)?;
        Ok(temp)
    }

    fn rename(mut self, path: &Path) -> io::Result<()> {
        fs::rename(&self.path, path)?;
        self.in_place = true;
        Ok(())
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        if !self.in_place {
            // What can't be removed now is swept later.
            drop(fs::remove_file(&self.path));
        }
    }
}

/// What is done can be seen, but may not survive a crash.
fn unsynced(error: io::Error) -> Error {
    log::warn!("a directory was not made durable: {error}");
    Error::OutcomeUnknown
}

/// Whether nothing may be written, as on media that are read only.
fn is_denied(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// Makes `path` and what is missing above it, each durable.
fn create_with_ancestors(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !fs::exists(path)? => {
            create_with_ancestors(parent)?;
            create_private_directory(path)?;
            sync_directory(parent)
        }
        _ => Ok(()),
    }
}
