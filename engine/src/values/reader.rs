//! Reading values. Every byte that is given was hashed since it was read.

use std::sync::Arc;

use bytes::Bytes;

use super::address::{ChunkHashes, file_name};
use super::{CHUNK_BYTES, Inner, corrupt};
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::read_error;
use crate::memory;
use crate::value_ref::ValueRef;

/// How much of a file is compared at once, in bytes.
const COMPARED_BYTES: usize = 256 << 10;

/// A value that is read piece by piece. It holds 32 bytes for each 64 KiB of the value.
pub(crate) struct ValueReader {
    value: ValueRef,
    file: Arc<dyn DiskFile>,
    hashes: ChunkHashes,
    /// How much [`Self::next`] has given, in bytes.
    given: u64,
}

/// All of a value, read at once.
pub(super) fn read(values: &Inner, value: &ValueRef) -> Result<Bytes> {
    let file = open(values, value)?;
    // The file has both, so there is no more than a number holds.
    let mut bytes = memory::zeroed(value.len + ChunkHashes::bytes_for(value.len))?;
    let mut list = memory::zeroed(ChunkHashes::bytes_for(value.len))?;
    file.read_at(0, &mut bytes).map_err(|error| unreadable(value, 0, error))?;
    let content_len = value.len as usize;
    list.copy_from_slice(&bytes[content_len..]);
    let hashes = checked_list(value, list)?;
    check_chunks(value, &hashes, 0, &bytes[..content_len])?;
    bytes.truncate(content_len);
    Ok(Bytes::from(bytes))
}

/// Whether the file of a value has all of `content`, which the value is named after, and its list.
pub(super) fn holds(values: &Inner, value: &ValueRef, content: &[u8]) -> bool {
    let Ok(file) = values.open_anew(value) else { return false };
    let Ok(file) = with_length(value, file) else { return false };
    let mut buffer = vec![0; COMPARED_BYTES.min(content.len())];
    let mut offset = 0;
    for piece in content.chunks(COMPARED_BYTES) {
        let there = &mut buffer[..piece.len()];
        if file.read_at(offset, there).is_err() || there != piece {
            return false;
        }
        offset += piece.len() as u64;
    }
    let Ok(mut list) = memory::zeroed(ChunkHashes::bytes_for(value.len)) else { return false };
    file.read_at(offset, &mut list).is_ok() && checked_list(value, list).is_ok()
}

impl ValueReader {
    pub(super) fn new(values: &Inner, value: &ValueRef) -> Result<Self> {
        let file = open(values, value)?;
        let mut list = memory::zeroed(ChunkHashes::bytes_for(value.len))?;
        file.read_at(value.len, &mut list).map_err(|error| unreadable(value, value.len, error))?;
        let hashes = checked_list(value, list)?;
        Ok(Self { value: *value, file, hashes, given: 0 })
    }

    /// The next piece, of at most 64 KiB; none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Bytes>> {
        if self.given == self.value.len {
            return Ok(None);
        }
        let len = (self.value.len - self.given).min(CHUNK_BYTES as u64);
        let chunk = self.range(self.given, len)?;
        self.given += len;
        Ok(Some(chunk))
    }

    /// `len` bytes from `offset` on. What [`Self::next`] gives does not change.
    pub(super) fn range(&self, offset: u64, len: u64) -> Result<Bytes> {
        let size = self.value.len;
        let end = offset.checked_add(len).filter(|end| *end <= size);
        let end = end.ok_or(Error::RangePastEnd { end: offset.saturating_add(len), size })?;
        if len == 0 {
            return Ok(Bytes::new());
        }
        let chunk = CHUNK_BYTES as u64;
        let from = offset / chunk * chunk;
        let to = end.next_multiple_of(chunk).min(size);
        let mut bytes = memory::zeroed(to - from)?;
        self.file
            .read_at(from, &mut bytes)
            .map_err(|error| unreadable(&self.value, from, error))?;
        check_chunks(&self.value, &self.hashes, from, &bytes)?;
        let start = (offset - from) as usize;
        Ok(Bytes::from(bytes).slice(start..start + len as usize))
    }
}

/// The file of a value, if it has the right length.
fn open(values: &Inner, value: &ValueRef) -> Result<Arc<dyn DiskFile>> {
    let file = values.open(value).map_err(|error| unreadable(value, 0, error))?;
    with_length(value, file)
}

/// The file, if it has the length of the value's.
fn with_length(value: &ValueRef, file: Arc<dyn DiskFile>) -> Result<Arc<dyn DiskFile>> {
    let len = file.len().map_err(|error| unreadable(value, 0, error))?;
    if value.len.checked_add(ChunkHashes::bytes_for(value.len)) != Some(len) {
        return Err(corrupt(value, len.min(value.len)));
    }
    Ok(file)
}

fn checked_list(value: &ValueRef, list: Vec<u8>) -> Result<ChunkHashes> {
    let hashes = ChunkHashes::from_bytes(list);
    if hashes.address(value.len) == *value { Ok(hashes) } else { Err(corrupt(value, value.len)) }
}

/// Checks the chunks from `from`, where one begins.
fn check_chunks(value: &ValueRef, hashes: &ChunkHashes, from: u64, bytes: &[u8]) -> Result<()> {
    let first = (from / CHUNK_BYTES as u64) as usize;
    for (number, chunk) in bytes.chunks(CHUNK_BYTES).enumerate() {
        if !hashes.is_chunk(first + number, chunk) {
            return Err(corrupt(value, from + (number * CHUNK_BYTES) as u64));
        }
    }
    Ok(())
}

fn unreadable(value: &ValueRef, offset: u64, error: std::io::Error) -> Error {
    read_error("value", &file_name(value), offset, error)
}
