//! The copy-on-write trie a directory is made of: a hash array mapped trie (Bagwell, "Ideal Hash
//! Trees", 2001) of 32-way nodes, canonical and content-addressed.
//!
//! This room owns the shape, the codec, edits, sealing, walking and diffing. It promises:
//!
//! * **Canonical.** The shape depends on the entries alone, so equal entries give equal addresses,
//!   whatever the order of edits. An inner node splits its 32 slots into aligned power-of-two
//!   ranges, each as large as fits one leaf; a leaf holds at most [`LEAF_WEIGHT_MAX`] units of 16
//!   bytes, or a single entry.
//! * **Child states.** A child is Dirty (memory only), Stored (a link) or Sealed (both). Storing
//!   turns Dirty into Sealed, eviction turns Sealed into Stored; neither changes an address.
//! * **Persistent.** A clone is a snapshot at the cost of a pointer; edits copy what is shared.
//!
//! It knows no network, clock or randomness: an edit that meets a node that is not resident
//! returns [`NotResident`], and the caller loads the node, [admits](Trie::admit) it and repeats.

mod child;
mod codec;
#[cfg(any(test, feature = "internals"))]
mod diff;
mod edit;
mod evict;
mod front;
mod hash;
mod key;
mod leaf;
mod node;
mod plan;
mod resident;
mod scope;
mod source;
mod store;
mod trie;
mod value;
mod visit;
mod walk;

#[cfg(feature = "fuzzing")]
pub(crate) use codec::reencode_node;
#[cfg(any(test, feature = "internals"))]
pub use diff::{Change, diff};
pub use hash::KeyHash;
pub(crate) use hash::last_first;
pub use node::Node;
pub use plan::SealPlan;
pub use source::{Coming, NodeSource};
pub use trie::{NotResident, Trie};
pub use value::Value;
pub use walk::{DeepWalk, LeafView, Walk};
#[cfg(feature = "internals")]
pub use {leaf::LEAF_WEIGHT_MAX, walk::Found};

#[cfg(test)]
mod tests;
