//! Walking the keys of a snapshot in order, in both directions.
//!
//! A cursor keeps the nodes from the root to where it is, and the key, of which only the end
//! changes from entry to entry. Within a bucket a step is a look at the next slot.

use std::collections::VecDeque;
use std::sync::Arc;

use super::bucket::common;
use super::codec;
use super::node::{Content, Node};
use super::snapshot::Snapshot;
use super::walk::PATH_BYTES_MAX;
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::frame::FrameSource;

/// A place among the keys of a snapshot: at a key, or at none.
///
/// A new cursor is at none, and so is one that went over either end or met an error; then
/// [`Cursor::next`] and [`Cursor::previous`] do nothing until it is placed again.
pub(crate) struct Cursor {
    snapshot: Snapshot,
    frames: Arc<dyn FrameSource>,
    levels: Vec<Level>,
    key: Vec<u8>,
    on_damage: OnDamage,
    /// What could not be loaded and was not asked for yet.
    passed_over: VecDeque<Error>,
}

/// What a cursor does where a frame is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum OnDamage {
    /// It fails.
    #[default]
    Fail,
    /// It goes on past what is below.
    PassOver,
}

/// A node on the way to the place.
struct Level {
    node: Arc<Node>,
    /// The length of the key before the node's prefix.
    base: usize,
    /// In a bucket the position of the entry. In a branching 0 for the entry that ends there and
    /// else one more than the position of the child.
    at: usize,
}

impl Cursor {
    pub(super) fn new(snapshot: Snapshot, frames: Arc<dyn FrameSource>) -> Self {
        Self {
            snapshot,
            frames,
            levels: Vec::new(),
            key: Vec::new(),
            on_damage: OnDamage::Fail,
            passed_over: VecDeque::new(),
        }
    }

    /// Says what to do where a frame below the root is damaged.
    pub(crate) fn on_damage(&mut self, on_damage: OnDamage) {
        self.on_damage = on_damage;
    }

    /// The next of what was passed over on the way to where the cursor is.
    pub(crate) fn next_passed_over(&mut self) -> Option<Error> {
        self.passed_over.pop_front()
    }

