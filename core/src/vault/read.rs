//! Reading from a vault: each call looks at the newest state this session knows.

use std::ops::Range;

use bytes::Bytes;

use super::entry::EntryInfo;
use super::options::ReadOptions;
use super::streams::ContentStream;
use super::{Snapshot, Vault};
use crate::error::Result;
use crate::path::VaultPath;

impl Vault {
    /// The state of the whole vault at this moment.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        self.snapshot_at(&VaultPath::top()).await
    }

    /// The entry at `path`. The top directory has size 0 and no times.
    pub async fn stat(&self, path: impl AsRef<str>) -> Result<EntryInfo> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.stat(path).await
    }

    /// Whether there is an entry at `path`.
    pub async fn exists(&self, path: impl AsRef<str>) -> Result<bool> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.exists(path).await
    }

    /// The whole content of the file at `path`.
    pub async fn get(&self, path: impl AsRef<str>) -> Result<Bytes> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.get(path).await
    }

    /// A range of the content of the file at `path`, in bytes. Fails with
    /// [`RangePastEnd`](crate::Error::RangePastEnd) if it ends past the content.
    pub async fn get_range(&self, path: impl AsRef<str>, range: Range<u64>) -> Result<Bytes> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.get_range(path, range).await
    }

    /// The content of the file at `path`, or a range of it, in memory.
    pub async fn get_with(&self, path: impl AsRef<str>, options: &ReadOptions) -> Result<Bytes> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.get_with(path, options).await
    }

    /// The content of the file at `path`, a chunk at a time in bounded memory. Each piece was
    /// checked before it is given out.
    pub async fn get_stream(&self, path: impl AsRef<str>) -> Result<(EntryInfo, ContentStream)> {
        self.get_stream_with(path, &ReadOptions::new()).await
    }

    /// The same, or a range of it, as `options` say.
    pub async fn get_stream_with(
        &self,
        path: impl AsRef<str>,
        options: &ReadOptions,
    ) -> Result<(EntryInfo, ContentStream)> {
        let path = VaultPath::new(path.as_ref())?;
        self.snapshot_at(&path).await?.get_stream_with(path, options).await
    }

    /// Looks for other writers' commits. Fails with [`Rollback`](crate::Error::Rollback) or
    /// [`Fork`](crate::Error::Fork) if the store serves a root that does not follow the last one.
    pub async fn refresh(&self) -> Result<()> {
        self.inner.session.check_open()?;
        self.inner.session.refresh().await
    }

    #[cfg(feature = "bridge")]
    pub(crate) async fn for_path(&self, path: &str) -> Result<Snapshot> {
        self.snapshot_at(&VaultPath::new(path)?).await
    }

    pub(super) async fn snapshot_at(&self, path: &VaultPath) -> Result<Snapshot> {
        let inner = &self.inner;
        Ok(Snapshot { view: inner.session.view(path).await?, reader: inner.reader.clone() })
    }
}
