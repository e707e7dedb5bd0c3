//! Which names a disk is given: the same for every disk, and none that could leave its directory.

use std::io;

/// The longest part of a name, in bytes.
pub const NAME_PART_BYTES_MAX: usize = 255;

/// The name in the root that belongs to [`Disk::lock`](super::Disk::lock): no file has it.
pub const LOCK_NAME: &str = "lock";

/// Splits the name of a file into its directory (`""` is the root) and its name there.
///
/// [`io::ErrorKind::InvalidInput`] unless it is one or two parts with a `/` between them, each of
/// 1 to [`NAME_PART_BYTES_MAX`] bytes of `[a-z0-9.-]` and none ending in a dot, or if it is
/// [`LOCK_NAME`].
pub fn check_name(name: &str) -> io::Result<(&str, &str)> {
    let (directory, file) = name.split_once('/').unwrap_or(("", name));
    let directory_fits = directory.is_empty() != name.contains('/');
    if directory_fits
        && is_part(file)
        && (directory.is_empty() || is_part(directory))
        && !is_lock(name)
    {
        Ok((directory, file))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a file on this disk"))
    }
}

/// Refuses, with [`io::ErrorKind::InvalidInput`], what is not the name of a directory in the root:
/// one part of a name, and not [`LOCK_NAME`].
pub fn check_directory(directory: &str) -> io::Result<()> {
    if is_part(directory) && !is_lock(directory) {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not the name of a directory on this disk"))
    }
}

/// As [`check_directory`], but lets the root (`""`) pass.
pub fn check_directory_or_root(directory: &str) -> io::Result<()> {
    if directory.is_empty() { Ok(()) } else { check_directory(directory) }
}

/// A part that ends in a dot is refused because Windows drops the dot; `.` and `..` go with it.
fn is_part(part: &str) -> bool {
    let is_byte = |byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-');
    (1..=NAME_PART_BYTES_MAX).contains(&part.len())
        && part.bytes().all(is_byte)
        && !part.ends_with('.')
}

fn is_lock(name: &str) -> bool {
    name == LOCK_NAME
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn names_split_at_their_directory() {
        assert_eq!(check_name("manifest").unwrap(), ("", "manifest"));
        assert_eq!(check_name("log/0-1.tmp").unwrap(), ("log", "0-1.tmp"));
        assert_eq!(check_name("log/lock").unwrap(), ("log", "lock"));
    }

    #[test]
    fn names_that_could_leave_the_disk_are_refused() {
        let long = "a".repeat(256);
        let bad = [
            "", "/", "a/", "/a", "a//b", "a/b/c", ".", "..", "../a", "a/..", "a.", "A", "a_b",
            "a b", "a\\b", "c:", "é", "a\0", "lock", &long,
        ];
        for name in bad {
            assert_eq!(check_name(name).unwrap_err().kind(), io::ErrorKind::InvalidInput, "{name}");
        }
        for directory in ["", "a/b", "..", "lock", "A"] {
            assert!(check_directory(directory).is_err(), "{directory}");
        }
        assert!(check_directory_or_root("").is_ok());
        assert!(check_directory("log").is_ok());
    }
}
