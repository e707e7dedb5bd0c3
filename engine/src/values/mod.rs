//! Separated values: large values in files of their own, named after what they hold.
//!
//! ```text
//! bytes    field
//! len      the content
//! 32 each  blake3 hash of each 64 KiB of the content, in order; the last may be of less
//! ```
//!
//! A value's hash is blake3 in key derivation mode, with the context
//! "sealwood engine 2026 separated value", over the length (8 bytes, little-endian) and the list
//! of hashes. Its file is `values/<hash>-<length>`, in 64 and in as few hexadecimal digits as it
//! takes. So a part is read and checked without the rest: the list against the name, the chunks
//! it touches against the list.
//!
//! A file is written under a temporary name, synced, and only then given its own; then the
//! directory is synced. So what has a value's name is whole, even after a power cut, and a value
//! that is there is never written again in place. [`Synced::Later`] puts the last three steps off
//! to [`Values::sync_owed`]; until then the value is read from its temporary file.
//!
//! Which values are needed is not known here: see the engine's references.

mod address;
mod owed;
mod reader;
mod sweep;
mod writer;

#[cfg(test)]
mod tests;

pub(crate) use reader::ValueReader;
pub(crate) use sweep::Sweep;
pub(crate) use writer::ValueWriter;

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

use address::{ChunkHashes, parse_file_name};
pub(crate) use address::{file_name, is_value};
use owed::Owed;

use crate::disk::{Disk, DiskFile, Handles};
use crate::error::{Error, Result};
use crate::files::{VALUES, io_error};
use crate::value_ref::ValueRef;
use sealwood_base::Entropy;

/// The piece of a value that has a hash of its own, in bytes.
pub(crate) const CHUNK_BYTES: usize = 64 * 1024;

const TEMP_PREFIX: &str = "tmp-";

/// When a value that was put is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Synced {
    /// Once the call returns.
    Now,
    /// Once [`Values::sync_owed`] was called and returned.
    Later,
}

