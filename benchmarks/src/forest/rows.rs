//! The rows of the report.

use serde::Serialize;

use super::session::Cost;

/// Files put one by one into a new vault.
#[derive(Serialize)]
pub(super) struct Flush {
    pub(super) bench: &'static str,
    pub(super) files: usize,
    pub(super) index_requests: u64,
    pub(super) index_bytes: u64,
    pub(super) content_requests: u64,
    pub(super) content_bytes: u64,
    pub(super) max_serial_round_trips: u64,
    /// Puts that took one round trip.
    pub(super) single_round_trip_puts: usize,
    pub(super) spills: u64,
    pub(super) read_requests: u64,
    pub(super) read_bytes: u64,
}

impl Flush {
    pub(super) fn new(bench: &'static str, puts: &[Cost]) -> Self {
        let sum = Cost::sum(puts);
        let single = puts.iter().filter(|put| put.serial_round_trips_max == 1);
        Self {
            bench,
            files: puts.len(),
            index_requests: sum.index_requests,
            index_bytes: sum.index_bytes,
            content_requests: sum.content_requests,
            content_bytes: sum.content_bytes,
            max_serial_round_trips: sum.serial_round_trips_max,
            single_round_trip_puts: single.count(),
            spills: sum.spills,
            read_requests: sum.read_requests,
            read_bytes: sum.read_bytes,
        }
    }
}

/// One piece of work.
#[derive(Serialize)]
pub(super) struct Once {
    pub(super) bench: &'static str,
    pub(super) entries: usize,
    pub(super) requests: u64,
    pub(super) bytes: u64,
    pub(super) index_bytes: u64,
    pub(super) serial_round_trips: u64,
    pub(super) read_requests: u64,
    pub(super) read_bytes: u64,
}

impl Once {
    pub(super) fn new(bench: &'static str, entries: usize, cost: &Cost) -> Self {
        Self {
            bench,
            entries,
            requests: cost.requests(),
            bytes: cost.bytes(),
            index_bytes: cost.index_bytes,
            serial_round_trips: cost.serial_round_trips_max,
            read_requests: cost.read_requests,
            read_bytes: cost.read_bytes,
        }
    }
}

/// The mean of a few puts into a vault of some size.
#[derive(Serialize, Clone)]
pub(super) struct Marginal {
    pub(super) bench: &'static str,
    pub(super) entries: usize,
    pub(super) puts: usize,
    pub(super) requests: f64,
    pub(super) bytes: f64,
    pub(super) index_requests: f64,
    pub(super) index_bytes: f64,
    pub(super) max_serial_round_trips: u64,
    pub(super) spills: u64,
    pub(super) read_requests: f64,
    pub(super) read_bytes: f64,
}

impl Marginal {
    pub(super) fn new(bench: &'static str, entries: usize, puts: &[Cost]) -> Self {
        let sum = Cost::sum(puts);
        let mean = |total: u64| total as f64 / puts.len() as f64;
        Self {
            bench,
            entries,
            puts: puts.len(),
            requests: mean(sum.requests()),
            bytes: mean(sum.bytes()),
            index_requests: mean(sum.index_requests),
            index_bytes: mean(sum.index_bytes),
            max_serial_round_trips: sum.serial_round_trips_max,
            spills: sum.spills,
            read_requests: mean(sum.read_requests),
            read_bytes: mean(sum.read_bytes),
        }
    }
}

/// The same puts at the end of a long session and in a fresh one.
#[derive(Serialize)]
pub(super) struct LongVersusFresh {
    pub(super) bench: &'static str,
    pub(super) entries: usize,
    /// How many puts the long session made before, and their mean.
    pub(super) session_puts: usize,
    pub(super) session_index_bytes: f64,
    /// How many were compared.
    pub(super) puts: usize,
    pub(super) long_requests: u64,
    pub(super) fresh_requests: u64,
    pub(super) long_index_bytes: u64,
    pub(super) fresh_index_bytes: u64,
    pub(super) long_read_requests: u64,
    pub(super) fresh_read_requests: u64,
}

impl LongVersusFresh {
    pub(super) fn new(entries: usize, session: &[Cost], long: &[Cost], fresh: &[Cost]) -> Self {
        let puts = long.len();
        let (long, fresh) = (Cost::sum(long), Cost::sum(fresh));
        Self {
            bench: "long-vs-fresh",
            entries,
            session_puts: session.len(),
            session_index_bytes: Cost::sum(session).index_bytes as f64 / session.len() as f64,
            puts,
            long_requests: long.requests(),
            fresh_requests: fresh.requests(),
            long_index_bytes: long.index_bytes,
            fresh_index_bytes: fresh.index_bytes,
            long_read_requests: long.read_requests,
            fresh_read_requests: fresh.read_requests,
        }
    }

    /// How many requests more or fewer the long session needed.
    pub(super) fn request_difference(&self) -> u64 {
        self.long_requests.abs_diff(self.fresh_requests)
    }
}
