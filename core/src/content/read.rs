//! Giving a content out: whole, as a stream, or a range; every byte checked first.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

use super::content_type::{Chunked, Content};
use super::known::KnownExtents;
use super::reads::{Layout, Pace, Read, reads};
use super::table::{Rows, decode_table};
use super::table_walk::{Row, Step, TableWalk};
use super::unit::{Plaintext, Unit};
use crate::error::{Error, Result};
use crate::packs::{PackReader, Span, may_heal};
use crate::platform::{BoxFuture, BoxStream};
use crate::seal::{LastMatch, Link, Ring, UnitKind, open_chunk, open_unit};

/// Requests for chunks at a time: while the chunks of one are being given out, the next is on its
/// way.
const REQUESTS_MAX: usize = 2;

/// The bytes of a content, in order.
pub(crate) type Pieces = BoxStream<'static, Result<Bytes>>;

/// Reads contents. Without a ring of keys (a reader that was handed a link) the seal alone is checked.
#[derive(Clone)]
pub(crate) struct ContentReader {
    packs: PackReader,
    ring: Option<Ring>,
    /// Of which epoch the chunks of the content in hand are.
    matched: Arc<LastMatch>,
    /// The span that small contents lie in, where the caller knows that most of it is wanted.
    within: Option<Span>,
    /// What the session's puts rely on.
    known: Arc<KnownExtents>,
}

impl ContentReader {
    /// A reader whose session relies on the chunks `known` to be right, until it reads a wrong one.
    pub(crate) fn new(packs: PackReader, ring: Option<Ring>, known: Arc<KnownExtents>) -> Self {
        Self { packs, ring, matched: Arc::default(), within: None, known }
    }

    /// A reader for small contents of a span that most of is going to be read.
    pub(crate) fn within(&self, span: Span) -> Self {
        Self { within: Some(span), ..self.clone() }
    }

    pub(crate) fn packs(&self) -> &PackReader {
        &self.packs
    }

    /// The bytes of `range`, which lies within the content.
    pub(crate) async fn bytes(&self, content: &Content, range: Range<u64>) -> Result<Bytes> {
        match content {
            Content::Chunked(chunked) => {
                let expected = range.end - range.start;
                let mut parts = self.pieces(chunked, range, Pace::Whole);
                let mut whole = match parts.try_next().await? {
                    Some(only) if only.len() as u64 == expected => return Ok(only),
                    Some(first) => bytes::BytesMut::from(&first[..]),
                    None => return Ok(Bytes::new()),
                };
                while let Some(part) = parts.try_next().await? {
                    whole.extend_from_slice(&part);
                }
                Ok(whole.freeze())
            }
            small => {
                let bytes = self.small(small).await?;
                Ok(bytes.slice(range.start as usize..range.end as usize))
            }
        }
    }

    /// The bytes of `range`, which lies within the content, a chunk at a time.
    pub(crate) fn stream(&self, content: &Content, range: Range<u64>) -> Pieces {
        match content {
            Content::Chunked(chunked) => self.pieces(chunked, range, Pace::FirstSoon),
            small => {
                let (reader, small) = (self.clone(), small.clone());
                Box::pin(futures_util::stream::once(async move {
                    let bytes = reader.small(&small).await?;
                    Ok(bytes.slice(range.start as usize..range.end as usize))
                }))
            }
        }
    }

