//! What is read from an engine.

use sealwood::bridge::engine::{ScanEntry, ScanKey};
use sealwood::engine::{EventKind, Expiry, KeyInfo, Value, WatchEvent};

/// The value of a key.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreEngineValue {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

impl From<Value> for CoreEngineValue {
    fn from(value: Value) -> Self {
        Self {
            bytes: value.bytes.into(),
            revision: value.revision.get(),
            expires_at_ms: value.expires_at.map(Expiry::as_ms),
        }
    }
}

/// What is known of a key without reading its value.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreKeyInfo {
    /// The length of the value, in bytes.
    pub size: u64,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

impl From<KeyInfo> for CoreKeyInfo {
    fn from(info: KeyInfo) -> Self {
        Self {
            size: info.len,
            revision: info.revision.get(),
            expires_at_ms: info.expires_at.map(Expiry::as_ms),
        }
    }
}

/// A key and its value.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreScanEntry {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

impl From<ScanEntry> for CoreScanEntry {
    fn from(entry: ScanEntry) -> Self {
        let ScanEntry { key, value, revision, expires_at_ms } = entry;
        Self { key, value: value.into(), revision, expires_at_ms }
    }
}

/// A key and what is known of it without reading its value.
pub type CoreScanKey = ScanKey;

/// A key and what is known of it without reading its value.
#[uniffi::remote(Record)]
pub struct CoreScanKey {
    /// The key.
    pub key: Vec<u8>,
    /// The length of the value, in bytes.
    pub size: u64,
    /// The revision of the key's last change.
    pub revision: u64,
    /// When the key expires, in milliseconds since 1970, if it does.
    pub expires_at_ms: Option<u64>,
}

/// What happened to a key.
pub type CoreEventKind = EventKind;

/// What happened to a key.
#[uniffi::remote(Enum)]
pub enum CoreEventKind {
    /// It got a value.
    Put,
    /// It went.
    Delete,
    /// Its expiry changed.
    Expire,
    /// All keys that began with it begin with another prefix.
    Rename {
        /// The other prefix.
        to: Vec<u8>,
    },
}

/// A change.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreWatchEvent {
    /// The revision that it made.
    pub revision: u64,
    /// What happened.
    pub kind: CoreEventKind,
    /// The key; of a rename the prefix.
    pub key: Vec<u8>,
}

impl From<WatchEvent> for CoreWatchEvent {
    fn from(event: WatchEvent) -> Self {
        Self { revision: event.revision.get(), kind: event.kind, key: event.key }
    }
}
