//! The three shapes of a content and their codec.

use bytes::Bytes;

use super::chunk_size::ChunkSize;
use super::table::{Table, chunk_count};
use super::unit::Unit;
use crate::codec::{put_bytes, put_varint};
use crate::error::Result;
use crate::seal::{Address, SectionReader, SectionWriter, TAG_BYTES, UnitKind};

/// The largest content that lies in its entry, in bytes.
pub const INLINE_BYTES_MAX: usize = 1024;
/// The smallest content that is cut into chunks, in bytes.
pub const CHUNKED_BYTES_MIN: usize = 128 * 1024;

/// The content of a file.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Inline(Bytes),
    /// Its length without the seal, and where it is.
    Packed(u32, Unit),
    Chunked(Chunked),
}

/// A content in chunks.
#[derive(Debug, Clone)]
pub(crate) struct Chunked {
    pub(crate) size: u64,
    pub(crate) chunk: ChunkSize,
    pub(crate) table: Table,
}

const KIND_INLINE: u8 = 0;
const KIND_PACKED: u8 = 1;
const KIND_CHUNKED: u8 = 2;

impl Content {
    /// Whether its bytes and tables are stored.
    pub(crate) fn is_placed(&self) -> bool {
        match self {
            Content::Packed(_, unit) => unit.is_placed(),
            Content::Chunked(Chunked { table: Table::Stored(unit), .. }) => unit.is_placed(),
            Content::Inline(_) | Content::Chunked(_) => true,
        }
    }

    pub(crate) fn size(&self) -> u64 {
        match self {
            Content::Inline(bytes) => bytes.len() as u64,
            Content::Packed(size, _) => (*size).into(),
            Content::Chunked(chunked) => chunked.size,
        }
    }

    /// The encoded size in bytes, but for places.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Content::Inline(bytes) => bytes.len() + 3,
            Content::Packed(..) => 36,
            Content::Chunked(Chunked { table: Table::Inline(chunks), .. }) => 7 + 32 * chunks.len(),
            Content::Chunked(_) => 39,
        }
    }

    /// Units that may still have to be placed.
    pub(crate) fn unit(&self) -> Option<&Unit> {
        match self {
            Content::Packed(_, unit)
            | Content::Chunked(Chunked { table: Table::Stored(unit), .. }) => Some(unit),
            _ => None,
        }
    }

    /// ```text
    /// inline:  0, varint length, bytes
    /// packed:  1, varint length, address (32); place
    /// chunked: 2, varint length, binary logarithm of the chunk size,
    ///          up to 4 chunks, or the table's address;
    ///          place and length of the table if there are more than 4 chunks
    /// ```
    pub(crate) fn encode(&self, out: &mut SectionWriter<'_>) -> Result<()> {
        match self {
            Content::Inline(bytes) => {
                out.addressed().push(KIND_INLINE);
                put_bytes(out.addressed(), bytes);
            }
            Content::Packed(size, unit) => {
                out.addressed().push(KIND_PACKED);
                put_varint(out.addressed(), (*size).into());
                out.addressed().extend_from_slice(unit.address.expose());
                let place = unit.place_in(out)?;
                out.put_place(&place);
            }
            Content::Chunked(Chunked { size, chunk, table }) => {
                out.addressed().push(KIND_CHUNKED);
                put_varint(out.addressed(), *size);
                out.addressed().push(chunk.bits());
                match table {
                    Table::Inline(chunks) => out.put_chunks(chunks),
                    Table::Stored(unit) => {
                        out.addressed().extend_from_slice(unit.address.expose());
                        let place = unit.place_in(out)?;
                        out.put_place_and_length(&place);
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn decode(input: &mut SectionReader<'_>) -> Result<Self> {
        let malformed = input.addressed().malformed();
        match input.addressed().byte()? {
            KIND_INLINE => {
                let bytes = input.addressed().bytes()?;
                if bytes.len() > INLINE_BYTES_MAX {
                    return Err(malformed);
                }
                Ok(Content::Inline(Bytes::copy_from_slice(bytes)))
            }
            KIND_PACKED => {
                let size = input.addressed().varint_u32()?;
                if !(INLINE_BYTES_MAX + 1..CHUNKED_BYTES_MIN).contains(&(size as usize)) {
                    return Err(malformed);
                }
                let address = Address(input.addressed().array()?);
                let place = input.place(size + TAG_BYTES as u32)?;
                Ok(Content::Packed(size, Unit::stored(UnitKind::Content, address, place)))
            }
            KIND_CHUNKED => {
                let size = input.addressed().varint()?;
                if size < CHUNKED_BYTES_MIN as u64 {
                    return Err(malformed);
                }
                let chunk = ChunkSize::from_bits(input.addressed().byte()?).ok_or(malformed)?;
                let chunks = chunk_count(size, chunk);
                let table = if chunks <= Table::INLINE_CHUNKS_MAX {
                    Table::Inline(input.chunks(chunks as usize)?.into())
                } else {
                    let address = Address(input.addressed().array()?);
                    let place = input.place_and_length()?;
                    Table::Stored(Unit::stored(UnitKind::Table, address, place))
                };
                Ok(Content::Chunked(Chunked { size, chunk, table }))
            }
            _ => Err(malformed),
        }
    }
}
