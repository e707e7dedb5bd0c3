//! The limits that the counts must keep.

use anyhow::{Result, bail};

use super::row::Row;

/// How many requests getting the corpus may take beyond those for extents.
const GET_REQUESTS_MAX: u64 = 200;

/// How long a server that never answers is asked, in seconds.
const SILENCE_SECONDS_MAX: f64 = 120.0;

/// What was found broken, and what has to be compared with rows to come.
#[derive(Default)]
pub(super) struct Limits {
    broken: Vec<String>,
    first_put_bytes: u64,
    get_seconds: f64,
}

impl Limits {
    pub(super) fn look_at(&mut self, row: &Row) {
        let requests = row.requests as f64;
        match (row.peer, row.work) {
            // The root, read and written.
            ("sealwood", "put-1") => self.at_most(row, "requests", requests, 2.0),
            ("sealwood", "get-500") => self.at_most(row, "requests", requests, 30.0),
            ("sealwood", "ls-10000") => {
                self.at_most(row, "requests", requests, 60.0);
                self.at_most(row, "requests in a row", row.serial_depth as f64, 12.0);
            }
            ("sealwood", "put-40mb-again") => {
                self.at_most(row, "bytes sent", row.bytes_up as f64, row.file_bytes as f64 / 10.0);
            }
            ("sealwood", "silent-server") => {
                self.at_most(row, "seconds", row.wall_seconds, SILENCE_SECONDS_MAX);
            }
            ("sealwood", "put-corpus") => self.first_put_bytes = row.bytes_up,
            ("sealwood", "put-corpus-again") => {
                let limit = self.first_put_bytes as f64 / 10.0;
                self.at_most(row, "bytes sent", row.bytes_up as f64, limit);
            }
            ("sealwood", "get-corpus") => {
                let limit = row.extent_requests.unwrap_or(0) + GET_REQUESTS_MAX;
                self.at_most(row, "requests", requests, limit as f64);
                self.get_seconds = row.wall_seconds;
            }
            ("restic", "get-corpus") => {
                let (ours, theirs) = (self.get_seconds, row.wall_seconds);
                if ours > theirs {
                    self.broken.push(format!("{}: {ours:.2} s, restic {theirs:.2} s", row.work));
                }
            }
            _ => {}
        }
    }

    /// Fails if a limit was broken.
    pub(super) fn result(self) -> Result<()> {
        if !self.broken.is_empty() {
            bail!("{} limits are broken:\n{}", self.broken.len(), self.broken.join("\n"));
        }
        Ok(())
    }

    fn at_most(&mut self, row: &Row, what: &str, found: f64, limit: f64) {
        if found > limit {
            self.broken.push(format!("{}: {what}: {found} is more than {limit}", row.work));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sealwood_fault_proxy::Totals;

    use super::super::program::{Measured, Usage};
    use super::*;

    fn row(peer: &'static str, work: &'static str, requests: u64, seconds: u64) -> Row {
        let wall = Duration::from_secs(seconds);
        let usage = Usage { wall, cpu: wall, peak_rss_bytes: None };
        let bytes_up = requests;
        let totals = Totals { requests, bytes_up, serial_depth: 12, ..Totals::default() };
        Row::new(work, peer, &Measured { usage, totals })
    }

    #[test]
    fn each_broken_limit_is_named() {
        let mut limits = Limits::default();
        for row in [
            row("sealwood", "put-1", 2, 1),
            row("sealwood", "ls-10000", 60, 1),
            row("sealwood", "silent-server", 3, 120),
            row("sealwood", "put-corpus", 1000, 1),
            row("sealwood", "put-corpus-again", 100, 1),
            row("sealwood", "get-corpus", 200, 3),
            row("restic", "get-corpus", 9_000, 3),
        ] {
            limits.look_at(&row);
        }
        assert_eq!(limits.broken, [""; 0]);
        for row in [
            row("sealwood", "put-1", 3, 1),
            row("sealwood", "ls-10000", 61, 1),
            row("sealwood", "silent-server", 3, 121),
            row("sealwood", "put-corpus-again", 101, 1),
            row("sealwood", "get-corpus", 201, 3),
            row("restic", "get-corpus", 1, 2),
        ] {
            limits.look_at(&row);
        }
        assert_eq!(limits.broken.len(), 6);
        assert!(limits.result().is_err());
    }
}
