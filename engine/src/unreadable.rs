//! Segments that compaction cannot read. It leaves them alone and goes on with the others.

use std::collections::BTreeSet;

use crate::error::{Error, Result};
use crate::files::segment_name;
use crate::segment_id::SegmentId;
use crate::segments::Segment;

/// The segments that were found unreadable since the engine was opened. They are tried again when
/// compaction is asked for, and not by themselves.
#[derive(Debug, Default)]
pub(crate) struct Unreadable {
    numbers: BTreeSet<SegmentId>,
}

impl Unreadable {
    /// The numbers of the segments.
    pub(crate) fn numbers(&self) -> &BTreeSet<SegmentId> {
        &self.numbers
    }

    /// Gives every segment another try.
    pub(crate) fn forget(&mut self) {
        self.numbers.clear();
    }

    /// Strikes off segments that are gone.
    pub(crate) fn retain(&mut self, is_there: impl Fn(&SegmentId) -> bool) {
        self.numbers.retain(is_there);
    }

    /// Takes note of the segment of a run that an error names; returns its number. An error that
    /// names none is given back.
    pub(crate) fn note(
        &mut self,
        run: &[(SegmentId, Segment)],
        error: &Error,
    ) -> Result<SegmentId> {
        let Error::StoreCorrupt { file, .. } = error else { return Err(error.clone()) };
        let mut numbers = run.iter().map(|(number, _)| *number);
        let number = numbers.find(|number| segment_name(*number) == *file);
        let number = number.ok_or_else(|| error.clone())?;
        log::warn!("compaction leaves {file} alone, which it cannot read: {error}");
        self.numbers.insert(number);
        Ok(number)
    }
}
