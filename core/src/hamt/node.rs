//! Nodes, children and the trie itself.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::codec::{NodeReader, NodeWriter};
use super::hash::{KeyHash, SLOTS, Slots};
use super::leaf::{Item, Leaf};
use crate::error::Result;
use crate::platform::{MaybeSend, MaybeSync};
use crate::seal::Link;

/// The most a leaf of two entries or more weighs, in units of 16 bytes: 2 KiB.
///
/// Smaller leaves cost links, larger ones cost every put (`docs/decisions/0002-trie-shape.md`).
pub const LEAF_WEIGHT_MAX: u32 = 128;

/// What a trie maps keys to.
pub trait Value: Clone + MaybeSend + MaybeSync + 'static {
    /// The encoded size in bytes, near enough to decide when a leaf splits. It must depend on
    /// nothing but what [`encode`](Value::encode) covers by the address.
    fn weight(&self) -> usize;

    /// Writes the value.
    fn encode(&self, out: &mut NodeWriter<'_>) -> Result<()>;

    /// Reads what `encode` wrote.
    fn decode(input: &mut NodeReader<'_>) -> Result<Self>;

    /// Whether a stored key follows the rules of keys. A node with one that does not is refused.
    fn admits_key(_key: &[u8]) -> bool {
        true
    }

    /// Whether all that the value's bytes name outside the trie is stored. The node of one that is
    /// not would name what is not there.
    fn is_placed(&self) -> bool {
        true
    }

    /// The bytes of memory the value takes, near enough for a budget.
    fn memory(&self) -> usize {
        self.weight() + size_of::<Self>()
    }

    /// The trie inside the value, if it has one. It is stored before the node that holds it.
    fn nested(&self) -> Option<&Trie<Self>> {
        None
    }

    /// The same, to change. A change of it must not change [`weight`](Value::weight).
    fn nested_mut(&mut self) -> Option<&mut Trie<Self>> {
        None
    }
}

/// A map from byte strings to values, cheap to clone.
#[derive(Clone)]
pub struct Trie<V> {
    pub(super) root: Child<V>,
}

/// An edit or a look-up met a node that is not resident: load it, [`Trie::admit`] it, repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Missing {
    /// The node to load.
    pub link: Link,
    /// Where in the trie it belongs.
    pub at: KeyHash,
}

impl<V: Value> Trie<V> {
    /// A trie without entries.
    pub fn new() -> Self {
        Self { root: Child::Empty }
    }

    /// The stored trie whose root node is at `link`, or the empty one.
    pub fn at(link: Option<Link>) -> Self {
        Self {
            root: match link {
                // A root has no sibling, so nobody asks for its weight.
                Some(link) => Child::Stored(Arc::new(Stored { link, weight: Weight::INNER })),
                None => Child::Empty,
            },
        }
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        matches!(self.root, Child::Empty)
    }

    /// Whether an edit has not been stored yet.
    pub fn is_dirty(&self) -> bool {
        matches!(self.root, Child::Dirty(_))
    }

    /// The root node's link, or `None` if the trie is empty or dirty.
    pub fn link(&self) -> Option<Link> {
        self.root.stored().map(|stored| stored.link)
    }

    /// Whether both are the same state in memory or in the store; `false` decides nothing.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.root, &other.root) {
            (Child::Empty, Child::Empty) => true,
            (Child::Dirty(a), Child::Dirty(b)) => Arc::ptr_eq(a, b),
            (a, b) => {
                a.stored().zip(b.stored()).is_some_and(|(a, b)| a.link.address == b.link.address)
            }
        }
    }

    /// The value of `key`.
    pub fn find(&self, key: &[u8]) -> Result<Option<&V>, Missing> {
        let spot = self.locate(&KeyHash::of(key), key)?;
        Ok(spot.item.map(|(item, _)| &item.value))
    }

    /// Where `key` lies or would lie.
    pub(super) fn locate(&self, hash: &KeyHash, key: &[u8]) -> Result<Spot<'_, V>, Missing> {
        let mut child = &self.root;
        let mut depth = 0;
        loop {
            let Some(node) = child.resident(hash)? else { return Ok(Spot { depth, item: None }) };
            node.touch();
            match &node.body {
                Body::Leaf(leaf) => {
                    let at = leaf.position(hash.prefix(), key);
                    return Ok(Spot { depth, item: at.map(|at| (&leaf.items()[at], at)) });
                }
                Body::Inner(inner) => {
                    child = &inner.children[inner.index_of(hash.slot(depth))];
                    depth += 1;
                }
            }
        }
    }
}