    /// The bytes of `range` of a content in chunks, one by one.
    fn pieces(&self, chunked: &Chunked, range: Range<u64>, pace: Pace) -> Pieces {
        if range.is_empty() {
            return Box::pin(futures_util::stream::empty());
        }
        let reader = Self { matched: Arc::default(), ..self.clone() };
        let layout = Layout { chunk: chunked.chunk, size: chunked.size };
        let chunk_bytes = chunked.chunk.bytes();
        let chunks = range.start / chunk_bytes..range.end.div_ceil(chunk_bytes);
        let reads = reads(reader.clone().chunks(chunked, chunks), layout, pace);
        let fetching = reader.clone();
        let fetched = reads.map_ok(move |read| fetching.clone().fetch(read));
        let parts = fetched.try_buffered(REQUESTS_MAX).map_ok(move |fetched| {
            let (reader, range) = (reader.clone(), range.clone());
            let parts = fetched.into_chunks().map(Ok).and_then(move |sealed| {
                let (reader, range) = (reader.clone(), range.clone());
                async move {
                    let from = sealed.row.index * chunk_bytes;
                    let length = layout.chunk_bytes(sealed.row.index);
                    let wanted = range.start.max(from) - from..range.end.min(from + length) - from;
                    let chunk = reader.chunk(sealed).await?;
                    Ok(chunk.slice(wanted.start as usize..wanted.end as usize))
                }
            });
            Box::pin(parts) as Pieces
        });
        Box::pin(parts.try_flatten())
    }

    async fn small(&self, content: &Content) -> Result<Bytes> {
        match content {
            Content::Inline(bytes) => Ok(bytes.clone()),
            Content::Packed(_, unit) => {
                // The plaintext first: a flush gives the unit its place before it drops the bytes.
                if let Some(Plaintext::Content(bytes)) = unit.plaintext() {
                    return Ok(bytes);
                }
                let link = link_of(unit)?;
                let open = |sealed: &[u8]| {
                    let plaintext = open_unit(UnitKind::Content, &link, sealed)?;
                    if let Some(ring) = &self.ring {
                        ring.check(UnitKind::Content, &link, &plaintext)?;
                    }
                    Ok(Bytes::from(plaintext))
                };
                match &self.within {
                    Some(span) => self.packs.read_within(span, &link.place, open).await,
                    None => self.packs.read(UnitKind::Content, &link.place, open).await,
                }
            }
            Content::Chunked(_) => Err(Error::Malformed { what: "content" }),
        }
    }

    /// Asks the store for chunks side by side.
    async fn fetch(self, read: Read) -> Result<Fetched> {
        let range = read.range();
        let name = read.rows[0].chunk.place.extent.object();
        let answer =
            self.packs.store().get_range(&name, range.start, range.end - range.start).await;
        let bytes = match answer {
            // Each chunk is read once more.
            Err(error) if may_heal(&error) => Bytes::new(),
            Err(error) => {
                if matches!(error, Error::ObjectMissing) {
                    self.known.distrust(read.rows[0].chunk.place.extent);
                }
                return Err(error.in_object(&name));
            }
            Ok(bytes) => bytes,
        };
        Ok(Fetched { read, bytes })
    }

    /// A chunk, read once more if it was damaged: perhaps it was so on its way alone.
    async fn chunk(&self, sealed: SealedChunk) -> Result<Bytes> {
        let extent = sealed.row.chunk.place.extent;
        let opened = match self.open(&sealed).await {
            Err(error) if may_heal(&error) => self.chunk_again(&sealed).await,
            opened => opened,
        };
        opened.map_err(|error| {
            if may_heal(&error) || matches!(error, Error::ObjectMissing) {
                self.known.distrust(extent);
            }
            error.in_object(&extent.object())
        })
    }

    async fn chunk_again(&self, sealed: &SealedChunk) -> Result<Bytes> {
        let name = sealed.row.chunk.place.extent.object();
        let (start, length) = (sealed.range.start, sealed.range.end - sealed.range.start);
        let bytes = self.packs.store().get_range(&name, start, length).await?;
        self.open(&SealedChunk { bytes, ..sealed.clone() }).await
    }

    async fn open(&self, sealed: &SealedChunk) -> Result<Bytes> {
        let (bytes, length) = (&sealed.bytes, sealed.range.end - sealed.range.start);
        if (bytes.len() as u64) < length {
            return Err(Error::ObjectTruncated);
        }
        let address = &sealed.row.chunk.address;
        let plaintext = open_chunk(address, &bytes[..length as usize]).await?;
        if let Some(ring) = &self.ring {
            ring.check_chunk(address, &plaintext, &self.matched)?;
        }
        Ok(Bytes::from(plaintext))
    }

