//! The directory of an engine, and the engine that is open there.

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::Arc;

use sealwood::engine::disk::DirectoryDisk;
use sealwood::engine::{Access, Engine, EngineConfig, Error, Namespace};

use crate::failure::{Failure, Result};
use crate::local::OwnStore;
use crate::place::StoreFolder;

/// As many namespaces as there may be: others may have made them with a higher limit than ours.
const NAMESPACES_MAX: usize = 65_536;

/// A directory that holds an engine, or is to hold one.
#[derive(Debug, Clone)]
pub(super) struct EngineFolder {
    path: PathBuf,
}

/// An engine that is open, and where it is.
pub(super) struct OpenEngine {
    pub(super) engine: Engine,
    folder: EngineFolder,
}

impl From<OsString> for EngineFolder {
    fn from(path: OsString) -> Self {
        Self { path: path.into() }
    }
}

impl EngineFolder {
    /// The path as it was given, to be shown.
    pub(super) fn shown(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Opens the engine that is there, beside others that read it. Nothing in it is changed.
    pub(super) fn open_to_read(&self) -> Result<OpenEngine> {
        self.expect_engine()?;
        self.open(Access::ReadOnly)
    }

    /// Opens the engine that is there.
    pub(super) fn open_to_change(&self) -> Result<OpenEngine> {
        self.expect_engine()?;
        self.open(Access::ReadWrite)
    }

    /// Opens the engine that is there, or makes one in a directory that is new or empty.
    pub(super) fn open_or_make(&self) -> Result<OpenEngine> {
        if !self.store().is_there()? {
            self.store().expect_room()?;
        }
        self.open(Access::ReadWrite)
    }

    /// Makes an engine in a directory that is new or empty, and not in the one at `other`.
    pub(super) fn make_outside(&self, other: &Self) -> Result<OpenEngine> {
        OwnStore::of(Some(&other.path))?.keep_out_of(&self.path)?;
        let made = self.open_or_make()?;
        // One that was made and never filled will do.
        match made.check(made.engine.namespaces())?.is_empty() {
            true => Ok(made),
            false => Err(Failure::Usage("the target holds something already".into())),
        }
    }

    /// The files of the engine that is there, for what reads them without opening it.
    pub(super) fn disk(&self) -> Result<Arc<DirectoryDisk>> {
        self.expect_engine()?;
        let disk = DirectoryDisk::open_existing(&self.path);
        Ok(Arc::new(disk.map_err(|error| Failure::local(&self.path, error))?))
    }

    /// The failure of a call on this engine.
    pub(super) fn failed(&self, error: Error) -> Failure {
        Failure::Engine { error, path: Some(self.shown()) }
    }

    fn store(&self) -> StoreFolder<'_> {
        StoreFolder::engine(&self.path)
    }

    fn expect_engine(&self) -> Result<()> {
        match self.store().is_there()? {
            true => Ok(()),
            false => Err(Failure::Absent {
                code: "engine-not-found",
                reason: "no engine in that directory".into(),
                path: self.shown(),
            }),
        }
    }

    fn open(&self, access: Access) -> Result<OpenEngine> {
        let config = EngineConfig::default().access(access).namespaces_max(NAMESPACES_MAX);
        match Engine::open_directory(&self.path, config) {
            Ok(engine) => Ok(OpenEngine { engine, folder: self.clone() }),
            Err(error @ Error::StoreCorrupt { .. }) => Err(Failure::Explained {
                cause: Box::new(self.failed(error)),
                more: "sealwood engine salvage copies what is whole".into(),
            }),
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl OpenEngine {
    /// What a call on the engine has given.
    pub(super) fn check<T>(&self, given: Result<T, Error>) -> Result<T> {
        given.map_err(|error| self.folder.failed(error))
    }

    /// The namespaces there are, or those that were named, each of which must be there.
    pub(super) fn names(&self, named: &[String]) -> Result<Vec<String>> {
        let there = self.check(self.engine.namespaces())?;
        expect_names(named, there)
    }

    /// A namespace that is there.
    pub(super) fn namespace(&self, name: &str) -> Result<Namespace> {
        let there = self.check(self.engine.namespaces())?;
        match there.iter().any(|one| one == name) {
            true => self.check(self.engine.namespace(name)),
            false => Err(absent(name, &there)),
        }
    }

    /// Closes the engine after the work that gave `outcome`, whose failure comes first. Its changes
    /// are durable by then: that a full disk has no room for the checkpoint of an orderly end
    /// undoes none of them, and the next opening does without.
    pub(super) fn close_after<T>(self, outcome: Result<T>) -> Result<T> {
        let closed = match self.engine.close() {
            Err(Error::StoreFull) => Ok(()),
            closed => self.check(closed),
        };
        let value = outcome?;
        closed?;
        Ok(value)
    }
}

/// Of the namespaces that are there, those that were named, or all if none was. Each that was must
/// be there.
pub(super) fn expect_names(named: &[String], there: Vec<String>) -> Result<Vec<String>> {
    match named.iter().find(|name| !there.contains(name)) {
        Some(missing) => Err(absent(missing, &there)),
        None if named.is_empty() => Ok(there),
        None => Ok(there.into_iter().filter(|name| named.contains(name)).collect()),
    }
}

fn absent(name: &str, there: &[String]) -> Failure {
    const SHOWN_MAX: usize = 10;
    let mut shown = there.iter().take(SHOWN_MAX).cloned().collect::<Vec<_>>().join(", ");
    if there.len() > SHOWN_MAX {
        shown.push_str(", ...");
    }
    let reason = match there {
        [] => "there are no namespaces".to_owned(),
        _ => format!("no namespace of that name; there are: {shown}"),
    };
    Failure::Absent { code: "namespace-not-found", reason, path: name.to_owned() }
}
