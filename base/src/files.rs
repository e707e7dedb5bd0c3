//! Files and directories that are their owner's alone, and files that are nothing but files.
//!
//! Something else may stand where a store expects a file of its own: a pipe that makes an open
//! wait for ever, a link to a device that never ends. On Unix no open here waits for the other
//! end of a pipe or follows a link in place of the file; what is not a regular file is refused
//! everywhere.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

/// Returns options that allow nothing yet. On Unix a file they make is its owner's alone (mode
/// 0600).
pub fn private_options() -> OpenOptions {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    options
}

/// Opens the regular file at `path` with [`private_options`] that allow something. Fails with
/// [`io::ErrorKind::IsADirectory`] for a directory and [`io::ErrorKind::InvalidData`] for
/// anything else that is not a regular file.
pub fn open_regular(path: &Path, options: &OpenOptions) -> io::Result<File> {
    let (kind, outcome) = match options.open(path) {
        Ok(file) => (file.metadata()?.file_type(), Ok(file)),
        // A link or a socket fails to open with an error that differs from system to system.
        Err(error) => match std::fs::symlink_metadata(path) {
            Ok(found) => (found.file_type(), Err(error)),
            Err(_) => return Err(error),
        },
    };
    match kind {
        kind if kind.is_file() => outcome,
        kind if kind.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "not a regular file")),
    }
}

/// Makes a directory, on Unix its owner's alone (mode 0700), unless it is there.
pub fn create_private_directory(path: &Path) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        outcome => outcome,
    }
}

/// Makes the names in a directory durable. Windows has no such call; NTFS journals them.
/// [`io::ErrorKind::Unsupported`] where there are no directories.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    if cfg!(windows) { Ok(()) } else { File::open(path)?.sync_all() }
}
