//! What all handles of one engine share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::changed::Changed;
use super::checkpoints::Checkpoints;
use super::companions::Companions;
use super::config::{Access, EngineConfig};
use super::counters::Counters;
use super::finding::Finding;
use super::frame::FrameSource;
use super::gate::{Gate, Inside};
use super::group::Group;
use super::index::NotResident;
use super::leases::{Lease, Leases};
use super::log::LogWriter;
use super::lthash_state::Counted;
use super::pins::Pins;
use super::reserve::Reserve;
use super::state::State;
use super::sync::lock;
use super::unreadable::Unreadable;
use super::values::{Sweep, Values};
use crate::disk::{Disk, DiskLock, Handles};
use crate::error::{Error, Result};
use sealwood_base::Worker;

/// One open engine. Locks are taken in the order of the fields that hold them: `checkpoints` or
/// `compacting`, `hashes`, `log`, `reserve`, `state`. No I/O happens under `state`, with two
/// exceptions: gathering frames may load index nodes, and so may a batch whose earlier change
/// unloaded one.
pub(crate) struct Shared {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) handles: Arc<Handles>,
    pub(crate) config: EngineConfig,
    /// What opening found to be wrong and passed over.
    pub(crate) passed_over: Vec<Finding>,
    pub(crate) values: Values,
    pub(crate) frames: Arc<dyn FrameSource>,
    /// One checkpoint at a time.
    pub(crate) checkpoints: Mutex<Checkpoints>,
    /// One compaction at a time.
    pub(crate) compacting: Mutex<()>,
    /// The hashes of tracked namespaces. Whoever holds it keeps checkpoints from deleting what is
    /// there.
    pub(crate) hashes: Mutex<Counted>,
    /// Segments that compaction leaves alone.
    pub(crate) unreadable: Mutex<Unreadable>,
    /// One write of the log at a time; whoever waits for it joins the next group.
    pub(crate) log: Mutex<LogWriter>,
    pub(crate) state: RwLock<State>,
    /// The writers that wait for a sync.
    pub(crate) group: Group,
    /// Every revision up to this one is durable: the one counter behind acknowledgements,
    /// deletions and `needs_sync`.
    pub(crate) durable: AtomicU64,
    /// The log takes the next record without opening a file, and the last write of it went well.
    pub(crate) admits: AtomicBool,
    /// What is kept for deletions on a full disk.
    pub(crate) reserve: Reserve,
    pub(crate) poison: Mutex<Option<Error>>,
    pub(crate) poisoned: AtomicBool,
    /// What every call of an app passes.
    pub(crate) gate: Gate,
    pub(crate) leases: Leases,
    pub(crate) pins: Pins,
    /// What was left behind and is still to be found.
    pub(crate) sweep: Mutex<Sweep>,
    pub(crate) changed: Changed,
    pub(crate) counters: Counters,
    /// The lock that keeps other openers out; released once closed.
    pub(crate) lock: Mutex<Option<Box<dyn DiskLock>>>,
    /// Whether the background worker is asleep.
    pub(crate) resting: AtomicBool,
    /// Whether a writer has woken the background to count what waits, and it has not begun.
    pub(crate) counting_asked: AtomicBool,
    /// What checkpoints by itself, if anything does.
    pub(crate) worker: Mutex<Option<Worker>>,
    /// Values that all users of this engine share, such as the holders of a store in it.
    pub(crate) companions: Companions,
}

impl Shared {
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs `attempt` under the lock for reading, loading what it says is not resident.
    pub(crate) fn reading<T>(
        &self,
        mut attempt: impl FnMut(&State) -> Result<T, NotResident>,
    ) -> Result<T> {
        let mut loading = Loading::default();
        loop {
            let outcome = attempt(&self.read());
            match outcome {
                Ok(value) => return Ok(value),
                Err(ticket) => loading.load(self, ticket)?,
            }
        }
    }

    /// Runs `attempt` under the lock for writing, loading what it says is not resident. An attempt
    /// changes nothing before it knows that all it needs is in memory.
    pub(crate) fn writing<T>(
        &self,
        mut attempt: impl FnMut(&mut State) -> Result<Result<T>, NotResident>,
    ) -> Result<T> {
        let mut loading = Loading::default();
        loop {
            let outcome = attempt(&mut self.write());
            match outcome {
                Ok(outcome) => return outcome,
                Err(ticket) => loading.load(self, ticket)?,
            }
        }
    }

    /// Begins a call of an app: closing waits until the returned guard is dropped. Fails once
    /// closing has begun. Calls that the engine makes on itself do not pass here again.
    pub(crate) fn enter(&self) -> Result<Inside<'_>> {
        self.gate.enter().ok_or(Error::Closed)
    }

    /// Fails if it is closed or being closed, for what needs nothing but memory.
    pub(crate) fn check_open(&self) -> Result<()> {
        if self.gate.is_shut() { Err(Error::Closed) } else { Ok(()) }
    }

    /// Fails if nothing may be written.
    pub(crate) fn check_writable(&self) -> Result<()> {
        if self.config.access == Access::ReadOnly {
            return Err(Error::ReadOnly);
        }
        if self.poisoned.load(Ordering::Acquire) { Err(Error::StorePoisoned) } else { Ok(()) }
    }

    /// After a failed write or sync of the log nothing is acknowledged any more.
    pub(crate) fn poison(&self, reason: &Error) {
        let mut poison = lock(&self.poison);
        if poison.is_none() {
            *poison = Some(reason.clone());
        }
        self.poisoned.store(true, Ordering::Release);
    }
}

/// Loads parts of the index without its lock, while nothing they lie in is deleted.
#[derive(Default)]
struct Loading {
    lease: Option<Lease>,
}

impl Loading {
    fn load(&mut self, shared: &Shared, ticket: NotResident) -> Result<()> {
        match &self.lease {
            Some(_) => ticket.load(&*shared.frames),
            // What is not resident is asked for again, so that the lease is older than the answer.
            None => {
                self.lease = Some(shared.leases.take());
                Ok(())
            }
        }
    }
}
