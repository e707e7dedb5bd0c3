//! What is measured, and the samples a step hands to the conductor.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One figure; its unit is in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Metric {
    /// Operations a second.
    OpsPerS,
    /// Values' bytes a second, in units of 10^6.
    MbPerS,
    /// The mean time of one operation, what it owes to a sync at the end included.
    UsPerOp,
    /// The median time of one operation.
    P50Us,
    /// The time 99 of 100 operations did not exceed.
    P99Us,
    /// The time 999 of 1000 operations did not exceed.
    P999Us,
    /// Bytes written, by operation.
    BytesPerOp,
    /// Bytes appended to the log, by operation.
    LogBytesPerOp,
    /// How many more these are than where rows are not hashed.
    MoreLogBytesPerOp,
    /// The mean time of one operation where rows are not hashed.
    UsPerOpUntracked,
    /// Which share it has of the operations a second that there are where rows are not hashed.
    ShareOfUntracked,
    /// Calls that wait for the disk, by operation.
    SyncsPerOp,
    /// Bytes of the pages the process dirtied in files.
    BytesWritten,
    /// Bytes written over bytes of the values put.
    WriteAmplification,
    /// Bytes of live records that compaction copied.
    RelocatedBytes,
    /// What the store's files occupy.
    DiskBytes,
    /// What they occupy over the bytes of live keys and values.
    DiskOverLive,
    /// Resident memory above what the process had before it opened the store.
    RssBytes,
    /// Resident memory by key.
    RssBytesPerKey,
    /// From opening the store to the first value.
    OpenMs,
    /// Rows that there are.
    Rows,
    /// Rows whose values were read or looked up.
    RowsRead,
}

/// What one step measured about one thing.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// What was done; a workload may do several things.
    pub(crate) bench: String,
    /// The figures.
    pub(crate) metrics: BTreeMap<Metric, f64>,
}

impl Sample {
    /// A sample without figures.
    pub(crate) fn new(bench: impl Into<String>) -> Self {
        Sample { bench: bench.into(), metrics: BTreeMap::new() }
    }

    /// The sample with one more figure.
    pub(crate) fn with(mut self, metric: Metric, value: f64) -> Self {
        self.metrics.insert(metric, value);
        self
    }

    /// The sample with one more figure if it is known.
    pub(crate) fn with_some(self, metric: Metric, value: Option<f64>) -> Self {
        match value {
            Some(value) => self.with(metric, value),
            None => self,
        }
    }
}

/// Returns the middle of some values, or the mean of the two in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        1 => values.get(middle).copied(),
        _ => Some((values.get(middle.checked_sub(1)?)? + values.get(middle)?) / 2.0),
    }
}
