//! Changes that happen together.

use bytes::Bytes;

use super::entry::{Metadata, PutOptions};
use super::write::below_top;
use super::{Durability, Vault};
use crate::error::Result;
use crate::forest::Op;
use crate::platform::BoxStream;
use crate::task::Watch;

/// Changes that are committed together or not at all. Nothing of a batch is seen before
/// [`commit`](Batch::commit); dropping it drops the changes.
///
/// Later changes of a batch see earlier ones. Chunks of large contents are uploaded as they are
/// put; the rest waits in memory for the commit.
#[derive(Debug)]
pub struct Batch {
    vault: Vault,
    ops: Vec<Op>,
}

impl Batch {
    pub(super) fn new(vault: Vault) -> Self {
        Self { vault, ops: Vec::new() }
    }

    /// Creates or replaces the file at `path`.
    pub async fn put(
        &mut self,
        path: &str,
        bytes: impl Into<Bytes>,
        options: PutOptions,
    ) -> Result<()> {
        let (path, attributes) = self.vault.check_put(path, &options.metadata)?;
        let content = self.vault.inner.splitter.bytes(bytes.into(), &options.watch);
        let content = options.watch.cancel.run(content).await?;
        self.ops.push(self.vault.put_op(path, content, attributes, &options.metadata).0);
        Ok(())
    }

    /// Creates or replaces the file at `path` from a stream.
    pub async fn put_stream(
        &mut self,
        path: &str,
        source: BoxStream<'_, Result<Bytes>>,
        options: PutOptions,
    ) -> Result<()> {
        let (path, attributes) = self.vault.check_put(path, &options.metadata)?;
        let content = self.vault.inner.splitter.stream(source, options.size_hint, &options.watch);
        let content = options.watch.cancel.run(content).await?;
        self.ops.push(self.vault.put_op(path, content, attributes, &options.metadata).0);
        Ok(())
    }

    /// Makes the directory at `path` unless it exists.
    pub fn mkdir(&mut self, path: &str) -> Result<()> {
        let stamp = self.vault.inner.forest.stamp();
        self.ops.push(Op::MakeDirectory { path: below_top(path)?, stamp });
        Ok(())
    }

    /// Removes the file or empty directory at `path`.
    pub fn remove(&mut self, path: &str) -> Result<()> {
        self.ops.push(Op::Remove { path: below_top(path)? });
        Ok(())
    }

    /// Removes what is at `path` with all below it.
    pub fn remove_all(&mut self, path: &str) -> Result<()> {
        self.ops.push(Op::RemoveAll { path: below_top(path)? });
        Ok(())
    }

    /// Moves a file or a directory.
    pub fn rename(&mut self, from: &str, to: &str) -> Result<()> {
        let stamp = self.vault.inner.forest.stamp();
        self.ops.push(Op::Rename { from: below_top(from)?, to: below_top(to)?, stamp });
        Ok(())
    }

    /// Copies a file or a directory.
    pub fn copy(&mut self, from: &str, to: &str) -> Result<()> {
        let stamp = self.vault.inner.forest.stamp();
        self.ops.push(Op::Copy { from: below_top(from)?, to: below_top(to)?, stamp });
        Ok(())
    }

    /// Replaces the metadata of an entry.
    pub fn set_metadata(&mut self, path: &str, metadata: Metadata) -> Result<()> {
        self.ops.push(self.vault.annotate(path, &metadata)?);
        Ok(())
    }

    /// How many changes the batch holds.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Whether the batch holds no change.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// Makes all changes durable in one commit. If one of them cannot be done, none is.
    pub async fn commit(self) -> Result<()> {
        self.commit_with(&Watch::default()).await
    }

    /// The same, watched: progress counts the bytes of packs.
    pub async fn commit_with(self, watch: &Watch) -> Result<()> {
        let forest = &self.vault.inner.forest;
        let commit = async {
            let ticket = forest.enqueue(self.ops, Durability::OnReturn).await?;
            forest.commit(&ticket, watch).await
        };
        watch.cancel.run(commit).await
    }
}
