//! Entries as an app sees them, and what it attaches to them.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::forest::{Attributes, Body, DirectoryId, Entry, Time};
use crate::path::VaultPath;

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
    /// What a directory keeps for life, however it is renamed or moved; `None` for a file, and for
    /// the top directory. A copy of a directory has a new one, the directories below it do not.
    pub directory_id: Option<DirectoryId>,
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
            directory_id: entry.directory_id(),
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
            directory_id: None,
            size: 0,
            modified_ms: 0,
            content_type: None,
            metadata: BTreeMap::new(),
        }
    }
}

/// What an app attaches to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
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
    /// Nothing is attached, and the entry was modified now.
    pub const fn new() -> Self {
        Self { content_type: None, pairs: BTreeMap::new(), modified_ms: None }
    }

    /// The media type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// One free pair more. It replaces one with the same key.
    #[must_use]
    pub fn pair(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.pairs.insert(key.into(), value.into());
        self
    }

    /// The modification time in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn modified_ms(mut self, modified_ms: i64) -> Self {
        self.modified_ms = Some(modified_ms);
        self
    }

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
