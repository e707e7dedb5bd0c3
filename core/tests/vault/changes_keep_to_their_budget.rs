//! What changes may cost in requests and bytes, counted exactly: time and randomness are given.
//!
//! `cargo xtask bench forest` counts the same for directories of up to a million entries.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{MemoryStore, MeteredStore, Method};
use sealwood::platform::{Clock, Entropy, Environment};
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, Durability, PutOptions, VaultConfig};

/// A file that lies in a pack.
const PACKED_BYTES: usize = 4096;
/// A file that lies in its entry.
const INLINE_BYTES: usize = 512;

struct CountingClock(AtomicU64);

impl Clock for CountingClock {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(1_000, Ordering::Relaxed)
    }
}

/// The output of BLAKE3, for ever.
struct SeededEntropy(Mutex<blake3::OutputReader>);

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), sealwood::platform::NoEntropy> {
        self.0.lock().unwrap().fill(buffer);
        Ok(())
    }
}

/// A vault over a store that counts.
struct Counted {
    store: Arc<MeteredStore<MemoryStore>>,
    vault: Vault,
}

impl Counted {
    fn new() -> Self {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        let vault =
            block_on(Vault::create_with(store.clone(), &credential(), &config("first"))).unwrap();
        store.reset();
        Self { store, vault }
    }

    /// A fresh session on the same vault.
    fn reopened(&self) -> Self {
        let store = self.store.clone();
        let vault =
            block_on(Vault::open_with(store.clone(), &credential(), &config("second"))).unwrap();
        store.reset();
        Self { store, vault }
    }

    fn put(&self, index: usize, bytes: usize, durability: Durability) {
        let options = PutOptions::new().durability(durability);
        let path = format!("photos/IMG_{index:07}.jpg");
        block_on(self.vault.put_with(&path, content(index, bytes), &options)).unwrap();
    }

    /// Puts files one by one and returns the round trips of each.
    fn put_each(&self, first: usize, count: usize, bytes: usize) -> Vec<u64> {
        let one = |index| {
            self.put(index, bytes, Durability::OnReturn);
            self.store.reset().serial_depth
        };
        (first..first + count).map(one).collect()
    }

    fn fill(&self, entries: usize) {
        (0..entries).for_each(|index| self.put(index, 64, Durability::Deferred));
        block_on(self.vault.flush()).unwrap();
    }

    fn index_requests(&self) -> u64 {
        self.vault.stats().written.index_requests
    }

    fn index_bytes(&self) -> u64 {
        self.vault.stats().written.index_bytes
    }
}

fn credential() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

fn config(session: &str) -> VaultConfig {
    let entropy = blake3::Hasher::new().update(session.as_bytes()).finalize_xof();
    let environment = Environment {
        clock: Arc::new(CountingClock(AtomicU64::new(1_780_000_000_000))),
        entropy: Arc::new(SeededEntropy(Mutex::new(entropy))),
    };
    VaultConfig::new().environment(environment)
}

fn content(index: usize, bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    blake3::Hasher::new().update(&index.to_le_bytes()).finalize_xof().fill(&mut content);
    content
}

#[test]
fn a_durable_put_is_one_pack_and_one_root() {
    let counted = Counted::new();
    let round_trips = counted.put_each(0, 150, PACKED_BYTES);
    assert_eq!(round_trips, [2; 150]);
    let written = counted.vault.stats().written;
    assert_eq!((written.index_requests, written.content_requests), (150, 150));
    assert_eq!(written.content_bytes, 150 * (PACKED_BYTES as u64 + 16));
    assert!(written.index_bytes <= 166_500, "{}", written.index_bytes);
}

#[test]
fn a_durable_put_of_a_small_file_is_one_root_unless_it_spills() {
    let counted = Counted::new();
    let round_trips = counted.put_each(0, 150, INLINE_BYTES);
    let written = counted.vault.stats().written;
    let two = round_trips.iter().filter(|trips| **trips == 2).count() as u64;
    let one = round_trips.iter().filter(|trips| **trips == 1).count() as u64;
    assert_eq!((one, two), (150 - written.spills, written.spills));
    assert_eq!(written.index_requests, 150 + written.spills);
    assert!(written.spills <= 33, "{}", written.spills);
    assert!(written.index_bytes <= 467_000, "{}", written.index_bytes);
}

#[test]
fn a_flush_of_a_thousand_files_is_one_pack_and_one_root() {
    let counted = Counted::new();
    (0..1_000).for_each(|index| counted.put(index, PACKED_BYTES, Durability::Deferred));
    assert_eq!(counted.store.snapshot().requests(), 0);
    block_on(counted.vault.flush()).unwrap();
    let metrics = counted.store.snapshot();
    assert_eq!((metrics.requests(), metrics.calls(Method::Put)), (2, 2));
    assert_eq!(metrics.serial_depth, 2);
    let index_bytes = counted.index_bytes();
    assert_eq!(metrics.bytes_sent, index_bytes + 1_000 * (PACKED_BYTES as u64 + 16));
    assert!(index_bytes <= 72_000, "{index_bytes}");
}

#[test]
fn a_put_into_ten_thousand_entries_costs_the_requests_of_one_into_few() {
    let counted = Counted::new();
    counted.fill(10_000);
    let fresh = counted.reopened();
    fresh.put_each(10_000, 64, PACKED_BYTES);
    let written = fresh.vault.stats().written;
    assert_eq!((written.index_requests, written.content_requests), (64, 64));
    let mean = written.index_bytes / 64;
    assert!(mean <= 2_900, "{mean}");
}

#[test]
fn a_long_session_writes_what_a_fresh_one_writes() {
    let (long, other) = (Counted::new(), Counted::new());
    for counted in [&long, &other] {
        counted.fill(2_000);
        counted.put_each(2_000, 300, PACKED_BYTES);
    }
    let fresh = other.reopened();
    let before = (long.index_requests(), long.index_bytes());
    long.put_each(2_300, 64, PACKED_BYTES);
    fresh.put_each(2_300, 64, PACKED_BYTES);
    assert_eq!(long.index_requests() - before.0, fresh.index_requests());
    let (long, fresh) = (long.index_bytes() - before.1, fresh.index_bytes());
    // How neighbours share packs is encoded in a few bytes more or less.
    assert!(long.abs_diff(fresh) * 100 <= fresh, "{long} against {fresh}");
}

#[test]
fn a_rename_does_not_look_into_the_directory() {
    let counted = Counted::new();
    counted.fill(10_000);
    let fresh = counted.reopened();
    block_on(fresh.vault.rename("photos", "pictures")).unwrap();
    let metrics = fresh.store.snapshot();
    // The top directory's node, and the root.
    assert_eq!((metrics.calls(Method::GetRange), metrics.calls(Method::Put)), (1, 1));
    assert_eq!(metrics.requests(), 2);
    assert!(metrics.bytes_sent <= 310, "{}", metrics.bytes_sent);
    assert!(metrics.bytes_received <= 120, "{}", metrics.bytes_received);
}
