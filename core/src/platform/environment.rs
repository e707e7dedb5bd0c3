//! Time and randomness as values, so that a test can give its own.

use std::sync::Arc;

use sealwood_base::{Clock, Entropy, SystemClock, SystemEntropy};

use crate::error::Result;

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
