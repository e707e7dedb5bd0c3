//! Tables of chunks: which addresses make up a large content.
//!
//! A table has up to [`FANOUT`] rows. A table of the lowest level lists chunks, one above lists
//! tables, as many levels as the content needs. As in a node, the address covers the rows'
//! addresses and not where they lie:
//!
//! ```text
//! varint length of the rows, rows (32 bytes each), then a place and length for each table row
//! ```

use std::collections::HashMap;
use std::sync::Arc;

use super::content_type::ChunkSize;
use super::unit::{Pending, Unit};
use crate::codec::{Reader, put_bytes, put_varint};
use crate::error::{Error, Result};
use crate::hamt::{PlaceReader, PlaceWriter};
use crate::seal::{Address, Keys, Place, UnitKind};

/// Rows of a full table.
pub(super) const FANOUT: u64 = 1024;

/// Which chunks a content has.
#[derive(Debug, Clone)]
pub(crate) enum Table {
    Inline(Arc<[Address]>),
    Stored(Unit),
}

impl Table {
    /// The most chunks an entry lists itself.
    pub(super) const INLINE_CHUNKS_MAX: u64 = 4;

    /// The table of these chunks, its units pending.
    pub(super) fn build(keys: &Keys, chunks: Vec<Address>) -> Result<Self> {
        if chunks.len() as u64 <= Self::INLINE_CHUNKS_MAX {
            return Ok(Table::Inline(chunks.into()));
        }
        let mut level: Vec<Unit> = Vec::new();
        for rows in chunks.chunks(FANOUT as usize) {
            level.push(pending_table(keys, rows.iter(), Pending::Chunks(rows.into())));
        }
        while level.len() > 1 {
            level = level
                .chunks(FANOUT as usize)
                .map(|rows| {
                    let addresses = rows.iter().map(|row| &row.address);
                    pending_table(keys, addresses, Pending::Tables(rows.into()))
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
    Chunks(Arc<[Address]>),
    Tables(Arc<[Unit]>),
}

/// Encodes a pending table whose rows all have places.
pub(super) fn encode_table(pending: &Pending, plan: &HashMap<Address, Place>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    match pending {
        Pending::Content(_) => {}
        Pending::Chunks(rows) => put_bytes(&mut out, &canon(rows.iter())),
        Pending::Tables(rows) => {
            put_bytes(&mut out, &canon(rows.iter().map(|row| &row.address)));
            let mut places = PlaceWriter::default();
            for row in rows.iter() {
                let place = row.place_or(|address| plan.get(address).copied())?;
                places.put(&place);
                put_varint(&mut places.bytes, place.length.into());
            }
            out.extend_from_slice(&places.bytes);
        }
    }
    Ok(out)
}

/// Decodes the plaintext of a table that stands for `chunks` chunks, after checking its address.
pub(super) fn decode_table(
    keys: Option<&Keys>,
    address: &Address,
    plaintext: &[u8],
    chunks: u64,
) -> Result<Rows> {
    let mut reader = Reader::new(plaintext, "chunk table");
    let canon = reader.bytes()?;
    if let Some(keys) = keys {
        keys.check(UnitKind::Table, address, canon)?;
    }
    let per_row = chunks_per_row(chunks);
    if canon.len() as u64 != chunks.div_ceil(per_row) * 32 {
        return Err(reader.malformed());
    }
    let addresses = canon.chunks_exact(32).map(|row| {
        let mut address = [0; 32];
        address.copy_from_slice(row);
        Address(address)
    });
    if per_row == 1 {
        reader.finish()?;
        return Ok(Rows::Chunks(addresses.collect()));
    }
    let mut places = PlaceReader::new(reader);
    let tables = addresses
        .map(|address| Ok(Unit::stored(UnitKind::Table, address, places.place_and_length()?)))
        .collect::<Result<_>>()?;
    places.reader.finish()?;
    Ok(Rows::Tables(tables))
}

fn pending_table<'a>(
    keys: &Keys,
    rows: impl Iterator<Item = &'a Address>,
    pending: Pending,
) -> Unit {
    Unit::pending(UnitKind::Table, keys.address(UnitKind::Table, &canon(rows)), pending)
}

fn canon<'a>(rows: impl Iterator<Item = &'a Address>) -> Vec<u8> {
    rows.flat_map(|row| row.expose()).copied().collect()
}
