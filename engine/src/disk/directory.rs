//! Files of one directory of the file system.
//!
//! On Unix files are readable by their owner alone (mode 0600) and so are the directories (0700).
//! The lock is an advisory lock of the operating system on the file `lock` and, on Unix, on the
//! directory, so that removing the file admits nobody. It excludes other processes and other
//! openers in this one, and ends with the process however that ends. A directory that was moved or
//! removed while it was locked is refused from then on. Files
//! that are no names of a [`Disk`], and anything that is not a regular file, are left alone: a
//! pipe or a link in place of a file is neither waited for nor followed.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use sealwood_base::{create_private_directory, open_regular, private_options, sync_directory};

use super::content::end_of;
use super::locked_directory::LockedDirectory;
use super::{
    Disk, DiskFile, DiskLock, FileInfo, LOCK_NAME, LockMode, OpenMode, check_directory,
    check_directory_or_root, check_name,
};

/// A [`Disk`] in a directory of the file system.
#[derive(Debug, Clone)]
pub struct DirectoryDisk {
    root: PathBuf,
    locked: Arc<LockedDirectory>,
}

impl DirectoryDisk {
    /// The disk in the directory `root`, which is made if it is missing, its ancestors too; what
    /// was made is durable on return.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = std::path::absolute(root.into())?;
        create_with_ancestors(&root)?;
        Ok(Self { root, locked: Arc::default() })
    }

    /// The disk in the directory `root`; nothing is made. [`io::ErrorKind::NotFound`] if it is
    /// missing, [`io::ErrorKind::NotADirectory`] if something else is there.
    pub fn open_existing(root: impl Into<PathBuf>) -> io::Result<Self> {
        let root = std::path::absolute(root.into())?;
        match std::fs::metadata(&root)?.is_dir() {
            true => Ok(Self { root, locked: Arc::default() }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// The directory.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        check_name(name)?;
        self.locked.expect_at(&self.root)?;
        Ok(self.root.join(name))
    }

    fn directory_path(&self, directory: &str) -> io::Result<PathBuf> {
        check_directory_or_root(directory)?;
        self.locked.expect_at(&self.root)?;
        Ok(if directory.is_empty() { self.root.clone() } else { self.root.join(directory) })
    }
}

/// The disk in a directory of the file system, which is made if it is missing.
pub(crate) fn directory_disk(root: PathBuf) -> io::Result<Arc<dyn Disk>> {
    Ok(Arc::new(DirectoryDisk::open(root)?))
}

/// The disk in a directory of the file system, which is there.
pub(crate) fn existing_directory_disk(root: PathBuf) -> io::Result<Arc<dyn Disk>> {
    Ok(Arc::new(DirectoryDisk::open_existing(root)?))
}

impl Disk for DirectoryDisk {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        let path = self.path(name)?;
        let mut options = private_options();
        options.read(true);
        let file = match mode {
            OpenMode::Read => open_regular(&path, &options)?,
            OpenMode::Write => open_regular(&path, options.write(true))?,
            OpenMode::CreateNew => options.write(true).create_new(true).open(path)?,
        };
        let locked = self.locked.clone();
        Ok(Arc::new(DirectoryFile { file, mode, growth: Mutex::new(()), locked }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        std::fs::rename(self.path(from)?, self.path(to)?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.path(name)?)
    }

    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        let entries = match std::fs::read_dir(self.directory_path(directory)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Below the root, `lock` is a name like any other.
            let is_name = check_name(&name).is_ok() || (name == LOCK_NAME && !directory.is_empty());
            if !is_name {
                continue;
            }
            match entry.metadata() {
                Ok(metadata) if metadata.is_file() => {
                    files.push(FileInfo { name, len: metadata.len() });
                }
                // Removed since the directory was read.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
        files.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        Ok(files)
    }

    fn create_dir(&self, directory: &str) -> io::Result<()> {
        check_directory(directory)?;
        create_private_directory(&self.directory_path(directory)?)
    }

    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        sync_directory(&self.directory_path(directory)?)
    }

    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        // Whatever fails from here on frees the directory again.
        let directory = lock_directory(&self.root, mode)?.map(Arc::new);
        let mut lock = DirectoryLock { file: None, directory };
        let path = self.root.join(LOCK_NAME);
        let mut options = private_options();
        let file = match (mode, open_regular(&path, options.read(true))) {
            // Readers share the lock of a directory that they may not write to.
            (LockMode::Shared, Ok(file)) => file,
            _ => open_regular(&path, options.write(true).create(true).truncate(false))?,
        };
        try_lock(&file, mode)?;
        lock.file = Some(file);
        if let Some(directory) = &lock.directory {
            self.locked.set(&self.root, directory);
        }
        Ok(Box::new(lock))
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        free_bytes(&self.root).map(Some)
    }
}

#[derive(Debug)]
struct DirectoryFile {
    file: File,
    mode: OpenMode,
    /// Held by what looks at the size before it changes it.
    growth: Mutex<()>,
    locked: Arc<LockedDirectory>,
}

impl DiskFile for DirectoryFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        end_of(offset, buffer.len())?;
        positioned::read_exact_at(&self.file, buffer, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.mode.check_writes()?;
        end_of(offset, bytes.len())?;
        positioned::write_all_at(&self.file, bytes, offset)
    }

    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        self.mode.check_writes()?;
        let _growing = self.growth.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = self.len()?;
        positioned::write_all_at(&self.file, bytes, offset)?;
        Ok(offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.mode.check_writes()?;
        end_of(len, 0)?;
        let _growing = self.growth.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.set_len(len)
    }

    /// The size is durable with the bytes; only times and the like may be left out.
    fn sync(&self) -> io::Result<()> {
        self.file.sync_data()?;
        self.locked.expect_not_removed()
    }
}

