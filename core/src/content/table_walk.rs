//! A walk over the tables of one content, depth first: which chunk is the n-th.

use std::ops::Range;
use std::sync::Arc;

use super::content_type::Chunked;
use super::table::{Rows, Table, chunk_count, chunks_per_row};
use super::unit::Unit;
use crate::seal::ChunkLink;

/// A walk to the chunks of a range. It reads nothing itself: where it comes to a table it says so,
/// and whoever walks [enters](TableWalk::enter) it with its rows.
pub(super) struct TableWalk {
    ahead: Vec<Part>,
    wanted: Range<u64>,
}

/// What a walk came to.
pub(super) enum Step {
    /// A chunk that is wanted.
    Row(Row),
    /// A table above chunks that are wanted.
    Table(TableAhead),
}

/// A chunk of a content.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// Which chunk of the content it is, from 0 on.
    pub(crate) index: u64,
    pub(crate) chunk: ChunkLink,
}

/// A table still to be entered.
pub(super) struct TableAhead {
    pub(super) unit: Unit,
    /// How many chunks it stands for.
    pub(super) chunks: u64,
    /// The index of the first of them.
    first: u64,
}

/// What is still to be visited.
enum Part {
    Table(TableAhead),
    Chunks {
        rows: Arc<[ChunkLink]>,
        /// The index of the first row.
        first: u64,
        /// The rows that are wanted and were not given yet.
        left: Range<usize>,
    },
}

impl TableWalk {
    pub(super) fn new(chunked: &Chunked, wanted: Range<u64>) -> Self {
        let chunks = chunk_count(chunked.size, chunked.chunk);
        let mut walk = Self { ahead: Vec::new(), wanted };
        match &chunked.table {
            Table::Inline(rows) => walk.come_to_chunks(Arc::clone(rows), 0),
            Table::Stored(unit) => {
                walk.come_to(TableAhead { unit: unit.clone(), chunks, first: 0 })
            }
        }
        walk
    }

    /// The next step, or `None` at the end.
    pub(super) fn next(&mut self) -> Option<Step> {
        loop {
            match self.ahead.last_mut()? {
                Part::Chunks { rows, first, left } => {
                    if let Some(at) = left.next() {
                        let (index, chunk) = (*first + at as u64, rows[at]);
                        return Some(Step::Row(Row { index, chunk }));
                    }
                    self.ahead.pop();
                }
                Part::Table(_) => {
                    let Some(Part::Table(table)) = self.ahead.pop() else { return None };
                    return Some(Step::Table(table));
                }
            }
        }
    }

    /// Goes on in `table`, whose rows were read.
    pub(super) fn enter(&mut self, table: TableAhead, rows: Rows) {
        let TableAhead { chunks, first, .. } = table;
        match rows {
            Rows::Chunks(rows) => self.come_to_chunks(rows, first),
            Rows::Tables(tables) => {
                let per_row = chunks_per_row(chunks);
                for (row, unit) in tables.iter().enumerate().rev() {
                    let before = row as u64 * per_row;
                    let chunks = per_row.min(chunks - before);
                    self.come_to(TableAhead { unit: unit.clone(), chunks, first: first + before });
                }
            }
        }
    }

    fn come_to(&mut self, table: TableAhead) {
        if table.first < self.wanted.end && self.wanted.start < table.first + table.chunks {
            self.ahead.push(Part::Table(table));
        }
    }

    fn come_to_chunks(&mut self, rows: Arc<[ChunkLink]>, first: u64) {
        let row = |index: u64| index.saturating_sub(first).min(rows.len() as u64) as usize;
        let left = row(self.wanted.start)..row(self.wanted.end);
        self.ahead.push(Part::Chunks { rows, first, left });
    }
}