    /// Which of these chunks of one content are stored and right, in order. Reads what this session
    /// does not know; an error tells that nothing is known of the chunks it struck.
    pub(super) async fn are_intact(&self, rows: Vec<Row>, layout: Layout) -> Result<Vec<bool>> {
        let places: Vec<_> = rows.iter().map(|row| row.chunk.place).collect();
        let unknown = rows.into_iter().filter(|row| !self.known.is_right(row.chunk.place));
        let unknown = Box::pin(futures_util::stream::iter(unknown.map(Ok).collect::<Vec<_>>()));
        let mut reads = reads(unknown, layout, Pace::Whole);
        while let Some(read) = reads.try_next().await? {
            let fetched = match self.clone().fetch(read).await {
                Ok(fetched) => fetched,
                Err(error) if is_damage(&error) => continue,
                Err(error) => return Err(error),
            };
            let mut chunks = fetched.into_chunks();
            while let Some(sealed) = chunks.next().await {
                let place = sealed.row.chunk.place;
                match self.chunk(sealed).await {
                    Ok(_) => self.known.insert_chunk(place),
                    Err(error) if is_damage(&error) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(places.into_iter().map(|place| self.known.is_right(place)).collect())
    }

    /// The chunks in `wanted`, in order. Tables are read as they are reached, one path at a time.
    pub(crate) fn chunks(
        self,
        chunked: &Chunked,
        wanted: Range<u64>,
    ) -> BoxStream<'static, Result<Row>> {
        let walk = TableWalk::new(chunked, wanted);
        Box::pin(futures_util::stream::try_unfold((self, walk), |(reader, mut walk)| async move {
            loop {
                match walk.next() {
                    None => return Ok(None),
                    Some(Step::Row(row)) => return Ok(Some((row, (reader, walk)))),
                    Some(Step::Table(table)) => {
                        let rows = reader.rows(&table.unit, table.chunks).await?;
                        walk.enter(table, rows);
                    }
                }
            }
        }))
    }

    fn rows<'a>(&'a self, unit: &'a Unit, chunks: u64) -> BoxFuture<'a, Result<Rows>> {
        Box::pin(async move {
            match unit.plaintext() {
                Some(Plaintext::Chunks(rows)) => Ok(Rows::Chunks(rows)),
                Some(Plaintext::Tables(rows)) => Ok(Rows::Tables(rows)),
                Some(Plaintext::Content(_)) => Err(Error::Malformed { what: "chunk table" }),
                None => {
                    let link = link_of(unit)?;
                    let open = |sealed: &[u8]| {
                        let plaintext = open_unit(UnitKind::Table, &link, sealed)?;
                        decode_table(&link, self.ring.as_ref(), &plaintext, chunks)
                    };
                    self.packs.read(UnitKind::Table, &link.place, open).await
                }
            }
        })
    }
}

/// What came of a request for chunks.
struct Fetched {
    read: Read,
    bytes: Bytes,
}

/// A sealed chunk as it came; its bytes are fewer where the extent ended before.
#[derive(Clone)]
struct SealedChunk {
    row: Row,
    /// The bytes of its extent that it takes.
    range: Range<u64>,
    bytes: Bytes,
}

impl Fetched {
    /// Its chunks one by one. Each frees what it took only with the last.
    fn into_chunks(self) -> impl Stream<Item = SealedChunk> + Unpin {
        let Self { read, mut bytes } = self;
        let mut start = read.range().start;
        let chunks: Vec<_> = read
            .rows
            .iter()
            .map(|row| {
                let range = start..start + read.sealed_bytes(row);
                start = range.end;
                let length = bytes.len().min((range.end - range.start) as usize);
                SealedChunk { row: *row, range, bytes: bytes.split_to(length) }
            })
            .collect();
        futures_util::stream::iter(chunks)
    }
}

/// Whether what is stored is at fault, and not that it could not be asked for.
fn is_damage(error: &Error) -> bool {
    matches!(error, Error::Damaged { .. } | Error::StoreCorrupt { .. })
}

fn link_of(unit: &Unit) -> Result<Link> {
    unit.link().ok_or(Error::Malformed { what: "content without a place" })
}
