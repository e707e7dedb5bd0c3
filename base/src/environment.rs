//! Time and randomness as values, so that a test can give its own.

use crate::{MaybeSend, MaybeSync};

/// The wall clock.
pub trait Clock: MaybeSend + MaybeSync {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    fn now_ms(&self) -> u64;
}

/// The source of randomness.
pub trait Entropy: MaybeSend + MaybeSync {
    /// Fills `buffer` with unpredictable bytes.
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy>;
}

/// There is no source of randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoEntropy;

impl NoEntropy {
    /// What is missing, as a phrase.
    pub const WHAT: &str = "a source of randomness";
}

impl std::fmt::Display for NoEntropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the platform lacks {}", Self::WHAT)
    }
}

impl std::error::Error for NoEntropy {}

/// The clock of the operating system or the JavaScript host.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        crate::now_ms()
    }
}

/// The randomness of the operating system or the JavaScript host.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        getrandom::fill(buffer).map_err(|_| NoEntropy)
    }
}
