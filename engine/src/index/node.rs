//! Nodes: what the tree is made of, shared between the tree, its snapshots and checkpoints.
//!
//! A node that nothing else holds is changed in place; a shared one is copied first, and so are the
//! nodes above it. A node whose frame cell is set is what that frame says, with all below it: the
//! node that takes its place begins with an empty cell, and the old cell is kept for the checkpoint
//! that makes its frame dead. Every node is charged to the [`Meter`] of its tree for as long as
//! anything holds it.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::bucket::Bucket;
use super::child::Child;
use super::inner::Inner;
use crate::frame::{FrameKind, FrameRef};

/// The frame that holds a node, once a checkpoint that wrote it is published.
pub(super) type FrameCell = Arc<OnceLock<FrameRef>>;

/// A bucket or a branching.
#[derive(Debug)]
pub(super) struct Node {
    content: Content,
    frame: FrameCell,
    charge: Charge,
    touched: AtomicBool,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(super) enum Content {
    Bucket(Bucket),
    Inner(Inner),
}

/// The memory of a tree and its snapshots, in bytes.
#[derive(Debug, Default)]
pub(super) struct Meter {
    resident: AtomicUsize,
    dirty: AtomicUsize,
}

/// What one node adds to its meter.
#[derive(Debug)]
struct Charge {
    meter: Arc<Meter>,
    bytes: usize,
    dirty: AtomicBool,
}

impl Node {
    /// A node that no frame holds yet.
    pub(super) fn new(meter: &Arc<Meter>, content: Content) -> Arc<Self> {
        let bytes = bytes_of(&content);
        let charge = Charge::new(meter, bytes, true);
        let frame = FrameCell::default();
        Arc::new(Self { content, frame, charge, touched: AtomicBool::new(false) })
    }

    /// A node as its frame says.
    pub(super) fn loaded(meter: &Arc<Meter>, content: Content, frame: FrameRef) -> Arc<Self> {
        let bytes = bytes_of(&content);
        let charge = Charge::new(meter, bytes, false);
        let cell = FrameCell::default();
        // The cell is new: nothing else has set it.
        let _ = cell.set(frame);
        Arc::new(Self { content, frame: cell, charge, touched: AtomicBool::new(true) })
    }

    pub(super) fn content(&self) -> &Content {
        &self.content
    }

    pub(super) fn inner(&self) -> Option<&Inner> {
        match &self.content {
            Content::Inner(inner) => Some(inner),
            Content::Bucket(_) => None,
        }
    }

    pub(super) fn bucket(&self) -> Option<&Bucket> {
        match &self.content {
            Content::Bucket(bucket) => Some(bucket),
            Content::Inner(_) => None,
        }
    }

    /// The branching that it is.
    ///
    /// # Panics
    /// For a bucket. The caller has seen that it is none.
    pub(super) fn branching(&self) -> &Inner {
        match &self.content {
            Content::Inner(inner) => inner,
            Content::Bucket(_) => unreachable!("{NO_BRANCHING}"),
        }
    }

    /// The bucket that it is.
    ///
    /// # Panics
    /// For a branching. The caller has seen that it is none.
    pub(super) fn leaf(&self) -> &Bucket {
        match &self.content {
            Content::Bucket(bucket) => bucket,
            Content::Inner(_) => unreachable!("{NO_BUCKET}"),
        }
    }

    pub(super) fn kind(&self) -> FrameKind {
        match &self.content {
            Content::Bucket(_) => FrameKind::Bucket,
            Content::Inner(_) => FrameKind::Inner,
        }
    }

    /// The bytes that all keys at and below the node begin with, after the path to it.
    pub(super) fn prefix(&self) -> &[u8] {
        match &self.content {
            Content::Bucket(bucket) => bucket.prefix(),
            Content::Inner(inner) => inner.prefix(),
        }
    }

    /// The bytes that keys at and below the node begin with; none if one is empty.
    pub(super) fn first_bytes(&self) -> Option<RangeInclusive<u8>> {
        match &self.content {
            Content::Inner(inner) => inner.prefix().first().map(|byte| *byte..=*byte),
            Content::Bucket(bucket) => bucket.first_bytes(),
        }
    }

    /// Visits a branching to load or unload children, which leaves it what its frame says.
    pub(super) fn visit_inner<T>(&mut self, visit: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        let Content::Inner(inner) = &mut self.content else { return None };
        let result = visit(inner);
        self.charge.set(bytes_of(&self.content));
        Some(result)
    }

    /// The frame that holds exactly this node; none for one that changed since.
    pub(super) fn frame(&self) -> Option<&FrameRef> {
        self.frame.get()
    }

    /// Where the frame will be that a checkpoint writes of the node as it is.
    pub(super) fn cell(&self) -> &FrameCell {
        &self.frame
    }

    /// Says that its cell was set: a published checkpoint holds the node.
    pub(super) fn confirmed(&self) {
        self.charge.settle();
    }

