//! Whole prefixes: where their keys are, and removing them.

use std::ops::Range;
use std::sync::Arc;

use super::Tree;
use super::child::NotResident;
use super::find;
use super::inner::Inner;
use super::node::{Content, FrameCell, Meter, Node};
use super::packed;
use super::seat::{Way, follow};
use super::walk::{Nodes, walk};
use crate::entry::Replaced;
use crate::error::Result;
use crate::frame::FrameSource;

/// Where the keys of a prefix are: at or below one node.
pub(super) struct Located {
    way: Way,
    /// How many bytes of the prefix come before the node's path.
    pub(super) depth: usize,
    pub(super) node: Arc<Node>,
    /// Which entries, if it is a bucket.
    pub(super) entries: Range<usize>,
}

impl Located {
    /// Whether nothing else is at or below the node.
    pub(super) fn is_whole(&self) -> bool {
        self.node.bucket().is_none_or(|bucket| bucket.len() == self.entries.len())
    }
}

impl Tree {
    /// Removes all keys that begin with `prefix`, tells `each` what they had in order, and returns
    /// how many there were.
    ///
    /// # Errors
    /// Those of loading frames. Nothing is removed then, whatever `each` was told.
    pub(crate) fn remove_prefix(
        &mut self,
        prefix: &[u8],
        frames: &dyn FrameSource,
        each: &mut dyn FnMut(Replaced),
    ) -> Result<u64> {
        let located = loop {
            match self.locate(prefix) {
                Ok(Some(located)) => break located,
                Ok(None) => return Ok(0),
                Err(ticket) => ticket.load(frames)?,
            }
        };
        let mut gone = Gone::default();
        gone.collect(&located, frames, &self.meter, each)?;
        for node in &gone.dirty {
            node.leave(&mut self.superseded);
        }
        self.superseded.append(&mut gone.clean);
        self.detach(&located);
        Ok(gone.count)
    }

    /// Where the keys that begin with `prefix` are, if there are any.
    pub(super) fn locate(&self, prefix: &[u8]) -> Result<Option<Located>, NotResident> {
        find::count_descent();
        let mut node = self.root.present(&self.meter)?;
        let mut way = Way::default();
        let mut rest = prefix;
        if rest.is_empty() {
            let root = Located { way, depth: 0, node: node.clone(), entries: 0..0 };
            return Ok((!node.branching().is_empty()).then_some(root));
        }
        while let Some(byte) = rest.first() {
            let depth = prefix.len() - rest.len();
            let inner = node.branching();
            let Some(position) = inner.position_of(*byte) else { return Ok(None) };
            way.push(position);
            node = inner.children()[position].present(&self.meter)?;
            let within = node.prefix().starts_with(rest);
            let after = match rest.strip_prefix(node.prefix()) {
                Some(after) => after,
                None if within => &[],
                None => return Ok(None),
            };
            let entries = match node.content() {
                Content::Bucket(bucket) => bucket.below(after),
                Content::Inner(_) if within => 0..0,
                Content::Inner(_) => {
                    rest = after;
                    continue;
                }
            };
            let is_there = node.inner().is_some() || !entries.is_empty();
            let located = Located { way, depth, node: node.clone(), entries };
            return Ok(is_there.then_some(located));
        }
        // What ends with the prefix of a branching is within it.
        Ok(None)
    }

    /// Takes what is located out of the tree, and mends the shape of what stays. The frames of
    /// what is taken are the caller's.
    pub(super) fn detach(&mut self, located: &Located) {
        let Located { way, entries, .. } = located;
        self.changes += 1;
        let Some(level) = way.len().checked_sub(1) else {
            self.root.replace(Node::new(&self.meter, Content::Inner(Inner::new(&[]))));
            return;
        };
        let mut parent = follow(&mut self.root, way, level, &mut self.superseded, |_| ());
        if located.is_whole() {
            parent.branching().take(way.at(level));
            parent.finish();
            self.refresh(way, level);
            self.settle(way, level);
        } else {
            // The frame of the bucket is already accounted for.
            let child = parent.into_child(way.at(level));
            let mut bucket = Node::edit(child.in_memory_mut(), &mut self.superseded);
            bucket.leaf().remove_range(entries.clone());
            bucket.finish();
            self.refresh(way, way.len());
            self.settle(way, way.len());
        }
    }
}

/// What is removed.
#[derive(Default)]
struct Gone {
    count: u64,
    /// The cells of nodes that a frame holds.
    clean: Vec<FrameCell>,
    /// Nodes that no frame holds yet.
    dirty: Vec<Arc<Node>>,
}

impl Gone {
    fn collect(
        &mut self,
        located: &Located,
        frames: &dyn FrameSource,
        meter: &Arc<Meter>,
        each: &mut dyn FnMut(Replaced),
    ) -> Result<()> {
        if let Some(bucket) = located.node.bucket() {
            self.count = located.entries.len() as u64;
            let entries = located.entries.clone().filter_map(|position| bucket.entry(position));
            entries.for_each(|entry| each(packed::replaced(&entry)));
            if located.is_whole() {
                self.node(&located.node);
            }
            return Ok(());
        }
        walk(&located.node, Nodes::All, frames, meter, &mut |visit| {
            self.node(visit.node);
            match visit.node.content() {
                Content::Bucket(bucket) => {
                    self.count += bucket.len() as u64;
                    let entries = (0..bucket.len()).filter_map(|position| bucket.entry(position));
                    entries.for_each(|entry| each(packed::replaced(&entry)));
                }
                Content::Inner(inner) => {
                    if let Some(entry) = inner.here() {
                        self.count += 1;
                        each(packed::replaced(&entry));
                    }
                }
            }
            Ok(())
        })
    }

    fn node(&mut self, node: &Arc<Node>) {
        match node.frame() {
            Some(frame) => self.clean.push(FrameCell::new((*frame).into())),
            None => self.dirty.push(node.clone()),
        }
    }
}
