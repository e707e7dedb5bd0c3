//! Entries and options as an app sees them.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::forest::{Attributes, Body, Entry, Time};
use crate::path::VaultPath;
use crate::session::Durability;
use crate::task::Watch;

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// A file or a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EntryInfo {
    /// Where it is. The top directory has the empty path.
    pub path: VaultPath,
    /// What it is.
    pub kind: EntryKind,
    /// The size of the content in bytes; 0 for a directory.
    pub size: u64,
    /// When it was last modified, in milliseconds since 1970-01-01T00:00:00Z, negative before; at
    /// most [`TIME_MS_MAX`](super::TIME_MS_MAX) away from it. It is what the writer gave, else what
    /// the clock of its device said.
    pub modified_ms: i64,
    /// The media type the app gave it.
    pub content_type: Option<String>,
    /// What else the app attached to it.
    pub metadata: BTreeMap<String, String>,
}

impl EntryInfo {
    /// The last segment of the path; empty for the top directory.
    pub fn name(&self) -> &str {
        self.path.name().unwrap_or_default()
    }

    pub(super) fn new(path: VaultPath, entry: &Entry) -> Self {
        let attributes = entry.attributes.as_deref().cloned().unwrap_or_default();
        let (kind, size) = match &entry.body {
            Body::File(content) => (EntryKind::File, content.size()),
            Body::Directory(_) => (EntryKind::Directory, 0),
        };
        Self {
            path,
            kind,
            size,
            modified_ms: entry.modified.ms(),
            content_type: attributes.content_type,
            metadata: attributes.metadata,
        }
    }

    /// The top directory, which has no entry of its own.
    pub(super) fn top() -> Self {
        Self {
            path: VaultPath::top(),
            kind: EntryKind::Directory,
            size: 0,
            modified_ms: 0,
            content_type: None,
            metadata: BTreeMap::new(),
        }
    }
}

/// What an app attaches to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Metadata {
    /// The media type, at most 255 bytes.
    pub content_type: Option<String>,
    /// Free pairs, at most 4,096 bytes of keys and values.
    pub pairs: BTreeMap<String, String>,
    /// The modification time in milliseconds since 1970-01-01T00:00:00Z, negative before, at most
    /// [`TIME_MS_MAX`](super::TIME_MS_MAX) away from it; now by this device's clock if `None`.
    pub modified_ms: Option<i64>,
}

impl Metadata {
    /// The same, checked against the limits.
    pub(super) fn check(&self) -> Result<Given> {
        let attributes =
            Attributes { content_type: self.content_type.clone(), metadata: self.pairs.clone() };
        attributes.check()?;
        Ok(Given { attributes, modified: self.modified_ms.map(Time::new).transpose()? })
    }
}

/// [`Metadata`] within its limits.
pub(super) struct Given {
    pub(super) attributes: Attributes,
    pub(super) modified: Option<Time>,
}

/// How a put is done.
#[derive(Debug, Clone, Default)]
pub struct PutOptions {
    /// What to attach.
    pub metadata: Metadata,
    /// When the change is durable.
    pub durability: Durability,
    /// The size of a stream, where it is known, for progress alone.
    pub size_hint: Option<u64>,
    /// Cancels the put and hears of its progress.
    pub watch: Watch,
}

/// How a read is done.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The first byte to read.
    pub start: u64,
    /// The byte to stop before; `None` reads to the end of the content.
    pub end: Option<u64>,
    /// Cancels the read and hears of its progress.
    pub watch: Watch,
}
