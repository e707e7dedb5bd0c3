//! What a session knows of the chunks that are stored.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::seal::Address;

/// Chunks that this session stored or found right, until a read finds one damaged; and those, until
/// they are put right.
#[derive(Debug, Default)]
pub(crate) struct KnownChunks(Mutex<Sets>);

#[derive(Debug, Default)]
struct Sets {
    right: HashSet<Address>,
    damaged: HashSet<Address>,
}

/// What is known of one chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Nothing,
    /// It need not be sent again.
    Right,
    /// What the store itself tells of it may be of what it once was.
    Damaged,
}

impl KnownChunks {
    /// The most addresses kept of either kind, 32 bytes each. A full set is forgotten: the right
    /// ones only save uploads, and of the damaged ones the next read tells again.
    const MAX: usize = 64 * 1024;

    pub(super) fn of(&self, address: &Address) -> Known {
        let sets = self.sets();
        if sets.right.contains(address) {
            Known::Right
        } else if sets.damaged.contains(address) {
            Known::Damaged
        } else {
            Known::Nothing
        }
    }

    /// The chunk was stored or found right.
    pub(super) fn insert(&self, address: Address) {
        let mut sets = self.sets();
        sets.damaged.remove(&address);
        add(&mut sets.right, address);
    }

    /// The chunk was read and is missing or damaged: the next put looks at what is there.
    pub(super) fn distrust(&self, address: Address) {
        let mut sets = self.sets();
        sets.right.remove(&address);
        add(&mut sets.damaged, address);
    }

    /// Nobody is bound to leave the chunk in its place.
    pub(super) fn forget(&self, address: &Address) {
        self.sets().right.remove(address);
    }

    fn sets(&self) -> MutexGuard<'_, Sets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn add(set: &mut HashSet<Address>, address: Address) {
    if set.len() >= KnownChunks::MAX {
        set.clear();
    }
    set.insert(address);
}
