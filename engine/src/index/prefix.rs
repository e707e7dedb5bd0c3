//! Whole prefixes: where their keys are, and removing them.

use std::ops::Range;
use std::sync::Arc;

use super::Tree;
use super::child::Absent;
use super::inner::Inner;
use super::node::{Content, FrameCell, Meter, Node};
use super::packed;
use super::walk::{Nodes, walk};
use crate::entry::Replaced;
use crate::error::Result;
use crate::frame::FrameSource;

/// Where the keys of a prefix are: at or below one child of one branching.
pub(super) struct Located {
    /// How many branchings are above that branching.
    pub(super) level: usize,
    /// How many bytes of the prefix come before the child's path.
    pub(super) depth: usize,
    pub(super) node: Arc<Node>,
    /// Which entries, if it is a bucket.
    pub(super) entries: Range<usize>,
}

impl Located {
    /// Whether nothing else is at or below the child.
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
                Err(absent) => absent.load(frames)?,
            }
        };
        let mut gone = Gone::default();
        gone.collect(&located, frames, &self.meter, each)?;
        for node in &gone.dirty {
            node.leave(&mut self.superseded);
        }
        self.superseded.append(&mut gone.clean);
        self.detach(prefix, &located);
        Ok(gone.count)
    }

    /// Where the keys that begin with `prefix` are, if there are any.
    pub(super) fn locate(&self, prefix: &[u8]) -> Result<Option<Located>, Absent> {
        let mut node = self.root.present(&self.meter)?;
        let mut level = 0;
        let mut rest = prefix;
        if rest.is_empty() {
            let empty = node.inner().is_some_and(Inner::is_empty);
            let root = Located { level, depth: 0, node: node.clone(), entries: 0..0 };
            return Ok((!empty).then_some(root));
        }
        loop {
            let depth = prefix.len() - rest.len();
            let Some(inner) = node.inner() else { return Ok(None) };
            let child = rest.first().and_then(|byte| inner.position_of(*byte));
            let Some(child) = child.and_then(|at| inner.child(at)) else { return Ok(None) };
            node = child.present(&self.meter)?;
            let whole = node.prefix().starts_with(rest);
            if !whole && !rest.starts_with(node.prefix()) {
                return Ok(None);
            }
            let entries = match node.content() {
                Content::Inner(_) => 0..0,
                Content::Bucket(bucket) => {
                    bucket.below(rest.get(bucket.prefix().len()..).unwrap_or_default())
                }
            };
            if node.bucket().is_some() && entries.is_empty() {
                return Ok(None);
            }
            if whole || node.bucket().is_some() {
                return Ok(Some(Located { level, depth, node: node.clone(), entries }));
            }
            rest = rest.get(node.prefix().len()..).unwrap_or_default();
            level += 1;
        }
    }

    /// Takes what is located out of the tree, and mends the shape of what stays. The frames of
    /// what is taken are the caller's.
    pub(super) fn detach(&mut self, prefix: &[u8], located: &Located) {
        if prefix.is_empty() {
            self.root.replace(Node::new(&self.meter, Content::Inner(Inner::new(&[]))));
            return;
        }
        let whole = located.is_whole();
        let Some((mut edit, position, superseded)) = self.edit_at(prefix, located.level) else {
            unreachable!("what was located is there");
        };
        let Some(inner) = edit.inner() else { return };
        if whole {
            inner.splice(position..position + 1, Vec::new());
        } else if let Some(node) = inner.child_mut(position).and_then(|child| child.node_mut()) {
            // The frame of the bucket is already accounted for.
            let mut bucket = Node::edit(node, superseded);
            if let Some(bucket) = bucket.bucket() {
                bucket.remove_range(located.entries.clone());
            }
            bucket.finish();
        }
        edit.finish();
        self.refresh(prefix);
        match located.level.checked_sub(1) {
            Some(above) if whole => self.settle(prefix, above),
            _ => self.settle(prefix, located.level),
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
