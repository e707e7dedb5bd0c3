//! How objects are read: from regular files, and never more than an object may have.

use std::fs::{self, File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;

use super::{OBJECT_BYTES_MAX, store_error};
use crate::blob::{ETag, Found, ObjectMeta, check_at_most};
use crate::error::{Error, Result};
use crate::platform::{open_regular, private_options};

/// How much is read at once of an object that is compared.
const SLICE_BYTES: usize = 64 * 1024;

/// Returns the content of the object at `path`, which has at most `bytes_max` bytes.
pub(super) fn read_object(path: &Path, bytes_max: u64) -> Result<Vec<u8>> {
    let file = open(path)?;
    let size = file.metadata().map_err(store_error)?.len();
    read_all(file, size, bytes_max.min(OBJECT_BYTES_MAX))
}

/// Returns `length` bytes of the object at `path` from `offset` on, fewer where it ends first.
pub(super) fn read_range(path: &Path, offset: u64, length: u64) -> Result<Bytes> {
    let mut file = open(path)?;
    let size = file.metadata().map_err(store_error)?.len();
    if offset >= size {
        return Err(Error::ObjectTruncated);
    }
    let length = length.min(size - offset);
    file.seek(SeekFrom::Start(offset)).map_err(store_error)?;
    if length > OBJECT_BYTES_MAX {
        return Err(Error::ObjectCorrupt);
    }
    read_all(file.take(length), length, length).map(Bytes::from)
}

/// Returns whether the object at `path` holds exactly `bytes`. One that does is never in memory as
/// a whole.
pub(super) fn compare(path: &Path, bytes: &[u8]) -> Result<Found> {
    match is_same(path, bytes) {
        Ok(true) => return Ok(Found::Same),
        Err(Error::ObjectMissing) => return Ok(Found::Nothing),
        compared => compared?,
    };
    // Another may have come there since.
    match read_object(path, OBJECT_BYTES_MAX) {
        Ok(found) if found == bytes => Ok(Found::Same),
        Ok(found) => Ok(Found::Other(ETag::of_content(&found))),
        Err(Error::ObjectMissing) => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

fn is_same(path: &Path, bytes: &[u8]) -> Result<bool> {
    let mut file = open(path)?;
    let (mut left, mut slice) = (bytes, vec![0; SLICE_BYTES]);
    loop {
        match file.read(&mut slice) {
            Ok(0) => return Ok(left.is_empty()),
            Ok(length) => match left.strip_prefix(&slice[..length]) {
                Some(rest) => left = rest,
                None => return Ok(false),
            },
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(store_error(error)),
        }
    }
}

/// Returns what is known of the object at `key`, which is the file at `path`, or `None` if there is
/// none.
pub(super) fn meta_of(path: &Path, key: String) -> io::Result<Option<ObjectMeta>> {
    let Some(found) = file_at(path)? else { return Ok(None) };
    let modified = found.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified_ms = modified.and_then(|since| u64::try_from(since.as_millis()).ok());
    Ok(Some(ObjectMeta::new(key, found.len()).with_modified_ms(modified_ms)))
}

/// Returns what the file system says of the file at `path`, or `None` if there is none.
pub(super) fn file_at(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.is_file().then_some(found)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads to the end, which must come within `bytes_max` bytes. The size that the file system tells
/// is looked at first, and is a hint: another program may write to the file.
fn read_all(source: impl Read, size: u64, bytes_max: u64) -> Result<Vec<u8>> {
    check_at_most(size, bytes_max)?;
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    source.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(store_error)?;
    check_at_most(bytes.len() as u64, bytes_max)?;
    Ok(bytes)
}

fn open(path: &Path) -> Result<File> {
    open_regular(path, private_options().read(true)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::ObjectMissing,
        io::ErrorKind::IsADirectory | io::ErrorKind::InvalidData => Error::ObjectCorrupt,
        _ => store_error(error),
    })
}