/// The file and the directory.
struct DirectoryLock {
    file: Option<File>,
    directory: Option<Arc<File>>,
}

impl DiskLock for DirectoryLock {}

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        [self.file.as_ref(), self.directory.as_deref()].into_iter().flatten().for_each(unlock);
    }
}

fn try_lock(file: &File, mode: LockMode) -> Result<(), TryLockError> {
    match mode {
        LockMode::Exclusive => file.try_lock(),
        LockMode::Shared => file.try_lock_shared(),
    }
}

/// Closing the file alone does not end its lock while a copy of the handle lives, as in a child
/// process that was forked and has not yet become another program.
fn unlock(file: &File) {
    if let Err(error) = file.unlock() {
        log::warn!("a lock ends only with its file: {error}");
    }
}

/// Locks the directory itself, where the file system locks directories: not all of the network do.
#[cfg(unix)]
fn lock_directory(root: &Path, mode: LockMode) -> io::Result<Option<File>> {
    let Ok(directory) = File::open(root) else { return Ok(None) };
    match try_lock(&directory, mode) {
        Ok(()) => Ok(Some(directory)),
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}

/// A file that is open keeps its name here.
#[cfg(not(unix))]
fn lock_directory(_root: &Path, _mode: LockMode) -> io::Result<Option<File>> {
    Ok(None)
}

#[cfg(unix)]
fn free_bytes(root: &Path) -> io::Result<u64> {
    let volume = nix::sys::statvfs::statvfs(root)?;
    Ok(in_bytes(volume.blocks_available(), volume.fragment_size()))
}

/// Platforms have numbers of 32 or 64 bits for these.
#[cfg(unix)]
fn in_bytes(blocks: impl Into<u64>, block_bytes: impl Into<u64>) -> u64 {
    blocks.into().saturating_mul(block_bytes.into())
}

#[cfg(windows)]
fn free_bytes(root: &Path) -> io::Result<u64> {
    fs4::available_space(root)
}

/// Makes a directory and whatever is missing above it, each durable before the next.
fn create_with_ancestors(path: &Path) -> io::Result<()> {
    let Some(parent) = path.parent() else { return Ok(()) };
    if path.is_dir() {
        // A process may have made it and ended before its name was durable. Where the directory
        // above is out of reach, somebody else made it.
        return sync_directory(parent).or(Ok(()));
    }
    create_with_ancestors(parent)?;
    create_private_directory(path)?;
    sync_directory(parent)
}

#[cfg(unix)]
mod positioned {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt;

    pub(super) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        file.read_exact_at(buffer, offset)
    }

    pub(super) fn write_all_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
        file.write_all_at(bytes, offset)
    }
}

/// These move the file's cursor as well, which nothing here relies on.
#[cfg(windows)]
mod positioned {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt;

    pub(super) fn read_exact_at(
        file: &File,
        mut buffer: &mut [u8],
        mut offset: u64,
    ) -> io::Result<()> {
        while !buffer.is_empty() {
            match file.seek_read(buffer, offset) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => {
                    buffer = &mut buffer[count..];
                    offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    pub(super) fn write_all_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match file.seek_write(bytes, offset) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => {
                    bytes = &bytes[count..];
                    offset += count as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
