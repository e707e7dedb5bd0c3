//! The rows of a snapshot in order, or those of some of its buckets.

use std::collections::BTreeSet;

use sealwood_lthash::bucket_of;

use super::lthash_state::Reader;
use super::snapshot::Snapshot;
use super::source::Source;
use crate::error::Result;

/// How many rows of the index are read at once.
pub(crate) const ROWS_AT_ONCE: usize = 256;

/// The rows of some buckets of a namespace, in order.
pub(crate) struct BucketRows {
    snapshot: Snapshot,
    buckets: BTreeSet<u8>,
    /// The last key that was looked at.
    after: Option<Vec<u8>>,
    /// What comes next, the last first.
    next: Vec<(Vec<u8>, Source)>,
}

impl BucketRows {
    pub(crate) fn new(snapshot: Snapshot, buckets: BTreeSet<u8>) -> Self {
        Self { snapshot, buckets, after: None, next: Vec::new() }
    }

    /// The next row; none after the last.
    pub(crate) fn peek(&mut self) -> Result<Option<&(Vec<u8>, Source)>> {
        while self.next.is_empty() {
            let mut rows = self.snapshot.rows_after(self.after.as_deref(), ROWS_AT_ONCE)?;
            let Some((last, _)) = rows.last() else { return Ok(None) };
            self.after = Some(last.clone());
            rows.retain(|(key, _)| self.buckets.contains(&bucket_of(key)));
            rows.reverse();
            self.next = rows;
        }
        Ok(self.next.last())
    }

    /// Takes what was looked at.
    pub(crate) fn take(&mut self) -> Option<(Vec<u8>, Source)> {
        self.next.pop()
    }
}

impl Snapshot {
    /// The next rows after a key; those that have expired are rows.
    pub(crate) fn rows_after(
        &self,
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Source)>> {
        self.shared.rows(&self.tree, self.namespace, b"", after, max)
    }
}
