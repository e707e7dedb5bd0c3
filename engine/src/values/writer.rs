//! Putting a value piece by piece.

use std::sync::Arc;

use super::address::ChunkHashes;
use super::owed::Settled;
use super::{CHUNK_BYTES, Inner, Synced};
use crate::disk::{DiskFile, OpenMode};
use crate::error::{Error, Result};
use crate::files::io_error;
use crate::value_ref::ValueRef;

/// A value on its way into its file. It holds at most 64 KiB of it, and 32 bytes for each 64 KiB
/// that were written. Dropping it removes what was written.
pub(crate) struct ValueWriter {
    values: Arc<Inner>,
    temp: String,
    /// None once the file is the value's, or a write has failed.
    file: Option<Arc<dyn DiskFile>>,
    state: State,
    hashes: ChunkHashes,
    /// How much is in the file, in bytes: whole chunks.
    written: u64,
    /// The beginning of the next chunk.
    rest: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Temporary,
    Taken,
}

impl ValueWriter {
    pub(super) fn new(values: Arc<Inner>) -> Result<Self> {
        values.make_directory()?;
        let temp = values.temp_name();
        let file = values.disk.open(&temp, OpenMode::CreateNew).map_err(io_error)?;
        let (file, state) = (Some(file), State::Temporary);
        let (hashes, rest) = (ChunkHashes::default(), Vec::new());
        Ok(Self { values, temp, file, state, hashes, written: 0, rest })
    }

    /// Adds bytes. After an error the writer is of no more use: all else is [`Error::Closed`].
    pub(crate) fn write(&mut self, mut bytes: &[u8]) -> Result<()> {
        if !self.rest.is_empty() {
            let missing = (CHUNK_BYTES - self.rest.len()).min(bytes.len());
            let (head, tail) = bytes.split_at(missing);
            self.rest.extend_from_slice(head);
            bytes = tail;
            if self.rest.len() < CHUNK_BYTES {
                return Ok(());
            }
            let chunk = std::mem::take(&mut self.rest);
            self.write_chunks(&chunk)?;
            self.rest = chunk;
            self.rest.clear();
        }
        let (whole, rest) = bytes.split_at(bytes.len() / CHUNK_BYTES * CHUNK_BYTES);
        self.write_chunks(whole)?;
        self.rest.extend_from_slice(rest);
        Ok(())
    }

    /// The name of what was written by now.
    pub(crate) fn address(&self) -> ValueRef {
        let mut hashes = self.hashes.clone();
        hashes.extend(&self.rest);
        hashes.address(self.written + self.rest.len() as u64)
    }

    /// Puts the value. On an error nothing of it is left, unless only the last sync of the
    /// directory failed: then it may be there, or be gone after a power cut.
    pub(crate) fn finish(mut self, synced: Synced) -> Result<ValueRef> {
        let file = self.file.take().ok_or(Error::Closed)?;
        self.hashes.extend(&self.rest);
        let value = self.hashes.address(self.written + self.rest.len() as u64);
        let mut end = std::mem::take(&mut self.rest);
        end.extend_from_slice(self.hashes.as_bytes());
        file.write_at(self.written, &end).map_err(io_error)?;
        if self.values.settle(&value, &self.temp, file, synced)? == Settled::Taken {
            self.state = State::Taken;
        }
        Ok(value)
    }

    fn write_chunks(&mut self, chunks: &[u8]) -> Result<()> {
        let file = self.file.take().ok_or(Error::Closed)?;
        if !chunks.is_empty() {
            file.write_at(self.written, chunks).map_err(io_error)?;
            self.hashes.extend(chunks);
            self.written += chunks.len() as u64;
        }
        self.file = Some(file);
        Ok(())
    }
}

impl Drop for ValueWriter {
    fn drop(&mut self) {
        self.file = None;
        if self.state == State::Temporary {
            self.values.discard_temp(&self.temp);
        }
    }
}
