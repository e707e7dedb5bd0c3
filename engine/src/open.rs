//! Opening and closing.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};

use super::changed::Changed;
use super::checkpoint::read_catalog;
use super::checkpoints::Checkpoints;
use super::companions::Companions;
use super::config::{Access, EngineConfig, RecoveryMode};
use super::counters::Counters;
use super::files::{self, frame_file_name, io_error, number_of};
use super::frame::FrameSource;
use super::frames::FrameStore;
use super::gate::Gate;
use super::group::Group;
use super::leases::Leases;
use super::log::LogWriter;
use super::lthash_state::Counted;
use super::manifest::{self, Manifest};
use super::pins::Pins;
use super::recover::{self, Hashes, Recovery};
use super::reserve::Reserve;
use super::salvage;
use super::shared::Shared;
use super::state::State;
use super::sync::lock;
use super::values::Values;
use crate::disk::{Disk, Handles, LockMode, OpenMode, Sparing};
use crate::error::{Error, Result};

/// Opens what is there, or makes it.
pub(super) fn open(disk: Arc<dyn Disk>, config: EngineConfig) -> Result<Arc<Shared>> {
    config.check()?;
    let mode = match config.access {
        Access::ReadWrite => LockMode::Exclusive,
        Access::ReadOnly => LockMode::Shared,
    };
    if config.access == Access::ReadOnly {
        check_there(&*disk)?;
    }
    let locked = disk.lock(mode).map_err(io_error)?;
    let handles = Arc::new(Handles::new(disk.clone(), config.open_files_max));
    let disk: Arc<dyn Disk> = Arc::new(Sparing::new(disk, handles.clone()));
    let frames: Arc<dyn FrameSource> = Arc::new(FrameStore::new(handles.clone()));
    let values = Values::new(disk.clone(), handles.clone(), &*config.entropy)?;
    let mut hashes = Counted::default();
    let mut checkpoints = Checkpoints::default();
    let (mut state, passed_over) = match config.recovery {
        RecoveryMode::PassOver => salvage::open(disk.clone(), handles.clone(), &config)?,
        RecoveryMode::Checkpoint | RecoveryMode::Rebuild => {
            let (state, counted) =
                recover(&*disk, &handles, &values, &frames, &config, &mut checkpoints)?;
            hashes = counted;
            (state, Vec::new())
        }
    };
    collect_frame_files(&*disk, &mut checkpoints, &mut state)?;
    if config.recovery == RecoveryMode::Checkpoint {
        // The last checkpoint and the log that follows it are all that is known, and do without.
        checkpoints.strays = state.garbage.take_unlisted();
    }
    let reserve = Reserve::find(&*disk, &config)?;
    let durable = AtomicU64::new(state.revision.get());
    let rebuilt = config.recovery == RecoveryMode::Rebuild;
    let shared = Arc::new(Shared {
        values,
        frames,
        checkpoints: Mutex::new(checkpoints),
        compacting: Mutex::new(()),
        hashes: Mutex::new(hashes),
        unreadable: Mutex::default(),
        log: Mutex::new(LogWriter::default()),
        state: RwLock::new(state),
        group: Group::default(),
        durable,
        admits: AtomicBool::new(false),
        reserve,
        poison: Mutex::new(None),
        poisoned: AtomicBool::new(false),
        gate: Gate::default(),
        leases: Leases::default(),
        pins: Pins::default(),
        sweep: Mutex::default(),
        changed: Changed::default(),
        counters: Counters::default(),
        lock: Mutex::new(Some(locked)),
        resting: AtomicBool::new(false),
        counting_asked: AtomicBool::new(false),
        worker: Mutex::new(None),
        companions: Companions::default(),
        disk,
        handles,
        config,
        passed_over,
    });
    if rebuilt {
        // What a dropped namespace names may be gone, and must not be taken for being there.
        shared.purge_dropped()?;
    }
    Ok(shared)
}

/// Fails if there is no engine to read. Even the lock would leave a file.
fn check_there(disk: &dyn Disk) -> Result<()> {
    match disk.open(files::MANIFEST, OpenMode::Read) {
        Err(error) if error.kind() == ErrorKind::NotFound && !recover::is_begun(disk)? => {
            Err(io_error(error))
        }
        // What else is wrong is told once it is locked.
        _ => Ok(()),
    }
}

