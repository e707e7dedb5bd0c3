//! Taking a content in: splitting it by size, and its chunks into extents.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_util::future::poll_fn;
use futures_util::stream::{Fuse, FuturesUnordered};
use futures_util::{StreamExt, TryStreamExt};

use super::chunk_size::{ChunkSize, ExtentSize};
use super::claims::{Claim, Claims};
use super::content_type::{CHUNKED_BYTES_MIN, Chunked, Content, INLINE_BYTES_MAX};
use super::extents::{Block, Extents, NewChunk, Uploaded};
use super::known::KnownExtents;
use super::read::{ContentReader, Pieces};
use super::table::Table;
use super::table_walk::Row;
use super::unit::{Plaintext, Unit};
use crate::blob::{BlobStore, Guess, HoldMode, Stored};
use crate::error::Result;
use crate::platform::{BoxFuture, BoxStream};
use crate::seal::{ChunkLink, Ring, UnitKind};
use crate::task::CallContext;

/// Extents of one content that are sealed or uploaded at a time. With the one whose chunks are
/// being read, a put holds at most `UPLOADS_MAX + 1` of them in memory, and a chunk or two.
const UPLOADS_MAX: usize = 2;

/// What is stored of the content that a new one replaces.
pub(crate) enum Former {
    /// One unit, and its bytes, which nothing is read for before they are asked for.
    Unit(Unit, Pieces),
    Chunks(FormerChunks),
}

/// The chunks of a content, and what reads them.
pub(crate) struct FormerChunks {
    pub(crate) rows: BoxStream<'static, Result<Row>>,
    pub(crate) reader: ContentReader,
}

/// Finds the former content, if there is one that is stored. Not asked for a content that is kept
/// in its entry.
pub(crate) type FindFormer<'a> = BoxFuture<'a, Option<Former>>;

/// Splits contents of one vault.
#[derive(Clone)]
pub(crate) struct Splitter {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) ring: Ring,
    pub(crate) chunk: ChunkSize,
    pub(crate) extent: ExtentSize,
    pub(crate) known: Arc<KnownExtents>,
    pub(crate) claims: Arc<Claims>,
}

/// A content that was taken in. Its chunks are stored; a small one is pending in its unit.
pub(crate) struct Taken {
    pub(crate) content: Content,
    /// On its chunks, where there are some and the store can be held.
    pub(crate) claim: Option<Arc<Claim>>,
}

impl From<Content> for Taken {
    fn from(content: Content) -> Self {
        Self { content, claim: None }
    }
}

impl Splitter {
    /// Stores a content that is in memory.
    pub(crate) async fn bytes(
        &self,
        bytes: Bytes,
        former: FindFormer<'_>,
        context: &CallContext,
    ) -> Result<Taken> {
        let total = bytes.len() as u64;
        if bytes.len() < CHUNKED_BYTES_MIN {
            context.report(total, Some(total));
            return Ok(self.small(bytes, former).await.into());
        }
        let chunk_bytes = self.chunk.bytes() as usize;
        let mut rest = bytes;
        let chunks = futures_util::stream::poll_fn(move |_| {
            let next = (!rest.is_empty()).then(|| rest.split_to(chunk_bytes.min(rest.len())));
            std::task::Poll::Ready(next.map(Ok))
        });
        self.chunked(Box::pin(chunks), former, Some(total), context).await
    }

    /// Stores a content of unknown length in bounded memory.
    pub(crate) async fn stream(
        &self,
        source: BoxStream<'_, Result<Bytes>>,
        former: FindFormer<'_>,
        total: Option<u64>,
        context: &CallContext,
    ) -> Result<Taken> {
        let mut slices = Rechunk::new(source, self.chunk.bytes() as usize);
        let first = slices.next().await?;
        if first.len() < CHUNKED_BYTES_MIN {
            let size = first.len() as u64;
            context.report(size, Some(size));
            return Ok(self.small(first, former).await.into());
        }
        let chunks =
            futures_util::stream::unfold((Some(first), slices), |(first, mut slices)| async move {
                let next = match first {
                    Some(first) => Ok(first),
                    None => slices.next().await,
                };
                match next {
                    Ok(bytes) if bytes.is_empty() => None,
                    next => Some((next, (None, slices))),
                }
            });
        self.chunked(Box::pin(chunks), former, total, context).await
    }

