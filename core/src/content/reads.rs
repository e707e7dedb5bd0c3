//! Requests for chunks: those that lie side by side are read together.

use std::ops::Range;

use futures_util::TryStreamExt;

use super::chunk_size::ChunkSize;
use super::table_walk::Row;
use crate::error::Result;
use crate::platform::BoxStream;
use crate::seal::TAG_BYTES;

/// Bytes of content that one request asks for at most, but for a chunk that is longer.
const REQUEST_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Chunks side by side in one extent, at least one.
#[derive(Debug, Clone)]
pub(super) struct Read {
    pub(super) rows: Vec<Row>,
    pub(super) layout: Layout,
}

/// How the chunks of one content lie in extents.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) chunk: ChunkSize,
    /// Of the content, in bytes.
    pub(super) size: u64,
}

impl Layout {
    /// The length of the `index`-th chunk, without its seal.
    pub(super) fn chunk_bytes(&self, index: u64) -> u64 {
        self.chunk.bytes().min(self.size - index * self.chunk.bytes())
    }
}

impl Read {
    /// The bytes of the extent that its chunks take.
    pub(super) fn range(&self) -> Range<u64> {
        let first = self.rows[0].chunk.place.index;
        let start = u64::from(first) * self.layout.chunk.sealed_bytes();
        let chunks = self.rows.iter().map(|row| self.sealed_bytes(row));
        start..start + chunks.sum::<u64>()
    }

    /// The bytes that a chunk takes.
    pub(super) fn sealed_bytes(&self, row: &Row) -> u64 {
        self.layout.chunk_bytes(row.index) + TAG_BYTES as u64
    }
}

/// What the first requests for chunks are made for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pace {
    /// All the bytes together: as few requests as may be.
    Whole,
    /// The first bytes: the first request is for one chunk, and each that follows for twice as many
    /// as the one before.
    FirstSoon,
}

/// Joins rows to requests, each up to a bound.
pub(super) fn reads(
    rows: BoxStream<'static, Result<Row>>,
    layout: Layout,
    pace: Pace,
) -> BoxStream<'static, Result<Read>> {
    let chunks_max = (REQUEST_BYTES_MAX / layout.chunk.bytes()).max(1) as usize;
    let first_max = match pace {
        Pace::Whole => chunks_max,
        Pace::FirstSoon => 1,
    };
    let state = (rows, None::<Row>, first_max);
    let reads = futures_util::stream::try_unfold(state, move |(mut rows, left, most)| async move {
        let first = match left {
            Some(row) => row,
            None => match rows.try_next().await? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        let (mut read, mut left) = (Read { rows: vec![first], layout }, None);
        while read.rows.len() < most {
            left = rows.try_next().await?;
            match left.take_if(|row| row.follows(&read.rows)) {
                Some(row) => read.rows.push(row),
                None => break,
            }
        }
        Ok(Some((read, (rows, left, (most * 2).min(chunks_max)))))
    });
    Box::pin(reads)
}

impl Row {
    /// Whether it is the next chunk of the content, and lies behind the last of `rows`.
    fn follows(&self, rows: &[Row]) -> bool {
        rows.last().is_some_and(|last| {
            self.index == last.index + 1 && self.chunk.place.follows(&last.chunk.place)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_lite::future::block_on;
    use futures_util::stream;

    use super::*;
    use crate::seal::{Address, ChunkLink, ChunkPlace, ExtentName};

    const CHUNK: u64 = 1 << 20;

    fn row(index: u64, extent: u8, number: u8) -> Row {
        let place = ChunkPlace { extent: ExtentName([extent; 20]), index: number };
        Row { index, chunk: ChunkLink { address: Address([0; 32]), place } }
    }

    fn joined(rows: Vec<Row>, size: u64, pace: Pace) -> Vec<(u64, usize, Range<u64>)> {
        let layout = Layout { chunk: ChunkSize::new(CHUNK as u32).unwrap(), size };
        let rows = Box::pin(stream::iter(rows.into_iter().map(Ok)));
        let reads: Vec<Read> = block_on(reads(rows, layout, pace).try_collect()).unwrap();
        reads.iter().map(|read| (read.rows[0].index, read.rows.len(), read.range())).collect()
    }

    #[test]
    fn a_gibibyte_takes_64_requests_and_4_more_where_its_start_is_to_be_soon_there() {
        let rows: Vec<_> =
            (0..1024).map(|index| row(index, (index / 16) as u8, (index % 16) as u8)).collect();
        let sealed = CHUNK + 16;
        let whole = joined(rows.clone(), 1 << 30, Pace::Whole);
        assert_eq!(whole.len(), 64);
        assert!(whole.iter().all(|read| read.1 == 16 && read.2 == (0..16 * sealed)));
        let soon = joined(rows, 1 << 30, Pace::FirstSoon);
        let counts: Vec<_> = soon.iter().map(|read| read.1).collect();
        assert_eq!(counts[..6], [1, 2, 4, 8, 1, 16]);
        assert_eq!((counts.len(), counts.iter().sum::<usize>()), (68, 1024));
        assert_eq!((&soon[1].2, &soon[67].2), (&(sealed..3 * sealed), &(0..16 * sealed)));
    }

    #[test]
    fn no_request_is_for_more_than_16_mib() {
        let rows = (0..64).map(|index| row(index, 1, index as u8)).collect();
        let reads = joined(rows, 64 * CHUNK, Pace::Whole);
        assert_eq!(reads.iter().map(|read| read.1).collect::<Vec<_>>(), [16; 4]);
    }

    #[test]
    fn only_neighbours_are_joined_and_the_last_chunk_is_shorter() {
        let rows = vec![row(0, 1, 0), row(1, 1, 5), row(2, 1, 6), row(3, 2, 7), row(4, 2, 9)];
        let sealed = CHUNK + 16;
        let expected = [
            (0, 1, 0..sealed),
            (1, 2, 5 * sealed..7 * sealed),
            (3, 1, 7 * sealed..8 * sealed),
            (4, 1, 9 * sealed..9 * sealed + 100 + 16),
        ];
        for pace in [Pace::Whole, Pace::FirstSoon] {
            assert_eq!(joined(rows.clone(), 4 * CHUNK + 100, pace), expected);
        }
    }
}
