//! Which records count: those of a batch only once its end says that it is whole.

use crate::log::record::{Batched, Decoded, Record};

/// Follows the records of a segment, in order.
#[derive(Debug, Default)]
pub(crate) struct Batches {
    open: Option<Open>,
}

#[derive(Debug)]
struct Open {
    start: u64,
    count: u64,
}

/// A batch is not what its records say: no crash leaves that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BrokenBatch;

impl Batches {
    /// Takes note of the record at `offset`.
    pub(crate) fn add(&mut self, offset: u64, decoded: &Decoded<'_>) -> Result<(), BrokenBatch> {
        match (decoded.record, decoded.batched) {
            (Record::Mark { .. }, _) => Ok(()),
            (Record::BatchEnd { count, .. }, _) => match self.open.take() {
                Some(open) if open.count == count => Ok(()),
                _ => Err(BrokenBatch),
            },
            (_, Batched::Yes) => {
                self.open.get_or_insert(Open { start: offset, count: 0 }).count += 1;
                Ok(())
            }
            (_, Batched::No) if self.open.is_some() => Err(BrokenBatch),
            (_, Batched::No) => Ok(()),
        }
    }

    /// Where the batch begins whose end did not come yet.
    pub(crate) fn unfinished(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.start)
    }
}
