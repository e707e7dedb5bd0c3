//! Giving a content out: whole, as a stream, or a range; every byte checked first.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::TryStreamExt;

use super::content_type::{Chunked, Content};
use super::known::KnownChunks;
use super::table::{Rows, decode_table};
use super::table_walk::{Row, Step, TableWalk};
use super::unit::{Plaintext, Unit};
use crate::error::{Error, Result};
use crate::packs::{PackReader, Span, may_heal};
use crate::platform::{BoxFuture, BoxStream};
use crate::seal::{Address, Keys, Link, TAG_BYTES, UnitKind, chunk_name, open_chunk, open_unit};

/// Chunks read ahead of the one being given out.
const READ_AHEAD: usize = 4;

/// The bytes of a content, in order.
pub(crate) type Pieces = BoxStream<'static, Result<Bytes>>;

/// Reads contents. Without keys (a reader that was handed a link) the seal alone is checked.
#[derive(Clone)]
pub(crate) struct ContentReader {
    packs: PackReader,
    keys: Option<Keys>,
    /// The span that small contents lie in, where the caller knows that most of it is wanted.
    within: Option<Span>,
    /// What the session's puts rely on.
    known: Arc<KnownChunks>,
}

impl ContentReader {
    /// A reader whose session relies on the chunks `known` to be right, until it reads a wrong one.
    pub(crate) fn new(packs: PackReader, keys: Option<Keys>, known: Arc<KnownChunks>) -> Self {
        Self { packs, keys, within: None, known }
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
            Content::Chunked(_) => {
                let expected = range.end - range.start;
                let mut parts = self.stream(content, range);
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
        if range.is_empty() {
            return Box::pin(futures_util::stream::empty());
        }
        let reader = self.clone();
        match content {
            Content::Chunked(chunked) => {
                let chunk_bytes = chunked.chunk.bytes();
                let chunks = range.start / chunk_bytes..range.end.div_ceil(chunk_bytes);
                let chunked = chunked.clone();
                let rows = reader.clone().chunks(&chunked, chunks);
                let parts = rows.map_ok(move |Row { index, address }| {
                    let reader = reader.clone();
                    let from = index * chunk_bytes;
                    let length = chunk_bytes.min(chunked.size - from);
                    let part = range.start.max(from) - from..range.end.min(from + length) - from;
                    async move {
                        let chunk = reader.chunk(&address, length).await?;
                        Ok(chunk.slice(part.start as usize..part.end as usize))
                    }
                });
                Box::pin(parts.try_buffered(READ_AHEAD))
            }
            small => {
                let small = small.clone();
                Box::pin(futures_util::stream::once(async move {
                    let bytes = reader.small(&small).await?;
                    Ok(bytes.slice(range.start as usize..range.end as usize))
                }))
            }
        }
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
                    if let Some(keys) = &self.keys {
                        keys.check(UnitKind::Content, &link.address, &plaintext)?;
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

    /// A chunk, read once more if it was damaged: perhaps it was so on its way alone.
    async fn chunk(&self, address: &Address, length: u64) -> Result<Bytes> {
        let name = chunk_name(address);
        let read = match self.read_chunk(&name, address, length).await {
            Err(error) if may_heal(&error) => self.read_chunk(&name, address, length).await,
            read => read,
        };
        read.map_err(|error| {
            if may_heal(&error) || matches!(error, Error::ObjectMissing) {
                self.known.distrust(*address);
            }
            error.in_object(&name)
        })
    }

    async fn read_chunk(&self, name: &str, address: &Address, length: u64) -> Result<Bytes> {
        let sealed_length = length + TAG_BYTES as u64;
        // One byte more than expected, to notice an object that is too long.
        let sealed = self.packs.store().get_range(name, 0, sealed_length + 1).await?;
        if (sealed.len() as u64) < sealed_length {
            return Err(Error::ObjectTruncated);
        }
        if sealed.len() as u64 > sealed_length {
            return Err(Error::ObjectCorrupt);
        }
        let plaintext = open_chunk(address, &sealed).await?;
        if let Some(keys) = &self.keys {
            keys.check(UnitKind::Content, address, &plaintext)?;
        }
        Ok(Bytes::from(plaintext))
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
                        decode_table(self.keys.as_ref(), &link.address, &plaintext, chunks)
                    };
                    self.packs.read(UnitKind::Table, &link.place, open).await
                }
            }
        })
    }
}

fn link_of(unit: &Unit) -> Result<Link> {
    unit.link().ok_or(Error::Malformed { what: "content without a place" })
}
