//! A disk that fails on purpose and can lose power, for tests of what is built on a [`Disk`].
//!
//! [`FaultDisk`] keeps its files in memory, and of each file and directory what is durable apart
//! from what is not yet: a sync makes durable, nothing else does. On top of that it
//!
//! - records every call ([`trace`](FaultDisk::trace));
//! - lets calls fail, tear, lie or come back damaged ([`arm`](FaultDisk::arm)), runs out of room
//!   and of handles, and has bits of its files turned;
//! - loses power after a given change ([`cut_at`](FaultDisk::cut_at)), and then shows every disk
//!   that may be left ([`crash_states`](FaultDisk::crash_states)).
//!
//! **After a power cut** each write and each set length since the file's last sync is kept or lost
//! by itself; a write may also have torn at the bounds of 512-byte sectors, or have lengthened the
//! file with zeros in place of its bytes. (Of two writes into one sector either may be there alone,
//! which is more than disks do.) A name made, renamed or removed since the last sync of its
//! directory is kept or lost by itself, but in order with others of the same name. A rename within
//! a directory is kept whole or not at all; one between directories may leave the file under both
//! names until the one it left is synced. A directory whose own name is lost has lost its files.
//!
//! A test of everything that may be left after every change of some work:
//!
//! ```
//! use sealwood_engine::faults::FaultDisk;
//! use sealwood_engine::disk::{Disk, OpenMode};
//! use std::io::Result;
//!
//! /// Replaces the file `state` whole.
//! fn save(disk: &FaultDisk, bytes: &[u8]) -> Result<()> {
//!     let file = disk.open("state.new", OpenMode::CreateNew)?;
//!     file.append(bytes)?;
//!     file.sync()?;
//!     disk.rename("state.new", "state")?;
//!     disk.sync_dir("")
//! }
//!
//! fn load(disk: &FaultDisk) -> Result<Vec<u8>> {
//!     let file = disk.open("state", OpenMode::Read)?;
//!     let mut bytes = vec![0; file.len()? as usize];
//!     file.read_at(0, &mut bytes)?;
//!     Ok(bytes)
//! }
//!
//! # fn main() -> Result<()> {
//! let saved = FaultDisk::new();
//! save(&saved, b"old")?;
//! for changes in 0.. {
//!     let disk = saved.reopen();
//!     disk.cut_at(changes);
//!     let outcome = save(&disk, b"new");
//!     for left in disk.crash_states(100) {
//!         let found = load(&left)?;
//!         assert!(found == b"new" || found == b"old" && outcome.is_err(), "{}", left.origin());
//!     }
//!     if !disk.is_cut() {
//!         break;
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod call;
mod cut;
mod file;
mod image;
mod model;
mod plan;
mod random;
mod rule;
mod schedule;
mod state;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::disk::{
    Disk, DiskFile, DiskLock, FileInfo, LockMode, OpenMode, check_directory,
    check_directory_or_root, check_name,
};

use file::FaultFile;
use image::Image;
use model::Model;
use state::State;

pub use call::{Call, Operation};
pub use cut::CrashStates;
pub use rule::{Fault, FaultMode};
pub use schedule::Schedule;

/// A [`Disk`] in memory that fails on purpose. A clone is the same disk.
#[derive(Debug, Clone, Default)]
pub struct FaultDisk {
    state: Arc<Mutex<State>>,
    origin: Arc<str>,
}

impl FaultDisk {
    /// An empty disk on which nothing fails.
    pub fn new() -> Self {
        Self::default()
    }

    fn of(model: Model, origin: String) -> Self {
        let state = State { model, ..State::default() };
        Self { state: Arc::new(Mutex::new(state)), origin: origin.into() }
    }

    /// Adds a fault. Of several that strike one call, the one armed first does.
    pub fn arm(&self, fault: Fault) {
        self.state().armed.push(fault);
    }

    /// Removes every fault, as well as the bounds of room and of handles. Power stays as it is.
    pub fn disarm(&self) {
        let mut state = self.state();
        state.armed.clear();
        state.capacity = None;
        state.open_max = None;
    }

    /// Lets the disk hold at most so many bytes of file content. What would go over it changes
    /// nothing and fails with [`io::ErrorKind::StorageFull`]. A file without a name counts as long
    /// as it has a handle, or its name could come back after a power cut.
    pub fn set_capacity(&self, bytes: Option<u64>) {
        self.state().capacity = bytes;
    }

    /// Lets at most so many handles be open at once. An open beyond it fails as
    /// [`is_too_many_open_files`](crate::disk::is_too_many_open_files) knows.
    pub fn set_open_max(&self, handles: Option<usize>) {
        self.state().open_max = handles;
    }

    /// How many handles are open.
    pub fn open_handles(&self) -> usize {
        self.state().model.open_handles()
    }

    /// The calls so far, oldest first; of more than 1,048,576 the last. A call that found the power
    /// off or broke the rules for names is not among them.
    pub fn trace(&self) -> Vec<Call> {
        self.state().trace.iter().cloned().collect()
    }

    /// Forgets the calls so far. Their numbers are not given again.
    pub fn clear_trace(&self) {
        self.state().trace.clear();
    }

    /// How many calls there were since the disk was made.
    pub fn calls(&self) -> u64 {
        self.state().calls
    }

    /// How many of them were changes ([`Call::is_change`]).
    pub fn changes(&self) -> u64 {
        self.state().changes
    }

