//! What the host says of a call of its disk, in the words of the engine.

use std::io::{self, ErrorKind};

use wasm_bindgen::JsValue;

use crate::error::Thrown;

/// As the simulated disks say it where there is no system that would: see
/// [`is_too_many_open_files`](sealwood::engine::disk::is_too_many_open_files).
const TOO_MANY_OF_PROCESS: i32 = 24;
const TOO_MANY_OF_SYSTEM: i32 = 23;

/// What a disk's method threw: its `code`, as POSIX names it, says what it means.
pub(crate) fn io_error(thrown: &JsValue) -> io::Error {
    let Thrown { code, message } = Thrown::new(thrown);
    match code.as_deref() {
        Some("EMFILE") => io::Error::from_raw_os_error(TOO_MANY_OF_PROCESS),
        Some("ENFILE") => io::Error::from_raw_os_error(TOO_MANY_OF_SYSTEM),
        code => io::Error::new(code.map_or(ErrorKind::Other, kind), message),
    }
}

fn kind(code: &str) -> ErrorKind {
    match code {
        "ENOENT" => ErrorKind::NotFound,
        "EEXIST" => ErrorKind::AlreadyExists,
        "EACCES" | "EPERM" => ErrorKind::PermissionDenied,
        "EROFS" => ErrorKind::ReadOnlyFilesystem,
        "ENOSPC" => ErrorKind::StorageFull,
        "EDQUOT" => ErrorKind::QuotaExceeded,
        "EFBIG" => ErrorKind::FileTooLarge,
        "EISDIR" => ErrorKind::IsADirectory,
        "ENOTDIR" => ErrorKind::NotADirectory,
        "EFTYPE" | "ELOOP" => ErrorKind::InvalidData,
        "EINVAL" => ErrorKind::InvalidInput,
        "EAGAIN" | "EWOULDBLOCK" => ErrorKind::WouldBlock,
        "EBUSY" => ErrorKind::ResourceBusy,
        "EINTR" => ErrorKind::Interrupted,
        "ETIMEDOUT" => ErrorKind::TimedOut,
        "ENOTSUP" | "EOPNOTSUPP" | "ENOSYS" => ErrorKind::Unsupported,
        _ => ErrorKind::Other,
    }
}

/// What a disk's method must not answer.
pub(crate) fn wrong(method: &str, wanted: &str) -> io::Error {
    io::Error::other(format!("the disk's {method} must answer {wanted}"))
}
