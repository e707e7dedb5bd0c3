//! Where links lead: the places of units as bytes.
//!
//! A place is a varint `2 * pack + gap`: pack 0 is new and followed by its 16 bytes, pack `n` is
//! the `n`-th seen in this plaintext; without the gap bit the unit starts where the last one seen
//! in that pack ended (at 0 in a new one), with it a signed varint says how far from there; then a
//! varint length, left out where the reader knows it.

use std::collections::HashSet;

use super::address::{PackId, Place};
use super::aead::TAG_BYTES;
use crate::codec::{Reader, put_signed, put_varint};
use crate::error::Result;

/// Writes places one after the other.
#[derive(Debug, Default)]
pub(super) struct PlaceWriter {
    bytes: Vec<u8>,
    packs: Vec<Seen>,
}

/// A pack seen so far, and where the last unit in it ended.
#[derive(Debug, Clone, Copy)]
struct Seen {
    pack: PackId,
    end: u32,
}

impl PlaceWriter {
    /// Writes a place whose length the reader will know.
    pub(super) fn put(&mut self, place: &Place) {
        let seen = self.packs.iter().position(|seen| seen.pack == place.pack);
        let (number, end) = match seen {
            Some(index) => (index as u64 + 1, self.packs[index].end),
            None => (0, 0),
        };
        let gap = i64::from(place.offset) - i64::from(end);
        put_varint(&mut self.bytes, number << 1 | u64::from(gap != 0));
        if number == 0 {
            self.bytes.extend_from_slice(&place.pack.0);
        }
        if gap != 0 {
            put_signed(&mut self.bytes, gap);
        }
        let end = place.offset.saturating_add(place.length);
        match seen {
            Some(index) => self.packs[index].end = end,
            None => self.packs.push(Seen { pack: place.pack, end }),
        }
    }

    /// Writes a place and its length.
    pub(super) fn put_with_length(&mut self, place: &Place) {
        self.put(place);
        put_varint(&mut self.bytes, place.length.into());
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What was written so far, for what stands between places.
    pub(super) fn out(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

/// Reads what [`PlaceWriter`] wrote.
pub(super) struct PlaceReader<'a> {
    reader: Reader<'a>,
    packs: Vec<Seen>,
    known: HashSet<PackId>,
}

/// The start of a place that was read.
struct Start {
    /// The index of its pack among those seen.
    index: usize,
    offset: u32,
}

impl<'a> PlaceReader<'a> {
    pub(super) fn new(reader: Reader<'a>) -> Self {
        Self { reader, packs: Vec::new(), known: HashSet::new() }
    }

    /// Reads the place of a unit of `length` sealed bytes.
    pub(super) fn place(&mut self, length: u32) -> Result<Place> {
        let start = self.start()?;
        self.end(start, length)
    }

    /// Reads a place and its length.
    pub(super) fn place_with_length(&mut self) -> Result<Place> {
        let start = self.start()?;
        let length = self.reader.varint_u32()?;
        // A unit is a plaintext and its tag.
        if length as usize <= TAG_BYTES {
            return Err(self.reader.malformed());
        }
        self.end(start, length)
    }

    /// What is still to be read, for what stands between places.
    pub(super) fn input(&mut self) -> &mut Reader<'a> {
        &mut self.reader
    }

    /// How many bytes are left.
    pub(super) fn remaining(&self) -> usize {
        self.reader.remaining()
    }

    /// Fails unless all was read.
    pub(super) fn finish(self) -> Result<()> {
        self.reader.finish()
    }

    fn start(&mut self) -> Result<Start> {
        let head = self.reader.varint()?;
        let index = match usize::try_from(head >> 1) {
            Ok(0) => {
                let pack = PackId(self.reader.array()?);
                if pack.epoch().is_none() || !self.known.insert(pack) {
                    return Err(self.reader.malformed());
                }
                self.packs.push(Seen { pack, end: 0 });
                self.packs.len() - 1
            }
            Ok(seen) if seen <= self.packs.len() => seen - 1,
            _ => return Err(self.reader.malformed()),
        };
        let has_gap = head & 1 == 1;
        let gap = if has_gap { self.reader.signed()? } else { 0 };
        if has_gap != (gap != 0) {
            return Err(self.reader.malformed());
        }
        let offset = i64::from(self.packs[index].end).checked_add(gap);
        let offset = offset.and_then(|offset| u32::try_from(offset).ok());
        Ok(Start { index, offset: offset.ok_or_else(|| self.reader.malformed())? })
    }

    fn end(&mut self, Start { index, offset }: Start, length: u32) -> Result<Place> {
        let end = offset.checked_add(length).ok_or_else(|| self.reader.malformed())?;
        let seen = &mut self.packs[index];
        seen.end = end;
        Ok(Place { pack: seen.pack, offset, length })
    }
}
