//! A line of a given rate that several connections share.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How much is passed at a time, in bytes.
pub(crate) const PIECE_BYTES: usize = 16 * 1024;

/// What the requests of one rule share.
#[derive(Debug)]
pub(crate) struct Link {
    bytes_per_second: u64,
    /// When all bytes that were let in will be through, up and down.
    up: Mutex<Instant>,
    down: Mutex<Instant>,
}

/// The way a byte goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Direction {
    /// To the server.
    Up,
    /// To the client.
    Down,
}

impl Link {
    pub(crate) fn new(bytes_per_second: u64) -> Self {
        let now = Instant::now();
        Self { bytes_per_second, up: Mutex::new(now), down: Mutex::new(now) }
    }

    /// How much to pass at a time so that a slow line still moves several times a second.
    pub(crate) fn piece_bytes(&self) -> usize {
        (self.bytes_per_second / 20).clamp(64, PIECE_BYTES as u64) as usize
    }

    /// Waits until `bytes` are through.
    pub(crate) fn pass(&self, direction: Direction, bytes: usize) {
        let took = Duration::from_secs_f64(bytes as f64 / self.bytes_per_second as f64);
        let free = match direction {
            Direction::Up => &self.up,
            Direction::Down => &self.down,
        };
        let through = {
            let mut free = free.lock().unwrap_or_else(PoisonError::into_inner);
            *free = (*free).max(Instant::now()) + took;
            *free
        };
        thread::sleep(through.saturating_duration_since(Instant::now()));
    }
}
