//! What a device remembers of one vault.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bytes::Bytes;
use zeroize::Zeroizing;

use crate::trust::{Kept, RootHash};

/// The most bytes of a keyring.
pub const KEYRING_BYTES_MAX: usize = 1 << 20;
/// The most roots that may be sent and not settled.
pub const SENT_MAX: usize = 64;
/// The most stores.
pub const STORES_MAX: usize = 16;
/// The most bytes of what identifies a store.
pub const STORE_BYTES_MAX: usize = 1_024;
/// The most settings.
pub const SETTINGS_MAX: usize = 32;
/// The most bytes of the name of a setting, which has at least one.
pub const SETTING_NAME_BYTES_MAX: usize = 64;
/// The most bytes of the value of a setting.
pub const SETTING_BYTES_MAX: usize = 1_024;

/// What a device remembers of one vault. [`DeviceState`](super::DeviceState) keeps it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceRecord {
    /// The root that was accepted last, and what opens it.
    pub position: Option<Position>,
    /// The number of this device among those of the vault, once it is one of them.
    pub device: Option<u32>,
    /// The roots that processes of this device have sent, or were about to, and that may be the
    /// next one. Any other root that bears this device's signature was made by a copy of it.
    pub sent: BTreeSet<Sent>,
    /// The stores in which the vault was found, by what identifies them.
    pub stores: BTreeMap<String, StoreNote>,
    /// What the app keeps with the vault on this device, by name.
    pub settings: BTreeMap<String, Bytes>,
}

/// Where a device is in the history of a vault: a root that it accepted, and what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Position {
    /// How often somebody has decided by hand that another history is the right one: a restored
    /// backup, a branch. Roots are compared within one line.
    pub line: u32,
    /// The root, with the heads after it.
    pub kept: Kept,
    /// The key of its epoch.
    pub epoch_key: Zeroizing<[u8; 32]>,
    /// The keyring that the root names.
    pub keyring: Bytes,
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sequence = self.kept.root.sequence();
        write!(f, "Position {{ line: {}, sequence: {sequence}, .. }}", self.line)
    }
}

/// A root of this device on its way to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sent {
    /// Its sequence number.
    pub sequence: u64,
    /// Its hash.
    pub hash: RootHash,
}

/// What is known of a store in which the vault was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreNote {
    /// When the vault was last found there, in milliseconds since 1970-01-01T00:00:00Z.
    pub seen_ms: u64,
    /// When the store was last tried and honoured conditional puts.
    pub probed_ms: Option<u64>,
}
