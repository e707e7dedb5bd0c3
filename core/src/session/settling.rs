//! What settling takes from the state, and gives back.

use super::group::Group;
use crate::error::Error;
use crate::forest::{Entry, Op};
use crate::hamt::Trie;
use crate::trust::RootHash;

/// Differs whenever the live tree does, but for what is resident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Version {
    /// Changes whenever the tree is replaced by one that does not build on it.
    pub(super) edition: u64,
    /// Changes whenever it is replaced by one that does: groups that joined, nodes that were
    /// stored.
    pub(super) edits: u64,
}

/// What the tree is to be brought up to, and what it is now.
pub(super) struct Unsettled {
    /// The tree as of the root, without `tail`.
    pub(super) tree: Trie<Entry>,
    /// The operations of the root's tail that are not applied.
    pub(super) tail: Vec<Op>,
    pub(super) queue: Vec<Group>,
    pub(super) moment: Moment,
}

/// The state that an [`Unsettled`] was taken from.
#[derive(PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) version: Version,
    pub(super) root_hash: RootHash,
}

/// A tree that was brought up to the root.
pub(super) struct Settled {
    pub(super) durable: Trie<Entry>,
    pub(super) live: Trie<Entry>,
    /// What a spill would have written after the first operation of the tail that was applied.
    pub(super) spill_first: Option<u64>,
    /// Groups that cannot be done any more.
    pub(super) impossible: Vec<Impossible>,
    pub(super) moment: Moment,
}

/// A group of the queue that cannot be done any more, and why.
pub(super) struct Impossible {
    pub(super) group: Group,
    pub(super) error: Error,
}
