//! How far a writer has come.

use super::refusal::{Reader, RefusalResult};
use super::relation::Relation;
use super::statement::RootHash;
use crate::codec::put_varint;

/// Counters and sequence numbers are below this one.
pub(super) const COUNTER_END: u64 = 1 << 63;

/// The last commit of a writer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// How many commits the writer has made.
    pub counter: u64,
    /// The sequence number of the last one's root.
    pub sequence: u64,
    /// Its hash.
    pub hash: RootHash,
}

impl Row {
    /// What this row is to `other`, of the same writer. Of a later commit than the other's nothing
    /// but its number is known.
    pub fn relation(&self, other: &Self) -> Relation {
        if self.counter > other.counter {
            return other.relation(self).reversed();
        }
        if self.counter == other.counter {
            return if self == other { Relation::Equal } else { Relation::Contradicts };
        }
        // Commits in between have sequence numbers of their own.
        let steps = other.counter - self.counter;
        if other.sequence.saturating_sub(self.sequence) >= steps {
            Relation::Before
        } else {
            Relation::Contradicts
        }
    }

    /// The row after a further commit.
    pub(super) fn next(counter: u64, sequence: u64, hash: RootHash) -> Self {
        Self { counter: counter + 1, sequence, hash }
    }

    /// ```text
    /// varint counter, from 1; varint sequence, at least the counter; hash (32)
    /// ```
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.counter);
        put_varint(out, self.sequence);
        out.extend_from_slice(self.hash.as_bytes());
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        let (counter, sequence) = (input.varint()?, input.varint()?);
        if counter == 0 || sequence < counter || sequence >= COUNTER_END {
            return Err(input.malformed());
        }
        Ok(Self { counter, sequence, hash: RootHash::from_bytes(input.array()?) })
    }
}
