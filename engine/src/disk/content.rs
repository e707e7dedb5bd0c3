//! The bytes of a file in memory.

use std::io;

/// Where `len` bytes from `offset` end. No file is longer than a signed 64-bit number says, here as
/// on every file system.
pub(crate) fn end_of(offset: u64, len: usize) -> io::Result<u64> {
    offset
        .checked_add(len as u64)
        .filter(|end| i64::try_from(*end).is_ok())
        .ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

/// Fills `buffer` from `offset` on.
pub(crate) fn read(content: &[u8], offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    let end = end_of(offset, buffer.len())?;
    if buffer.is_empty() {
        return Ok(());
    }
    if end > content.len() as u64 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    buffer.copy_from_slice(&content[offset as usize..end as usize]);
    Ok(())
}

/// Brings `content` to `len` bytes, zeros where there was nothing.
/// [`io::ErrorKind::StorageFull`] where memory has no room for them.
pub(crate) fn resize(content: &mut Vec<u8>, len: u64) -> io::Result<()> {
    let len = usize::try_from(len).map_err(|_| io::ErrorKind::StorageFull)?;
    let more = len.saturating_sub(content.len());
    content.try_reserve(more).map_err(|_| io::ErrorKind::StorageFull)?;
    content.resize(len, 0);
    Ok(())
}

/// Writes `bytes` at `offset`, which `content` is long enough for or is made so.
pub(crate) fn write(content: &mut Vec<u8>, offset: u64, bytes: &[u8]) -> io::Result<()> {
    let end = end_of(offset, bytes.len())?;
    if bytes.is_empty() {
        return Ok(());
    }
    if end > content.len() as u64 {
        resize(content, end)?;
    }
    content[offset as usize..end as usize].copy_from_slice(bytes);
    Ok(())
}
