//! Children: nodes in memory, or frames that are loaded when they are needed.
//!
//! A frame is loaded through a shared reference, into a cell that every copy of the child shares:
//! what a reader of an old snapshot loads, the tree has too.

use std::ops::RangeInclusive;
use std::sync::{Arc, OnceLock};

use super::codec;
use super::inner::{self, Inner};
use super::node::{FrameCell, Meter, Node};
use super::summary::Summary;
use crate::error::Result;
use crate::frame::{FrameKind, FrameRef, FrameSource};

const NOT_IN_MEMORY: &str = "a node that was found in memory has left it";

/// A child of a branching.
#[derive(Debug, Clone)]
pub(super) struct Child {
    start: u8,
    kind: FrameKind,
    /// Bounds over what is below.
    pub(super) summary: Summary,
    link: Link,
}

#[derive(Debug, Clone)]
enum Link {
    Resident(Arc<Node>),
    Stored(Arc<Stored>),
}

/// A frame, and its node once it is loaded.
#[derive(Debug)]
pub(super) struct Stored {
    frame: FrameRef,
    kind: FrameKind,
    /// Which bytes the keys below may begin with; none is told for the root, whose prefix is empty.
    first: Option<RangeInclusive<u8>>,
    loaded: OnceLock<Arc<Node>>,
}

/// An operation needs a child that is not in memory. Nothing was changed: [`NotResident::load`] it,
/// and try again.
#[derive(Debug)]
pub(crate) struct NotResident {
    stored: Arc<Stored>,
    meter: Arc<Meter>,
}

impl NotResident {
    /// Loads the child for everyone. Needs no lock.
    ///
    /// # Errors
    /// Those of reading the frame, and `Malformed` for a frame that does not fit.
    pub(crate) fn load(&self, frames: &dyn FrameSource) -> Result<()> {
        self.stored.load(frames, &self.meter).map(|_| ())
    }
}

impl Child {
    pub(super) fn resident(start: u8, summary: Summary, node: Arc<Node>) -> Self {
        Self { start, kind: node.kind(), summary, link: Link::Resident(node) }
    }

    /// A child in a frame, whose tile ends at `last`.
    pub(super) fn stored(
        start: u8,
        last: u8,
        kind: FrameKind,
        summary: Summary,
        frame: FrameRef,
    ) -> Self {
        let last = if kind == FrameKind::Bucket { last } else { start };
        let stored = Stored { frame, kind, first: Some(start..=last), loaded: OnceLock::new() };
        Self { start, kind, summary, link: Link::Stored(Arc::new(stored)) }
    }

    /// The root in a frame.
    pub(super) fn stored_root(frame: FrameRef) -> Self {
        let kind = FrameKind::Inner;
        let stored = Stored { frame, kind, first: None, loaded: OnceLock::new() };
        Self { start: 0, kind, summary: Summary::default(), link: Link::Stored(Arc::new(stored)) }
    }

    /// The first byte of the child's tile.
    pub(super) fn start(&self) -> u8 {
        self.start
    }

    pub(super) fn set_start(&mut self, start: u8) {
        self.start = start;
    }

    pub(super) fn kind(&self) -> FrameKind {
        self.kind
    }

    /// Whether keys with this next byte, which is in the child's tile, are the child's.
    pub(super) fn takes(&self, byte: u8) -> bool {
        inner::takes(self.kind, self.start, byte)
    }

    /// The node, if it is in memory.
    pub(super) fn node(&self) -> Option<&Arc<Node>> {
        match &self.link {
            Link::Resident(node) => Some(node),
            Link::Stored(stored) => stored.loaded.get(),
        }
    }

    /// The node, or a ticket to load it.
    pub(super) fn present(&self, meter: &Arc<Meter>) -> Result<&Arc<Node>, NotResident> {
        match &self.link {
            Link::Resident(node) => Ok(node),
            Link::Stored(stored) => stored
                .loaded
                .get()
                .ok_or_else(|| NotResident { stored: stored.clone(), meter: meter.clone() }),
        }
    }

    /// The node, loaded if need be.
    pub(super) fn load(&self, frames: &dyn FrameSource, meter: &Arc<Meter>) -> Result<&Arc<Node>> {
        match &self.link {
            Link::Resident(node) => Ok(node),
            Link::Stored(stored) => stored.load(frames, meter),
        }
    }

    /// The node for one use: what is not in memory does not stay there.
    pub(super) fn read(&self, frames: &dyn FrameSource, meter: &Arc<Meter>) -> Result<Arc<Node>> {
        match (&self.link, self.node()) {
            (_, Some(node)) | (Link::Resident(node), None) => Ok(node.clone()),
            (Link::Stored(stored), None) => stored.read(frames, meter),
        }
    }