    /// The key the cursor is at.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        (!self.levels.is_empty()).then_some(&self.key)
    }

    /// The entry of the key the cursor is at.
    pub(crate) fn entry(&self) -> Option<Entry<'_>> {
        let level = self.levels.last()?;
        match level.node.content() {
            Content::Bucket(bucket) => bucket.entry(level.at),
            Content::Inner(inner) => inner.here(),
        }
    }

    /// Goes to the last key.
    ///
    /// # Errors
    /// Those of loading frames, here and in all that move the cursor.
    pub(crate) fn last(&mut self) -> Result<()> {
        self.clear();
        self.guarded(|cursor| cursor.enter_last(cursor.root()?))
    }

    /// Goes to the first key that is not below `target`.
    pub(crate) fn seek(&mut self, target: &[u8]) -> Result<()> {
        self.clear();
        self.guarded(|cursor| cursor.descend(target))
    }

    /// Goes to the last key below `target`.
    pub(crate) fn seek_before(&mut self, target: &[u8]) -> Result<()> {
        self.seek(target)?;
        if self.levels.is_empty() { self.last() } else { self.previous() }
    }

    /// Goes to the next key.
    pub(crate) fn next(&mut self) -> Result<()> {
        if let Some(level) = self.levels.last_mut()
            && let Content::Bucket(bucket) = level.node.content()
            && level.at + 1 < bucket.len()
        {
            level.at += 1;
            self.key.truncate(level.base + bucket.prefix().len());
            self.key.extend_from_slice(bucket.suffix(level.at));
            return Ok(());
        }
        self.guarded(Self::forward)
    }

    /// Goes to the key before.
    pub(crate) fn previous(&mut self) -> Result<()> {
        self.guarded(Self::backward)
    }

    fn root(&self) -> Result<Arc<Node>> {
        self.snapshot.root(&*self.frames).cloned()
    }

    fn clear(&mut self) {
        self.levels.clear();
        self.key.clear();
    }

    fn guarded(&mut self, step: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let result = step(self);
        if result.is_err() {
            self.clear();
        }
        result
    }

    fn descend(&mut self, target: &[u8]) -> Result<()> {
        let mut node = self.root()?;
        let mut rest = target;
        loop {
            let prefix = node.prefix();
            let shared = common(prefix, rest);
            if shared < prefix.len() {
                let above = rest.get(shared).is_none_or(|byte| *byte < prefix[shared]);
                return if above { self.enter_first(node) } else { self.forward() };
            }
            rest = rest.get(shared..).unwrap_or_default();
            let inner = match node.content() {
                Content::Bucket(bucket) => {
                    let position = bucket.lower_bound(rest);
                    let found = position < bucket.len();
                    self.push(node, position)?;
                    return if found { Ok(()) } else { self.forward() };
                }
                Content::Inner(inner) => inner,
            };
            let Some(byte) = rest.first() else { return self.enter_first(node) };
            let Some(position) = inner.tile(*byte) else {
                self.push(node, 0)?;
                return self.forward();
            };
            let below = match inner.child(position) {
                Some(child) if child.takes(*byte) => {
                    match child.load(&*self.frames, self.snapshot.meter()) {
                        Ok(below) => Some(below.clone()),
                        Err(error) => {
                            self.on_damage.pass(error, &mut self.passed_over)?;
                            None
                        }
                    }
                }
                _ => None,
            };
            self.push(node, position + 1)?;
            match below {
                Some(below) => node = below,
                None => return self.forward(),
            }
        }
    }

    /// Goes to the first key at or below a node.
    fn enter_first(&mut self, node: Arc<Node>) -> Result<()> {
        if self.push_first(node)? { Ok(()) } else { self.forward() }
    }

    /// Goes to the last key at or below a node.
    fn enter_last(&mut self, node: Arc<Node>) -> Result<()> {
        if self.push_last(node)? { Ok(()) } else { self.backward() }
    }

    fn forward(&mut self) -> Result<()> {
        while let Some(level) = self.levels.last_mut() {
            let below = match level.node.content() {
                Content::Bucket(bucket) => {
                    if level.at + 1 < bucket.len() {
                        level.at += 1;
                        self.show();
                        return Ok(());
                    }
                    None
                }
                Content::Inner(inner) => match inner.child(level.at) {
                    Some(child) => match child.load(&*self.frames, self.snapshot.meter()) {
                        Ok(below) => Some(below.clone()),
                        Err(error) => {
                            self.on_damage.pass(error, &mut self.passed_over)?;
                            level.at += 1;
                            continue;
                        }
                    },
                    None => None,
                },
            };
            match below {
                Some(below) => {
                    level.at += 1;
                    if self.push_first(below)? {
                        return Ok(());
                    }
                }
                None => self.pop(),
            }
        }
        Ok(())
    }

    fn backward(&mut self) -> Result<()> {
        while let Some(level) = self.levels.last_mut() {
            let Some(before) = level.at.checked_sub(1) else {
                self.pop();
                continue;
            };
            level.at = before;
            let below = match level.node.content() {
                Content::Bucket(_) => {
                    self.show();
                    return Ok(());
                }
                Content::Inner(inner) => match before.checked_sub(1) {
                    None if inner.here().is_some() => {
                        self.show();
                        return Ok(());
                    }
                    None => None,
                    Some(position) => match inner.child(position) {
                        Some(child) => match child.load(&*self.frames, self.snapshot.meter()) {
                            Ok(below) => Some(below.clone()),
                            Err(error) => {
                                self.on_damage.pass(error, &mut self.passed_over)?;
                                continue;
                            }
                        },
                        None => None,
                    },
                },
            };
            match below {
                Some(below) => {
                    if self.push_last(below)? {
                        return Ok(());
                    }
                }
                None => self.pop(),
            }
        }
        Ok(())
    }

    /// Enters a node from its beginning, and returns whether that is a key.
    fn push_first(&mut self, node: Arc<Node>) -> Result<bool> {
        let found = match node.content() {
            Content::Bucket(bucket) => !bucket.is_empty(),
            Content::Inner(inner) => inner.here().is_some(),
        };
        self.push(node, 0)?;
        Ok(found)
    }

    /// Enters a node from its end, and returns whether that is a key.
    fn push_last(&mut self, node: Arc<Node>) -> Result<bool> {
        let (at, found) = match node.content() {
            Content::Bucket(bucket) => (bucket.len().saturating_sub(1), !bucket.is_empty()),
            Content::Inner(inner) => (inner.children().len() + 1, false),
        };
        self.push(node, at)?;
        Ok(found)
    }

    fn push(&mut self, node: Arc<Node>, at: usize) -> Result<()> {
        let base = match self.levels.last() {
            Some(level) => level.base + level.node.prefix().len(),
            None => 0,
        };
        if base + node.prefix().len() > PATH_BYTES_MAX {
            return Err(Error::Malformed { what: codec::WHAT });
        }
        node.touch();
        self.levels.push(Level { node, base, at });
        self.show();
        Ok(())
    }

    fn pop(&mut self) {
        self.levels.pop();
    }

    /// Makes the key that of the last level's place.
    fn show(&mut self) {
        let Some(level) = self.levels.last() else { return };
        self.key.truncate(level.base);
        self.key.extend_from_slice(level.node.prefix());
        if let Content::Bucket(bucket) = level.node.content() {
            self.key.extend_from_slice(bucket.suffix(level.at));
        }
    }
}

impl OnDamage {
    fn pass(self, error: Error, passed_over: &mut VecDeque<Error>) -> Result<()> {
        match (self, error) {
            (Self::PassOver, error @ Error::StoreCorrupt { .. }) => {
                passed_over.push_back(error);
                Ok(())
            }
            (_, error) => Err(error),
        }
    }
}
