//! Who relies on what no root names yet.
//!
//! An extent is stored before the commit that names it, and whoever stores the same content finds
//! it and relies on it. So only somebody who knows that nobody relies on an extent may remove it. A
//! put of chunks holds the store, together with others, until its commit is decided; a removal
//! holds the store alone, so that no put of any session is between an extent and its commit
//! meanwhile.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_listener::Event;

use crate::platform::{MaybeSend, MaybeSync};

/// How a store is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldMode {
    /// With others, who do the same. Waits while somebody holds the store alone.
    Shared,
    /// With nobody else. Waits for nobody: there is no hold while others have one.
    Alone,
}

/// A store that is held, until this is dropped.
pub struct Hold(#[allow(dead_code)] Box<dyn Kept>);

/// What frees a store when it is dropped.
trait Kept: MaybeSend + MaybeSync {}
impl<T: MaybeSend + MaybeSync> Kept for T {}

impl Hold {
    /// The hold that ends when `guard` is dropped.
    pub fn new(guard: impl MaybeSend + MaybeSync + 'static) -> Self {
        Self(Box::new(guard))
    }
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hold")
    }
}

/// The holders of a store that one process has for itself. A clone shares them.
#[derive(Debug, Clone, Default)]
pub struct Holders(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    held: Mutex<Held>,
    freed: Event,
}

#[derive(Debug, Default)]
struct Held {
    shared: usize,
    alone: bool,
}

impl Holders {
    /// Holds the store, or gives `None` where it is to be held alone and is not free.
    pub async fn hold(&self, mode: HoldMode) -> Option<Hold> {
        loop {
            let freed = self.0.freed.listen();
            if let Some(guard) = self.take(mode) {
                return Some(Hold::new(guard));
            }
            if mode == HoldMode::Alone {
                return None;
            }
            freed.await;
        }
    }

    fn take(&self, mode: HoldMode) -> Option<Guard> {
        let mut held = self.0.held();
        match mode {
            HoldMode::Shared if !held.alone => held.shared += 1,
            HoldMode::Alone if !held.alone && held.shared == 0 => held.alone = true,
            HoldMode::Shared | HoldMode::Alone => return None,
        }
        Some(Guard { holders: Arc::clone(&self.0), mode })
    }
}

impl Inner {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Guard {
    holders: Arc<Inner>,
    mode: HoldMode,
}

impl Drop for Guard {
    fn drop(&mut self) {
        let mut held = self.holders.held();
        match self.mode {
            HoldMode::Shared => held.shared -= 1,
            HoldMode::Alone => held.alone = false,
        }
        drop(held);
        self.holders.freed.notify(usize::MAX);
    }
}
