//! Who holds the lock of a disk that lives in this process.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{DiskLock, LockMode};

/// The holders of one disk's lock. A clone shares them.
#[derive(Debug, Clone, Default)]
pub(crate) struct LockTable {
    holders: Arc<Mutex<Holders>>,
}

#[derive(Debug, Default)]
struct Holders {
    exclusive: usize,
    shared: usize,
}

impl LockTable {
    /// Takes the lock, or fails with [`io::ErrorKind::WouldBlock`].
    pub(crate) fn take(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        let mut holders = self.holders();
        let is_free = match mode {
            LockMode::Exclusive => holders.exclusive + holders.shared == 0,
            LockMode::Shared => holders.exclusive == 0,
        };
        if !is_free {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        *holders.of(mode) += 1;
        drop(holders);
        Ok(Box::new(Held { table: self.clone(), mode }))
    }

    fn holders(&self) -> MutexGuard<'_, Holders> {
        self.holders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holders {
    fn of(&mut self, mode: LockMode) -> &mut usize {
        match mode {
            LockMode::Exclusive => &mut self.exclusive,
            LockMode::Shared => &mut self.shared,
        }
    }
}

struct Held {
    table: LockTable,
    mode: LockMode,
}

impl DiskLock for Held {}

impl Drop for Held {
    fn drop(&mut self) {
        *self.table.holders().of(self.mode) -= 1;
    }
}
