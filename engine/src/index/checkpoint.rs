//! What a checkpoint takes from the index and gives back to it.
//!
//! ```text
//! capture ─→ write ─→ (the manifest is published) ─→ confirm;  the dead frames become deletes
//!    └── restore, if the checkpoint failed
//! ```
//!
//! A capture is the root of one moment and the cells of the nodes that left the tree since the
//! capture before. Cells, not frames: a node that a checkpoint under way is writing may leave the
//! tree before its frame is published. Writing touches only nodes without a frame, children first;
//! where a node has one, so has everything below. The checkpoint does not keep the nodes: later
//! writers change them in place, and the checkpoint remembers their cells alone.

use std::sync::{Arc, Weak};

use super::Tree;
use super::child::Child;
use super::codec;
use super::node::{Content, FrameCell, Node};
use crate::error::{Error, Result};
use crate::frame::{FrameRef, FrameSink};

/// The index of one moment, to be written.
#[derive(Debug)]
pub(crate) struct Capture {
    /// None once it is written.
    root: Option<Child>,
    superseded: Vec<FrameCell>,
}

/// The frames a checkpoint wrote; nothing refers to them until [`Written::confirm`].
#[derive(Debug)]
pub(crate) struct Written {
    root: FrameRef,
    nodes: Vec<(Weak<Node>, FrameCell, FrameRef)>,
}

impl Tree {
    /// Whether a checkpoint would have something to write or to delete.
    pub(crate) fn is_dirty(&self) -> bool {
        if self.root.frame().is_some() {
            return false;
        }
        let empty = self.root.node().and_then(|root| root.inner()).is_some_and(|root| {
            // An index that never held anything needs no frame.
            root.is_empty()
        });
        !empty || !self.superseded.is_empty()
    }

    /// Takes what the next checkpoint is about. One capture is under way at a time.
    pub(crate) fn capture(&mut self) -> Capture {
        let superseded = std::mem::take(&mut self.superseded);
        Capture { root: Some(self.root.clone()), superseded }
    }

    /// Takes back the capture of a checkpoint that failed: the next one will do its work.
    pub(crate) fn restore(&mut self, capture: Capture) {
        self.superseded.extend(capture.superseded);
    }
}

impl Capture {
    /// Writes the nodes that no frame holds, children before parents. Once only.
    ///
    /// # Errors
    /// Those of the sink; the capture can then be restored.
    pub(crate) fn write(&mut self, sink: &mut dyn FrameSink) -> Result<Written> {
        let top = self.root.take().ok_or(Error::Malformed { what: codec::WHAT })?;
        let mut nodes = Vec::new();
        let mut body = Vec::new();
        let mut open = Vec::from_iter(Open::new(&top));
        let mut root = top.frame().copied();
        while let Some(top) = open.last_mut() {
            if let Some(child) = top.next_child() {
                match (child.frame(), Open::new(child)) {
                    (Some(frame), _) => top.frames.push(*frame),
                    (None, Some(below)) => open.push(below),
                    (None, None) => return Err(Error::Malformed { what: codec::WHAT }),
                }
                continue;
            }
            body.clear();
            match top.node.content() {
                Content::Bucket(bucket) => codec::encode_bucket(&mut body, bucket),
                Content::Inner(inner) => codec::encode_inner(&mut body, inner, &top.frames),
            }
            let frame = sink.write(top.node.kind(), &body)?;
            nodes.push((Arc::downgrade(top.node), top.node.cell().clone(), frame));
            open.pop();
            match open.last_mut() {
                Some(parent) => parent.frames.push(frame),
                None => root = Some(frame),
            }
        }
        let root = root.ok_or(Error::Malformed { what: codec::WHAT })?;
        Ok(Written { root, nodes })
    }

    /// The frames that nothing needs once this capture is published.
    pub(crate) fn dead_frames(&self) -> Vec<FrameRef> {
        self.superseded.iter().filter_map(|cell| cell.get().copied()).collect()
    }
}

impl Written {
    /// The frame of the root.
    pub(crate) fn root(&self) -> FrameRef {
        self.root
    }

    /// How many frames were written.
    pub(crate) fn frames(&self) -> usize {
        self.nodes.len()
    }

    /// Says that the root is published: the nodes are clean now.
    pub(crate) fn confirm(self) {
        for (node, cell, frame) in self.nodes {
            // A node that was changed since has a cell of its own.
            if cell.set(frame).is_ok()
                && let Some(node) = node.upgrade()
            {
                node.confirmed();
            }
        }
    }
}

/// A node that is written when its children are.
struct Open<'a> {
    node: &'a Arc<Node>,
    /// The frames of the first children.
    frames: Vec<FrameRef>,
}

impl<'a> Open<'a> {
    /// None for a child that a frame holds as it is.
    fn new(child: &'a Child) -> Option<Self> {
        let node = child.node().filter(|node| node.frame().is_none())?;
        Some(Self { node, frames: Vec::new() })
    }

    fn next_child(&self) -> Option<&'a Child> {
        self.node.inner()?.child(self.frames.len())
    }
}