/// Where a key lies or would lie.
pub(super) struct Spot<'a, V> {
    /// How many inner nodes are above.
    pub(super) depth: u32,
    /// The item and its index in its leaf, if there is one.
    pub(super) item: Option<(&'a Item<V>, usize)>,
}

impl<V: Value> Default for Trie<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> fmt::Debug for Trie<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.root {
            Child::Empty => "Trie(empty)",
            Child::Dirty(_) => "Trie(dirty)",
            Child::Stored(_) => "Trie(stored)",
            Child::Sealed(..) => "Trie(sealed)",
        })
    }
}

/// What stands in one range of slots.
#[derive(Clone)]
pub(super) enum Child<V> {
    /// No entry.
    Empty,
    /// In memory only.
    Dirty(Arc<Node<V>>),
    /// In the store only.
    Stored(Arc<Stored>),
    /// In both.
    Sealed(Arc<Stored>, Arc<Node<V>>),
}

/// A stored child: its link, and its weight for merges that need not load it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) link: Link,
    pub(super) weight: Weight,
}

/// The weight of a child as one byte: 0 empty, up to 128 a leaf's units, 254 a leaf of one large
/// entry, 255 an inner node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weight(pub(super) u8);

impl Weight {
    pub(super) const EMPTY: Self = Self(0);
    pub(super) const OVERSIZE: Self = Self(254);
    pub(super) const INNER: Self = Self(255);

    pub(super) fn from_byte(byte: u8) -> Option<Self> {
        let known = u32::from(byte) <= LEAF_WEIGHT_MAX || byte >= Self::OVERSIZE.0;
        known.then_some(Self(byte))
    }

    /// Whether two buddies fit one leaf.
    pub(super) fn fits_with(self, other: Self) -> bool {
        match (self, other) {
            (Self::INNER, _) | (_, Self::INNER) => false,
            (Self::EMPTY, _) | (_, Self::EMPTY) => true,
            (Self(a), Self(b)) => u32::from(a) + u32::from(b) <= LEAF_WEIGHT_MAX,
        }
    }
}

impl<V: Value> Child<V> {
    pub(super) fn stored(&self) -> Option<Stored> {
        match self {
            Child::Stored(stored) | Child::Sealed(stored, _) => Some(**stored),
            Child::Empty | Child::Dirty(_) => None,
        }
    }

    pub(super) fn node(&self) -> Option<&Arc<Node<V>>> {
        match self {
            Child::Dirty(node) | Child::Sealed(_, node) => Some(node),
            Child::Empty | Child::Stored(_) => None,
        }
    }

    /// The node, `None` if there is none at all, or what to load.
    pub(super) fn resident(&self, at: &KeyHash) -> Result<Option<&Arc<Node<V>>>, Missing> {
        match self {
            Child::Empty => Ok(None),
            Child::Stored(stored) => Err(Missing { link: stored.link, at: *at }),
            Child::Dirty(node) | Child::Sealed(_, node) => Ok(Some(node)),
        }
    }

    pub(super) fn weight(&self) -> Weight {
        match self {
            Child::Empty => Weight::EMPTY,
            Child::Dirty(node) => node.weight(),
            Child::Stored(stored) | Child::Sealed(stored, _) => stored.weight,
        }
    }

    /// Makes the child Dirty and returns its node for an edit; `None` if it is not resident.
    pub(super) fn edit(&mut self) -> Option<&mut Node<V>> {
        if let Child::Sealed(..) = self
            && let Child::Sealed(_, node) = std::mem::replace(self, Child::Empty)
        {
            *self = Child::Dirty(node);
        }
        match self {
            Child::Dirty(node) => {
                let node = Arc::make_mut(node);
                *node.stamp.get_mut() = 0;
                Some(node)
            }
            _ => None,
        }
    }
}

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
