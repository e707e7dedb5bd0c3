//! The ordered index: an adaptive radix tree with buckets for leaves.
//!
//! Inner nodes branch by the next byte of the key, with compressed paths (Leis, Kemper and Neumann,
//! "The adaptive radix tree", 2013). The leaves are buckets, sorted runs of up to 16 KiB (in the
//! manner of the burst tries of Askitis and Sinha, 2007): a bucket is a few pages of memory, takes
//! a few bytes for each key, and is one frame of a checkpoint. Any bytes are a key.
//!
//! ```text
//! root   ""            always a branching
//!  ├─ 00 "\0\0\0\1photos/200"        a branching: prefix, entry that ends here, children by byte
//!  │   ├─ 31.. "3/0"     bucket      one first byte: it is in the bucket's prefix
//!  │   └─ 34.. ""        bucket      the first bytes 34 to ff: they are in the suffixes
//!  └─ 01 ..
//! ```
//!
//! The tree is changed in place where nothing else holds a node, and by copying the path where a
//! snapshot or a checkpoint does: a snapshot costs one counter. Nodes that a checkpoint wrote can
//! leave the memory and are loaded when they are needed. No operation of [`Tree`] reads frames
//! itself, except those that take a [`FrameSource`](super::frame::FrameSource): they return an
//! [`NotResident`] ticket instead, having changed nothing, so that the caller can load without a
//! lock.
//!
//! All walks are loops: the depth is bounded by the length of a key, not by the stack.

mod bucket;
mod checkpoint;
mod child;
mod codec;
mod cursor;
mod edit;
mod evict;
mod expiry;
mod find;
mod heap;
mod inner;
mod insert;
mod node;
mod packed;
mod prefix;
mod relocate;
mod remove;
mod rename;
mod seat;
mod snapshot;
mod summary;
#[cfg(test)]
mod tests;
mod verify;
mod walk;

use std::sync::Arc;

pub(crate) use checkpoint::{Capture, Written};
use child::Child;
pub(crate) use child::NotResident;
pub(crate) use cursor::{Cursor, OnDamage};
#[cfg(test)]
pub(crate) use find::descents_of;
use inner::Inner;
use node::{Content, FrameCell, Meter, Node};
pub(crate) use seat::Seat;
pub(crate) use snapshot::Snapshot;
use summary::Summary;
pub(crate) use verify::Verify;

use super::entry::Entry;
use super::frame::FrameRef;

/// Reads a node of an untrusted frame body; returns the bytes it is written with.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_node(
    kind: super::frame::FrameKind,
    body: &[u8],
) -> crate::error::Result<Vec<u8>> {
    let mut again = Vec::new();
    codec::encode_node(&mut again, &codec::decode_node(kind, body)?);
    Ok(again)
}

/// The index of all keys.
#[derive(Debug)]
pub(crate) struct Tree {
    root: Child,
    meter: Arc<Meter>,
    /// How often entries were set or taken out.
    changes: u64,
    /// The cells of nodes that left the tree since the last capture.
    superseded: Vec<FrameCell>,
    /// Where eviction goes on: the starts of the children on the way.
    hand: Vec<u8>,
}

/// What an index takes, in bytes; estimates of memory on the heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Memory {
    /// All nodes in memory, those that only snapshots hold included.
    pub(crate) resident: usize,
    /// The nodes that the next checkpoint has to write.
    pub(crate) dirty: usize,
}

impl Tree {
    /// An index without keys, of which nothing is stored.
    pub(crate) fn new() -> Self {
        let meter = Arc::<Meter>::default();
        let root = Node::new(&meter, Content::Inner(Inner::new(&[])));
        let root = Child::resident(0, Summary::default(), root);
        Self::with_root(root, meter)
    }

    /// The index whose root is in a frame. Nothing is read yet.
    pub(crate) fn from_frame(root: FrameRef) -> Self {
        Self::with_root(Child::stored_root(root), Arc::default())
    }

    fn with_root(root: Child, meter: Arc<Meter>) -> Self {
        Self { root, meter, changes: 0, superseded: Vec::new(), hand: Vec::new() }
    }

    /// Reads the entry of a key.
    ///
    /// # Errors
    /// [`NotResident`] if a child on the way has to be loaded.
    pub(crate) fn get<T>(
        &self,
        key: &[u8],
        read: impl FnOnce(Entry<'_>) -> T,
    ) -> Result<Option<T>, NotResident> {
        let root = self.root.present(&self.meter)?;
        Ok(find::entry(root, key, |child| child.present(&self.meter))?.map(read))
    }

    /// The length of the longest key that `key` begins with, of those of at least `at_least` bytes.
    ///
    /// # Errors
    /// [`NotResident`] if a child on the way has to be loaded.
    pub(crate) fn longest_prefix(
        &self,
        key: &[u8],
        at_least: usize,
    ) -> Result<Option<usize>, NotResident> {
        let root = self.root.present(&self.meter)?;
        find::longest_prefix(root, key, at_least, |child| child.present(&self.meter))
    }

    /// Whether no key begins with `prefix`.
    ///
    /// # Errors
    /// [`NotResident`] if a child on the way has to be loaded.
    pub(crate) fn is_prefix_empty(&self, prefix: &[u8]) -> Result<bool, NotResident> {
        let root = self.root.present(&self.meter)?;
        find::is_prefix_empty(root, prefix, |child| child.present(&self.meter))
    }

    /// The keys as they are now, whatever becomes of the tree.
    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::new(self.root.clone(), self.meter.clone())
    }

    /// What the index takes in memory.
    pub(crate) fn memory(&self) -> Memory {
        Memory { resident: self.meter.resident(), dirty: self.meter.dirty() }
    }
}
