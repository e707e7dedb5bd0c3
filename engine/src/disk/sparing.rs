//! A disk that gives up kept handles where the process has too many files open.

use std::io;
use std::sync::Arc;

use super::{Disk, DiskFile, DiskLock, FileInfo, Handles, LockMode, OpenMode};

/// The disk below, each call of which is made once more after [`Handles`] has given up what it
/// keeps, if it failed for want of a handle: also those that open a directory for a moment.
pub(crate) struct Sparing {
    disk: Arc<dyn Disk>,
    handles: Arc<Handles>,
}

impl Sparing {
    pub(crate) fn new(disk: Arc<dyn Disk>, handles: Arc<Handles>) -> Self {
        Self { disk, handles }
    }
}

impl Disk for Sparing {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        self.handles.sparing(|| self.disk.open(name, mode))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        self.handles.sparing(|| self.disk.list(directory))
    }

    fn create_dir(&self, directory: &str) -> io::Result<()> {
        self.disk.create_dir(directory)
    }

    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        self.handles.sparing(|| self.disk.sync_dir(directory))
    }

    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        self.disk.lock(mode)
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        self.disk.free_bytes()
    }
}
