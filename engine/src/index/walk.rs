//! Visiting the nodes, parents before children and in key order, without keeping what is loaded.

use std::ops::RangeInclusive;
use std::sync::Arc;

use super::codec;
use super::node::{Meter, Node};
use super::summary::Summary;
use crate::error::{Error, Result};
use crate::frame::{FrameKind, FrameSource};

/// No key is longer; a walk that comes so deep is in a damaged tree.
pub(super) const PATH_BYTES_MAX: usize = 1 << 20;

/// Which nodes are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nodes {
    All,
    /// No bucket is read.
    Branchings,
}

/// A node that is visited.
pub(super) struct Visit<'a> {
    pub(super) node: &'a Arc<Node>,
    /// The key before the node's prefix.
    pub(super) path: &'a [u8],
    /// How many branchings are above it.
    pub(super) level: usize,
    /// What the parent says of it; none for where the walk began.
    pub(super) said: Option<Said>,
}

/// What a branching says of a child.
pub(super) struct Said {
    /// The bytes its keys may begin with.
    pub(super) first: RangeInclusive<u8>,
    pub(super) summary: Summary,
}

struct Open {
    node: Arc<Node>,
    base: usize,
    next: usize,
}

/// Visits a node and what is below it.
///
/// # Errors
/// Those of the visitor and of loading frames.
pub(super) fn walk(
    root: &Arc<Node>,
    which: Nodes,
    frames: &dyn FrameSource,
    meter: &Arc<Meter>,
    visit: &mut dyn FnMut(Visit<'_>) -> Result<()>,
) -> Result<()> {
    walk_past(root, which, frames, meter, visit, &mut Err)
}

/// Visits a node and what of the rest can be loaded. `failed` is told what cannot, and says whether
/// the walk goes on past it and what is below it.
///
/// # Errors
/// Those of the visitor and of `failed`.
pub(super) fn walk_past(
    root: &Arc<Node>,
    which: Nodes,
    frames: &dyn FrameSource,
    meter: &Arc<Meter>,
    visit: &mut dyn FnMut(Visit<'_>) -> Result<()>,
    failed: &mut dyn FnMut(Error) -> Result<()>,
) -> Result<()> {
    let mut walk = Walk::new(root, which, meter);
    while walk.step(frames, visit, failed)? {}
    Ok(())
}

/// A walk, a node at a time.
pub(super) struct Walk {
    /// Where it begins, until that is visited.
    root: Option<Arc<Node>>,
    which: Nodes,
    meter: Arc<Meter>,
    key: Vec<u8>,
    open: Vec<Open>,
}

impl Walk {
    pub(super) fn new(root: &Arc<Node>, which: Nodes, meter: &Arc<Meter>) -> Self {
        let (root, meter) = (Some(root.clone()), meter.clone());
        Self { root, which, meter, key: Vec::new(), open: Vec::new() }
    }

    /// Visits the next node, if it can be loaded. Returns whether there may be more. See
    /// [`walk_past`].
    pub(super) fn step(
        &mut self,
        frames: &dyn FrameSource,
        visit: &mut dyn FnMut(Visit<'_>) -> Result<()>,
        failed: &mut dyn FnMut(Error) -> Result<()>,
    ) -> Result<bool> {
        if let Some(root) = self.root.take() {
            visit(Visit { node: &root, path: &self.key, level: 0, said: None })?;
            self.key.extend_from_slice(root.prefix());
            self.open.push(Open { node: root, base: 0, next: 0 });
            return Ok(true);
        }
        loop {
            let level = self.open.len();
            let Some(top) = self.open.last_mut() else { return Ok(false) };
            let base = top.base + top.node.prefix().len();
            self.key.truncate(base);
            let position = top.next;
            top.next += 1;
            let Some((inner, child)) = top
                .node
                .inner()
                .and_then(|inner| inner.child(position).map(|child| (inner, child)))
            else {
                self.open.pop();
                continue;
            };
            if self.which == Nodes::Branchings && child.kind() == FrameKind::Bucket {
                continue;
            }
            let node = match child.read(frames, &self.meter) {
                Ok(node) => node,
                Err(error) => return failed(error).map(|()| true),
            };
            let said = Said { first: inner.first_bytes(position), summary: child.summary };
            visit(Visit { node: &node, path: &self.key, level, said: Some(said) })?;
            self.key.extend_from_slice(node.prefix());
            if self.key.len() > PATH_BYTES_MAX {
                return Err(Error::Malformed { what: codec::WHAT });
            }
            self.open.push(Open { node, base, next: 0 });
            return Ok(true);
        }
    }
}
