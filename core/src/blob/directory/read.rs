//! How objects are read: from regular files, and never more than an object may have.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use bytes::Bytes;

use super::{OBJECT_BYTES_MAX, store_error};
use crate::error::{Error, Result};
use crate::platform::{open_regular, private_options};

/// Returns the content of the object at `path`.
pub(super) fn read_object(path: &Path) -> Result<Vec<u8>> {
    let file = open(path)?;
    let size = file.metadata().map_err(store_error)?.len();
    read_all(file, size)
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
    read_all(file.take(length), length).map(Bytes::from)
}

/// Returns the size of the object at `path`, or `None` if there is none.
pub(super) fn size_of(path: &Path) -> io::Result<Option<u64>> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.is_file().then_some(found.len())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads to the end, which must come within the size that an object may have. The size that the
/// file system tells is a hint: another program may write to the file.
fn read_all(source: impl Read, size: u64) -> Result<Vec<u8>> {
    let expected = size.min(OBJECT_BYTES_MAX);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    source.take(OBJECT_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(store_error)?;
    if bytes.len() as u64 > OBJECT_BYTES_MAX { Err(Error::ObjectCorrupt) } else { Ok(bytes) }
}

fn open(path: &Path) -> Result<File> {
    open_regular(path, private_options().read(true)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Error::ObjectMissing,
        io::ErrorKind::IsADirectory | io::ErrorKind::InvalidData => Error::ObjectCorrupt,
        _ => store_error(error),
    })
}
