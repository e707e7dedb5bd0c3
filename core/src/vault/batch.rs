//! Changes that happen together.

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures_util::Stream;

use super::entry::Metadata;
use super::options::PutOptions;
use super::streams::{BoxError, pieces};
use super::write::path_to_change;
use super::{Durability, Vault};
use crate::error::{Error, Result};
use crate::forest::Edit;
use crate::platform::MaybeSend;
use crate::task::CallContext;

/// Changes that are committed together or not at all. Nothing of a batch is seen before
/// [`commit`](Batch::commit); dropping it drops the changes.
///
/// A batch is committed once, whatever the outcome; calls after that fail with [`Error::Closed`].
/// Later changes of a batch see earlier ones. Overlapping calls take effect in the order in which
/// they return. Chunks of large contents are uploaded as they are put; the rest waits in memory
/// for the commit.
#[derive(Debug)]
pub struct Batch {
    vault: Vault,
    /// `None` once it is committed or discarded.
    edits: Mutex<Option<Vec<Edit>>>,
}

impl Vault {
    /// A batch: changes that are committed together or not at all.
    pub fn batch(&self) -> Batch {
        Batch { vault: self.clone(), edits: Mutex::new(Some(Vec::new())) }
    }
}

impl Batch {
    /// Creates or replaces the file at `path`.
    pub async fn put(&self, path: impl AsRef<str>, bytes: impl Into<Bytes>) -> Result<()> {
        self.put_with(path, bytes, &PutOptions::new()).await
    }

    /// The same, as `options` say. The batch is durable once it is committed, whatever they say of
    /// that.
    pub async fn put_with(
        &self,
        path: impl AsRef<str>,
        bytes: impl Into<Bytes>,
        options: &PutOptions,
    ) -> Result<()> {
        let (path, given) = self.vault.check_put(path, &options.metadata)?;
        let (splitter, former) = (&self.vault.inner.splitter, self.vault.former(&path));
        let taking = async {
            self.vault.tidy().await;
            splitter.bytes(bytes.into(), former, &options.context).await
        };
        let taken = self.vault.tidied(options.context.cancel.run(taking).await).await?;
        self.add(self.vault.put_edit(path, taken, given).0)
    }

    /// Creates or replaces the file at `path` from a stream.
    pub async fn put_stream<E: Into<BoxError>>(
        &self,
        path: impl AsRef<str>,
        source: impl Stream<Item = Result<Bytes, E>> + MaybeSend,
    ) -> Result<()> {
        self.put_stream_with(path, source, &PutOptions::new()).await
    }

    /// The same, as `options` say. The batch is durable once it is committed, whatever they say of
    /// that.
    pub async fn put_stream_with<E: Into<BoxError>>(
        &self,
        path: impl AsRef<str>,
        source: impl Stream<Item = Result<Bytes, E>> + MaybeSend,
        options: &PutOptions,
    ) -> Result<()> {
        let (path, given) = self.vault.check_put(path, &options.metadata)?;
        let (splitter, former) = (&self.vault.inner.splitter, self.vault.former(&path));
        let taking = async {
            self.vault.tidy().await;
            splitter.stream(pieces(source), former, options.size_hint, &options.context).await
        };
        let taken = self.vault.tidied(options.context.cancel.run(taking).await).await?;
        self.add(self.vault.put_edit(path, taken, given).0)
    }

    /// Makes the directory at `path` unless it exists.
    pub fn mkdir(&self, path: impl AsRef<str>) -> Result<()> {
        let origin = self.vault.inner.session.origin();
        self.add(Edit::MakeDirectory { path: path_to_change(path)?, origin })
    }

    /// Removes the file or empty directory at `path`.
    pub fn remove(&self, path: impl AsRef<str>) -> Result<()> {
        self.add(self.vault.removal(path)?)
    }

    /// Removes what is at `path` with all below it.
    pub fn remove_all(&self, path: impl AsRef<str>) -> Result<()> {
        self.add(self.vault.removal_of_all(path)?)
    }

    /// Moves a file or a directory.
    pub fn rename(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let origin = self.vault.inner.session.origin();
        self.add(Edit::Rename { from: path_to_change(from)?, to: path_to_change(to)?, origin })
    }

    /// Copies a file or a directory.
    pub fn copy(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let origin = self.vault.inner.session.origin();
        self.add(Edit::Copy { from: path_to_change(from)?, to: path_to_change(to)?, origin })
    }

    /// Replaces the metadata of an entry.
    pub fn set_metadata(&self, path: impl AsRef<str>, metadata: &Metadata) -> Result<()> {
        self.add(self.vault.annotate(path, metadata)?)
    }

    /// How many changes the batch holds.
    pub fn len(&self) -> usize {
        self.with(|edits| edits.as_ref().map_or(0, Vec::len))
    }

    /// Whether the batch holds no change.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes all changes durable in one commit. If one of them cannot be done, none is. Without
    /// changes there is no commit.
    pub async fn commit(&self) -> Result<()> {
        self.commit_with(&CallContext::default()).await
    }

    /// The same, in the context of a call: progress counts the bytes of packs.
    pub async fn commit_with(&self, context: &CallContext) -> Result<()> {
        let edits = self.with(Option::take).ok_or(Error::Closed)?;
        let session = &self.vault.inner.session;
        if edits.is_empty() {
            return session.check_open();
        }
        let commit = async {
            let ticket = session.enqueue(edits, Durability::OnReturn).await?;
            session.commit(&ticket, context).await
        };
        self.vault.tidied(context.cancel.run(commit).await).await
    }

    /// Takes the changes into a batch of their own and closes this one, at once: whoever commits
    /// that one later commits what was added until now, and nothing is added beside it.
    pub fn take(&self) -> Result<Self> {
        let edits = self.with(Option::take).ok_or(Error::Closed)?;
        Ok(Self { vault: self.vault.clone(), edits: Mutex::new(Some(edits)) })
    }

    /// Drops the changes. Later calls fail with [`Error::Closed`].
    pub fn discard(&self) {
        self.with(Option::take);
    }

    fn add(&self, edit: Edit) -> Result<()> {
        self.with(|edits| edits.as_mut().map(|edits| edits.push(edit))).ok_or(Error::Closed)
    }

    fn with<T>(&self, work: impl FnOnce(&mut Option<Vec<Edit>>) -> T) -> T {
        work(&mut self.edits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
