//! Edits: what an operation does.

use std::sync::Arc;

use super::entry::{Attributes, Entry};
use super::stamp::{Origin, Stamp};
use super::time::Time;
use crate::content::Claim;
use crate::path::VaultPath;

/// One change of the tree. Parents that are missing are made.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Creates or replaces the file at `path`; `time` is when, by the clock of the device. The
    /// claim is on the chunks of its content, where this session has put them.
    Put { path: VaultPath, entry: Entry, time: Time, claim: Option<Arc<Claim>> },
    /// Makes the directory at `path` unless it exists.
    MakeDirectory { path: VaultPath, origin: Origin },
    /// Removes the file or empty directory at `path`.
    Remove { path: VaultPath, stamp: Stamp },
    /// Removes what is at `path` with all below it.
    RemoveAll { path: VaultPath, stamp: Stamp },
    /// Moves a file or directory.
    Rename { from: VaultPath, to: VaultPath, origin: Origin },
    /// Copies a file or directory; contents are shared.
    Copy { from: VaultPath, to: VaultPath, origin: Origin },
    /// Replaces the attributes and modification time of an entry.
    Annotate { path: VaultPath, attributes: Attributes, modified: Time, stamp: Stamp },
}

impl Edit {
    /// The path it is about, and its target if it has one.
    pub(super) fn paths(&self) -> (&VaultPath, Option<&VaultPath>) {
        match self {
            Edit::Put { path, .. }
            | Edit::MakeDirectory { path, .. }
            | Edit::Remove { path, .. }
            | Edit::RemoveAll { path, .. }
            | Edit::Annotate { path, .. } => (path, None),
            Edit::Rename { from, to, .. } | Edit::Copy { from, to, .. } => (from, Some(to)),
        }
    }

    /// Which operation it is.
    pub(super) fn stamp(&self) -> Stamp {
        match self {
            Edit::Put { entry, .. } => entry.stamp,
            Edit::MakeDirectory { origin, .. }
            | Edit::Rename { origin, .. }
            | Edit::Copy { origin, .. } => origin.stamp,
            Edit::Remove { stamp, .. }
            | Edit::RemoveAll { stamp, .. }
            | Edit::Annotate { stamp, .. } => *stamp,
        }
    }
}
