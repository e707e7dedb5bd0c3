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

mod handles;
mod memory;

use std::io;
use std::sync::Arc;

use super::{MaybeSend, MaybeSync};




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
pub trait Disk: MaybeSend + MaybeSync + 'static {
    /// Opens a file. [`io::ErrorKind::NotFound`] if it is to be there and is not,
    /// [`io::ErrorKind::AlreadyExists`] if it is not to be there and is.
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name in place of whatever had it.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Removes a file. [`io::ErrorKind::NotFound`] if there is none. Open handles stay usable.
    fn remove(&self, name: &str) -> io::Result<()>;

    /// The files directly in `directory` (`""` is the root), ascending by name; none if there is
    /// no such directory.
    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>>;

    /// Makes a directory in the root, if there is none yet. [`Disk::sync_dir`] of the root makes it durable.
    fn create_dir(&self, directory: &str) -> io::Result<()>;

    /// Makes the names in `directory` (`""` is the root) durable.
    fn sync_dir(&self, directory: &str) -> io::Result<()>;

    /// Locks the whole disk against other openers, in this process or another.
    /// [`io::ErrorKind::WouldBlock`] if it is locked.
    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>>;

    /// How many more bytes fit, where that is known.
    fn free_bytes(&self) -> io::Result<Option<u64>>;
}

/// An open file.
pub trait DiskFile: MaybeSend + MaybeSync {
    /// The size, in bytes.
    fn len(&self) -> io::Result<u64>;

    /// Fills `buffer` from `offset` on. [`io::ErrorKind::UnexpectedEof`] if the file ends first.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`; a gap before it reads as zeros. After an error any part may have been written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Writes all of `bytes` at the end; gives the offset at which they begin.
    fn append(&self, bytes: &[u8]) -> io::Result<u64>;

    /// Cuts the file, or lengthens it by zeros, to `len` bytes.
    fn set_len(&self, len: u64) -> io::Result<()>;

    /// Makes the bytes and the size durable. After an error nothing is known of any write since the last success.
    fn sync(&self) -> io::Result<()>;
}
