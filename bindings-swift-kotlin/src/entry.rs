//! Entries and what is said of them.

use std::collections::{BTreeMap, HashMap};

use sealwood::bridge::PutInput;
use sealwood::vault::{EntryInfo, EntryKind, ListPage};

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CoreEntryKind {
    /// A file.
    File,
    /// A directory.
    Directory,
}

/// A file or a directory.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreEntry {
    /// Where it is; empty for the top directory.
    pub path: String,
    /// The last segment of the path.
    pub name: String,
    /// What it is.
    pub kind: CoreEntryKind,
    /// The size of the content in bytes; 0 for a directory.
    pub size: u64,
    /// When it was last modified, in milliseconds since 1970, negative before.
    pub modified_ms: i64,
    /// The media type.
    pub content_type: Option<String>,
    /// What else the app attached to it.
    pub metadata: CoreMetadata,
}

impl From<EntryInfo> for CoreEntry {
    fn from(info: EntryInfo) -> Self {
        Self {
            path: info.path.as_str().to_owned(),
            name: info.name().to_owned(),
            kind: match info.kind {
                EntryKind::File => CoreEntryKind::File,
                EntryKind::Directory => CoreEntryKind::Directory,
            },
            size: info.size,
            modified_ms: info.modified_ms,
            content_type: info.content_type,
            metadata: info.metadata,
        }
    }
}

/// One page of a directory.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CorePage {
    /// Entries ascending by name.
    pub entries: Vec<CoreEntry>,
    /// Where the next page starts; nothing at the end.
    pub next: Option<String>,
}

impl From<ListPage> for CorePage {
    fn from(page: ListPage) -> Self {
        Self { entries: page.entries.into_iter().map(Into::into).collect(), next: page.next }
    }
}

/// Free pairs of an entry: keys and their values.
pub type CoreMetadata = BTreeMap<String, String>;

uniffi::custom_type!(CoreMetadata, HashMap<String, String>, {
    remote,
    lower: |pairs| pairs.into_iter().collect(),
    try_lift: |pairs| Ok(pairs.into_iter().collect()),
});

/// How a put is done.
pub type CorePutOptions = PutInput;

/// How a put is done.
#[uniffi::remote(Record)]
pub struct CorePutOptions {
    /// The media type.
    pub content_type: Option<String>,
    /// What else to attach.
    pub metadata: CoreMetadata,
    /// The modification time in milliseconds since 1970, negative before; now if there is none.
    pub modified_ms: Option<i64>,
    /// Whether the change may wait for the next flush.
    pub deferred: bool,
    /// The size of a stream, for progress.
    pub size_hint: Option<u64>,
}

/// Bytes of a content.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CoreRange {
    /// The first of them.
    pub start: u64,
    /// The first that is not one of them.
    pub end: u64,
}
