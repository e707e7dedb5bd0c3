//! What a language reads from, whatever is behind it.

use std::sync::Arc;

use bytes::Bytes;

use super::Pull;
use crate::error::Result;
use crate::task::CancelToken;
use crate::vault::{EntryInfo, ListOptions, ListPage, ReadOptions, Snapshot, Vault};

/// A tree of directories and files to read from: a vault, of which each call sees the newest state
/// that this session knows, or a snapshot, which never changes.
///
/// Each binding exports one object over it, to which its handles of vaults and snapshots delegate.
/// It is cheap to clone.
#[derive(Debug, Clone)]
pub enum Tree {
    /// An open vault. Once it is closed, calls fail with [`Error::Closed`](crate::Error::Closed).
    Vault(Vault),
    /// One state of a vault, or a directory opened from a link.
    Snapshot(Arc<Snapshot>),
}

impl Tree {
    /// Returns the entry at `path`. The top directory has size 0 and no times.
    pub async fn stat(&self, path: &str) -> Result<EntryInfo> {
        self.state(path).await?.stat(path).await
    }

    /// Returns whether there is an entry at `path`.
    pub async fn exists(&self, path: &str) -> Result<bool> {
        self.state(path).await?.exists(path).await
    }

    /// Returns the content of the file at `path`, or a range of it.
    pub async fn get_with(&self, path: &str, options: &ReadOptions) -> Result<Bytes> {
        self.state(path).await?.get_with(path, options).await
    }

    /// Opens the content of the file at `path`, or a range of it, a chunk at a time. The token of
    /// `options` cancels the opening and the pulls.
    pub async fn get_stream_with(
        &self,
        path: &str,
        options: &ReadOptions,
    ) -> Result<(EntryInfo, Pull<Bytes>)> {
        let cancel = options.context.cancel.clone();
        let (info, content) = self.state(path).await?.get_stream_with(path, options).await?;
        Ok((info, Pull::new(content, cancel)))
    }

    /// Returns a sorted page of the directory at `path`: up to `limit` entries, or 1,000, whose
    /// names come after `after`.
    pub async fn list(
        &self,
        path: &str,
        after: Option<String>,
        limit: Option<u32>,
    ) -> Result<ListPage> {
        let mut options = ListOptions { after, ..ListOptions::default() };
        if let Some(limit) = limit {
            options.limit = usize::try_from(limit).unwrap_or(usize::MAX);
        }
        match self {
            // It keeps the listing that was paged through last.
            Self::Vault(vault) => vault.list_with(path, &options).await,
            Self::Snapshot(snapshot) => snapshot.list_with(path, &options).await,
        }
    }

    /// Opens the entries of the directory at `path`, in no order that means anything. `cancel`
    /// cancels the pulls.
    pub async fn entries(&self, path: &str, cancel: CancelToken) -> Result<Pull<EntryInfo>> {
        let entries = self.state(path).await?.list_stream(path, None).await?;
        Ok(Pull::new(entries, cancel))
    }

    /// Opens every entry below `path`, each directory before what it holds. `cancel` cancels the
    /// pulls.
    pub async fn entries_recursive(
        &self,
        path: &str,
        cancel: CancelToken,
    ) -> Result<Pull<EntryInfo>> {
        let entries = self.state(path).await?.list_recursive(path).await?;
        Ok(Pull::new(entries, cancel))
    }

    /// The state that a call about `path` sees.
    async fn state(&self, path: &str) -> Result<Snapshot> {
        match self {
            Self::Vault(vault) => vault.for_path(path).await,
            Self::Snapshot(snapshot) => Ok(Snapshot::clone(snapshot)),
        }
    }
}

impl From<Vault> for Tree {
    fn from(vault: Vault) -> Self {
        Self::Vault(vault)
    }
}

impl From<Snapshot> for Tree {
    fn from(snapshot: Snapshot) -> Self {
        Self::Snapshot(Arc::new(snapshot))
    }
}
