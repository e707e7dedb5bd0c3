//! Writing below a local folder and nowhere else.

use std::collections::HashSet;
use std::fs::{self, FileType};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use futures_util::TryStreamExt;
use sealwood::ContentStream;
use sealwood::path::VaultPath;
use sealwood::vault::EntryInfo;
use tempfile::NamedTempFile;

use super::check_local_name;
use crate::failure::{Failure, Result};

/// A local folder that a directory of a vault is copied to.
///
/// Nothing is written outside: names that are more than a name are refused, and so are symbolic
/// links on the way down, whoever put them there.
#[derive(Debug)]
pub(crate) struct LocalFolder {
    root: PathBuf,
    /// The directory of the vault that `root` stands for.
    source: VaultPath,
    /// Folders below `root` that were found or made to be folders.
    known: HashSet<PathBuf>,
    /// The names taken in each folder, where two spellings can mean one file.
    spellings: HashSet<PathBuf>,
}

impl LocalFolder {
    pub(crate) fn create(root: &Path, source: &VaultPath) -> Result<Self> {
        fs::create_dir_all(root).map_err(|error| Failure::local(root, error))?;
        let (known, spellings) = (HashSet::new(), HashSet::new());
        Ok(Self { root: root.to_owned(), source: source.clone(), known, spellings })
    }

    /// Makes the folder of a directory that lies below the source.
    pub(crate) fn make_folder(&mut self, directory: &VaultPath) -> Result<()> {
        let path = self.local_path(directory)?;
        self.ensure(&path)
    }

    /// Where a file that lies below the source is to be written; its folder is there on return.
    pub(crate) fn place_file(&mut self, file: &VaultPath) -> Result<PathBuf> {
        let path = self.local_path(file)?;
        if let Some(folder) = path.parent() {
            self.ensure(folder)?;
        }
        // Such systems take names that differ in case or composition for one.
        if cfg!(any(windows, target_os = "macos"))
            && !self.spellings.insert(path.to_string_lossy().to_lowercase().into())
        {
            return Err(Failure::LocalRefused {
                code: "local-name-taken",
                reason: "on this system the name means a file that was just written",
                path,
            });
        }
        Ok(path)
    }

    fn local_path(&self, path: &VaultPath) -> Result<PathBuf> {
        let mut local = self.root.clone();
        for name in path.segments().skip(self.source.segments().count()) {
            check_local_name(&local, name)?;
            local.push(name);
        }
        Ok(local)
    }

    fn ensure(&mut self, folder: &Path) -> Result<()> {
        let Ok(below) = folder.strip_prefix(&self.root) else {
            return Err(outside(folder));
        };
        let mut path = self.root.clone();
        for segment in below {
            path.push(segment);
            if self.known.contains(&path) {
                continue;
            }
            match fs::create_dir(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Failure::local(&path, error));
                }
                _ => {}
            }
            let found = fs::symlink_metadata(&path).map(|metadata| metadata.file_type());
            if !found.as_ref().is_ok_and(FileType::is_dir) {
                return Err(outside(&path));
            }
            self.known.insert(path.clone());
        }
        Ok(())
    }
}

/// Writes the content of `entry` to the file at `path`, whole or not at all: to a new file
/// beside it, which then takes its name. What had the name before, a symbolic link too, is
/// replaced and not followed.
pub(crate) async fn write_file(
    path: &Path,
    entry: &EntryInfo,
    mut content: ContentStream,
) -> Result<()> {
    let failed = |error| Failure::local(path, error);
    let mut file = new_file_beside(path).map_err(failed)?;
    while let Some(part) = content.try_next().await? {
        file.write_all(&part).map_err(failed)?;
    }
    let modified = UNIX_EPOCH.checked_add(Duration::from_millis(entry.modified_ms));
    if let Some(modified) = modified {
        file.as_file().set_modified(modified).map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

fn new_file_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sealwood-");
    // The user's mask takes away what others must not do, as for any new file.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => builder.tempfile_in(folder),
        _ => builder.tempfile_in("."),
    }
}

fn outside(path: &Path) -> Failure {
    Failure::LocalRefused {
        code: "local-not-a-folder",
        reason: "something that is not a folder is in the way",
        path: path.to_owned(),
    }
}
