//! What checkpoints hand on to each other.

use std::collections::BTreeMap;

use super::catalog::Catalog;
use super::doomed::{Doomed, DoomedFile};
use super::frame::FramePosition;
use super::lthash_state::{ChangeNumber, Counted};
use super::manifest::Published;
use crate::namespace_id::NamespaceId;

/// The last checkpoint, and what it left to do.
#[derive(Debug, Default)]
pub(crate) struct Checkpoints {
    /// The last published checkpoint.
    pub(crate) published: Option<Published>,
    /// The catalog of it.
    pub(crate) catalog: Catalog,
    /// Which hashes of namespaces it has: those after these changes.
    pub(crate) hashes: BTreeMap<NamespaceId, ChangeNumber>,
    /// The highest generation that was tried.
    pub(crate) generation: u64,
    /// Where the next checkpoint writes.
    pub(crate) frames: FramePosition,
    /// What is to be deleted once the next checkpoint is published.
    pub(crate) doomed: Vec<Doomed>,
    /// What is to be deleted and neither the last checkpoint nor the log since names: it may go
    /// before anything is written.
    pub(crate) strays: Vec<Doomed>,
    /// What is known of the manifest's slot that does not hold the last published checkpoint.
    pub(crate) slot: SlotState,
}

/// Whether a slot may hold a checkpoint that was not published.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotState {
    /// What it holds does not count.
    #[default]
    Settled,
    /// An attempt to publish has failed: it may have landed.
    Unknown,
}

impl Checkpoints {
    /// Takes note of the catalog of the published checkpoint with which an engine is opened.
    pub(crate) fn opened(&mut self, catalog: Catalog) {
        self.frames = catalog.frames;
        self.hashes = catalog.hashes.keys().map(|id| (*id, ChangeNumber::default())).collect();
        self.catalog = catalog;
    }

    /// Whether anything is to be deleted.
    pub(crate) fn owes_deletes(&self) -> bool {
        !self.doomed.is_empty() || !self.strays.is_empty()
    }

    /// Whether a file is to be deleted.
    pub(crate) fn is_listed(&self, file: &DoomedFile) -> bool {
        self.doomed.iter().chain(&self.strays).any(|doomed| doomed.file == *file)
    }

    /// Whether it has all hashes of namespaces as they are now, and no others.
    pub(crate) fn has_all(&self, counted: &Counted) -> bool {
        let now = counted.all().map(|(id, tracked)| (id, tracked.change()));
        now.eq(self.hashes.iter().map(|(id, change)| (*id, *change)))
            && self.hashes.keys().eq(self.catalog.hashes.keys())
    }

    /// Whether there is a namespace of which it has no hash.
    pub(crate) fn lacks_any(&self, counted: &Counted) -> bool {
        counted.all().any(|(id, _)| !self.catalog.hashes.contains_key(&id))
    }

    /// Has the next checkpoint write anew the hashes that lie in files of these numbers.
    pub(crate) fn relocate_hashes(&mut self, is_left: impl Fn(u64) -> bool) {
        let stored = &self.catalog.hashes;
        self.hashes.retain(|id, _| stored.get(id).is_some_and(|it| !is_left(it.frame.file)));
    }

    /// The manifest's slot that the next checkpoint is published in.
    pub(crate) fn next_slot(&self) -> u64 {
        self.published.map_or(0, |published| 1 - published.slot)
    }
}
