//! Children: what stands in one range of slots, and what a parent knows of it.

use std::sync::Arc;

use super::hash::KeyHash;
use super::leaf::LEAF_WEIGHT_MAX;
use super::node::Node;
use super::trie::NotResident;
use super::value::Value;
use crate::seal::Link;

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
    pub(super) fn resident(&self, at: &KeyHash) -> Result<Option<&Arc<Node<V>>>, NotResident> {
        match self {
            Child::Empty => Ok(None),
            Child::Stored(stored) => Err(NotResident { link: stored.link, at: *at }),
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

    /// Makes the child Dirty and gives its node for an edit; `None` if it is not resident.
    pub(super) fn edit(&mut self) -> Option<&mut Node<V>> {
        if let Child::Sealed(..) = self
            && let Child::Sealed(_, node) = std::mem::replace(self, Child::Empty)
        {
            *self = Child::Dirty(node);
        }
        match self {
            Child::Dirty(node) => {
                let node = Arc::make_mut(node);
                node.forget_stamp();
                Some(node)
            }
            _ => None,
        }
    }
}
