//! Where a key is in the tree, or would be.
//!
//! One descent finds the seat through shared references and changes nothing, so that a condition
//! can be looked at, or a part of the index be loaded, before anything is changed. Setting or
//! taking out the entry then follows the positions on the way and compares no key again.
//!
//! A seat is good until the tree changes. Some changes leave the way to a key in memory, so that a
//! seat that is out of date is found again without loading anything: whatever is set or taken out,
//! the ways to the keys that are there; and where other keys are set, the way to a greater one. (A
//! child's tile may begin later then, and what was before it is the left neighbour's.)

use super::Tree;
use super::bucket::Span;
use super::child::{Child, NotResident};
use super::find;
use super::inner::Inner;
use super::node::{Content, Edit, FrameCell, Node};
use super::packed;
use crate::entry::{Body, Entry, Replaced};

/// Where a key is, or would be, and what it has.
#[derive(Debug)]
pub(crate) struct Seat {
    /// How often the tree had changed.
    pub(super) changes: u64,
    /// To the last branching on the way to the key.
    pub(super) way: Way,
    /// How many bytes of the key come before those that the last branching branches by.
    pub(super) depth: usize,
    pub(super) spot: Spot,
    old: Option<Replaced>,
    /// Where the bucket has its value, if it is inline there.
    span: Option<Span>,
}

/// Where a key is, as its last branching sees it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Spot {
    /// It ends at the branching, which may have an entry for it.
    Here,
    /// It is in the bucket that is this child.
    Found { child: usize, slot: usize },
    /// It would be in the bucket that is this child.
    Room { child: usize, slot: usize },
    /// It is in this child's tile, and does not begin with the child's prefix.
    Beside { child: usize },
    /// No child is for it; one that is put in would be the one at `next`.
    Gap { next: usize },
}

/// A way down the tree: the position of each node in the branching above it, from the root on.
#[derive(Debug, Clone, Default)]
pub(super) struct Way {
    len: usize,
    near: [u8; NEAR],
    /// What has no room in `near`, which is rare.
    far: Vec<u8>,
}

/// Ways up to this length take no memory of their own.
const NEAR: usize = 16;

impl Seat {
    /// What the key has.
    pub(crate) fn old(&self) -> Option<&Replaced> {
        self.old.as_ref()
    }

    /// Whether the bounds that parents keep may be due to what the key has.
    pub(super) fn bounds_summary(&self) -> bool {
        self.old.is_some_and(|old| old.expires_at_ms != 0 || old.separated.is_some())
    }

    /// The way to the node in whose place the key is: the one that has its entry, if there is one.
    pub(super) fn way_to_node(&self) -> Way {
        let mut way = self.way.clone();
        match self.spot {
            Spot::Here | Spot::Gap { .. } => {}
            Spot::Found { child, .. } | Spot::Room { child, .. } | Spot::Beside { child } => {
                way.push(child);
            }
        }
        way
    }
}

impl Way {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn push(&mut self, position: usize) {
        // A branching has at most 256 children.
        let position = position as u8;
        match self.near.get_mut(self.len) {
            Some(near) => *near = position,
            None => self.far.push(position),
        }
        self.len += 1;
    }

    /// The position in the branching that `level` others are above of.
    pub(super) fn at(&self, level: usize) -> usize {
        usize::from(if level < NEAR { self.near[level] } else { self.far[level - NEAR] })
    }
}

