//! Writing below a local folder and nowhere else.
//!
//! A path is looked up anew by every call that takes it, and another program can put a link in
//! place of a folder between two of them. So nothing below the target is named by a path here:
//! from an open folder its entry is opened, never through a link, and what is made, renamed or
//! removed is named in the open folder that holds it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_fs_ext::DirExt;
use cap_std::ambient_authority;
use cap_std::fs::Dir;
use sealwood::path::VaultPath;

use super::draft::remove_abandoned;
use super::{Bounds, check_local_name};
use crate::failure::{Failure, Result};

/// A local folder that a directory of a vault is copied to.
///
/// Nothing is written outside: names that are more than a name are refused, and so are symbolic
/// links on the way down, whoever put them there and whenever.
#[derive(Debug)]
pub(crate) struct LocalFolder {
    root: Arc<Dir>,
    /// How the user named it.
    path: PathBuf,
    /// The directory of the vault that `root` stands for.
    source: VaultPath,
    bounds: Bounds,
}

impl LocalFolder {
    /// The folder at `root`, which is made if it is missing, and so is what is missing above it.
    /// Links on the way to it are the user's own. `bounds` are those of the whole run.
    pub(crate) fn create(root: &Path, source: &VaultPath, bounds: &Bounds) -> Result<Self> {
        let folder = open_or_create(root, bounds)?;
        if !bounds.spellings.knows(root) {
            bounds.spellings.learn(root, names_in(&folder, root)?);
        }
        Ok(Self {
            root: Arc::new(folder),
            path: root.to_owned(),
            source: source.clone(),
            bounds: bounds.clone(),
        })
    }

    /// Makes the folder of a directory that lies below the source, and removes what runs that
    /// were killed have left in it.
    pub(crate) fn make_folder(&mut self, directory: &VaultPath) -> Result<()> {
        let (names, path) = self.local(directory)?;
        let folder = descend(&self.root, &self.path, &names, &self.bounds)
            .map_err(|failure| failure.on_the_way_to(&path))?;
        remove_abandoned(&folder);
        Ok(())
    }

    /// Removes what runs that were killed have left right in the folder.
    pub(crate) fn clean(&self) {
        remove_abandoned(&self.root);
    }

    /// Where a file that lies below the source is to be written; its folder is there on return.
    pub(crate) fn place_file(&mut self, file: &VaultPath) -> Result<LocalFile> {
        let (mut folders, path) = self.local(file)?;
        let name = folders.pop().unwrap_or_default();
        // A way that is not clear shows before the content is asked for.
        descend(&self.root, &self.path, &folders, &self.bounds)
            .map_err(|failure| failure.on_the_way_to(&path))?;
        let (root, root_path) = (Arc::clone(&self.root), self.path.clone());
        Ok(LocalFile { root, root_path, folders, name, path, bounds: self.bounds.clone() })
    }

    /// The names from the root down to an entry below the source, and how they are shown.
    fn local(&self, path: &VaultPath) -> Result<(Vec<OsString>, PathBuf)> {
        let mut shown = self.path.clone();
        let mut names = Vec::new();
        for name in path.segments().skip(self.source.segments().count()) {
            check_local_name(&shown, name)?;
            shown.push(name);
            names.push(name.into());
        }
        Ok((names, shown))
    }
}

/// A local file that is to be written: a name in a folder below one that is open.
#[derive(Debug)]
pub(crate) struct LocalFile {
    root: Arc<Dir>,
    root_path: PathBuf,
    /// The names of the folders from the root down to the file's own.
    folders: Vec<OsString>,
    name: OsString,
    path: PathBuf,
    bounds: Bounds,
}

impl LocalFile {
    /// The file at a path that the user named, whose folder is made if it is missing; what runs
    /// that were killed have left there is removed.
    pub(crate) fn at(path: &Path, bounds: &Bounds) -> Result<Self> {
        let name = path.file_name().ok_or_else(|| in_the_way(path))?.to_owned();
        let root_path = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let root = Arc::new(open_or_create(root_path, bounds)?);
        remove_abandoned(&root);
        // What is there is what the user named.
        bounds.spellings.learn(root_path, [name.to_string_lossy().into_owned()]);
        let (root_path, path) = (root_path.to_owned(), path.to_owned());
        Ok(Self { root, root_path, folders: Vec::new(), name, path, bounds: bounds.clone() })
    }