/// The state that the checkpoint and the log give, or the log alone, and the hashes that are known
/// of it.
fn recover(
    disk: &dyn Disk,
    handles: &Handles,
    values: &Values,
    frames: &Arc<dyn FrameSource>,
    config: &EngineConfig,
    checkpoints: &mut Checkpoints,
) -> Result<(State, Counted)> {
    let found = match manifest::read(disk)? {
        Manifest::Missing => make(disk, config)?,
        found => {
            if config.access == Access::ReadWrite {
                make_directories(disk)?;
                // Makes them durable too.
                manifest::settle(disk)?;
            }
            found
        }
    };
    if let Manifest::Published(published) = found {
        checkpoints.generation = published.generation;
        checkpoints.published = Some(published);
    }
    let hashes = RefCell::new(Hashes::MadeAnew);
    let recovery = Recovery { disk, handles, values, hashes, frames, config };
    let state = match (found, config.recovery) {
        (Manifest::Published(published), RecoveryMode::Checkpoint) => {
            checkpoints.opened(read_catalog(&**frames, &published.catalog)?);
            recovery.after_checkpoint(&checkpoints.catalog)
        }
        (Manifest::Missing, _) => Ok(recovery.of_nothing()),
        (Manifest::Empty, _) => recovery.of_whole_log(None),
        (Manifest::Published(published), _) => {
            let checkpoint = read_catalog(&**frames, &published.catalog).ok();
            recovery.of_whole_log(checkpoint.as_ref())
        }
    }?;
    let counted = match recovery.hashes.into_inner() {
        Hashes::Followed(counted) => counted,
        Hashes::MadeAnew => Counted::default(),
    };
    Ok((state, counted))
}

/// Makes the directories, the first segment of the log and the manifest. Where there is no manifest
/// nothing was ever accepted; files that are there all the same mean that it was lost.
fn make(disk: &dyn Disk, config: &EngineConfig) -> Result<Manifest> {
    let lost = recover::is_begun(disk)?;
    if lost && config.recovery == RecoveryMode::Checkpoint {
        let file = files::MANIFEST.to_owned();
        return Err(Error::StoreCorrupt { what: "manifest", file, offset: 0 });
    }
    if config.access == Access::ReadOnly {
        return Ok(if lost { Manifest::Empty } else { Manifest::Missing });
    }
    make_directories(disk)?;
    disk.sync_dir("").map_err(io_error)?;
    if !lost {
        recover::begin(disk)?;
    }
    manifest::create(disk)?;
    Ok(Manifest::Empty)
}

/// Makes the directories that are missing: whoever copies files may leave out empty ones.
fn make_directories(disk: &dyn Disk) -> Result<()> {
    for directory in [files::LOG, files::FRAMES, files::VALUES] {
        disk.create_dir(directory).map_err(io_error)?;
    }
    Ok(())
}

/// Frame files that the checkpoint does not list are left over from checkpoints that were cut off.
fn collect_frame_files(
    disk: &dyn Disk,
    checkpoints: &mut Checkpoints,
    state: &mut State,
) -> Result<()> {
    for info in disk.list(files::FRAMES).map_err(io_error)? {
        // Files of other names are not the engine's.
        let Some(number) = number_of(&info.name) else { continue };
        let next = files::number_after(files::FRAMES, &info.name, number)?;
        checkpoints.frames.next_file = checkpoints.frames.next_file.max(next);
        if !checkpoints.catalog.frame_files.contains_key(&number) {
            state.garbage.frame_files.insert(number);
        }
        // What a checkpoint that was cut off has appended is not built upon.
        if let Some((current, len)) = checkpoints.frames.current
            && current == number
            && info.len > len
        {
            checkpoints.frames.current = None;
        }
    }
    // A checkpoint that fails takes back what was made from now on. What lies here may be what the
    // last checkpoint needs, also where it was not read to make the index anew.
    checkpoints.catalog.frames.next_file = checkpoints.frames.next_file;
    for number in checkpoints.catalog.frame_files.keys() {
        debug_assert!(!state.garbage.frame_files.contains(number), "{}", frame_file_name(*number));
    }
    Ok(())
}

impl Shared {
    /// Ends everything; see [`Engine::close`](super::Engine::close).
    pub(super) fn close(&self) -> Result<()> {
        let outcome = self.gate.close(|| {
            let worker = lock(&self.worker).take();
            if let Some(worker) = worker {
                worker.stop();
            }
            let outcome = match self.check_writable() {
                Ok(()) => self.tidy().map(|_| ()),
                // There is nothing that closing could still save.
                Err(Error::ReadOnly | Error::StorePoisoned) => Ok(()),
                Err(error) => Err(error),
            };
            self.let_go();
            outcome
        });
        self.changed.tell();
        outcome.unwrap_or(Ok(()))
    }

    /// Closes every file and then frees the directory, in this order: who opens it next finds
    /// nobody at work.
    fn let_go(&self) {
        lock(&self.log).let_go();
        self.values.let_go();
        self.handles.give_up();
        *lock(&self.lock) = None;
    }
}

/// Nobody knows of the engine any more, so nothing is under way.
impl Drop for Shared {
    fn drop(&mut self) {
        if lock(&self.lock).is_none() {
            return;
        }
        if self.check_writable().is_ok() && self.needs_sync() {
            // Nobody is left to hear of a failure; nothing of this was acknowledged as durable.
            let _ = self.write_out();
        }
        self.let_go();
    }
}
