//! Operations: what a session did, as it is replayed and carried in a root's tail.

use std::sync::Arc;

use super::entry::{Attributes, Entry, Origin, Stamp};
use super::time::Time;
use crate::content::{Claim, Unit};
use crate::path::VaultPath;

/// Operations shared between a queue, a tail and a tree.
pub(crate) type Ops = Arc<[Op]>;

/// One change of the tree. Parents that are missing are made.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// Creates or replaces the file at `path`; `time` is when, by the clock of the device. The
    /// claim is on the chunks of its content, where this session has put them.
    Put { path: VaultPath, entry: Entry, time: Time, claim: Option<Arc<Claim>> },
    /// Makes the directory at `path` unless it exists.
    MakeDirectory { path: VaultPath, origin: Origin },
    /// Removes the file or empty directory at `path`.
    Remove { path: VaultPath },
    /// Removes what is at `path` with all below it.
    RemoveAll { path: VaultPath },
    /// Moves a file or directory.
    Rename { from: VaultPath, to: VaultPath, origin: Origin },
    /// Copies a file or directory; contents are shared.
    Copy { from: VaultPath, to: VaultPath, origin: Origin },
    /// Replaces the attributes and modification time of an entry.
    Annotate { path: VaultPath, attributes: Attributes, modified: Time, stamp: Stamp },
}

impl Op {
    /// The path it is about, and its target if it has one.
    fn paths(&self) -> impl Iterator<Item = &VaultPath> {
        let (path, target) = match self {
            Op::Put { path, .. }
            | Op::MakeDirectory { path, .. }
            | Op::Remove { path }
            | Op::RemoveAll { path }
            | Op::Annotate { path, .. } => (path, None),
            Op::Rename { from, to, .. } | Op::Copy { from, to, .. } => (from, Some(to)),
        };
        std::iter::once(path).chain(target)
    }

    /// Whether the outcome may change what is at `path` or below it, or whether it exists.
    pub(crate) fn touches(&self, path: &VaultPath) -> bool {
        self.paths().any(|own| own.is_within(path) || path.is_within(own))
    }

    /// The unit of the operation's content that a flush may have to place.
    pub(crate) fn unit(&self) -> Option<&Unit> {
        match self {
            Op::Put { entry, .. } => entry.content()?.unit(),
            _ => None,
        }
    }

    /// A root names what the operation put, or may do so.
    pub(crate) fn keep(&self) {
        if let Op::Put { claim: Some(claim), .. } = self {
            claim.keep();
        }
    }
}
