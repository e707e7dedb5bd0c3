//! The names of the engine's files, and what an I/O error means.

use std::io;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::number::NUMBER_MAX;
use crate::segment_id::SegmentId;

/// The two slots of the last checkpoints.
pub(crate) const MANIFEST: &str = "manifest";
/// What is kept for deletions.
pub(crate) const RESERVE: &str = "reserve";
/// The directory of the log's segments.
pub(crate) const LOG: &str = "log";
/// The directory of the checkpoints' frames.
pub(crate) const FRAMES: &str = "frames";
/// The directory of separated values.
pub(crate) const VALUES: &str = "values";

/// The file of segment `id`. Sixteen hexadecimal digits, so that names sort as numbers.
pub(crate) fn segment_name(id: SegmentId) -> String {
    format!("{LOG}/{:016x}", id.get())
}

/// The file of a segment that compaction is still writing.
pub(crate) fn segment_temp_name(id: SegmentId) -> String {
    format!("{LOG}/{:016x}.tmp", id.get())
}

/// The file of frame file `id`.
pub(crate) fn frame_file_name(id: u64) -> String {
    format!("{FRAMES}/{id:016x}")
}

/// The number in a name of [`segment_name`] or [`frame_file_name`], without the directory.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    let digits = name.len() == 16 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| u64::from_str_radix(name, 16).ok()).flatten()
}

/// The number after that of the file `name`. `StoreCorrupt` if no engine gets that far.
pub(crate) fn number_after(directory: &str, name: &str, number: u64) -> Result<u64> {
    match number < NUMBER_MAX {
        true => Ok(number + 1),
        false => Err(Error::StoreCorrupt {
            what: "file number",
            file: format!("{directory}/{name}"),
            offset: 0,
        }),
    }
}

/// The segment in a name of [`segment_name`], without the directory.
pub(crate) fn segment_of(name: &str) -> Option<SegmentId> {
    number_of(name).map(SegmentId::new)
}

/// The segment in a name of [`segment_temp_name`], without the directory.
pub(crate) fn segment_of_temp(name: &str) -> Option<SegmentId> {
    name.strip_suffix(".tmp").and_then(segment_of)
}

/// What an I/O error of the engine's own disk means to a caller.
pub(crate) fn io_error(error: io::Error) -> Error {
    let kind = error.kind();
    match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::StoreFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            Error::StoreDenied { reason: kind.to_string(), source: Arc::new(error) }
        }
        io::ErrorKind::WouldBlock => Error::StoreLocked,
        _ if crate::disk::is_too_many_open_files(&error) => {
            let reason = "too many open files".to_owned();
            Error::StoreUnavailable { reason, source: Arc::new(error) }
        }
        _ => Error::StoreFailed { reason: kind.to_string(), source: Arc::new(error) },
    }
}

/// The same of a failed sync. A full disk is no passing thing then: nobody knows what it holds.
pub(crate) fn sync_error(error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            let reason = "the disk was full at a sync".to_owned();
            Error::StoreFailed { reason, source: Arc::new(error) }
        }
        _ => io_error(error),
    }
}

/// The same where `file` must be there and whole.
pub(crate) fn read_error(what: &'static str, file: &str, offset: u64, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => {
            Error::StoreCorrupt { what, file: file.to_owned(), offset }
        }
        _ => io_error(error),
    }
}
