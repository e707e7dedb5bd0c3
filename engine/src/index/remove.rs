//! Removing entries.

use super::Tree;
use super::child::Absent;
use super::edit::{self, Site};
use super::inner::Inner;
use super::insert::bounds_summary;
use super::node::{Content, Edit, Node};
use crate::entry::Replaced;

impl Tree {
    /// Removes a key, and returns what it had.
    ///
    /// # Errors
    /// [`Absent`] if a child on the way has to be loaded; nothing was changed then.
    pub(crate) fn remove(&mut self, key: &[u8]) -> Result<Option<Replaced>, Absent> {
        let Some(bounded) = self.get(key, |old| bounds_summary(&old))? else { return Ok(None) };
        let Some((replaced, level)) = self.remove_present(key) else {
            unreachable!("the key was found in memory");
        };
        if bounded {
            self.refresh(key);
        }
        if let Some(level) = level {
            self.settle(key, level);
        }
        Ok(Some(replaced))
    }

    /// Removes a key whose path is in memory, and returns the level whose child may need tidying.
    fn remove_present(&mut self, key: &[u8]) -> Option<(Replaced, Option<usize>)> {
        let mut node = self.root.node_mut()?;
        let mut rest = key;
        let mut level = 0usize;
        loop {
            let mut edit = Node::edit(node, &mut self.superseded);
            let inner = edit.inner()?;
            rest = rest.get(inner.prefix().len()..)?;
            let Some(byte) = rest.first() else {
                let replaced = inner.remove_here()?;
                edit.finish();
                return Some((replaced, level.checked_sub(1)));
            };
            let position = inner.position_of(*byte)?;
            let below = edit.into_inner()?.child_mut(position)?.node_mut()?;
            if below.inner().is_some() {
                node = below;
                level += 1;
                continue;
            }
            let mut edit = Node::edit(below, &mut self.superseded);
            let bucket = edit.bucket()?;
            let suffix = rest.strip_prefix(bucket.prefix())?;
            let position = bucket.search(suffix).ok()?;
            let replaced = bucket.remove(position)?;
            edit.finish();
            return Some((replaced, Some(level)));
        }
    }

    /// Tidies the children on the way to a key, from the branching at `level` up for as long as
    /// there is something to tidy.
    pub(super) fn settle(&mut self, key: &[u8], mut level: usize) {
        while let Some((mut edit, position, superseded)) = self.edit_at(key, level) {
            let meter = edit.meter().clone();
            let mut site = Site { meter: &meter, superseded };
            let shrunk = edit.inner().is_some_and(|inner| edit::tidy(&mut site, inner, position));
            edit.finish();
            match level.checked_sub(1) {
                Some(above) if shrunk => level = above,
                _ => return,
            }
        }
    }

    /// Tightens the bounds that parents keep on the way to a key whose entry changed.
    pub(super) fn refresh(&mut self, key: &[u8]) {
        let mut levels = 0;
        while self.edit_at(key, levels).is_some() {
            levels += 1;
        }
        for level in (0..levels).rev() {
            let Some((mut edit, position, _)) = self.edit_at(key, level) else { return };
            let Some(child) = edit.inner().and_then(|inner| inner.child_mut(position)) else {
                return;
            };
            let Some(node) = child.node() else { return };
            let summary = match node.content() {
                Content::Bucket(bucket) => bucket.summary(),
                Content::Inner(inner) => inner.summary(),
            };
            if child.summary == summary {
                return;
            }
            child.summary = summary;
        }
    }

    /// The branching `level` branchings below the root on the way to a key, and the position of
    /// the child that goes on to the key. None where the path ends before.
    pub(super) fn edit_at(
        &mut self,
        key: &[u8],
        level: usize,
    ) -> Option<(Edit<'_>, usize, &mut Vec<super::FrameCell>)> {
        let superseded = &mut self.superseded;
        let mut node = self.root.node_mut()?;
        let mut rest = key;
        let mut above = level;
        loop {
            let inner = node.inner()?;
            rest = rest.strip_prefix(inner.prefix())?;
            let position = inner.position_of(*rest.first()?)?;
            if above == 0 {
                return Some((Node::edit(node, superseded), position, superseded));
            }
            above -= 1;
            let edit = Node::edit(node, superseded);
            node = edit
                .into_inner()
                .and_then(|inner: &mut Inner| inner.child_mut(position))?
                .node_mut()?;
        }
    }
}
