//! Tables of chunks: which addresses make up a large content.
//!
//! A table has up to [`FANOUT`] rows. A table of the lowest level lists chunks, one above lists
//! tables, as many levels as the content needs. As in a node, the address covers the rows'
//! addresses and not where they lie: the first [section](SectionReader) is the rows (32 bytes
//! each), the second has a place and length for each table row, or the runs of the chunks.

use std::sync::Arc;

use super::chunk_size::ChunkSize;
use super::unit::{Plaintext, Unit};
use crate::error::{Error, Result};
use crate::seal::{Address, ChunkLink, Keys, Link, Ring, SectionReader, UnitKind, addressed_of};

/// What errors call it.
const WHAT: &str = "chunk table";

/// Rows of a full table.
pub(super) const FANOUT: u64 = 1024;

/// Which chunks a content has.
#[derive(Debug, Clone)]
pub(crate) enum Table {
    Inline(Arc<[ChunkLink]>),
    Stored(Unit),
}

impl Table {
    /// The most chunks an entry lists itself.
    pub(super) const INLINE_CHUNKS_MAX: u64 = 4;

    /// The table of these chunks, its units without places.
    pub(super) fn build(keys: &Keys, chunks: Vec<ChunkLink>) -> Result<Self> {
        if chunks.len() as u64 <= Self::INLINE_CHUNKS_MAX {
            return Ok(Table::Inline(chunks.into()));
        }
        let mut level: Vec<Unit> = Vec::new();
        for rows in chunks.chunks(FANOUT as usize) {
            let addresses = rows.iter().map(|row| &row.address);
            level.push(unplaced_table(keys, addresses, Plaintext::Chunks(rows.into())));
        }
        while level.len() > 1 {
            level = level
                .chunks(FANOUT as usize)
                .map(|rows| {
                    let addresses = rows.iter().map(|row| &row.address);
                    unplaced_table(keys, addresses, Plaintext::Tables(rows.into()))
                })
                .collect();
        }
        let root = level.pop().ok_or(Error::InvalidArgument { what: "a table has rows" })?;
        Ok(Table::Stored(root))
    }
}

/// How many chunks a content of `size` bytes has.
pub(super) fn chunk_count(size: u64, chunk: ChunkSize) -> u64 {
    size.div_ceil(chunk.bytes())
}

/// How many chunks each row of the top table stands for, in a table of `chunks` chunks.
pub(super) fn chunks_per_row(chunks: u64) -> u64 {
    let mut per_row = 1u64;
    while per_row.saturating_mul(FANOUT) < chunks {
        per_row = per_row.saturating_mul(FANOUT);
    }
    per_row
}

/// A table's rows, as they were read.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    Chunks(Arc<[ChunkLink]>),
    Tables(Arc<[Unit]>),
}

/// Decodes the plaintext of a table that stands for `chunks` chunks, after checking its address.
pub(super) fn decode_table(
    link: &Link,
    ring: Option<&Ring>,
    plaintext: &[u8],
    chunks: u64,
) -> Result<Rows> {
    let addressed = addressed_of(plaintext, WHAT)?;
    if let Some(ring) = ring {
        ring.check(UnitKind::Table, link, addressed)?;
    }
    let per_row = chunks_per_row(chunks);
    let rows = chunks.div_ceil(per_row);
    let mut input = SectionReader::new(plaintext, WHAT)?;
    if addressed.len() as u64 != rows * 32 {
        return Err(input.addressed().malformed());
    }
    let rows = if per_row == 1 {
        Rows::Chunks(input.chunks(rows as usize)?.into())
    } else {
        let table = |_| {
            let address = Address(input.addressed().array()?);
            Ok(Unit::stored(UnitKind::Table, address, input.place_and_length()?))
        };
        Rows::Tables((0..rows).map(table).collect::<Result<_>>()?)
    };
    input.finish()?;
    Ok(rows)
}

/// Reads a table and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_table(plaintext: &[u8], chunks: u64) -> Result<Vec<u8>> {
    use super::unit::{encode_chunks, encode_tables};
    use crate::seal::PlannedPlaces;

    let none = PlannedPlaces::default();
    let link = Link::from_bytes(&[0; Link::BYTES]);
    match decode_table(&link, None, plaintext, chunks)? {
        Rows::Chunks(rows) => Ok(encode_chunks(&rows, &none)),
        Rows::Tables(rows) => encode_tables(&rows, &none),
    }
}

fn unplaced_table<'a>(
    keys: &Keys,
    rows: impl Iterator<Item = &'a Address>,
    plaintext: Plaintext,
) -> Unit {
    let addressed: Vec<u8> = rows.flat_map(|row| row.expose()).copied().collect();
    Unit::unplaced(keys, UnitKind::Table, &addressed, plaintext)
}
