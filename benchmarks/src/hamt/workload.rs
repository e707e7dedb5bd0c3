//! The entries every trie is filled with: photo paths and random values, the same in each run.

use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// The size of every value.
pub(super) const VALUE_BYTES: usize = 120;

const SEED: u64 = 0x5ea1_d00d;
const COLD_LOOKUPS: usize = 200;

/// One key and its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Vec<u8>,
}

/// What to insert, and in which order to look it up.
pub(super) struct Workload {
    /// In the order of insertion, which is random.
    pub(super) entries: Vec<Entry>,
    /// Every key, in another random order.
    pub(super) lookups: Vec<String>,
}

impl Workload {
    /// The workload of this many entries.
    pub(super) fn new(entries: usize) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut entries: Vec<Entry> = (0..entries)
            .map(|index| {
                let mut value = vec![0; VALUE_BYTES];
                random.fill_bytes(&mut value);
                Entry { key: key(index), value }
            })
            .collect();
        entries.shuffle(&mut random);
        let mut lookups: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        lookups.shuffle(&mut random);
        Workload { entries, lookups }
    }

    /// The keys to get cold: the first few of the random order.
    pub(super) fn cold_lookups(&self) -> &[String] {
        &self.lookups[..self.lookups.len().min(COLD_LOOKUPS)]
    }
}

/// A key of 29 bytes.
fn key(index: usize) -> String {
    let year = 2000 + index / 1_200 % 100;
    let month = 1 + index / 100 % 12;
    format!("photos/{year}/{month:02}/IMG_{index:06}.jpg")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_have_29_bytes() {
        let workload = Workload::new(20_000);
        let keys: std::collections::HashSet<_> = workload.lookups.iter().collect();
        assert_eq!(keys.len(), 20_000);
        assert!(keys.iter().all(|key| key.len() == 29));
    }

    #[test]
    fn two_workloads_are_the_same() {
        let pair = [Workload::new(100), Workload::new(100)];
        let [a, b] =
            pair.map(|w| (w.entries[7].key.clone(), w.entries[7].value.clone(), w.lookups));
        assert_eq!(a, b);
        assert_ne!(a.0, key(7));
    }
}
