//! Which frames an index is in, and moving it out of some of them.

use super::Tree;
use super::node::Node;
use super::seat::follow;
use super::snapshot::Snapshot;
use super::walk::{Nodes, walk};
use crate::error::Result;
use crate::frame::{FrameRef, FrameSource};

/// A child of a branching.
struct Found {
    /// The key to the child, its start included.
    key: Vec<u8>,
    /// How many branchings are above its parent.
    level: usize,
}

impl Snapshot {
    /// Tells `each` every frame the snapshot is in. What has no frame yet is passed over, and so
    /// are the contents of buckets.
    ///
    /// # Errors
    /// Those of loading frames.
    #[cfg(any(test, feature = "faults"))]
    pub(crate) fn frames_below(
        &self,
        frames: &dyn FrameSource,
        each: &mut dyn FnMut(FrameRef),
    ) -> Result<()> {
        let root = self.root(frames)?;
        root.frame().copied().into_iter().for_each(&mut *each);
        walk(root, Nodes::Branchings, frames, self.meter(), &mut |visit| {
            let children = visit.node.inner().map(|inner| inner.children()).unwrap_or_default();
            children.iter().filter_map(|child| child.frame().copied()).for_each(&mut *each);
            Ok(())
        })
    }
}

impl Tree {
    /// Makes the next checkpoint write anew whatever is in a frame file that `is_left` names, and
    /// returns how many nodes that are. They are in memory then.
    ///
    /// # Errors
    /// Those of loading frames; nothing was changed then.
    pub(crate) fn relocate(
        &mut self,
        is_left: &dyn Fn(u64) -> bool,
        frames: &dyn FrameSource,
    ) -> Result<u64> {
        let is_left = |frame: Option<&FrameRef>| frame.is_some_and(|frame| is_left(frame.file));
        let root = self.root.load(frames, &self.meter)?;
        let root_is_left = is_left(root.frame());
        let mut found = Vec::new();
        walk(root, Nodes::Branchings, frames, &self.meter, &mut |visit| {
            let Some(inner) = visit.node.inner() else { return Ok(()) };
            for child in inner.children().iter().filter(|child| is_left(child.frame())) {
                let key = [visit.path, inner.prefix(), &[child.start()]].concat();
                found.push(Found { key, level: visit.level });
            }
            Ok(())
        })?;
        let mut ways = Vec::with_capacity(found.len());
        for Found { key, level } in &found {
            let seat = loop {
                match self.seat(key) {
                    Ok(seat) => break seat,
                    Err(ticket) => ticket.load(frames)?,
                }
            };
            ways.push((seat.way_to_node(), level + 1));
        }
        if root_is_left {
            Node::edit(self.root.in_memory_mut(), &mut self.superseded).finish();
        }
        for (way, levels) in &ways {
            follow(&mut self.root, way, *levels, &mut self.superseded, |_| ()).finish();
        }
        Ok(found.len() as u64 + u64::from(root_is_left))
    }
}
