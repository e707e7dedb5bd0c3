//! A file's content on its way to its name.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

use cap_std::fs::{Dir, OpenOptions};
use futures_util::TryStreamExt;
use sealwood::ContentStream;
use sealwood::platform::{Entropy, SystemEntropy};
use sealwood::vault::EntryInfo;

use super::reader::system_time;
use super::writer::LocalFile;
use crate::failure::{Failure, Result};

/// Writes the content of `entry` to `local`, whole or not at all: to a new file beside it, which
/// then takes its name. What had the name before, a symbolic link too, is replaced and not
/// followed. When it reaches the disk is the system's choice: waiting for that with each of many small
/// files takes some eighty times as long.
pub(crate) async fn write_file(
    local: &LocalFile,
    entry: &EntryInfo,
    mut content: ContentStream,
) -> Result<()> {
    let failed = |error| Failure::local(local.path(), error);
    let mut draft = Draft::create(local.open_folder()?).map_err(failed)?;
    while let Some(part) = content.try_next().await? {
        draft.file.write_all(&part).map_err(failed)?;
    }
    let modified = system_time(entry.modified_ms)
        .ok_or_else(|| failed(io::Error::other("the system has no such modification time")))?;
    draft.file.set_modified(modified).map_err(failed)?;
    local.claim(&draft.name.folder)?;
    draft.rename(local.name()).map_err(failed)
}

/// A file of a name of its own; gone when dropped before it has the right one.
struct Draft {
    // Closed before its name is removed, which some systems insist on.
    file: File,
    name: DraftName,
}

struct DraftName {
    folder: Arc<Dir>,
    name: OsString,
    is_taken: bool,
}

impl Draft {
    fn create(folder: Arc<Dir>) -> io::Result<Self> {
        let mut random = [0; 8];
        SystemEntropy.fill(&mut random).map_err(io::Error::other)?;
        let name = OsString::from(format!(".sealwood-{:016x}", u64::from_ne_bytes(random)));
        // The user's mask takes away what others must not do, as for any new file.
        let mut options = OpenOptions::new();
        let file = folder.open_with(&name, options.write(true).create_new(true))?.into_std();
        Ok(Self { file, name: DraftName { folder, name, is_taken: true } })
    }

    fn rename(self, name: &OsStr) -> io::Result<()> {
        let Self { file, name: mut draft } = self;
        drop(file);
        draft.folder.rename(&draft.name, &draft.folder, name)?;
        draft.is_taken = false;
        Ok(())
    }
}

impl Drop for DraftName {
    fn drop(&mut self) {
        if self.is_taken {
            // What cannot be removed is a file of a telling name in the user's own folder.
            drop(self.folder.remove_file(&self.name));
        }
    }
}
