//! What a passphrase costs to guess.

#[cfg(feature = "passphrase")]
use crate::error::{Error, Result};

/// The cost of guessing a passphrase, stored with the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    /// Memory in KiB: from [`MEMORY_KIB_MIN`](KdfParams::MEMORY_KIB_MIN) to 1,048,576 (1 GiB).
    pub memory_kib: u32,
    /// Passes over the memory: from [`PASSES_MIN`](KdfParams::PASSES_MIN) to 64.
    pub passes: u32,
    /// Lanes: 1 to 16.
    pub lanes: u32,
}

impl Default for KdfParams {
    /// 64 MiB, 3 passes, 1 lane: the second recommendation of RFC 9106, with one lane so that
    /// every target takes the same time.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl KdfParams {
    /// The least memory a new vault's passphrase takes: 19 MiB, OWASP's least for two passes.
    pub const MEMORY_KIB_MIN: u32 = 19 * 1024;
    /// The fewest passes a new vault's passphrase takes.
    pub const PASSES_MIN: u32 = 2;

    /// What opening a vault may cost unless the app says otherwise: four times the memory and four
    /// times the work of the default.
    pub const CEILING: Self = Self { memory_kib: 4 * 64 * 1024, passes: 3, lanes: 16 };

    /// Refuses what is guessed too cheaply, for a new vault.
    #[cfg(feature = "passphrase")]
    fn check_floor(self) -> Result<()> {
        if self.memory_kib < Self::MEMORY_KIB_MIN || self.passes < Self::PASSES_MIN {
            return Err(Error::InvalidArgument {
                what: "a new passphrase takes at least 19456 KiB and 2 passes",
            });
        }
        Ok(())
    }

    /// Refuses what a new slot must not have: what is out of range, whatever the ceiling, what is
    /// guessed too cheaply, and what would not be opened again under `ceiling`.
    #[cfg(feature = "passphrase")]
    pub(crate) fn check_new(self, ceiling: Self) -> Result<()> {
        if !self.is_in_range() {
            return Err(OUT_OF_RANGE);
        }
        self.check_floor()?;
        self.check_ceiling(ceiling)
    }

    /// Refuses what takes more memory than `ceiling`, or more work: the memory times the passes.
    /// Lanes share the memory and the work.
    #[cfg(feature = "passphrase")]
    pub(crate) fn check_ceiling(self, ceiling: Self) -> Result<()> {
        let work = |params: Self| u64::from(params.memory_kib) * u64::from(params.passes);
        if self.memory_kib > ceiling.memory_kib || work(self) > work(ceiling) {
            let Self { memory_kib, passes, .. } = self;
            return Err(Error::PassphraseTooCostly { memory_kib, passes });
        }
        Ok(())
    }

    /// Whether Argon2id takes them, and in memory that any device may have.
    pub(crate) fn is_in_range(self) -> bool {
        (8..=1024 * 1024).contains(&self.memory_kib)
            && (1..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }
}

#[cfg(feature = "passphrase")]
pub(super) const OUT_OF_RANGE: Error =
    Error::InvalidArgument { what: "passphrase parameters out of range" };