    /// Holds a node that was loaded as one that no frame stands for. Returns whether there is such
    /// a node, so that the child takes less memory now.
    pub(super) fn settle(&mut self) -> bool {
        let Link::Stored(stored) = &self.link else { return false };
        let Some(node) = stored.loaded.get().cloned() else { return false };
        // Drops the other share of the node, unless someone else has the cell.
        self.link = Link::Resident(node);
        true
    }

    /// The node, to be changed; none if it is not in memory.
    pub(super) fn node_mut(&mut self) -> Option<&mut Arc<Node>> {
        self.settle();
        match &mut self.link {
            Link::Resident(node) => Some(node),
            Link::Stored(_) => None,
        }
    }

    /// The node.
    ///
    /// # Panics
    /// If it is not in memory. The caller has found it there, and still holds the tree.
    pub(super) fn in_memory(&self) -> &Arc<Node> {
        match self.node() {
            Some(node) => node,
            None => unreachable!("{NOT_IN_MEMORY}"),
        }
    }

    /// The node, to be changed.
    ///
    /// # Panics
    /// As [`Child::in_memory`] does.
    pub(super) fn in_memory_mut(&mut self) -> &mut Arc<Node> {
        match self.node_mut() {
            Some(node) => node,
            None => unreachable!("{NOT_IN_MEMORY}"),
        }
    }

    /// Goes below a branching in memory that nothing else holds, without making it differ from its
    /// frame; none if there is no such branching.
    pub(super) fn below_mut<T>(&mut self, visit: impl FnOnce(&mut Inner) -> T) -> Option<T> {
        let node = match &mut self.link {
            Link::Resident(node) => node,
            Link::Stored(stored) => Arc::get_mut(stored)?.loaded.get_mut()?,
        };
        Arc::get_mut(node)?.visit_inner(visit)
    }

    /// Lets the node leave the memory, if a frame holds it.
    pub(super) fn unload(&mut self) {
        let Some(frame) = self.frame().copied() else { return };
        let first = match &self.link {
            Link::Stored(stored) => stored.first.clone(),
            Link::Resident(node) => node.first_bytes(),
        };
        let stored = Stored { frame, kind: self.kind, first, loaded: OnceLock::new() };
        self.link = Link::Stored(Arc::new(stored));
    }

    /// Puts another node in the place of this one.
    pub(super) fn replace(&mut self, node: Arc<Node>) {
        self.kind = node.kind();
        self.link = Link::Resident(node);
    }

    /// The node, if it is in memory and nothing else may load it or has it loaded.
    pub(super) fn into_node(self) -> Option<Arc<Node>> {
        match self.link {
            Link::Resident(node) => Some(node),
            Link::Stored(stored) => Arc::into_inner(stored)?.loaded.into_inner(),
        }
    }

    /// The node, of which others may have shares.
    ///
    /// # Panics
    /// As [`Child::in_memory`] does.
    pub(super) fn into_shared(mut self) -> Arc<Node> {
        self.in_memory_mut().clone()
    }

    /// The frame that holds the child, if it did not change since.
    pub(super) fn frame(&self) -> Option<&FrameRef> {
        match &self.link {
            Link::Resident(node) => node.frame(),
            Link::Stored(stored) => Some(&stored.frame),
        }
    }

    /// The child leaves the tree, with the frame it may have; not what is below it.
    pub(super) fn leave(&self, superseded: &mut Vec<FrameCell>) {
        match self.node() {
            Some(node) => node.leave(superseded),
            None => superseded.extend(self.frame().map(|frame| FrameCell::new((*frame).into()))),
        }
    }

    /// The memory of the cell that a frame is loaded into.
    pub(super) fn stored_bytes(&self) -> usize {
        match &self.link {
            Link::Resident(_) => 0,
            Link::Stored(_) => size_of::<Stored>() + 2 * size_of::<usize>(),
        }
    }
}

impl Stored {
    fn load(&self, frames: &dyn FrameSource, meter: &Arc<Meter>) -> Result<&Arc<Node>> {
        if let Some(node) = self.loaded.get() {
            return Ok(node);
        }
        let node = self.read(frames, meter)?;
        // Another reader may be faster; its node is as good.
        Ok(self.loaded.get_or_init(|| node))
    }

    fn read(&self, frames: &dyn FrameSource, meter: &Arc<Meter>) -> Result<Arc<Node>> {
        let body = frames.read(&self.frame, self.kind)?;
        let content = codec::decode_node(self.kind, &body)?;
        codec::check_place(&content, self.first.as_ref())?;
        Ok(Node::loaded(meter, content, self.frame))
    }
}
