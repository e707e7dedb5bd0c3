//! The limits the counts must keep.

use anyhow::{Result, bail};

use super::rows::{Flush, LongVersusFresh, Marginal, Once};

/// Index bytes of a durable put, on average, however large the directory.
const PUT_INDEX_BYTES_MAX: f64 = 5_400.0;

/// What was found broken.
#[derive(Default)]
pub(super) struct Limits {
    broken: Vec<String>,
}

impl Limits {
    /// Fails if a limit was broken.
    pub(super) fn result(self) -> Result<()> {
        if !self.broken.is_empty() {
            bail!("{} limits are broken:\n{}", self.broken.len(), self.broken.join("\n"));
        }
        Ok(())
    }

    pub(super) fn flush(&mut self, row: &Flush) {
        self.at_most(row.bench, "index requests", row.index_requests as f64, 155.0);
        self.at_most(row.bench, "index bytes", row.index_bytes as f64, 200_000.0);
        self.at_most(row.bench, "serial round trips", row.max_serial_round_trips as f64, 2.0);
    }

    /// Contents that lie in their entries: a put is the root alone unless it spills.
    pub(super) fn flush_inline(&mut self, row: &Flush) {
        let longer = (row.files - row.single_round_trip_puts) as f64;
        self.at_most(row.bench, "puts of two round trips", longer, row.spills as f64);
        self.at_most(row.bench, "spills", row.spills as f64, row.files as f64 / 4.0);
        self.at_most(row.bench, "serial round trips", row.max_serial_round_trips as f64, 2.0);
    }

    pub(super) fn bulk(&mut self, row: &Once) {
        self.at_most(row.bench, "requests", row.requests as f64, 3.0);
    }

    /// `small` is the row of the smallest directory.
    pub(super) fn marginal(&mut self, row: &Marginal, small: &Marginal) {
        let bench = format!("{} at {}", row.bench, row.entries);
        self.at_most(&bench, "requests a put", row.requests, small.requests);
        self.at_most(&bench, "index bytes a put", row.index_bytes, PUT_INDEX_BYTES_MAX);
    }

    pub(super) fn long_versus_fresh(&mut self, row: &LongVersusFresh) {
        let bench = format!("{} at {}", row.bench, row.entries);
        let (long, fresh) = (row.long_index_bytes as f64, row.fresh_index_bytes as f64);
        self.at_most(&bench, "difference in requests", row.request_difference() as f64, 0.0);
        // Node and root bytes are the same; only what random pack ids compress to may differ.
        self.at_most(&bench, "difference in index bytes", (long - fresh).abs(), fresh / 100.0);
    }

    pub(super) fn rename(&mut self, row: &Once) {
        let bench = format!("{} at {}", row.bench, row.entries);
        self.at_most(&bench, "requests", row.requests as f64, 2.0);
    }

    fn at_most(&mut self, bench: &str, what: &str, found: f64, limit: f64) {
        if found > limit {
            self.broken.push(format!("{bench}: {what}: {found} is more than {limit}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::Cost;
    use super::*;

    fn put(index_requests: u64, index_bytes: u64) -> Cost {
        Cost { index_requests, index_bytes, ..Cost::default() }
    }

    #[test]
    fn each_broken_limit_is_named() {
        let mut limits = Limits::default();
        limits.flush(&Flush::new("flush-150", &[put(155, 200_000)]));
        let small = Marginal::new("marginal", 150, &[put(1, 10)]);
        limits.marginal(&Marginal::new("marginal", 10_000, &[put(1, 5_400)]), &small);
        assert!(limits.broken.is_empty());
        limits.flush(&Flush::new("flush-150", &[put(156, 200_001)]));
        limits.marginal(&Marginal::new("marginal", 10_000, &[put(2, 5_401)]), &small);
        assert_eq!(limits.broken.len(), 4);
        assert!(limits.result().is_err());
    }
}
