//! Giving memory back: nodes that a frame holds leave the memory again.
//!
//! A clock goes over the children in key order: a bucket that was in use since the clock came by
//! last stays for one more lap. A branching leaves when nothing below it is in memory. What
//! changed since the last checkpoint stays, and so does what a snapshot holds: to drop it here
//! would not free it.

use super::Tree;
use super::child::Child;
use super::inner::Inner;
use super::node::Meter;

/// Deeper branchings leave with all that is below, unseen. Bounds the recursion.
const LEVELS_MAX: usize = 64;

/// Once to the end, once to find what was not in use meanwhile, and once for the rest.
const LAPS: usize = 3;

/// One go of the clock.
struct Sweep<'a> {
    meter: &'a Meter,
    resident_target: usize,
    /// The starts of the children on the way to where the clock is.
    path: Vec<u8>,
}

impl Tree {
    /// Lets nodes leave the memory until all take at most `resident_target` bytes, or no more can.
    pub(crate) fn evict(&mut self, resident_target: usize) {
        for _ in 0..LAPS {
            if self.meter.resident() <= resident_target {
                return;
            }
            let from = std::mem::take(&mut self.hand);
            let mut sweep = Sweep { meter: &self.meter, resident_target, path: Vec::new() };
            let stopped = self.root.below_mut(|inner| sweep.branching(inner, Some(&from)));
            if stopped == Some(true) {
                self.hand = sweep.path;
            }
        }
    }
}

impl Sweep<'_> {
    /// Goes over the children from `from` on, and returns whether the target was reached; `path` is
    /// where, then.
    fn branching(&mut self, inner: &mut Inner, from: Option<&[u8]>) -> bool {
        let start = from.and_then(|from| from.first().copied());
        for position in 0..inner.children().len() {
            let Some(child) = inner.child_mut(position) else { break };
            if start.is_some_and(|start| child.start() < start) {
                continue;
            }
            if self.meter.resident() <= self.resident_target {
                self.path.push(child.start());
                return true;
            }
            let from = from.filter(|_| start == Some(child.start()));
            let below = from.and_then(|from| from.get(1..));
            self.path.push(child.start());
            if self.child(child, below) {
                return true;
            }
            self.path.pop();
        }
        false
    }

    fn child(&mut self, child: &mut Child, from: Option<&[u8]>) -> bool {
        let Some(node) = child.node() else { return false };
        if node.bucket().is_some() {
            if !node.take_touched() {
                child.unload();
            }
            return false;
        }
        if self.path.len() < LEVELS_MAX {
            if child.below_mut(|inner| self.branching(inner, from)) == Some(true) {
                return true;
            }
            let loaded = child
                .node()
                .and_then(|node| node.inner())
                .is_some_and(|inner| inner.children().iter().any(|child| child.node().is_some()));
            if loaded {
                return false;
            }
        }
        child.unload();
        false
    }
}
