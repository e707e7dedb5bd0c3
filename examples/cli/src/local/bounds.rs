//! What a get leaves alone, wherever it writes.

use super::OwnStore;
use super::spellings::Spellings;

/// The bounds of one run. A clone is the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bounds {
    /// The vault's own store, which nothing is written into.
    pub(super) store: OwnStore,
    /// What the run may replace, and not take for it what it wrote itself.
    pub(super) spellings: Spellings,
}

impl Bounds {
    pub(crate) fn around(store: OwnStore) -> Self {
        Self { store, spellings: Spellings::default() }
    }
}