    /// A content of one piece. Where the one it replaces has the same address, and what is stored
    /// of it is read and found right, that is used again: nothing is sent.
    async fn small(&self, bytes: Bytes, former: FindFormer<'_>) -> Content {
        if bytes.len() <= INLINE_BYTES_MAX {
            return Content::Inline(bytes);
        }
        let keys = self.ring.newest();
        let size = bytes.len() as u32;
        let plaintext = Plaintext::Content(bytes.clone());
        let new = Unit::unplaced(&keys, UnitKind::Content, &bytes, plaintext);
        if let Some(Former::Unit(unit, stored)) = former.await
            && unit.kind == UnitKind::Content
            && unit.address == new.address
            // What cannot be read, or is damaged, is sent again.
            && stored.try_collect::<BytesMut>().await.is_ok_and(|stored| stored == bytes)
        {
            return Content::Packed(size, unit);
        }
        Content::Packed(size, new)
    }

    /// Stores chunks in extents, a few at a time. An extent that is likely to be there already is
    /// compared before it is sent: one that the former content has in the same place, and one that
    /// follows an extent which turned out to be there, as in an upload that is taken up again.
    async fn chunked(
        &self,
        chunks: BoxStream<'_, Result<Bytes>>,
        former: FindFormer<'_>,
        total: Option<u64>,
        context: &CallContext,
    ) -> Result<Taken> {
        let mut chunks = chunks.fuse();
        let hold = self.store.hold(HoldMode::Shared).await?;
        let claim = hold.map(|hold| self.claims.claim(hold, &self.known));
        let mut former = match former.await {
            Some(Former::Chunks(former)) => Some(former),
            _ => None,
        };
        let mut uploads = Uploads::of(claim.clone());
        let (mut size, mut first) = (0u64, 0u64);
        loop {
            let block = self.block(first, &mut chunks, former.as_mut(), context);
            let block = uploads.beside(block, |done| context.report(done, total)).await?;
            if block.is_empty() {
                break;
            }
            while uploads.running.len() >= UPLOADS_MAX {
                context.report(uploads.next().await?, total);
            }
            first += block.chunks.len() as u64;
            size += block.bytes();
            let guess = if uploads.resumes { Guess::Present } else { Guess::Absent };
            let reader = former.as_ref().map(|former| former.reader.clone());
            let extents = Extents {
                store: Arc::clone(&self.store),
                known: Arc::clone(&self.known),
                claim: claim.clone(),
            };
            uploads.running.push(Box::pin(extents.store_block(block, reader, guess)));
        }
        if uploads.running.is_empty() && total.is_none() {
            // All had ended before it was known that nothing follows.
            context.report(size, Some(size));
        }
        while !uploads.running.is_empty() {
            let done = uploads.next().await?;
            let is_last = uploads.running.is_empty();
            context.report(done, total.or_else(|| is_last.then_some(size)));
        }
        let rows = std::mem::take(&mut uploads.rows);
        let table = Table::build(&self.ring.newest(), rows.into_values().flatten().collect())?;
        let content = Content::Chunked(Chunked { size, chunk: self.chunk, table });
        Ok(Taken { content, claim })
    }

    /// The next chunks, as many as an extent takes, from the `first` on.
    async fn block(
        &self,
        first: u64,
        chunks: &mut Fuse<BoxStream<'_, Result<Bytes>>>,
        mut former: Option<&mut FormerChunks>,
        context: &CallContext,
    ) -> Result<Block> {
        let mut block = Block { first, chunk: self.chunk, chunks: Vec::new() };
        while block.chunks.len() < self.extent.chunks() {
            let Some(bytes) = chunks.next().await.transpose()? else { break };
            context.cancel.check()?;
            let address = self.ring.newest().address(UnitKind::Content, &bytes);
            let former = match &mut former {
                // A table that cannot be read costs what it would have saved.
                Some(former) => former.rows.next().await.and_then(Result::ok),
                None => None,
            };
            let former = former.filter(|row| row.chunk.address == address);
            block.chunks.push(NewChunk { address, bytes, former });
        }
        Ok(block)
    }
}