    /// How the file is shown to the user.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn name(&self) -> &OsStr {
        &self.name
    }

    /// Opens the folder that the file is to be in.
    pub(super) fn open_folder(&self) -> Result<Arc<Dir>> {
        descend(&self.root, &self.root_path, &self.folders, &self.bounds)
    }

    /// Fails if what has the file's name in `folder`, its own, may be what this run wrote for
    /// another one. To be asked once, right before the file gets its name or leaves it to what
    /// is there.
    pub(super) fn claim(&self, folder: &Dir) -> Result<()> {
        let mut shown = self.root_path.clone();
        shown.extend(&self.folders);
        let name = self.name.to_string_lossy();
        if folder.symlink_metadata(&self.name).is_err() {
            self.bounds.spellings.make(&shown, &name);
            return Ok(());
        }
        let is_listed = || Ok(names_in(folder, &shown)?.iter().any(|it| *it == name));
        self.bounds.spellings.replace(&shown, &name, is_listed)
    }
}

/// Opens the folder `names` down from `root`, which is shown as `shown`, and makes what is
/// missing. No link is followed.
fn descend(root: &Arc<Dir>, shown: &Path, names: &[OsString], bounds: &Bounds) -> Result<Arc<Dir>> {
    let mut folder = Arc::clone(root);
    let mut shown = shown.to_owned();
    for name in names {
        let above = shown.clone();
        shown.push(name);
        let entered = enter(&folder, name, &shown)?;
        bounds.store.keep_out(&entered.folder, &shown)?;
        if !bounds.spellings.knows(&shown) {
            // Before it is given away: what cannot be read fails again the next time.
            let names = names_in(&entered.folder, &shown)?;
            let name = name.to_string_lossy();
            if entered.is_new {
                bounds.spellings.make(&above, &name);
            } else {
                let is_listed = || Ok(names_in(&folder, &above)?.iter().any(|it| *it == name));
                bounds.spellings.replace(&above, &name, is_listed)?;
            }
            bounds.spellings.learn(&shown, names);
        }
        folder = Arc::new(entered.folder);
    }
    Ok(folder)
}

/// A folder on the way down.
struct Entered {
    folder: Dir,
    is_new: bool,
}

/// Opens the folder `name` in `folder`, which is made if it is missing.
fn enter(folder: &Dir, name: &OsStr, shown: &Path) -> Result<Entered> {
    let mut is_new = false;
    let opened = match folder.open_dir_nofollow(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            match folder.create_dir(name) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    return Err(Failure::local(shown, error));
                }
                made => is_new = made.is_ok(),
            }
            folder.open_dir_nofollow(name)
        }
        opened => opened,
    };
    let opened = opened.map_err(|error| match folder.symlink_metadata(name) {
        Ok(found) if !found.is_dir() => in_the_way(shown),
        _ => Failure::local(shown, error),
    });
    Ok(Entered { folder: opened?, is_new })
}

/// The names in a folder that is shown as `shown`.
fn names_in(folder: &Dir, shown: &Path) -> Result<Vec<String>> {
    let failed = |error| Failure::local(shown, error);
    let name = |entry: io::Result<cap_std::fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    folder.entries().map_err(failed)?.map(name).collect::<io::Result<_>>().map_err(failed)
}

/// Opens the folder at `path` that the user named, following what links are there. Only what is
/// missing is made, and then not through a link.
fn open_or_create(path: &Path, bounds: &Bounds) -> Result<Dir> {
    let open = || {
        let folder = Dir::open_ambient_dir(path, ambient_authority());
        folder.map_err(|error| Failure::local(path, error))
    };

    let folder = match open() {
        Err(Failure::Local { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
            let parent = match path.parent() {
                Some(parent) if !parent.as_os_str().is_empty() => parent,
                Some(_) => Path::new("."),
                None => return Err(Failure::local(path, error)),
            };
            let above = open_or_create(parent, bounds)?;
            match path.file_name() {
                Some(name) => enter(&above, name, path)?.folder,
                // It ends in `..` and what is before that is there now.
                None => open()?,
            }
        }
        opened => opened?,
    };
    bounds.store.keep_out_by_path(&folder, path)?;
    Ok(folder)
}

fn in_the_way(path: &Path) -> Failure {
    Failure::LocalRefused {
        code: "local-not-a-folder",
        reason: "something that is not a folder is in the way",
        path: path.to_owned(),
    }
}
