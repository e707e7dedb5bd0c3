//! What a name of this machine stands for.

use std::fmt;
use std::fs::FileType;

/// A kind of local thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "some are found on Unix alone"))]
pub(crate) enum LocalKind {
    File,
    Folder,
    /// A symbolic link.
    Link,
    /// Read once, from its start to its end: a pipe.
    Pipe,
    /// Read as a pipe is.
    Device,
    Socket,
    /// The store of the vault at work.
    Store,
    /// What this program does not know.
    Unknown,
}

impl LocalKind {
    pub(crate) fn of(found: FileType) -> Self {
        if found.is_file() {
            Self::File
        } else if found.is_dir() {
            Self::Folder
        } else if found.is_symlink() {
            Self::Link
        } else {
            special(found)
        }
    }
}

#[cfg(unix)]
fn special(found: FileType) -> LocalKind {
    use std::os::unix::fs::FileTypeExt;
    if found.is_fifo() {
        LocalKind::Pipe
    } else if found.is_socket() {
        LocalKind::Socket
    } else if found.is_char_device() || found.is_block_device() {
        LocalKind::Device
    } else {
        LocalKind::Unknown
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> LocalKind {
    LocalKind::Unknown
}

impl fmt::Display for LocalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "file",
            Self::Folder => "folder",
            Self::Link => "link",
            Self::Pipe => "pipe",
            Self::Device => "device",
            Self::Socket => "socket",
            Self::Store => "store",
            Self::Unknown => "unknown",
        })
    }
}