/// The separated values of one engine. A clone is the same.
#[derive(Clone)]
pub(crate) struct Values {
    inner: Arc<Inner>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    handles: Arc<Handles>,
    owed: Owed,
    /// The directory is there and durable.
    directory: Mutex<DirectoryState>,
    /// In the names of the temporary files of this opener, so that they are told from leftovers.
    opener: u64,
    temps: AtomicU64,
    /// Temporary files that could not be removed.
    leftovers: Mutex<Vec<String>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DirectoryState {
    Unknown,
    Durable,
}

impl Values {
    /// The values on `disk`. No I/O.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        handles: Arc<Handles>,
        entropy: &dyn Entropy,
    ) -> Result<Self> {
        let mut opener = [0; 8];
        entropy.fill(&mut opener)?;
        let inner = Inner {
            disk,
            handles,
            owed: Owed::default(),
            directory: Mutex::new(DirectoryState::Unknown),
            opener: u64::from_le_bytes(opener),
            temps: AtomicU64::new(0),
            leftovers: Mutex::default(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The name of a value with this content. No I/O.
    pub(crate) fn address(&self, content: &[u8]) -> ValueRef {
        let mut hashes = ChunkHashes::default();
        hashes.extend(content);
        hashes.address(content.len() as u64)
    }

    /// Puts a value. One of the same content may be there: it is replaced, whole or not at all.
    pub(crate) fn put(&self, content: &[u8], synced: Synced) -> Result<ValueRef> {
        let mut writer = self.writer()?;
        writer.write(content)?;
        writer.finish(synced)
    }

    /// Begins to put a value piece by piece.
    pub(crate) fn writer(&self) -> Result<ValueWriter> {
        ValueWriter::new(self.inner.clone())
    }

    /// Makes every value that was put with [`Synced::Later`] before this call durable, under its
    /// own name. What fails is still owed.
    pub(crate) fn sync_owed(&self) -> Result<()> {
        self.inner.sync_owed()
    }

    /// All of a value, checked. [`Error::StoreCorrupt`] if it is damaged or missing.
    pub(crate) fn read(&self, value: &ValueRef) -> Result<Bytes> {
        reader::read(&self.inner, value)
    }

    /// `len` bytes of a value from `offset` on, checked with at most 128 KiB around them.
    /// [`Error::RangePastEnd`] if it does not have them, [`Error::StoreCorrupt`] if they or the
    /// list of hashes are damaged or missing.
    pub(crate) fn read_range(&self, value: &ValueRef, offset: u64, len: u64) -> Result<Bytes> {
        ValueReader::new(&self.inner, value)?.range(offset, len)
    }

    /// Reads a value piece by piece.
    pub(crate) fn reader(&self, value: &ValueRef) -> Result<ValueReader> {
        ValueReader::new(&self.inner, value)
    }

    /// Whether a value is there, whole and under its name: all of it is compared with the content
    /// that it is named after. False also if it cannot be read.
    pub(crate) fn holds(&self, value: &ValueRef, content: &[u8]) -> bool {
        reader::holds(&self.inner, value, content)
    }

    /// Checks all of a value, in bounded memory.
    pub(crate) fn verify(&self, value: &ValueRef) -> Result<()> {
        let mut reader = self.reader(value)?;
        while reader.next()?.is_some() {}
        Ok(())
    }

    /// Closes the files that wait for a sync; they are opened again if it comes.
    pub(crate) fn let_go(&self) {
        self.inner.owed.let_go();
    }

    /// Removes a value, if it is there. The caller syncs the directory.
    pub(crate) fn remove(&self, value: &ValueRef) -> io::Result<()> {
        self.inner.remove(value)
    }

    /// The values that have their names, ascending. Other files are passed over.
    pub(crate) fn list(&self) -> Result<Vec<ValueRef>> {
        Ok(self.find()?.values)
    }

    /// What is in the directory, but for what is no file of the engine's.
    pub(crate) fn find(&self) -> Result<FoundValues> {
        let files = self.inner.disk.list(VALUES).map_err(io_error)?;
        let ours = self.inner.temp_suffix();
        let mut found = FoundValues::default();
        for file in files {
            if let Some(value) = parse_file_name(&file.name) {
                found.values.push(value);
            } else if is_temp_name(&file.name) && !file.name.ends_with(&ours) {
                found.temps.push(format!("{VALUES}/{}", file.name));
            }
        }
        found.values.sort_unstable();
        Ok(found)
    }

    /// The temporary files that should have been removed and could not be.
    pub(crate) fn take_leftovers(&self) -> Vec<String> {
        std::mem::take(&mut self.inner.leftovers())
    }

    /// Whether there are any.
    pub(crate) fn has_leftovers(&self) -> bool {
        !self.inner.leftovers().is_empty()
    }
}

/// The files of values that are there.
#[derive(Debug, Default)]
pub(crate) struct FoundValues {
    /// Those that have their names, ascending.
    pub(crate) values: Vec<ValueRef>,
    /// The temporary files of earlier openers, with their directory.
    pub(crate) temps: Vec<String>,
}

impl Inner {
    /// A name that no other temporary file has.
    fn temp_name(&self) -> String {
        let number = self.temps.fetch_add(1, Ordering::Relaxed);
        format!("{VALUES}/{TEMP_PREFIX}{number:x}{}", self.temp_suffix())
    }

    fn temp_suffix(&self) -> String {
        format!("-{:016x}", self.opener)
    }

    /// Makes the directory and its name durable, once.
    fn make_directory(&self) -> Result<()> {
        let mut state = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == DirectoryState::Unknown {
            self.disk.create_dir(VALUES).map_err(io_error)?;
            self.disk.sync_dir("").map_err(io_error)?;
            *state = DirectoryState::Durable;
        }
        Ok(())
    }

    /// The file in which a value is now, by a handle that was opened since: one that was kept may
    /// be of a file that has lost its name.
    fn open_anew(&self, value: &ValueRef) -> io::Result<Arc<dyn DiskFile>> {
        if let Some(temp) = self.owed.temp_of(value) {
            self.handles.forget(&temp);
        }
        self.handles.forget(&file_name(value));
        self.open(value)
    }

    /// The file in which a value is now.
    fn open(&self, value: &ValueRef) -> io::Result<Arc<dyn DiskFile>> {
        let missing = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
        loop {
            let Some(temp) = self.owed.temp_of(value) else {
                match self.handles.read(&file_name(value)) {
                    // It was put since.
                    Err(error) if missing(&error) && self.owed.temp_of(value).is_some() => continue,
                    opened => return opened,
                }
            };
            return match self.handles.read(&temp) {
                // It got its own name since.
                Err(error) if missing(&error) => self.handles.read(&file_name(value)),
                opened => opened,
            };
        }
    }
}

/// Whether a file has a name of [`Inner::temp_name`], of this opener or another.
fn is_temp_name(name: &str) -> bool {
    let Some((number, opener)) = name.strip_prefix(TEMP_PREFIX).and_then(|it| it.split_once('-'))
    else {
        return false;
    };
    let is_hex = |digits: &str| digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (1..=16).contains(&number.len()) && opener.len() == 16 && is_hex(number) && is_hex(opener)
}

/// Reads the name of a value's file; returns the name it would be written with.
#[cfg(feature = "fuzzing")]
pub(crate) fn respell_name(name: &str) -> Option<String> {
    let value = parse_file_name(name)?;
    Some(file_name(&value).split_off(VALUES.len() + 1))
}

/// The error of a value that is damaged at `offset`.
fn corrupt(value: &ValueRef, offset: u64) -> Error {
    Error::StoreCorrupt { what: "value", file: file_name(value), offset }
}