    /// Tells eviction that the node is in use.
    pub(super) fn touch(&self) {
        if !self.touched.load(Ordering::Relaxed) {
            self.touched.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the node was in use since this was asked last.
    pub(super) fn take_touched(&self) -> bool {
        self.touched.swap(false, Ordering::Relaxed)
    }

    /// The node leaves the tree: its frame, which it may yet get, is superseded.
    pub(super) fn leave(&self, superseded: &mut Vec<FrameCell>) {
        self.charge.settle();
        superseded.push(self.frame.clone());
    }

    /// Changes the content of a node of the tree, after copying it if anything else holds it.
    pub(super) fn edit<'a>(node: &'a mut Arc<Node>, superseded: &mut Vec<FrameCell>) -> Edit<'a> {
        // Something else holds it, or a checkpoint has written it and will set its cell.
        let shared = Arc::get_mut(node).is_none();
        if shared {
            node.leave(superseded);
        }
        // Copies what something else holds; what only a checkpoint remembers is moved.
        let node = Arc::make_mut(node);
        if shared {
            node.frame = FrameCell::default();
        } else if node.frame.get().is_some() {
            superseded.push(std::mem::take(&mut node.frame));
        }
        node.charge.dirty();
        Edit { node }
    }
}

impl Clone for Node {
    fn clone(&self) -> Self {
        let content = self.content.clone();
        let charge = Charge::new(&self.charge.meter, bytes_of(&content), true);
        Self { content, frame: FrameCell::default(), charge, touched: AtomicBool::new(true) }
    }
}

impl Drop for Node {
    /// Drops a deep tree without deep recursion.
    fn drop(&mut self) {
        let Content::Inner(inner) = &mut self.content else { return };
        let mut pending = Vec::new();
        inner.drain_into(&mut pending);
        while let Some(node) = pending.pop() {
            if let Some(mut node) = Arc::into_inner(node)
                && let Content::Inner(inner) = &mut node.content
            {
                inner.drain_into(&mut pending);
            }
        }
    }
}

/// A node that is being changed; what it takes is charged when the change ends.
pub(super) struct Edit<'a> {
    node: &'a mut Node,
}

impl<'a> Edit<'a> {
    pub(super) fn content(&mut self) -> &mut Content {
        &mut self.node.content
    }

    /// The branching that it is.
    ///
    /// # Panics
    /// For a bucket. The caller has seen that it is none.
    pub(super) fn branching(&mut self) -> &mut Inner {
        match &mut self.node.content {
            Content::Inner(inner) => inner,
            Content::Bucket(_) => unreachable!("{NO_BRANCHING}"),
        }
    }

    /// The bucket that it is.
    ///
    /// # Panics
    /// For a branching. The caller has seen that it is none.
    pub(super) fn leaf(&mut self) -> &mut Bucket {
        match &mut self.node.content {
            Content::Bucket(bucket) => bucket,
            Content::Inner(_) => unreachable!("{NO_BUCKET}"),
        }
    }

    /// Ends the change, but for what is below a child of the branching.
    ///
    /// # Panics
    /// As [`Edit::branching`] does.
    pub(super) fn into_child(mut self, position: usize) -> &'a mut Child {
        if self.branching().children_mut()[position].settle() {
            self.node.charge.set(bytes_of(&self.node.content));
        }
        match &mut self.node.content {
            Content::Inner(inner) => &mut inner.children_mut()[position],
            Content::Bucket(_) => unreachable!("{NO_BRANCHING}"),
        }
    }

    /// Ends the change.
    pub(super) fn finish(self) {
        self.node.charge.set(bytes_of(&self.node.content));
    }
}

impl Meter {
    /// The bytes of all nodes that anything holds.
    pub(super) fn resident(&self) -> usize {
        self.resident.load(Ordering::Relaxed)
    }

    /// The bytes of the nodes of the tree that no published frame holds.
    pub(super) fn dirty(&self) -> usize {
        self.dirty.load(Ordering::Relaxed)
    }
}

impl Charge {
    fn new(meter: &Arc<Meter>, bytes: usize, dirty: bool) -> Self {
        meter.resident.fetch_add(bytes, Ordering::Relaxed);
        if dirty {
            meter.dirty.fetch_add(bytes, Ordering::Relaxed);
        }
        Self { meter: meter.clone(), bytes, dirty: AtomicBool::new(dirty) }
    }

    fn set(&mut self, bytes: usize) {
        if bytes == self.bytes {
            return;
        }
        // Wraps where it shrinks, as the addition does.
        let change = bytes.wrapping_sub(self.bytes);
        self.meter.resident.fetch_add(change, Ordering::Relaxed);
        if *self.dirty.get_mut() {
            self.meter.dirty.fetch_add(change, Ordering::Relaxed);
        }
        self.bytes = bytes;
    }

    fn dirty(&mut self) {
        if !std::mem::replace(self.dirty.get_mut(), true) {
            self.meter.dirty.fetch_add(self.bytes, Ordering::Relaxed);
        }
    }

    fn settle(&self) {
        if self.dirty.swap(false, Ordering::Relaxed) {
            self.meter.dirty.fetch_sub(self.bytes, Ordering::Relaxed);
        }
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.settle();
        self.meter.resident.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

const NO_BRANCHING: &str = "a bucket is where a branching was seen";
const NO_BUCKET: &str = "a branching is where a bucket was seen";

/// The memory of a node: its content, itself with the counts of its Arc, and its frame cell.
fn bytes_of(content: &Content) -> usize {
    const ARC_COUNTS: usize = 2 * size_of::<usize>();
    const FIXED: usize = size_of::<Node>() + size_of::<OnceLock<FrameRef>>() + 2 * ARC_COUNTS;
    FIXED
        + match content {
            Content::Bucket(bucket) => bucket.capacity(),
            Content::Inner(inner) => inner.capacity(),
        }
}
