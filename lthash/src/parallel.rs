//! Batches on several threads: each sums a part of the rows, and the sums are merged in whatever
//! order they come.

use core::num::NonZero;
use std::panic;
use std::thread::{self, Builder};

use crate::domain::Domain;
use crate::hash::LtHash;
use crate::kernel::Kernel;

/// The fewest rows that are worth a thread: beginning one takes as long as some dozens of them.
const ROWS_MIN: usize = 128;

impl Kernel {
    /// Returns the hash of rows, as [`sum`](Self::sum) does, computed on up to `threads` threads,
    /// this one among them. Fewer are used for few rows, and where no more can be had.
    pub fn sum_parallel<K, V>(
        self,
        domain: &Domain,
        rows: &[(K, V)],
        threads: NonZero<usize>,
    ) -> LtHash
    where
        K: AsRef<[u8]> + Sync,
        V: AsRef<[u8]> + Sync,
    {
        split(rows, threads, |rows| self.sum(domain, rows.iter().map(|(key, value)| (key, value))))
    }

    /// Returns the hash of messages as they are, as [`sum_raw`](Self::sum_raw) does, computed on up
    /// to `threads` threads, this one among them.
    pub fn sum_raw_parallel<M: AsRef<[u8]> + Sync>(
        self,
        messages: &[M],
        threads: NonZero<usize>,
    ) -> LtHash {
        split(messages, threads, |messages| self.sum_raw(messages))
    }
}

fn split<T: Sync>(
    items: &[T],
    threads: NonZero<usize>,
    sum: impl Fn(&[T]) -> LtHash + Sync,
) -> LtHash {
    let part = items.len().div_ceil(threads.get()).max(ROWS_MIN);
    let mut parts = items.chunks(part);
    let mine = parts.next().unwrap_or_default();
    thread::scope(|scope| {
        let sum = &sum;
        let others: Vec<_> = parts
            .map(|part| (part, Builder::new().spawn_scoped(scope, move || sum(part)).ok()))
            .collect();
        let mut total = sum(mine);
        for (part, thread) in others {
            let other = match thread.map(|thread| thread.join()) {
                Some(Ok(other)) => other,
                Some(Err(panicked)) => panic::resume_unwind(panicked),
                None => sum(part),
            };
            total.merge(&other);
        }
        total
    })
}
