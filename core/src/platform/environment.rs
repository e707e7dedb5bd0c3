//! Time and randomness as values, so that a test can give its own.

use std::sync::Arc;

use super::{MaybeSend, MaybeSync};
use crate::error::{Error, Result};

/// The wall clock.
pub trait Clock: MaybeSend + MaybeSync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;
}

/// The source of randomness.
pub trait Entropy: MaybeSend + MaybeSync {
    /// Fills `buffer` with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]) -> Result<()>;
}

/// The clock of the operating system or the JavaScript host.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        super::now_ms()
    }
}

/// The randomness of the operating system or the JavaScript host.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        getrandom::fill(buffer).map_err(|_| Error::Platform { what: "a source of randomness" })
    }
}

/// What a vault takes from its surroundings besides the store.
#[derive(Clone)]
pub struct Environment {
    /// The clock that stamps entries.
    pub clock: Arc<dyn Clock>,
    /// The randomness of secrets, pack ids and root salts.
    pub entropy: Arc<dyn Entropy>,
}

impl Environment {
    /// `N` random bytes.
    pub(crate) fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes)?;
        Ok(bytes)
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}
