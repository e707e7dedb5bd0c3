//! Changing a vault.

use std::io::{self, Read};

use bytes::Bytes;
use futures_util::Stream;

use super::entry::{EntryInfo, Given, Metadata};
use super::options::PutOptions;
use super::streams::{BoxError, pieces};
use super::{Durability, Vault};
use crate::content::{Content, FindFormer, Former, FormerChunks, Taken};
use crate::error::Result;
use crate::forest::{Body, Entry, Op, Origin};
use crate::path::VaultPath;
use crate::platform::{MaybeSend, run_blocking};
use crate::task::CallContext;

impl Vault {
    /// Creates or replaces the file at `path`, durably.
    pub async fn put(&self, path: impl AsRef<str>, bytes: impl Into<Bytes>) -> Result<EntryInfo> {
        self.put_with(path, bytes, &PutOptions::new()).await
    }

    /// The same, as `options` say.
    pub async fn put_with(
        &self,
        path: impl AsRef<str>,
        bytes: impl Into<Bytes>,
        options: &PutOptions,
    ) -> Result<EntryInfo> {
        let (path, given) = self.check_put(path, &options.metadata)?;
        let bytes = bytes.into();
        let put = async {
            self.tidy().await;
            let taken =
                self.inner.splitter.bytes(bytes, self.former(&path), &options.context).await?;
            self.put_taken(path, taken, given, options).await
        };
        self.tidied(options.context.cancel.run(put).await).await
    }

    /// Creates or replaces the file at `path` from a stream of any length, in bounded memory.
    ///
    /// An error of the stream ends the put: one of this crate is returned as it is, another is the
    /// source of [`SourceFailed`](crate::Error::SourceFailed).
    pub async fn put_stream<E: Into<BoxError>>(
        &self,
        path: impl AsRef<str>,
        source: impl Stream<Item = Result<Bytes, E>> + MaybeSend,
    ) -> Result<EntryInfo> {
        self.put_stream_with(path, source, &PutOptions::new()).await
    }

    /// The same, as `options` say.
    pub async fn put_stream_with<E: Into<BoxError>>(
        &self,
        path: impl AsRef<str>,
        source: impl Stream<Item = Result<Bytes, E>> + MaybeSend,
        options: &PutOptions,
    ) -> Result<EntryInfo> {
        let (path, given) = self.check_put(path, &options.metadata)?;
        let put = async {
            self.tidy().await;
            let (splitter, former) = (&self.inner.splitter, self.former(&path));
            let taken = splitter
                .stream(pieces(source), former, options.size_hint, &options.context)
                .await?;
            self.put_taken(path, taken, given, options).await
        };
        self.tidied(options.context.cancel.run(put).await).await
    }

    /// Creates or replaces the file at `path` from a blocking reader, in bounded memory.
    pub async fn put_reader(
        &self,
        path: impl AsRef<str>,
        reader: impl Read + MaybeSend + 'static,
    ) -> Result<EntryInfo> {
        self.put_reader_with(path, reader, &PutOptions::new()).await
    }

    /// The same, as `options` say.
    pub async fn put_reader_with(
        &self,
        path: impl AsRef<str>,
        reader: impl Read + MaybeSend + 'static,
        options: &PutOptions,
    ) -> Result<EntryInfo> {
        self.put_stream_with(path, read_stream(reader), options).await
    }

    /// Makes the directory at `path` and its parents, unless they exist.
    pub async fn mkdir(&self, path: impl AsRef<str>) -> Result<()> {
        let op =
            Op::MakeDirectory { path: path_to_change(path)?, origin: self.inner.session.origin() };
        self.run(vec![op], Durability::OnReturn).await
    }

    /// Removes the file or empty directory at `path`.
    pub async fn remove(&self, path: impl AsRef<str>) -> Result<()> {
        self.run(vec![Op::Remove { path: path_to_change(path)? }], Durability::OnReturn).await
    }

    /// Removes what is at `path` with all below it, in one commit.
    pub async fn remove_all(&self, path: impl AsRef<str>) -> Result<()> {
        self.run(vec![Op::RemoveAll { path: path_to_change(path)? }], Durability::OnReturn).await
    }

    /// Moves a file or a whole directory in one commit. A file replaces a file, a directory an
    /// empty directory.
    pub async fn rename(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let (from, to) = (path_to_change(from)?, path_to_change(to)?);
        let op = Op::Rename { from, to, origin: self.inner.session.origin() };
        self.run(vec![op], Durability::OnReturn).await
    }

