//! The trie, keys, packs, trust and the state of a device, for benchmarks and for tests of the
//! format. No part of the API: it may change in any version.

pub use crate::device::{
    DeviceRecord, DeviceState, KEYRING_BYTES_MAX, News, PAIRING_CHARS_MAX, Pairing, Position,
    SENT_MAX, SETTING_BYTES_MAX, SETTING_NAME_BYTES_MAX, SETTINGS_MAX, STORE_BYTES_MAX, STORES_MAX,
    Sent, StoreNote, Witness,
};
pub use crate::hamt::{
    Change, Coming, DeepWalk, Found, KeyHash, LEAF_WEIGHT_MAX, LeafView, Node, NodeSource,
    NotResident, SealPlan, Trie, Value, Walk, diff,
};
pub use crate::seal::DeviceSecret;
pub use crate::seal::epoch::{Epoch, EpochKey};
pub use crate::seal::extent::{ChunkLink, ChunkPlace, ExtentName};
pub use crate::seal::keys::{Keys, UnitKind, open_chunk, open_unit, pack_name, seal_chunk};
pub use crate::seal::pack::{Pack, PackWriter};
pub use crate::seal::planned::PlannedPlaces;
pub use crate::seal::sections::{SectionReader, SectionWriter};
pub use crate::trust::*;
