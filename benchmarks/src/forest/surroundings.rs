//! Time and randomness that are the same in every run, so that counts are.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use sealwood::platform::{Clock, Entropy, Environment};

/// Some day in 2026, in milliseconds.
const START_MS: u64 = 1_780_000_000_000;
/// What passes between two looks at the clock.
const STEP_MS: u64 = 1_000;

/// The surroundings of session number `session`. Two sessions on one vault must differ in it:
/// pack ids are random.
pub(super) fn environment(session: u64) -> Environment {
    Environment {
        clock: Arc::new(CountingClock(AtomicU64::new(START_MS))),
        entropy: Arc::new(SeededEntropy(Mutex::new(ChaCha8Rng::seed_from_u64(session)))),
    }
}

/// Bytes of a file that do not repeat and do not compress, the same for the same seed.
pub(super) fn content(seed: u64, bytes: usize) -> Vec<u8> {
    let mut content = vec![0; bytes];
    // Apart from the seeds of sessions.
    ChaCha8Rng::seed_from_u64(seed ^ 0xc0_47e4_7000_0000).fill_bytes(&mut content);
    content
}

struct CountingClock(AtomicU64);

impl Clock for CountingClock {
    fn now_ms(&self) -> u64 {
        self.0.fetch_add(STEP_MS, Ordering::Relaxed)
    }
}

struct SeededEntropy(Mutex<ChaCha8Rng>);

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), sealwood::platform::NoEntropy> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
        Ok(())
    }
}
