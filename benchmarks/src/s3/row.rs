//! The rows of the report.

use serde::Serialize;

use super::program::Measured;

/// One piece of work, done by one process.
#[derive(Serialize, Clone)]
pub(super) struct Row {
    pub(super) bench: &'static str,
    pub(super) work: &'static str,
    pub(super) peer: &'static str,
    /// The files that it is about, and their bytes.
    pub(super) files: usize,
    pub(super) file_bytes: u64,
    pub(super) requests: u64,
    /// Of these, as many as extents of large files take; known for our `get-corpus` only.
    pub(super) extent_requests: Option<u64>,
    pub(super) serial_depth: u64,
    pub(super) connections: u64,
    /// Bytes of bodies, of requests and of answers.
    pub(super) bytes_up: u64,
    pub(super) bytes_down: u64,
    pub(super) wall_seconds: f64,
    pub(super) cpu_seconds: f64,
    pub(super) peak_rss_bytes: Option<u64>,
    /// What the server holds afterwards.
    pub(super) stored_bytes: u64,
}

impl Row {
    pub(super) fn new(work: &'static str, peer: &'static str, measured: &Measured) -> Self {
        let Measured { usage, totals } = measured;
        Self {
            bench: "s3",
            work,
            peer,
            files: 0,
            file_bytes: 0,
            requests: totals.requests,
            extent_requests: None,
            serial_depth: totals.serial_depth,
            connections: totals.connections,
            bytes_up: totals.bytes_up,
            bytes_down: totals.bytes_down,
            wall_seconds: usage.wall.as_secs_f64(),
            cpu_seconds: usage.cpu.as_secs_f64(),
            peak_rss_bytes: usage.peak_rss_bytes,
            stored_bytes: 0,
        }
    }
}
