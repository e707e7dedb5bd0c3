//! Where the chunks of a content lie, as bytes: runs of chunks side by side in one extent.
//!
//! A run is a varint `2 * extent + gap`. Extent 0 holds exactly the chunks of the run, so that its
//! name follows from their addresses; extent 1 is new and followed by its name, 20 bytes; extent
//! `n + 1` is the `n`-th that was named in this plaintext. Without the gap bit a named run starts
//! where the last one of that extent ended (at 0 in a new one), with it a varint says at which
//! chunk. Then a varint: how many chunks. A run is as long as it can be, and named only where it
//! has to be.

use std::collections::HashMap;

use super::address::Address;
use super::extent::{ChunkLink, ChunkPlace, EXTENT_CHUNKS_MAX, ExtentName};
use crate::codec::{Reader, put_varint};
use crate::error::Result;

/// An extent that was named so far, and the number behind the last chunk read or written of it.
#[derive(Debug)]
struct Named {
    extent: ExtentName,
    end: u64,
}

/// Writes runs of one plaintext.
#[derive(Debug, Default)]
pub(super) struct RunWriter(Extents);

#[derive(Debug, Default)]
struct Extents {
    named: Vec<Named>,
    numbers: HashMap<ExtentName, usize>,
}

impl RunWriter {
    /// Appends the places of all chunks of one content, or of one table, to `out`.
    pub(super) fn put(&mut self, out: &mut Vec<u8>, chunks: &[ChunkLink]) {
        for run in chunks.chunk_by(|one, next| next.place.follows(&one.place)) {
            let ChunkPlace { extent, index } = run[0].place;
            let (start, end) = (u64::from(index), u64::from(index) + run.len() as u64);
            if is_whole(extent, index, run.iter().map(|chunk| &chunk.address)) {
                put_varint(out, 0);
            } else if let Some(number) = self.0.numbers.get(&extent) {
                let named = &mut self.0.named[*number];
                put_start(out, *number as u64 + 2, start, named.end);
                named.end = end;
            } else {
                put_varint(out, 2 | u64::from(start > 0));
                out.extend_from_slice(&extent.0);
                if start > 0 {
                    put_varint(out, start);
                }
                self.0.add(extent, end);
            }
            put_varint(out, run.len() as u64);
        }
    }
}

fn put_start(out: &mut Vec<u8>, extent: u64, start: u64, expected: u64) {
    put_varint(out, extent << 1 | u64::from(start != expected));
    if start != expected {
        put_varint(out, start);
    }
}

/// Reads what [`RunWriter`] wrote.
#[derive(Debug, Default)]
pub(super) struct RunReader(Extents);

impl RunReader {
    /// Reads the places of the chunks with these addresses.
    pub(super) fn read(
        &mut self,
        input: &mut Reader<'_>,
        addresses: &[Address],
    ) -> Result<Vec<ChunkLink>> {
        let mut chunks: Vec<ChunkLink> = Vec::with_capacity(addresses.len());
        while chunks.len() < addresses.len() {
            let ahead = &addresses[chunks.len()..];
            let (extent, start, length) = self.run(input, ahead)?;
            let malformed = input.malformed();
            let first = ChunkPlace { extent, index: start };
            // It would be part of the run before.
            if chunks.last().is_some_and(|before| first.follows(&before.place)) {
                return Err(malformed);
            }
            chunks.extend(ahead[..length].iter().zip(start..).map(|(address, index)| ChunkLink {
                address: *address,
                place: ChunkPlace { extent, index },
            }));
        }
        Ok(chunks)
    }

    /// The extent of the next run, where it starts there, and how many chunks it has.
    fn run(
        &mut self,
        input: &mut Reader<'_>,
        ahead: &[Address],
    ) -> Result<(ExtentName, u8, usize)> {
        let head = input.varint()?;
        let number = head >> 1;
        if head == 0 {
            let length = length(input, 0, ahead.len())?;
            return Ok((ExtentName::of(&ahead[..length]), 0, length));
        }
        let new = (number == 1).then(|| input.array().map(ExtentName)).transpose()?;
        let known = match new {
            Some(extent) if self.0.numbers.contains_key(&extent) => Err(input.malformed()),
            Some(extent) => Ok(Named { extent, end: 0 }),
            None => number
                .checked_sub(2)
                .and_then(|number| self.0.named.get(usize::try_from(number).ok()?))
                .map(|named| Named { extent: named.extent, end: named.end })
                .ok_or_else(|| input.malformed()),
        };
        let Named { extent, end: expected } = known?;
        let start = if head & 1 == 1 { input.varint()? } else { expected };
        if (head & 1 == 1) == (start == expected) || start >= EXTENT_CHUNKS_MAX as u64 {
            return Err(input.malformed());
        }
        let length = length(input, start, ahead.len())?;
        if is_whole(extent, start as u8, &ahead[..length]) {
            return Err(input.malformed());
        }
        let end = start + length as u64;
        match self.0.numbers.get(&extent) {
            Some(number) => self.0.named[*number].end = end,
            None => self.0.add(extent, end),
        }
        Ok((extent, start as u8, length))
    }
}

impl Extents {
    fn add(&mut self, extent: ExtentName, end: u64) {
        self.numbers.insert(extent, self.named.len());
        self.named.push(Named { extent, end });
    }
}

/// Reads how many chunks a run from `start` on has, with `ahead` chunks to come.
fn length(input: &mut Reader<'_>, start: u64, ahead: usize) -> Result<usize> {
    let length = input.varint()?;
    let most = (EXTENT_CHUNKS_MAX as u64 - start).min(ahead as u64);
    if (1..=most).contains(&length) { Ok(length as usize) } else { Err(input.malformed()) }
}

