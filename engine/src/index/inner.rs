//! Branchings of the index.
//!
//! A branching has the prefix that all its keys share, an entry for the key that ends right after
//! it, and children by the next byte. That byte stays with the child: a child's prefix begins with
//! it, or, in a bucket with several first bytes, the suffixes do. A child's tile is the range of
//! bytes from its `start` to the next child's. A bucket takes any key of its tile; a branching
//! only those that begin with its `start`.
//!
//! Up to sixteen children are found by counting starts in an array of one cache line's quarter,
//! more by a table of 256 positions: the small and the large nodes of an adaptive radix tree.
//! Whole ranges in one bucket are what the sizes between them would be for.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use super::child::Child;
use super::node::Node;
use super::packed;
use super::summary::Summary;
use crate::entry::Entry;
use crate::frame::FrameKind;

/// With more children than this, a table finds them.
const FEW: usize = 16;

/// A prefix, the entry that ends there, and what branches off.
#[derive(Debug, Clone, Default)]
pub(super) struct Inner {
    prefix: Box<[u8]>,
    here: Option<Box<[u8]>>,
    children: Vec<Child>,
    lookup: Lookup,
}

/// From a byte to the position of the last child that starts at or below it.
#[derive(Debug, Clone)]
enum Lookup {
    /// The starts, in order.
    Few([u8; FEW]),
    /// The position for each byte; 0 also below the first start.
    Many(Box<[u8; 256]>),
}

impl Inner {
    pub(super) fn new(prefix: &[u8]) -> Self {
        Self { prefix: prefix.into(), ..Self::default() }
    }

    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    pub(super) fn set_prefix(&mut self, prefix: Box<[u8]>) {
        self.prefix = prefix;
    }

    /// The entry of the key that ends after the prefix.
    pub(super) fn here(&self) -> Option<Entry<'_>> {
        self.here.as_deref().map(packed::unpack)
    }

    pub(super) fn set_here(&mut self, entry: &Entry<'_>) {
        let mut bytes = Vec::with_capacity(packed::packed_len(entry));
        packed::pack(&mut bytes, entry);
        self.here = Some(bytes.into());
    }

    pub(super) fn remove_here(&mut self) {
        self.here = None;
    }

    pub(super) fn children(&self) -> &[Child] {
        &self.children
    }

    /// The children, to change what is below them but not their starts.
    pub(super) fn children_mut(&mut self) -> &mut [Child] {
        &mut self.children
    }

    pub(super) fn child(&self, position: usize) -> Option<&Child> {
        self.children.get(position)
    }

    /// A child, to change what is below it but not its start.
    pub(super) fn child_mut(&mut self, position: usize) -> Option<&mut Child> {
        self.children.get_mut(position)
    }

    /// The child in whose tile the byte is.
    pub(super) fn tile(&self, byte: u8) -> Option<usize> {
        let position = match &self.lookup {
            Lookup::Few(starts) => {
                let known = starts.get(..self.children.len()).unwrap_or_default();
                known.iter().filter(|start| **start <= byte).count().checked_sub(1)?
            }
            Lookup::Many(positions) => usize::from(positions[usize::from(byte)]),
        };
        (self.children.get(position)?.start() <= byte).then_some(position)
    }

    /// Where a child would be put in whose tile begins with the byte.
    pub(super) fn next_tile(&self, byte: u8) -> usize {
        self.tile(byte).map_or(0, |position| position + 1)
    }

    /// The child that has the keys with this next byte, if there are any.
    pub(super) fn position_of(&self, byte: u8) -> Option<usize> {
        let position = self.tile(byte)?;
        self.children.get(position)?.takes(byte).then_some(position)
    }

    /// The bytes that the keys of a child may begin with.
    pub(super) fn first_bytes(&self, position: usize) -> RangeInclusive<u8> {
        let start = self.children.get(position).map_or(0, Child::start);
        let next = self.children.get(position + 1);
        let last = next.map_or(u8::MAX, |next| next.start().saturating_sub(1));
        if self.children.get(position).is_some_and(|child| child.takes(last)) {
            start..=last
        } else {
            start..=start
        }
    }

    /// Puts children in the place of those in a range of positions, which it gives.
    pub(super) fn splice(&mut self, range: Range<usize>, with: Vec<Child>) -> Vec<Child> {
        let grown = self.children.len() - range.len() + with.len();
        if grown > self.children.capacity() {
            self.children.reserve_exact((grown - self.children.len()).max(grown / 8));
        }
        let replaced = self.children.splice(range, with).collect();
        self.reindex();
        replaced
    }

    /// Takes a child out.
    ///
    /// # Panics
    /// If there is none at that position.
    pub(super) fn take(&mut self, position: usize) -> Child {
        let child = self.children.remove(position);
        self.reindex();
        child
    }

    /// Lets a child's tile begin elsewhere, still between its neighbours.
    pub(super) fn set_start(&mut self, position: usize, start: u8) {
        if let Some(child) = self.children.get_mut(position) {
            child.set_start(start);
        }
        self.reindex();
    }

    /// Whether there is neither an entry nor a child.
    pub(super) fn is_empty(&self) -> bool {
        self.here.is_none() && self.children.is_empty()
    }

    /// What the parent keeps of everything below.
    pub(super) fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        if let Some(entry) = self.here() {
            summary.note(&entry);
        }
        for child in &self.children {
            summary.join(child.summary);
        }
        summary
    }

    /// The bytes of memory on the heap.
    pub(super) fn capacity(&self) -> usize {
        let lookup = match self.lookup {
            Lookup::Few(_) => 0,
            Lookup::Many(_) => 256,
        };
        let stored = self.children.iter().map(Child::stored_bytes).sum::<usize>();
        self.prefix.len()
            + self.here.as_ref().map_or(0, |here| here.len())
            + self.children.capacity() * size_of::<Child>()
            + lookup
            + stored
    }

    /// Takes the loaded nodes out, when the branching is dropped.
    pub(super) fn drain_into(&mut self, nodes: &mut Vec<Arc<Node>>) {
        nodes.extend(self.children.drain(..).filter_map(Child::into_node));
    }

    fn reindex(&mut self) {
        if self.children.len() <= FEW {
            let mut starts = [0; FEW];
            for (start, child) in starts.iter_mut().zip(&self.children) {
                *start = child.start();
            }
            self.lookup = Lookup::Few(starts);
            return;
        }
        let mut positions = Box::new([0; 256]);
        for (position, child) in self.children.iter().enumerate() {
            for entry in positions.iter_mut().skip(usize::from(child.start())) {
                *entry = position as u8;
            }
        }
        self.lookup = Lookup::Many(positions);
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self::Few([0; FEW])
    }
}

/// Whether a child of this kind that starts at `start` takes keys with this next byte, which is
/// in its tile.
pub(super) fn takes(kind: FrameKind, start: u8, byte: u8) -> bool {
    kind == FrameKind::Bucket || start == byte
}
