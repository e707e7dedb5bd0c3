//! Leases: what is still being read must not be deleted.
//!
//! Whoever reads a past state (a snapshot, a scan, a checkpoint that is not published) holds a
//! lease. What a round wants to delete waits until every lease from before it became garbage is
//! gone.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use super::shared::lock;

/// The leases that are held.
#[derive(Debug, Default, Clone)]
pub(crate) struct Leases {
    held: Arc<Mutex<Held>>,
}

#[derive(Debug, Default)]
struct Held {
    next: u64,
    readers: BTreeSet<u64>,
}

/// Keeps what was needed when it was taken; dropping it lets go.
#[derive(Debug)]
pub(crate) struct Lease {
    number: u64,
    held: Arc<Mutex<Held>>,
}

impl Leases {
    /// Takes a lease on all there is now.
    pub(crate) fn take(&self) -> Lease {
        let mut held = lock(&self.held);
        let number = held.next;
        held.next += 1;
        held.readers.insert(number);
        Lease { number, held: self.held.clone() }
    }

    /// A mark in time, for [`released`](Leases::released).
    pub(crate) fn now(&self) -> u64 {
        lock(&self.held).next
    }

    /// Whether every lease taken before the mark is gone.
    pub(crate) fn released(&self, mark: u64) -> bool {
        lock(&self.held).readers.first().is_none_or(|oldest| *oldest >= mark)
    }

    /// How many are held.
    pub(crate) fn count(&self) -> usize {
        lock(&self.held).readers.len()
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        lock(&self.held).readers.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_released_when_all_leases_before_it_are_gone() {
        let leases = Leases::default();
        let first = leases.take();
        let mark = leases.now();
        let second = leases.take();
        assert!(!leases.released(mark));
        drop(first);
        assert!(leases.released(mark));
        assert_eq!(leases.count(), 1);
        drop(second);
        assert!(leases.released(u64::MAX));
    }
}
