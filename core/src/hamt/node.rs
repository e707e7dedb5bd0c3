//! Nodes: a leaf of entries, or slots with a child each.

use std::fmt;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::child::{Child, Weight};
use super::hash::{SLOTS, Slots};
use super::leaf::{LEAF_WEIGHT_MAX, Leaf};
use super::value::Value;

/// One node.
pub struct Node<V> {
    /// What a store plan recognises an unchanged node by: 0 since an edit, else unique to this
    /// state of the node. Copies that differ in residence alone share it.
    stamp: AtomicU64,
    /// When the node was last used, in ticks of the evictor.
    used: AtomicU32,
    pub(super) body: Body<V>,
}

#[derive(Clone)]
pub(super) enum Body<V> {
    Leaf(Leaf<V>),
    Inner(Inner<V>),
}

impl<V> Body<V> {
    pub(super) fn leaf_mut(&mut self) -> Option<&mut Leaf<V>> {
        match self {
            Body::Leaf(leaf) => Some(leaf),
            Body::Inner(_) => None,
        }
    }

    pub(super) fn inner_mut(&mut self) -> Option<&mut Inner<V>> {
        match self {
            Body::Inner(inner) => Some(inner),
            Body::Leaf(_) => None,
        }
    }
}

impl<V: Value> Node<V> {
    pub(super) fn new(body: Body<V>) -> Self {
        Self { stamp: AtomicU64::new(0), used: AtomicU32::new(tick()), body }
    }

    /// The stamp a plan of this state of the node has given it, if there is one.
    pub(super) fn planned_stamp(&self) -> Option<u64> {
        Some(self.stamp.load(Ordering::Relaxed)).filter(|stamp| *stamp != 0)
    }

    /// The stamp of this state of the node, for a plan.
    pub(super) fn stamp(&self) -> u64 {
        self.planned_stamp().unwrap_or_else(|| {
            let fresh = next_stamp();
            // Two plans at once must agree.
            match self.stamp.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => fresh,
                Err(agreed) => agreed,
            }
        })
    }

    /// The node is being edited: no plan knows it.
    pub(super) fn forget_stamp(&mut self) {
        *self.stamp.get_mut() = 0;
    }

    pub(super) fn touch(&self) {
        let now = tick();
        if self.used.load(Ordering::Relaxed) != now {
            self.used.store(now, Ordering::Relaxed);
        }
    }

    pub(super) fn used(&self) -> u32 {
        self.used.load(Ordering::Relaxed)
    }

    pub(super) fn weight(&self) -> Weight {
        match &self.body {
            Body::Inner(_) => Weight::INNER,
            Body::Leaf(leaf) if leaf.weight() <= LEAF_WEIGHT_MAX => Weight(leaf.weight() as u8),
            Body::Leaf(_) => Weight::OVERSIZE,
        }
    }

    /// The bytes of memory the node takes, children and nested tries not included.
    pub fn memory(&self) -> usize {
        size_of::<Self>()
            + match &self.body {
                Body::Leaf(leaf) => leaf.memory(),
                Body::Inner(inner) => inner.children.len() * size_of::<Child<V>>(),
            }
    }
}

impl<V: Clone> Clone for Node<V> {
    fn clone(&self) -> Self {
        Self {
            stamp: AtomicU64::new(self.stamp.load(Ordering::Relaxed)),
            used: AtomicU32::new(tick()),
            body: self.body.clone(),
        }
    }
}

impl<V> fmt::Debug for Node<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Node")
    }
}

/// Slots in aligned power-of-two ranges, a child each.
#[derive(Clone)]
pub(super) struct Inner<V> {
    /// Bit `s` is set where a range starts at slot `s`. Bit 0 is always set.
    pub(super) starts: Slots,
    pub(super) children: Vec<Child<V>>,
}

impl<V> Inner<V> {
    /// The index of the child whose range holds `slot`.
    pub(super) fn index_of(&self, slot: u32) -> usize {
        let up_to_slot = Slots::MAX >> (SLOTS - 1 - slot);
        (self.starts & up_to_slot).count_ones() as usize - 1
    }

    /// The first slot and the size of the range of the child at `index`.
    pub(super) fn range(&self, index: usize) -> (u32, u32) {
        let mut rest = self.starts;
        for _ in 0..index {
            rest &= rest - 1;
        }
        let start = rest.trailing_zeros();
        rest &= rest - 1;
        let end = if rest == 0 { SLOTS } else { rest.trailing_zeros() };
        (start, end - start)
    }
}

impl<V: Value> Inner<V> {
    /// Whether two halves of a range fit one leaf, so that they would be one child.
    pub(super) fn has_halves_that_fit(&self) -> bool {
        let ranges = (0..self.children.len()).map(|index| self.range(index));
        let pairs = ranges.clone().zip(ranges.skip(1)).zip(self.children.windows(2));
        pairs.into_iter().any(|(((start, size), next), children)| {
            next == (start ^ size, size) && children[0].weight().fits_with(children[1].weight())
        })
    }
}

fn next_stamp() -> u64 {
    static STAMP: AtomicU64 = AtomicU64::new(1);
    STAMP.fetch_add(1, Ordering::Relaxed)
}

static TICK: AtomicU32 = AtomicU32::new(0);

fn tick() -> u32 {
    TICK.load(Ordering::Relaxed)
}

/// Starts a new period of use.
pub(super) fn advance_tick() {
    TICK.fetch_add(1, Ordering::Relaxed);
}
