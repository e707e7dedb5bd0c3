//! Whether a place holds a vault, or has room for one: found out before anything is made there and
//! before a secret is asked for.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sealwood::Error;
use sealwood::blob::{BlobStore, PROBE_KEY};
use sealwood::engine::Engine;
use sealwood::engine::disk::DirectoryDisk;

use crate::failure::{Failure, Result};

/// How many objects are looked at for one that is none of a probe's. A probe has a few.
const OBJECTS_LOOKED_AT: usize = 32;

/// The file in which the engine keeps its last checkpoints.
const ENGINE_MARK: &str = "manifest";
/// The root of a vault, as a plain file.
const DIRECTORY_MARK: &str = "objects/root";
/// What both kinds of store make, the engine first of all.
const LOCK: &str = "lock";

/// A folder of this machine that is or is to be a local store.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StoreFolder<'a> {
    path: &'a Path,
    kind: Kind,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Engine,
    Directory,
}

impl Kind {
    /// What such a store makes in its folder.
    fn names(self) -> &'static [&'static str] {
        match self {
            Self::Engine => {
                &[LOCK, ENGINE_MARK, "manifest.tmp", "log", "frames", "reserve", "values"]
            }
            Self::Directory => &[LOCK, "holders", "tmp", "objects"],
        }
    }
}

impl<'a> StoreFolder<'a> {
    pub(crate) fn engine(path: &'a Path) -> Self {
        Self { path, kind: Kind::Engine }
    }

    pub(crate) fn directory(path: &'a Path) -> Self {
        Self { path, kind: Kind::Directory }
    }

    /// Fails if there is certainly no store of this kind. One that has lost its root is a store.
    pub(crate) fn expect_store(&self) -> Result<()> {
        if self.is_there()? { Ok(()) } else { Err(Error::VaultNotFound.into()) }
    }

    /// Whether there is a store of this kind, or may be one.
    pub(crate) fn is_there(&self) -> Result<bool> {
        let folder = match self.kind {
            Kind::Engine => self.path.to_owned(),
            Kind::Directory => self.path.join("objects"),
        };
        match fs::metadata(&folder) {
            Ok(found) if found.is_dir() => match self.kind {
                Kind::Engine => self.was_engine_made(),
                Kind::Directory => Ok(true),
            },
            Ok(_) if folder == self.path => Err(self.failed(io::ErrorKind::NotADirectory.into())),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(error)),
            _ => Ok(false),
        }
    }

    fn was_engine_made(&self) -> Result<bool> {
        let disk = DirectoryDisk::open_existing(self.path).map_err(|error| self.failed(error))?;
        let made = Engine::was_made(&disk);
        made.map_err(|error| Failure::from(error).at(&self.path.to_string_lossy()))
    }

    /// Fails if a vault would be made among files that are none of a store's, or beside one of
    /// the other kind.
    pub(crate) fn expect_room(&self) -> Result<()> {
        let other_mark = match self.kind {
            Kind::Engine => DIRECTORY_MARK,
            Kind::Directory => ENGINE_MARK,
        };
        let is_there = |name| self.path.join(name).is_file();
        if is_there(other_mark) && is_there(LOCK) {
            return Err(Failure::from(Error::VaultExists).at(&self.path.to_string_lossy()));
        }
        let entries = match fs::read_dir(self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(|error| self.failed(error))?,
        };
        let mut is_begun = false;
        let mut holds_something = false;
        for entry in entries {
            let entry = entry.map_err(|error| self.failed(error))?;
            let name = entry.file_name();
            if !self.kind.names().iter().any(|own| name == OsStr::new(own)) {
                return Err(self.holds_others());
            }
            is_begun |= name == OsStr::new(LOCK) && is_empty_file(&entry.path());
            holds_something |= !is_empty_folder(&entry.path());
        }
        // Names such as these are other programs' too.
        match holds_something && !is_begun {
            true => Err(self.holds_others()),
            false => Ok(()),
        }
    }

    fn holds_others(&self) -> Failure {
        self.refused(
            "local-not-empty",
            "the folder holds other files: a store needs one of its own",
        )
    }

    fn failed(&self, error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::NotADirectory => {
                self.refused("local-not-a-folder", "a store is in a folder, and a file is there")
            }
            io::ErrorKind::PermissionDenied => {
                let reason = error.kind().to_string();
                let denied = Error::StoreDenied { reason, source: Some(Arc::new(error)) };
                Failure::from(denied).at(&self.path.to_string_lossy())
            }
            _ => Failure::local(self.path, error),
        }
    }

    fn refused(&self, code: &'static str, reason: &'static str) -> Failure {
        Failure::LocalRefused { code, reason, path: self.path.to_owned() }
    }
}

/// The lock of a store has no content.
fn is_empty_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0)
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Fails if a store that has no root holds objects all the same. Where there is no
/// listing to be had, nobody can tell.
pub(crate) async fn expect_no_objects(store: &dyn BlobStore) -> Result<()> {
    match store.list("", None, OBJECTS_LOOKED_AT).await {
        // What a probe left makes no vault.
        Ok(page) if page.objects.iter().all(|object| object.key.starts_with(PROBE_KEY)) => Ok(()),
        Ok(_) => Err(Failure::RootMissing),
        Err(Error::StoreDenied { .. } | Error::StoreFailed { .. }) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