    /// Cuts the power after the `changes`-th change from now on, 0 being at once: that change is
    /// done, and every later call, of whatever kind, fails with [`io::ErrorKind::Other`]. Changes
    /// that a fault lets fail count too. The power does not come back: go on with
    /// [`crash_states`](Self::crash_states).
    pub fn cut_at(&self, changes: u64) {
        let mut state = self.state();
        state.cut_at = Some(state.changes.saturating_add(changes));
    }

    /// Whether the power is off.
    pub fn is_cut(&self) -> bool {
        self.state().is_cut()
    }

    /// The disks that a power cut at this moment may leave, at most `bound` of them: each a disk of
    /// its own, at rest and with power, on which nothing fails.
    ///
    /// The same disk gives the same ones. The first has nothing that was not durable, the second
    /// everything. Then come, as far as the bound goes: the last write torn in several ways; for
    /// each change everything up to it alone, everything but it, and it alone; for up to 16 changes
    /// every way to keep or lose each; and a sample of all others. Where the bound has no room for
    /// those of each change, it is an even selection of them.
    pub fn crash_states(&self, bound: usize) -> CrashStates {
        CrashStates::new(self.state().model.clone(), bound)
    }

    /// What a power cut lost or tore to leave this disk, a line for each change; empty if nothing,
    /// and for a disk that is not from [`crash_states`](Self::crash_states).
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The disk as a new process finds it after the end of this one: a copy, without locks, handles
    /// and faults, with power. What is not durable is there, and still not durable.
    pub fn reopen(&self) -> Self {
        let mut model = self.state().model.clone();
        model.close_all();
        Self::of(model, self.origin.to_string())
    }

    /// Turns one bit of a stored file: bit `bit`, 0 the lowest, of the byte at `offset`. The whole
    /// file is durable afterwards. [`io::ErrorKind::UnexpectedEof`] if the file has no such byte.
    pub fn flip_bit(&self, name: &str, offset: u64, bit: u8) -> io::Result<()> {
        self.damage(name, |bytes| {
            let byte = usize::try_from(offset).ok().and_then(|offset| bytes.get_mut(offset));
            *byte.ok_or(io::ErrorKind::UnexpectedEof)? ^= 1 << (bit % 8);
            Ok(())
        })
    }

    /// Cuts a stored file to `len` bytes; nothing happens to a shorter one. The whole file is
    /// durable afterwards.
    pub fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.damage(name, |bytes| {
            bytes.truncate(usize::try_from(len).unwrap_or(usize::MAX));
            Ok(())
        })
    }

    /// Changes a file behind the back of whoever uses the disk: no call, no fault, no power needed.
    fn damage(
        &self,
        name: &str,
        change: impl FnOnce(&mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<()> {
        check_name(name)?;
        let mut state = self.state();
        let id = state.model.find(name)?;
        let image = state.model.image(id)?;
        let mut bytes = image.cached.to_vec();
        change(&mut bytes)?;
        *image = Image { handles: image.handles, ..Image::at_rest(Arc::new(bytes)) };
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call: records it, and does what it is to do as far as a fault lets it. `effect`
    /// meets only the faults that change what it does.
    fn call<T>(
        &self,
        call: Call,
        effect: impl FnOnce(&mut State, Option<FaultMode>) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut state = self.state();
        let (outcome, late) = match state.begin(call)? {
            Some(FaultMode::FailBefore(kind)) => return Err(injected(kind)),
            Some(FaultMode::FailAfter(kind)) => (effect(&mut state, None), Err(injected(kind))),
            struck => (effect(&mut state, struck), Ok(())),
        };
        // A handle that the caller never gets is dropped without the lock, which its drop takes.
        drop(state);
        match late {
            Ok(()) => outcome,
            Err(late) => outcome.and(Err(late)),
        }
    }
}

impl Disk for FaultDisk {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        check_name(name)?;
        let operation = match mode {
            OpenMode::CreateNew => Operation::Create,
            OpenMode::Read | OpenMode::Write => Operation::Open,
        };
        let file = self.call(Call::new(operation, name), |state, _| {
            state.check_open_max()?;
            let number = state.calls;
            let id = match mode {
                OpenMode::CreateNew => state.model.create(number, name)?,
                OpenMode::Read | OpenMode::Write => state.model.find(name)?,
            };
            FaultFile::new(self, state, id, name, mode)
        })?;
        Ok(Arc::new(file))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(from)?;
        check_name(to)?;
        let call = Call::new(Operation::Rename, from).to(to);
        self.call(call, |state, _| {
            state.model.rename(state.calls, from, to)?;
            state.model.sweep();
            Ok(())
        })
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        self.call(Call::new(Operation::Remove, name), |state, _| {
            state.model.remove(state.calls, name)
        })
    }

    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        check_directory_or_root(directory)?;
        self.call(Call::new(Operation::List, directory), |state, _| Ok(state.model.list(directory)))
    }

    fn create_dir(&self, directory: &str) -> io::Result<()> {
        check_directory(directory)?;
        self.call(Call::new(Operation::CreateDir, directory), |state, _| {
            state.model.create_dir(state.calls, directory)
        })
    }

    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        check_directory_or_root(directory)?;
        self.call(Call::new(Operation::SyncDir, directory), |state, _| {
            state.model.sync_dir(directory)
        })
    }

    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        self.call(Call::new(Operation::Lock, ""), |state, _| state.locks.take(mode))
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        self.call(Call::new(Operation::FreeBytes, ""), |state, _| {
            let used = state.model.used_bytes();
            Ok(state.capacity.map(|capacity| capacity.saturating_sub(used)))
        })
    }
}

fn injected(kind: io::ErrorKind) -> io::Error {
    io::Error::new(kind, "injected fault")
}
