//! Keys, values and changes as plain values.

use sealwood::Result;
use sealwood::bridge::engine as core;
use sealwood::engine::{EventKind, Expiry, KeyInfo, Value, WatchEvent};

use crate::api::call::clamp;
use crate::api::input::whole;

/// How a value is read that is too long to be handed over in one piece.
const INSTEAD: &str = "a value beyond 2 GiB is read in ranges";

/// The value of a key.
#[derive(Debug, Clone)]
pub struct ValueRecord {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The revision of the key's last change.
    pub revision: i64,
    /// When the key expires, in milliseconds since 1970.
    pub expires_at_ms: Option<i64>,
}

impl ValueRecord {
    pub(crate) fn of(value: Value) -> Result<Self> {
        Ok(Self {
            bytes: whole(value.bytes, INSTEAD)?,
            revision: clamp(value.revision.get()),
            expires_at_ms: value.expires_at.map(Expiry::as_ms).map(clamp),
        })
    }
}

/// What is known of a key.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    /// The length of the value, in bytes.
    pub size: i64,
    /// The revision of the key's last change.
    pub revision: i64,
    /// When the key expires, in milliseconds since 1970.
    pub expires_at_ms: Option<i64>,
}

impl From<KeyInfo> for KeyRecord {
    fn from(info: KeyInfo) -> Self {
        Self {
            size: clamp(info.len),
            revision: clamp(info.revision.get()),
            expires_at_ms: info.expires_at.map(Expiry::as_ms).map(clamp),
        }
    }
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct EntryRecord {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: ValueRecord,
}

impl EntryRecord {
    pub(crate) fn of(entry: core::ScanEntry) -> Result<Self> {
        let value = ValueRecord {
            bytes: whole(entry.value, INSTEAD)?,
            revision: clamp(entry.revision),
            expires_at_ms: entry.expires_at_ms.map(clamp),
        };
        Ok(Self { key: entry.key, value })
    }
}

/// A key and what is known of it.
#[derive(Debug, Clone)]
pub struct EntryHead {
    /// The key.
    pub key: Vec<u8>,
    /// What is known.
    pub info: KeyRecord,
}

impl From<core::ScanKey> for EntryHead {
    fn from(entry: core::ScanKey) -> Self {
        let info = KeyRecord {
            size: clamp(entry.size),
            revision: clamp(entry.revision),
            expires_at_ms: entry.expires_at_ms.map(clamp),
        };
        Self { key: entry.key, info }
    }
}

/// What happened to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WatchEventKind {
    /// It got a value.
    Put,
    /// It went.
    Delete,
    /// Its expiry changed.
    Expire,
    /// All keys that began with it begin with another prefix.
    Rename,
}

/// A change.
#[derive(Debug, Clone)]
pub struct ChangeRecord {
    /// The revision that it made.
    pub revision: i64,
    /// What happened.
    pub kind: WatchEventKind,
    /// The key; of a rename the prefix.
    pub key: Vec<u8>,
    /// Of a rename the other prefix.
    pub to: Option<Vec<u8>>,
}

impl From<WatchEvent> for ChangeRecord {
    fn from(event: WatchEvent) -> Self {
        let (kind, to) = match event.kind {
            EventKind::Put => (WatchEventKind::Put, None),
            EventKind::Delete => (WatchEventKind::Delete, None),
            EventKind::Expire => (WatchEventKind::Expire, None),
            EventKind::Rename { to } => (WatchEventKind::Rename, Some(to)),
        };
        Self { revision: clamp(event.revision.get()), kind, key: event.key, to }
    }
}
