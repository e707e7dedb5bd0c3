//! A plaintext of two sections: what its address covers, then where its links lead.
//!
//! ```text
//! varint  length of the first section
//!         first section
//!         second section: for each link of the first, in order, its place;
//!                         for each list of chunks the runs that say where they lie
//! ```
//!
//! Trie nodes, tables of chunks and bodies of roots are written so: what an address covers does not
//! change where units move.

use super::address::{Address, Place};
use super::extent::ChunkLink;
use super::places::{PlaceReader, PlaceWriter};
use super::planned::PlannedPlaces;
use super::runs::{RunReader, RunWriter};
use crate::codec::{Reader, put_bytes};
use crate::error::Result;

/// Writes the two sections.
#[derive(Debug)]
pub struct SectionWriter<'a> {
    planned: &'a PlannedPlaces,
    addressed: Vec<u8>,
    places: PlaceWriter,
    runs: RunWriter,
}

impl<'a> SectionWriter<'a> {
    /// A writer of nothing yet. Units without a place are looked for in `planned`.
    pub(crate) fn new(planned: &'a PlannedPlaces) -> Self {
        let (places, runs) = (PlaceWriter::default(), RunWriter::default());
        Self { planned, addressed: Vec::new(), places, runs }
    }

    /// Both sections, the first behind its length.
    pub(crate) fn finish(self) -> Vec<u8> {
        let places = self.places.bytes();
        let mut plaintext = Vec::with_capacity(self.addressed.len() + places.len() + 3);
        put_bytes(&mut plaintext, &self.addressed);
        plaintext.extend_from_slice(places);
        plaintext
    }

    /// The section the address covers, to append to.
    pub fn addressed(&mut self) -> &mut Vec<u8> {
        &mut self.addressed
    }

    /// Writes a place whose length the reader knows from the first section.
    pub fn put_place(&mut self, place: &Place) {
        self.places.put(place);
    }

    /// Writes a place and its length.
    pub fn put_place_and_length(&mut self, place: &Place) {
        self.places.put_with_length(place);
    }

    /// Writes the addresses of all chunks of one list, and where they lie.
    pub fn put_chunks(&mut self, chunks: &[ChunkLink]) {
        for chunk in chunks {
            self.addressed.extend_from_slice(chunk.address.expose());
        }
        self.runs.put(self.places.out(), chunks);
    }

    /// Where a unit that had no place before was sealed.
    pub fn planned(&self, address: &Address) -> Option<Place> {
        self.planned.of(address)
    }
}

/// Reads the two sections.
pub struct SectionReader<'a> {
    addressed: Reader<'a>,
    places: PlaceReader<'a>,
    runs: RunReader,
}

impl<'a> SectionReader<'a> {
    /// A reader of both sections of a `what`.
    pub(crate) fn new(plaintext: &'a [u8], what: &'static str) -> Result<Self> {
        let (addressed, places) = split(plaintext, what)?;
        Ok(Self {
            addressed: Reader::new(addressed, what),
            places: PlaceReader::new(Reader::new(places, what)),
            runs: RunReader::default(),
        })
    }

    /// Fails unless both sections were read to their ends.
    pub(crate) fn finish(self) -> Result<()> {
        self.addressed.finish()?;
        self.places.finish()
    }

    /// The section the address covers.
    pub(crate) fn addressed(&mut self) -> &mut Reader<'a> {
        &mut self.addressed
    }

    /// Reads a place of a unit of `length` sealed bytes.
    pub fn place(&mut self, length: u32) -> Result<Place> {
        self.places.place(length)
    }

    /// Reads a place and its length.
    pub fn place_and_length(&mut self) -> Result<Place> {
        self.places.place_with_length()
    }

    /// Reads a list of `count` chunks.
    pub fn chunks(&mut self, count: usize) -> Result<Vec<ChunkLink>> {
        let bytes = self.addressed.take(count.saturating_mul(32))?;
        let mut addresses = Vec::with_capacity(count);
        for address in bytes.as_chunks::<32>().0 {
            addresses.push(Address(*address));
        }
        self.runs.read(self.places.input(), &addresses)
    }

    /// How many bytes of both sections are left.
    pub(crate) fn remaining(&self) -> usize {
        self.addressed.remaining() + self.places.remaining()
    }
}

impl std::fmt::Debug for SectionReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SectionReader")
    }
}

/// The section of a plaintext that its address covers.
pub(crate) fn addressed_of<'a>(plaintext: &'a [u8], what: &'static str) -> Result<&'a [u8]> {
    Ok(split(plaintext, what)?.0)
}

fn split<'a>(plaintext: &'a [u8], what: &'static str) -> Result<(&'a [u8], &'a [u8])> {
    let mut reader = Reader::new(plaintext, what);
    let addressed = reader.bytes()?;
    let places = reader.take(reader.remaining())?;
    Ok((addressed, places))
}
