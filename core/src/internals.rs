//! The trie, keys, packs and trust, for benchmarks and for tests of the format. No part of the API: it may
//! change in any version.

pub use crate::hamt::{
    Change, Coming, DeepWalk, Found, KeyHash, LEAF_WEIGHT_MAX, LeafView, Node, NodeSource,
    NotResident, SealPlan, Trie, Value, Walk, diff,
};
pub use crate::seal::keys::{
    Keys, UnitKind, chunk_name, open_chunk, open_unit, pack_name, seal_chunk,
};
pub use crate::seal::pack::{Pack, PackWriter};
pub use crate::seal::planned::PlannedPlaces;
pub use crate::seal::sections::{SectionReader, SectionWriter};
pub use crate::trust::*;
