//! Files in memory, for tests and for stores that need not outlive the process.
//!
//! Nothing is lost while a clone of the disk is alive: syncs do nothing. `FaultDisk`, behind the
//! feature `faults`, is the disk in memory that can lose power.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::content;
use super::lock::LockTable;
use super::{
    Disk, DiskFile, DiskLock, FileInfo, LockMode, OpenMode, check_directory,
    check_directory_or_root, check_name,
};

/// A [`Disk`] in memory. A clone is the same disk, so that a test can open it again.
#[derive(Debug, Clone)]
pub struct MemoryDisk {
    directories: Arc<Mutex<Directories>>,
    space: Arc<Space>,
    lock: LockTable,
}

/// Directory, then name. The root is `""`.
type Directories = BTreeMap<String, BTreeMap<String, Arc<Content>>>;

impl MemoryDisk {
    /// An empty disk that holds what memory holds.
    pub fn new() -> Self {
        Self::with_space(None)
    }

    /// An empty disk for `capacity` bytes of file content. A write or a [`DiskFile::set_len`] that
    /// would go over it changes nothing and fails with [`io::ErrorKind::StorageFull`]. A removed
    /// file counts until its last handle is dropped.
    pub fn with_capacity(capacity: u64) -> Self {
        Self::with_space(Some(capacity))
    }

    fn with_space(capacity: Option<u64>) -> Self {
        Self {
            directories: Arc::new(Mutex::new(BTreeMap::from([(String::new(), BTreeMap::new())]))),
            space: Arc::new(Space { capacity, used: Mutex::new(0) }),
            lock: LockTable::default(),
        }
    }

    fn directories(&self) -> MutexGuard<'_, Directories> {
        self.directories.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryDisk {
    fn default() -> Self {
        Self::new()
    }
}

impl Disk for MemoryDisk {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let (directory, file) = check_name(name)?;
        let mut directories = self.directories();
        let is_directory = directories.contains_key(name);
        let files = directories.get_mut(directory).ok_or(io::ErrorKind::NotFound)?;
        let content = match (files.get(file), mode) {
            (Some(_), OpenMode::CreateNew) => return Err(io::ErrorKind::AlreadyExists.into()),
            (Some(content), _) => content.clone(),
            (None, OpenMode::CreateNew) if is_directory => {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            (None, OpenMode::CreateNew) => {
                let content = Arc::new(Content::new(self.space.clone()));
                files.insert(file.to_owned(), content.clone());
                content
            }
            (None, _) if is_directory => return Err(io::ErrorKind::IsADirectory.into()),
            (None, _) => return Err(io::ErrorKind::NotFound.into()),
        };
        Ok(Arc::new(MemoryFile { content, mode }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let (from_directory, from_file) = check_name(from)?;
        let (to_directory, to_file) = check_name(to)?;
        let mut directories = self.directories();
        if directories.contains_key(to) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if !directories.contains_key(to_directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let sources = directories.get_mut(from_directory).ok_or(io::ErrorKind::NotFound)?;
        let content = sources.remove(from_file).ok_or(io::ErrorKind::NotFound)?;
        let targets = directories.entry(to_directory.to_owned()).or_default();
        let replaced = targets.insert(to_file.to_owned(), content);
        drop(directories);
        drop(replaced);
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let (directory, file) = check_name(name)?;
        let removed = self.directories().get_mut(directory).and_then(|files| files.remove(file));
        removed.map(drop).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        check_directory_or_root(directory)?;
        let directories = self.directories();
        let files = directories.get(directory).into_iter().flatten();
        Ok(files
            .map(|(name, content)| FileInfo {
                name: name.clone(),
                len: content.bytes().len() as u64,
            })
            .collect())
    }

    fn create_dir(&self, directory: &str) -> io::Result<()> {
        check_directory(directory)?;
        let mut directories = self.directories();
        if directories.get("").is_some_and(|files| files.contains_key(directory)) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        directories.entry(directory.to_owned()).or_default();
        Ok(())
    }

    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        check_directory_or_root(directory)?;
        let is_there = self.directories().contains_key(directory);
        if is_there { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        self.lock.take(mode)
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        let used = *self.space.used();
        Ok(self.space.capacity.map(|capacity| capacity.saturating_sub(used)))
    }
}

/// How many bytes all files together have, and may have.
#[derive(Debug)]
struct Space {
    capacity: Option<u64>,
    used: Mutex<u64>,
}

impl Space {
    fn used(&self) -> MutexGuard<'_, u64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, bytes: u64) -> io::Result<()> {
        let mut used = self.used();
        let after = used.checked_add(bytes).ok_or(io::ErrorKind::StorageFull)?;
        if self.capacity.is_some_and(|capacity| after > capacity) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        *used = after;
        Ok(())
    }

    fn give_back(&self, bytes: u64) {
        let mut used = self.used();
        *used = used.saturating_sub(bytes);
    }
}

/// The bytes of a file; they live as long as a name or a handle has them.
#[derive(Debug)]
struct Content {
    bytes: Mutex<Vec<u8>>,
    space: Arc<Space>,
}

impl Content {
    fn new(space: Arc<Space>) -> Self {
        Self { bytes: Mutex::default(), space }
    }

    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resize(&self, bytes: &mut Vec<u8>, len: u64) -> io::Result<()> {
        let before = bytes.len() as u64;
        self.space.take(len.saturating_sub(before))?;
        let outcome = content::resize(bytes, len);
        let unused = len.max(before) - bytes.len() as u64;
        self.space.give_back(unused);
        outcome
    }

    fn put(&self, bytes: &mut Vec<u8>, offset: u64, written: &[u8]) -> io::Result<()> {
        let end = content::end_of(offset, written.len())?;
        if !written.is_empty() && end > bytes.len() as u64 {
            self.resize(bytes, end)?;
        }
        content::write(bytes, offset, written)
    }
}

impl Drop for Content {
    fn drop(&mut self) {
        let len = self.bytes().len() as u64;
        self.space.give_back(len);
    }
}

#[derive(Debug)]
struct MemoryFile {
    content: Arc<Content>,
    mode: OpenMode,
}

impl DiskFile for MemoryFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.content.bytes().len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        content::read(&self.content.bytes(), offset, buffer)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.mode.check_writes()?;
        self.content.put(&mut self.content.bytes(), offset, bytes)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        self.mode.check_writes()?;
        let mut before = self.content.bytes();
        let offset = before.len() as u64;
        self.content.put(&mut before, offset, bytes)?;
        Ok(offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.mode.check_writes()?;
        content::end_of(len, 0)?;
        self.content.resize(&mut self.content.bytes(), len)
    }

    fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}