/// The uploads of one put. Those that are under way when the put is given up still end, driven by
/// whoever removes what it leaves: what they store is known then.
struct Uploads {
    running: FuturesUnordered<BoxFuture<'static, Result<Uploaded>>>,
    claim: Option<Arc<Claim>>,
    /// The chunks of the blocks that are stored, by the first of each.
    rows: BTreeMap<u64, Vec<ChunkLink>>,
    /// The bytes of these blocks.
    done: u64,
    /// Whether the last extent of which nothing was known turned out to be there.
    resumes: bool,
}

impl Uploads {
    /// None yet, of a put with this claim.
    fn of(claim: Option<Arc<Claim>>) -> Self {
        let (running, rows) = (FuturesUnordered::new(), BTreeMap::new());
        Self { running, claim, rows, done: 0, resumes: false }
    }

    /// Waits for the next that ends, if one is under way. Returns the bytes that are stored then.
    async fn next(&mut self) -> Result<u64> {
        match self.running.next().await {
            Some(uploaded) => uploaded.map(|uploaded| self.take(uploaded)),
            None => Ok(self.done),
        }
    }

    /// Waits for `work` while uploads go on: the source may be slow. `report` hears of each that
    /// ends meanwhile.
    async fn beside<T>(
        &mut self,
        work: impl Future<Output = Result<T>>,
        report: impl Fn(u64),
    ) -> Result<T> {
        let mut work = pin!(work);
        poll_fn(|task| {
            while let Poll::Ready(Some(uploaded)) = self.running.poll_next_unpin(task) {
                match uploaded {
                    Ok(uploaded) => report(self.take(uploaded)),
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
            work.as_mut().poll(task)
        })
        .await
    }

    fn take(&mut self, uploaded: Uploaded) -> u64 {
        let Uploaded { first, chunks, length, stored } = uploaded;
        self.resumes = stored.map_or(self.resumes, |stored| stored == Stored::Found);
        self.rows.insert(first, chunks);
        self.done += length;
        self.done
    }
}

impl Drop for Uploads {
    fn drop(&mut self) {
        let mut rest = std::mem::take(&mut self.running);
        if let Some(claim) = self.claim.take().filter(|_| !rest.is_empty()) {
            claim.give_up(Box::pin(async move { while rest.next().await.is_some() {} }));
        }
    }
}

/// Cuts a stream into slices of one length, the last one shorter, then empty.
struct Rechunk<'a> {
    source: BoxStream<'a, Result<Bytes>>,
    /// What the source gave over a slice's length.
    rest: Bytes,
    length: usize,
}

impl<'a> Rechunk<'a> {
    fn new(source: BoxStream<'a, Result<Bytes>>, length: usize) -> Self {
        Self { source, rest: Bytes::new(), length }
    }

    async fn next(&mut self) -> Result<Bytes> {
        // A source that hands out whole slices costs no copy.
        if self.rest.len() >= self.length {
            return Ok(self.rest.split_to(self.length));
        }
        let mut slice = BytesMut::from(&std::mem::take(&mut self.rest)[..]);
        while slice.len() < self.length {
            let Some(mut bytes) = self.source.next().await.transpose()? else { break };
            if slice.is_empty() && bytes.len() >= self.length {
                self.rest = bytes.split_off(self.length);
                return Ok(bytes);
            }
            self.rest = bytes.split_off(bytes.len().min(self.length - slice.len()));
            slice.reserve(self.length - slice.len());
            slice.extend_from_slice(&bytes);
        }
        Ok(slice.freeze())
    }
}
