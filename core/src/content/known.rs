//! Which chunks need not be sent again.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::seal::Address;

/// Chunks that this session stored or found right, until a read finds one damaged.
#[derive(Debug, Default)]
pub(crate) struct KnownChunks(Mutex<HashSet<Address>>);

impl KnownChunks {
    /// The most addresses kept, 32 bytes each. A full set is forgotten: it only saves uploads.
    const MAX: usize = 64 * 1024;

    pub(super) fn contains(&self, address: &Address) -> bool {
        self.set().contains(address)
    }

    pub(super) fn insert(&self, address: Address) {
        let mut known = self.set();
        if known.len() >= Self::MAX {
            known.clear();
        }
        known.insert(address);
    }

    /// The next put of the chunk looks at what is there.
    pub(super) fn forget(&self, address: &Address) {
        self.set().remove(address);
    }

    fn set(&self) -> MutexGuard<'_, HashSet<Address>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
