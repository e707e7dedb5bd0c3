//! What checkpoints hand on to each other.

use super::catalog::Catalog;
use super::doomed::Doomed;
use super::frame::FramePosition;
use super::manifest::Published;

/// The last checkpoint, and what it left to do.
#[derive(Debug, Default)]
pub(crate) struct Checkpoints {
    /// The last published checkpoint.
    pub(crate) published: Option<Published>,
    /// The catalog of it.
    pub(crate) catalog: Catalog,
    /// The highest generation that was tried.
    pub(crate) generation: u64,
    /// Where the next checkpoint writes.
    pub(crate) frames: FramePosition,
    /// What is to be deleted.
    pub(crate) doomed: Vec<Doomed>,
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
    /// The manifest's slot that the next checkpoint is published in.
    pub(crate) fn next_slot(&self) -> u64 {
        self.published.map_or(0, |published| 1 - published.slot)
    }
}