impl Tree {
    /// Finds where a key is, or would be.
    ///
    /// # Errors
    /// [`NotResident`] if a child on the way has to be loaded.
    pub(crate) fn seat(&self, key: &[u8]) -> Result<Seat, NotResident> {
        find::count_descent();
        let mut inner = self.root.present(&self.meter)?.branching();
        let mut way = Way::default();
        let mut depth = 0;
        let mut span = None;
        let (spot, old) = loop {
            let rest = &key[depth..];
            let Some(byte) = rest.first() else {
                break (Spot::Here, inner.here().map(|entry| packed::replaced(&entry)));
            };
            let Some((child, node)) = self.next(inner, *byte)? else {
                break (Spot::Gap { next: inner.next_tile(*byte) }, None);
            };
            let Some(suffix) = rest.strip_prefix(node.prefix()) else {
                break (Spot::Beside { child }, None);
            };
            let bucket = match node.content() {
                Content::Bucket(bucket) => bucket,
                Content::Inner(below) => {
                    way.push(child);
                    depth = key.len() - suffix.len();
                    inner = below;
                    continue;
                }
            };
            node.touch();
            break match bucket.search(suffix) {
                Ok(slot) => {
                    let old = bucket.entry_with_span(slot).map(|(entry, inline)| {
                        span = inline;
                        packed::replaced(&entry)
                    });
                    (Spot::Found { child, slot }, old)
                }
                Err(slot) => (Spot::Room { child, slot }, None),
            };
        };
        Ok(Seat { changes: self.changes, way, depth, spot, old, span })
    }

    fn next<'a>(
        &self,
        inner: &'a Inner,
        byte: u8,
    ) -> Result<Option<(usize, &'a Node)>, NotResident> {
        let Some(position) = inner.position_of(byte) else { return Ok(None) };
        let node: &Node = inner.children()[position].present(&self.meter)?;
        Ok(Some((position, node)))
    }

    /// Whether the tree has not changed since the seat was found.
    pub(crate) fn is_current(&self, seat: &Seat) -> bool {
        self.changes == seat.changes
    }

    /// Finds where a key is by now. Its seat was found once; the key is there still, or since then
    /// only lesser keys were set.
    ///
    /// # Panics
    /// If neither is so, and a child on the way is not in memory. The engine finds the seats of
    /// what a change needs and makes it under one hold of its lock, in an order that keeps to this;
    /// the tests of the index make changes in all such orders, of an index that was just opened.
    pub(super) fn seat_again(&self, key: &[u8]) -> Seat {
        match self.seat(key) {
            Ok(seat) => seat,
            Err(_) => unreachable!("the way to the key has left the memory"),
        }
    }

    /// The entry at a seat that is up to date.
    pub(crate) fn entry_at(&self, seat: &Seat) -> Option<Entry<'_>> {
        let inner = self.last_branching(seat);
        match seat.spot {
            Spot::Here => inner.here(),
            Spot::Found { child, slot } => inner.children()[child].in_memory().leaf().entry(slot),
            Spot::Room { .. } | Spot::Beside { .. } | Spot::Gap { .. } => None,
        }
    }

    /// The value at a seat that is up to date, or where it is.
    pub(crate) fn body_at(&self, seat: &Seat) -> Option<Body<'_>> {
        match (seat.spot, seat.span) {
            (Spot::Found { child, slot }, Some(span)) => {
                let child = &self.last_branching(seat).children()[child];
                child.in_memory().leaf().inline(slot, span).map(Body::Inline)
            }
            _ => self.entry_at(seat).map(|entry| entry.body),
        }
    }

    fn last_branching(&self, seat: &Seat) -> &Inner {
        debug_assert_eq!(seat.changes, self.changes, "the tree has changed");
        let mut node = self.root.in_memory();
        for level in 0..seat.way.len() {
            node = node.branching().children()[seat.way.at(level)].in_memory();
        }
        node.branching()
    }
}

/// Goes the first `levels` steps of a way, to change the node there. `pass` is told each child on
/// the way.
pub(super) fn follow<'a>(
    root: &'a mut Child,
    way: &Way,
    levels: usize,
    superseded: &mut Vec<FrameCell>,
    mut pass: impl FnMut(&mut Child),
) -> Edit<'a> {
    let mut edit = Node::edit(root.in_memory_mut(), superseded);
    for level in 0..levels {
        let child = edit.into_child(way.at(level));
        pass(child);
        edit = Node::edit(child.in_memory_mut(), superseded);
    }
    edit
}
