//! Files of one directory, as the embedded engine needs them.
//!
//! Opening is separate from use: a handle, once open, reads, writes and syncs without a name, as
//! the synchronous handles of a browser worker do. Names are relative, `/` between a directory and
//! a file, each part of `[a-z0-9.-]`; directories nest one deep. Calls block; they may be made
//! from several threads at once.
//!
//! **What a disk promises.** Bytes written are visible to every handle at once. They survive a
//! power cut after [`DiskFile::sync`] of the file and, for a name that was made, renamed or
//! removed, after [`Disk::sync_dir`] of its directory. Until then a cut may keep or lose each
//! write by itself. A rename replaces its target whole or not at all.
//!
//! `DirectoryDisk`, natively, is a directory of the file system; [`MemoryDisk`] forgets with the
//! process; the feature `faults` adds one for tests that fails on purpose. [`conformance`]
//! tells whether any other keeps the contract.

pub mod conformance;
pub(crate) mod content;
#[cfg(not(target_arch = "wasm32"))]
mod directory;
mod handles;
pub(crate) mod lock;
#[cfg(not(target_arch = "wasm32"))]
mod locked_directory;
mod memory;
mod name;
mod sparing;

use std::io;
use std::sync::Arc;

use sealwood_base::{MaybeSend, MaybeSync};

#[cfg(not(target_arch = "wasm32"))]
pub use directory::DirectoryDisk;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use directory::{directory_disk, existing_directory_disk};
pub(crate) use handles::Handles;
pub use memory::MemoryDisk;
pub use name::{
    LOCK_NAME, NAME_PART_BYTES_MAX, check_directory, check_directory_or_root, check_name,
};
pub(crate) use sparing::Sparing;

/// How [`Disk::open`] opens a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OpenMode {
    /// To read what is there.
    Read,
    /// To read and write what is there.
    Write,
    /// To read and write a file that must not be there yet.
    CreateNew,
}

impl OpenMode {
    /// Refuses, with [`io::ErrorKind::PermissionDenied`], what a handle to read may not do.
    pub fn check_writes(self) -> io::Result<()> {
        match self {
            Self::Read => Err(io::ErrorKind::PermissionDenied.into()),
            Self::Write | Self::CreateNew => Ok(()),
        }
    }
}

/// Who else may hold [`Disk::lock`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LockMode {
    /// Nobody.
    Exclusive,
    /// Others that hold it shared.
    Shared,
}

/// A file in a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// The name in its directory, without the directory.
    pub name: String,
    /// The size, in bytes.
    pub len: u64,
}

/// Held while a disk is locked; dropping it unlocks.
pub trait DiskLock: MaybeSend + MaybeSync {}

/// A directory of files.
///
/// Every call that is given a name refuses one that [`check_name`] or [`check_directory`] refuses,
/// with [`io::ErrorKind::InvalidInput`].
pub trait Disk: MaybeSend + MaybeSync + 'static {
    /// Opens a file. [`io::ErrorKind::NotFound`] if it is to be there and is not,
    /// [`io::ErrorKind::AlreadyExists`] if it is not to be there and is. A file in a directory that
    /// is missing is missing and can't be made. Where the process has as many files open as it may,
    /// the error is one that [`is_too_many_open_files`] knows.
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>>;

    /// Renames a file, in the same directory or to another, in place of the file that had the name.
    /// [`io::ErrorKind::NotFound`] if there is no such file or no such directory. Open handles of
    /// both files stay usable.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. [`io::ErrorKind::NotFound`] if there is none. Open handles stay usable.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// The files directly in `directory` (`""` is the root), ascending by name; none if there is
    /// no such directory. Directories are not listed, nor is the file of the lock.
    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>>;

    /// Makes a directory in the root, if there is none yet. [`Disk::sync_dir`] of the root makes it
    /// durable. [`io::ErrorKind::AlreadyExists`] if a file has the name.
    fn create_dir(&self, directory: &str) -> io::Result<()>;

    /// Makes the names in `directory` (`""` is the root) durable. [`io::ErrorKind::NotFound`] if
    /// there is no such directory.
    fn sync_dir(&self, directory: &str) -> io::Result<()>;

    /// Locks the whole disk against other openers, in this process or another.
    /// [`io::ErrorKind::WouldBlock`] if it is locked.
    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>>;

    /// How many more bytes fit, where that is known. A write of more fails with
    /// [`io::ErrorKind::StorageFull`].
    fn free_bytes(&self) -> io::Result<Option<u64>>;
}

/// An open file.
///
/// What would change a file that was opened to read fails with [`io::ErrorKind::PermissionDenied`],
/// and an offset at which no file can end with [`io::ErrorKind::InvalidInput`].
#[expect(clippy::len_without_is_empty, reason = "asking for the size can fail")]
pub trait DiskFile: MaybeSend + MaybeSync {
    /// The size, in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Fills `buffer` from `offset` on. [`io::ErrorKind::UnexpectedEof`] if the file ends first;
    /// what `buffer` has then is not said. Nothing is read for an empty one.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`; a gap before it reads as zeros. Nothing happens for no
    /// bytes. After an error any part may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Writes all of `bytes` at the end; returns the offset at which they begin. Appends through
    /// one handle come one after the other; those through two handles at once may meet. After an
    /// error any part may have been written.
    fn append(&self, bytes: &[u8]) -> io::Result<u64>;

    /// Cuts the file, or lengthens it by zeros, to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes the bytes and the size durable, whichever handle they were written through. After an
    /// error nothing is known of any write since the last success, and a later success says nothing
    /// of them either. Of a handle to read nothing is promised.
    fn sync(&self) -> io::Result<()>;
}

/// What systems say of too many open files: of the process and of the system on Unix (and of the
/// simulated disk where there is no file system), of the process on Windows.
const TOO_MANY_OPEN_FILES: &[i32] = if cfg!(windows) { &[4] } else { &[24, 23] };

/// Whether an open failed because too many files are open, so that closing some may help.
pub fn is_too_many_open_files(error: &io::Error) -> bool {
    error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code))
}

/// The error that [`is_too_many_open_files`] knows, for disks that are no file system.
#[cfg(any(test, feature = "faults"))]
pub(crate) fn too_many_open_files() -> io::Error {
    io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES[0])
}

/// There are no directories here.
#[cfg(target_arch = "wasm32")]
pub(crate) fn directory_disk(_root: std::path::PathBuf) -> io::Result<Arc<dyn Disk>> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Nor any that is there already.
#[cfg(target_arch = "wasm32")]
pub(crate) fn existing_directory_disk(root: std::path::PathBuf) -> io::Result<Arc<dyn Disk>> {
    directory_disk(root)
}