    /// Copies a file or a whole directory in one commit; no content is sent again. Replaces like
    /// [`rename`](Vault::rename).
    pub async fn copy(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Result<()> {
        let (from, to) = (path_to_change(from)?, path_to_change(to)?);
        let op = Op::Copy { from, to, origin: self.inner.session.origin() };
        self.run(vec![op], Durability::OnReturn).await
    }

    /// Replaces the metadata of an entry; its content stays.
    pub async fn set_metadata(&self, path: impl AsRef<str>, metadata: &Metadata) -> Result<()> {
        let op = self.annotate(path, metadata)?;
        self.run(vec![op], Durability::OnReturn).await
    }

    /// Makes every deferred change durable. On failure they stay pending, and a later flush
    /// writes what is missing. If nobody can tell any more whether a change was committed, it is
    /// given up, and [`Conflict`](crate::Error::Conflict) with the reason `outcome-unknown` says so
    /// once.
    pub async fn flush(&self) -> Result<()> {
        self.flush_with(&CallContext::default()).await
    }

    /// The same, in the context of a call: progress counts the bytes of packs.
    pub async fn flush_with(&self, context: &CallContext) -> Result<()> {
        self.inner.session.check_open()?;
        let flush = async {
            // A deferred put may hold the store until it is committed.
            let outcome = self.inner.session.flush(context).await;
            self.tidy().await;
            outcome
        };
        context.cancel.run(flush).await
    }

    /// Whether deferred changes wait for a flush.
    pub fn needs_flush(&self) -> bool {
        self.inner.session.has_queue()
    }

    /// What is stored of the content at `path` now. The nodes on the way are those that a commit
    /// reads anyway; a content of more than four chunks costs one more read, for its table. An
    /// error does not fail the put, which then sends everything.
    pub(super) fn former<'a>(&'a self, path: &'a VaultPath) -> FindFormer<'a> {
        Box::pin(async move {
            let entry = self.snapshot_at(path).await.ok()?.entry(path).await.ok()?;
            let (content, reader) = (entry.content()?, &self.inner.reader);
            match content {
                Content::Packed(size, unit) if unit.is_placed() => {
                    let stored = reader.stream(content, 0..u64::from(*size));
                    Some(Former::Unit(unit.clone(), stored))
                }
                Content::Chunked(chunked) if chunked.chunk == self.inner.splitter.chunk => {
                    let chunks = chunked.size.div_ceil(chunked.chunk.bytes());
                    let rows = reader.clone().chunks(chunked, 0..chunks);
                    Some(Former::Chunks(FormerChunks { rows, reader: reader.clone() }))
                }
                _ => None,
            }
        })
    }

    async fn put_taken(
        &self,
        path: VaultPath,
        taken: Taken,
        given: Given,
        options: &PutOptions,
    ) -> Result<EntryInfo> {
        options.context.cancel.check()?;
        let (op, info) = self.put_op(path, taken, given);
        self.commit(vec![op], options.durability).await?;
        Ok(info)
    }

    pub(super) fn check_put(
        &self,
        path: impl AsRef<str>,
        metadata: &Metadata,
    ) -> Result<(VaultPath, Given)> {
        self.inner.session.check_open()?;
        Ok((path_to_change(path)?, metadata.check()?))
    }

    pub(super) fn put_op(
        &self,
        path: VaultPath,
        Taken { content, claim }: Taken,
        given: Given,
    ) -> (Op, EntryInfo) {
        let Origin { stamp, time } = self.inner.session.origin();
        let modified = given.modified.unwrap_or(time);
        let entry = Entry { stamp, modified, attributes: None, body: Body::File(content) };
        let entry = entry.with_attributes(given.attributes);
        let info = EntryInfo::new(path.clone(), &entry);
        (Op::Put { path, entry, time, claim }, info)
    }

    pub(super) fn annotate(&self, path: impl AsRef<str>, metadata: &Metadata) -> Result<Op> {
        let (path, Given { attributes, modified }) = self.check_put(path, metadata)?;
        let Origin { stamp, time } = self.inner.session.origin();
        Ok(Op::Annotate { path, attributes, modified: modified.unwrap_or(time), stamp })
    }

    /// Makes a change that stores no content.
    async fn run(&self, ops: Vec<Op>, durability: Durability) -> Result<()> {
        self.tidy().await;
        self.commit(ops, durability).await
    }

    async fn commit(&self, ops: Vec<Op>, durability: Durability) -> Result<()> {
        let ticket = self.inner.session.enqueue(ops, durability).await?;
        match durability {
            Durability::OnReturn => {
                self.inner.session.commit(&ticket, &CallContext::default()).await
            }
            Durability::Deferred => Ok(()),
        }
    }
}

/// The canonical path of a change: not the top directory, and no longer than an operation's.
pub(super) fn path_to_change(path: impl AsRef<str>) -> Result<VaultPath> {
    Ok(VaultPath::new(path.as_ref())?.into_changeable()?)
}

/// The bytes of a blocking reader, read off the executor in slices of 1 MiB.
fn read_stream(
    reader: impl Read + MaybeSend + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + MaybeSend {
    const SLICE_BYTES: u64 = 1024 * 1024;
    futures_util::stream::try_unfold(reader, |mut reader| async move {
        run_blocking(move || {
            let mut slice = Vec::with_capacity(SLICE_BYTES as usize);
            Read::read_to_end(&mut Read::take(&mut reader, SLICE_BYTES), &mut slice)?;
            Ok::<_, io::Error>((!slice.is_empty()).then(|| (Bytes::from(slice), reader)))
        })
        .await
    })
}
