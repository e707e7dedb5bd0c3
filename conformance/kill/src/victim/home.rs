//! What the threads of a victim share: an engine that comes and goes, and sessions of a vault in
//! it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, RwLock};

use futures_lite::future::block_on;
use sealwood::engine::Engine;
use sealwood::vault::Vault;
use sealwood::{Error, Result};

use crate::operation::SESSIONS;
use crate::operation::chore::Held;
use crate::setup::Setup;

/// The engine and who works on it. A call holds `open` for reading, so whoever holds it for writing
/// knows that there is none.
pub(super) struct Home {
    setup: Setup,
    directory: PathBuf,
    open: RwLock<Option<Open>>,
    held: Mutex<Held>,
    /// How often it was opened, and who waits for the next time.
    opened: Mutex<u64>,
    again: Condvar,
}

struct Open {
    engine: Engine,
    sessions: Vec<Vault>,
}

impl Home {
    pub(super) fn open(setup: Setup, directory: &Path) -> Result<Self> {
        let open = Open::new(setup, directory)?;
        Ok(Self {
            setup,
            directory: directory.to_owned(),
            open: RwLock::new(Some(open)),
            held: Mutex::default(),
            opened: Mutex::default(),
            again: Condvar::new(),
        })
    }

    /// Works on what is open; does nothing if nothing is.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Engine, &[Vault]) -> T) -> Option<T> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|open| work(&open.engine, &open.sessions))
    }

    /// The snapshots that the housekeeper holds.
    pub(super) fn held(&self) -> MutexGuard<'_, Held> {
        lock(&self.held)
    }

    /// Waits for the engine, if the caller found it closed, and if it still is.
    pub(super) fn wait_after(&self, was_closed: bool, over: &AtomicBool) {
        if !was_closed {
            return;
        }
        let opened = lock(&self.opened);
        let known = *opened;
        let closed = |opened: &mut u64| *opened == known && !over.load(Ordering::Acquire);
        let is_open = self.with(|engine, _| engine.namespaces().is_ok()).unwrap_or(false);
        if !is_open {
            drop(self.again.wait_while(opened, closed));
        }
    }

    /// Wakes those who wait.
    pub(super) fn wake(&self) {
        *lock(&self.opened) += 1;
        self.again.notify_all();
    }

    /// Closes the engine, whatever calls are under way. The sessions are not asked.
    pub(super) fn close_beside_calls(&self) -> Result<()> {
        let engine = self.with(|engine, _| engine.clone()).ok_or(Error::Closed)?;
        Ok(engine.close()?)
    }

    /// Closes sessions and engine while nobody calls.
    pub(super) fn close(&self) -> Result<()> {
        let Some(open) = self.take() else { return Ok(()) };
        for session in &open.sessions {
            block_on(session.close())?;
        }
        Ok(open.engine.close()?)
    }

    /// Lets go of every handle while nobody calls.
    pub(super) fn let_go(&self) -> Result<()> {
        let Some(open) = self.take() else { return Ok(()) };
        for session in &open.sessions {
            block_on(session.close())?;
        }
        drop(open);
        Ok(())
    }

    /// Opens it again, at once: calls of the closed one may still be under way.
    pub(super) fn open_again(&self) -> Result<()> {
        let open = Open::new(self.setup, &self.directory)?;
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = Some(open);
        self.held().clear();
        self.wake();
        Ok(())
    }

    fn take(&self) -> Option<Open> {
        let open = self.open.write().unwrap_or_else(PoisonError::into_inner).take();
        self.held().clear();
        open
    }
}

impl Open {
    fn new(setup: Setup, directory: &Path) -> Result<Self> {
        let engine = Engine::open_directory(directory, setup.config())?;
        let mut sessions = Vec::new();
        if setup.mode.has_vault() {
            for _ in 0..SESSIONS {
                sessions.push(block_on(setup.vault(engine.clone()))?.1);
            }
        }
        Ok(Self { engine, sessions })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