/// Whether an extent holds these chunks and no other.
fn is_whole<'a>(
    extent: ExtentName,
    index: u8,
    chunks: impl IntoIterator<Item = &'a Address>,
) -> bool {
    index == 0 && ExtentName::of(chunks) == extent
}

/// Reads the runs of one list and writes them again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_runs(bytes: &[u8], addresses: &[Address]) -> Result<Vec<u8>> {
    let mut input = Reader::new(bytes, "runs");
    let chunks = RunReader::default().read(&mut input, addresses)?;
    input.finish()?;
    let mut again = Vec::new();
    RunWriter::default().put(&mut again, &chunks);
    Ok(again)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn address(number: u8) -> Address {
        Address([number; 32])
    }

    fn chunk(number: u8, extent: ExtentName, index: u8) -> ChunkLink {
        ChunkLink { address: address(number), place: ChunkPlace { extent, index } }
    }

    fn addresses(chunks: &[ChunkLink]) -> Vec<Address> {
        chunks.iter().map(|chunk| chunk.address).collect()
    }

    fn read(bytes: &[u8], addresses: &[Address]) -> Result<Vec<ChunkLink>> {
        let mut input = Reader::new(bytes, "runs");
        let chunks = RunReader::default().read(&mut input, addresses)?;
        input.finish()?;
        Ok(chunks)
    }

    /// The three ways to say where a run is, and what each costs.
    #[test]
    fn a_run_is_named_only_where_it_has_to_be() {
        let whole = ExtentName::of(&[address(1), address(2)]);
        let other = ExtentName([9; 20]);
        for (chunks, length) in [
            (vec![chunk(1, whole, 0), chunk(2, whole, 1)], 2),
            (vec![chunk(1, whole, 0)], 22),
            (vec![chunk(2, whole, 1)], 23),
            (vec![chunk(1, other, 0), chunk(2, whole, 1), chunk(3, other, 1)], 22 + 23 + 2),
            (vec![chunk(1, other, 5), chunk(2, whole, 1), chunk(3, other, 5)], 23 + 23 + 3),
            (vec![chunk(1, whole, 0), chunk(2, whole, 1), chunk(3, whole, 63)], 2 + 23),
        ] {
            let mut bytes = Vec::new();
            RunWriter::default().put(&mut bytes, &chunks);
            assert_eq!(bytes.len(), length, "{chunks:?}");
            assert_eq!(read(&bytes, &addresses(&chunks)).unwrap(), chunks);
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        let (name, two) = ([9u8; 20], [address(1), address(2)]);
        let whole = ExtentName::of(&two).0;
        let named = |head: u8, name: &[u8], rest: &[u8]| [&[head][..], name, rest].concat();
        for (bytes, why) in [
            (vec![0, 0], "no chunk"),
            (vec![0, 3], "more than there are"),
            (vec![1, 0, 2], "a gap without a name"),
            (vec![4, 2], "an extent that was not named"),
            (named(2, &whole, &[2]), "named though it is whole"),
            (named(3, &name, &[0, 2]), "a gap of nothing"),
            (named(3, &name, &[63, 2]), "past the end of an extent"),
            (named(3, &name, &[64, 1]), "a chunk that no extent has"),
            ([named(2, &name, &[1]), named(2, &name, &[1])].concat(), "named twice"),
            ([named(2, &name, &[1]), vec![4, 1]].concat(), "one run in two"),
            ([named(2, &name, &[1]), vec![5, 1, 1]].concat(), "a gap to where it is"),
            ([named(3, &name, &[5, 1]), vec![5, 6, 1]].concat(), "one run in two, with a gap"),
            (named(2, &name, &[2, 0]), "something left over"),
        ] {
            assert_eq!(read(&bytes, &two).unwrap_err().code(), "malformed", "{why}");
        }
        // One chunk alone, and the rest of an extent whose first chunk that is.
        let alone = ExtentName::of(&two[..1]).0;
        let split = [vec![0, 1], named(3, &alone, &[1, 1])].concat();
        assert_eq!(read(&split, &two).unwrap_err().code(), "malformed");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            runs in prop::collection::vec((0..4u8, 0..64u8, 1..8u8), 1..20),
        ) {
            let mut chunks = Vec::new();
            for (extent, start, length) in runs {
                let own: Vec<_> = (0..length).map(|at| address(at ^ start)).collect();
                let name = if extent == 0 { ExtentName::of(&own) } else { ExtentName([extent; 20]) };
                let start = if extent == 0 { 0 } else { start.min(64 - length) };
                chunks.extend(own.iter().zip(start..).map(|(address, index)| ChunkLink {
                    address: *address,
                    place: ChunkPlace { extent: name, index },
                }));
            }
            let mut bytes = Vec::new();
            RunWriter::default().put(&mut bytes, &chunks);
            prop_assert_eq!(read(&bytes, &addresses(&chunks)).unwrap(), chunks);
        }

        #[test]
        fn what_is_read_is_written_so(bytes in prop::collection::vec(0..8u8, 0..60), count in 1..9usize) {
            let addresses: Vec<_> = (0..count).map(|at| address(at as u8 % 3)).collect();
            if let Ok(chunks) = read(&bytes, &addresses) {
                let mut again = Vec::new();
                RunWriter::default().put(&mut again, &chunks);
                prop_assert_eq!(again, bytes);
            }
        }
    }
}
