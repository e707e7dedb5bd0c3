//! Entries and figures as plain values.

use sealwood::vault::{Convergence, EntryInfo, EntryKind, ListPage};

use crate::api::call::clamp;

/// An entry of a vault.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The path from the top.
    pub path: String,
    /// The last segment of the path.
    pub name: String,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// The size of the content, in bytes.
    pub size: i64,
    /// The modification time in milliseconds since 1970, negative before.
    pub modified_ms: i64,
    /// The media type.
    pub content_type: Option<String>,
    /// Free pairs, ascending by their keys.
    pub metadata: Vec<(String, String)>,
}

impl From<EntryInfo> for Entry {
    fn from(entry: EntryInfo) -> Self {
        Self {
            path: entry.path.as_str().to_owned(),
            name: entry.name().to_owned(),
            is_directory: entry.kind == EntryKind::Directory,
            size: clamp(entry.size),
            modified_ms: entry.modified_ms,
            content_type: entry.content_type,
            metadata: entry.metadata.into_iter().collect(),
        }
    }
}

/// One page of a sorted listing.
#[derive(Debug, Clone)]
pub struct Page {
    /// Entries ascending by the bytes of their names.
    pub entries: Vec<Entry>,
    /// Where the next page starts.
    pub next: Option<String>,
}

impl From<ListPage> for Page {
    fn from(page: ListPage) -> Self {
        Self { entries: page.entries.into_iter().map(Entry::from).collect(), next: page.next }
    }
}

/// Figures of an open vault.
#[derive(Debug, Clone, Copy)]
pub struct Stats {
    /// Commits in the vault's life.
    pub sequence: i64,
    /// Operations committed and not yet spilled.
    pub tail_operations: i64,
    /// The size of a chunk, in bytes.
    pub chunk_bytes: i64,
    /// Whether equal contents are stored as one.
    pub convergence: Convergence,
    /// The time of the last commit of others that was read, if it lay in the future then.
    pub future_commit_ms: Option<i64>,
    /// Root puts, and packs of nodes, of this session.
    pub index_requests: i64,
    /// Their bytes.
    pub index_bytes: i64,
    /// Packs of content, of this session.
    pub content_requests: i64,
    /// Their bytes of content.
    pub content_bytes: i64,
    /// Commits of this session.
    pub commits: i64,
    /// Commits that wrote nodes.
    pub spills: i64,
    /// Commits that lost a race and were repeated.
    pub conflicts: i64,
}

impl From<sealwood::vault::VaultStats> for Stats {
    fn from(stats: sealwood::vault::VaultStats) -> Self {
        Self {
            sequence: clamp(stats.sequence),
            tail_operations: clamp(stats.tail_operations),
            chunk_bytes: clamp(stats.chunk_bytes),
            convergence: stats.convergence,
            future_commit_ms: stats.future_commit_ms,
            index_requests: clamp(stats.written.index_requests),
            index_bytes: clamp(stats.written.index_bytes),
            content_requests: clamp(stats.written.content_requests),
            content_bytes: clamp(stats.written.content_bytes),
            commits: clamp(stats.written.commits),
            spills: clamp(stats.written.spills),
            conflicts: clamp(stats.written.conflicts),
        }
    }
}
