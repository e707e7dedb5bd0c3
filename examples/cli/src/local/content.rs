//! A file's content on its way to its name.

use std::fs::File;
use std::io::{self, Write};

use bytes::Bytes;
use cap_std::fs::{Dir, Metadata};
use futures_util::{Stream, TryStreamExt};
use sealwood::vault::EntryInfo;

use super::draft::{Draft, Existing, Outcome, Readers};
use super::reader::system_time;
use super::writer::LocalFile;
use crate::failure::{Failure, Result};

/// Writes the content of `entry` to `local`, whole or not at all: to a new file beside it, which
/// then takes its name. A file that had the name is replaced and leaves its mode and, where that is
/// allowed, its owner; anything else is left alone, a symbolic link too. When it reaches the disk
/// is the system's choice: waiting for that with each of many small files takes some eighty times
/// as long. Fails if this run wrote what has the name, for a file of another name in the vault.
pub(crate) async fn write_file(
    local: &LocalFile,
    entry: &EntryInfo,
    mut content: impl Stream<Item = sealwood::Result<Bytes>> + Unpin,
    existing: Existing,
) -> Result<Outcome> {
    let failed = |error| Failure::local(local.path(), error);
    let folder = local.open_folder()?;
    let readers = match look(&folder, local)? {
        Found::Nothing => Readers::AsTheMaskSays,
        _ if existing == Existing::Keep => {
            local.claim(&folder)?;
            return Ok(Outcome::Left);
        }
        Found::File(_) => Readers::OwnerAlone,
        Found::Other(reason) => return Err(not_a_file(local, reason)),
    };
    let mut draft = Draft::create(&folder, readers).map_err(failed)?;
    while let Some(part) = content.try_next().await? {
        draft.file.write_all(&part).map_err(failed)?;
    }
    // Another program may have put something there meanwhile.
    match look(&folder, local)? {
        Found::File(old) if existing == Existing::Replace => {
            keep_access(&draft.file, &old).map_err(failed)?;
        }
        Found::Other(reason) if existing == Existing::Replace => {
            return Err(not_a_file(local, reason));
        }
        _ => {}
    }
    let modified = system_time(entry.modified_ms)
        .ok_or_else(|| failed(io::Error::other("the system has no such modification time")))?;
    draft.file.set_modified(modified).map_err(failed)?;
    // Nothing is awaited from here on, so no other file of this run comes between.
    local.claim(&folder)?;
    draft.take_name(local.name(), existing).map_err(failed)
}

/// What has the name of a file that is to be written.
enum Found {
    Nothing,
    File(Metadata),
    /// What is never replaced, and why.
    Other(&'static str),
}

fn look(folder: &Dir, local: &LocalFile) -> Result<Found> {
    let found = match folder.symlink_metadata(local.name()) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Nothing),
        found => found.map_err(|error| Failure::local(local.path(), error))?,
    };
    Ok(match found.file_type() {
        kind if kind.is_file() => Found::File(found),
        kind if kind.is_symlink() => {
            Found::Other("a link is there, which is neither followed nor replaced")
        }
        kind if kind.is_dir() => Found::Other("a folder is there"),
        _ => Found::Other("a pipe, a socket or a device is there, which is not replaced"),
    })
}

fn not_a_file(local: &LocalFile, reason: &'static str) -> Failure {
    Failure::LocalRefused { code: "local-not-a-file", reason, path: local.path().to_owned() }
}

/// Gives `file` the owner of `old`, as far as that is allowed, and its mode. Whoever could not read
/// the old one cannot read this one: a group that cannot be kept may do what others may.
#[cfg(unix)]
fn keep_access(file: &File, old: &Metadata) -> io::Result<()> {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt, fchown};

    use cap_std::fs::MetadataExt as _;

    let now = file.metadata()?;
    let (owner, group) = (old.uid(), old.gid());
    let is_group_kept = (now.uid(), now.gid()) == (owner, group)
        || fchown(file, Some(owner), Some(group)).is_ok()
        || now.gid() == group
        || fchown(file, None, Some(group)).is_ok();
    let mode = old.mode() & 0o777;
    let of_group = if is_group_kept { 0o070 } else { mode << 3 & 0o070 };
    file.set_permissions(Permissions::from_mode(mode & (0o707 | of_group)))
}

/// A file gets what its folder hands on to it.
#[cfg(not(unix))]
fn keep_access(_file: &File, _old: &Metadata) -> io::Result<()> {
    Ok(())
}
