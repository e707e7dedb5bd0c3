//! The embedded store: an ordered key space in one directory, crash-safe and checked.
//!
//! [`Engine`] is a key-value store of its own; it is also the local home of Sealwood's vaults.
//! `docs/ENGINE.md` has the picture, the bytes and the argument. In short:
//!
//! - The log is the truth: every change is a checksummed record with a revision.
//! - Large values lie in files named by what they hold, counted and never changed.
//! - The index is a radix tree in memory that checkpoints keep on the disk in small frames, so
//!   that opening replays only the log after the last one.
//! - Everything that is deleted is deleted by a checkpoint, after the state that no
//!   longer needs it is durable.
//!
//! It encrypts nothing, and it knows nothing of vaults. Calls block; all of them may be made from
//! several threads at once.
//!
//! ```
//! use sealwood_engine::{Engine, EngineConfig};
//! use sealwood_engine::disk::MemoryDisk; // or a `DirectoryDisk`
//!
//! # fn main() -> sealwood_engine::Result<()> {
//! let engine = Engine::open(std::sync::Arc::new(MemoryDisk::new()), EngineConfig::default())?;
//! let notes = engine.namespace("notes")?;
//! notes.put(b"2026/may/rain", "umbrella")?;
//!
//! let before = notes.snapshot()?;
//! let mut batch = engine.batch();
//! batch.put(&notes, b"2026/june/sun", "hat").delete(&notes, b"2026/may/rain");
//! batch.commit()?; // both or neither, durable from here on
//!
//! assert_eq!(notes.get(b"2026/june/sun")?.map(|value| value.bytes), Some("hat".into()));
//! assert_eq!(notes.scan()?.prefix(b"2026/").delimiter(b'/').keys()?, [b"2026/june/"]);
//! assert_eq!(before.scan().keys()?, [b"2026/may/rain"]); // as it was
//!
//! engine.checkpoint()?; // opening again has nothing to replay
//! engine.close()
//! # }
//! ```
//!
//! Where to find what, from the ground up:
//!
//! | what | files |
//! |---|---|
//! | errors, settings | `error`, `config`, `options`, `expiry` |
//! | what numbers stand for | `number`, `revision`, `namespace_id`, `segment_id`, `value_ref` |
//! | names of files, locks, counters | `files`, `sync`, `counters`, `codec` |
//! | the disk, and one that fails on purpose | `disk`, `faults` |
//! | the log: records, segments, footers, replay | `log`, `segments`, `renames` |
//! | large values in files of their own | `values`, `pins` |
//! | the index: a radix tree with buckets | `index`, `index_key`, `entry` |
//! | frames, and what names the last | `frame`, `frames`, `catalog`, `manifest`, `checkpoints` |
//! | all of it in memory, behind one lock | `state`, `shared`, `namespaces`, `events` |
//! | writing | `write`, `batch`, `rename`, `upload`, `log_sync`, `group` |
//! | reading: values, scans, watches | `read`, `source`, `scan`, `snapshot`, `watch`, `changed` |
//! | hashes of namespaces | `tracking`, `lthash_state`, `lthash_rows`, `hashes` |
//! | whether they are right | `state_check`, `verify_state`, `bucket_rows` |
//! | where two differ | `state_compare`, `engine_compare` |
//! | what happens by itself | `background`, `checkpoint`, `purge`, `compact`, `unreadable` |
//! | what is deleted, a full disk | `leases`, `doomed`, `sweep`, `vacuum`, `reserve`, `room` |
//! | opening and closing | `open`, `recover`, `gate`, `holder` |
//! | damage | `verify`, `salvage`, `finding`, `strays`, `fuzzing` |
//! | what an app holds besides | `namespace`, `stats`, `companions` |

mod background;
mod batch;
mod bucket_rows;
mod catalog;
mod changed;
mod checkpoint;
mod checkpoints;
mod codec;
mod compact;
mod companions;
mod config;
mod counters;
pub mod disk;
mod doomed;
mod engine_compare;
mod entry;
mod error;
mod events;
mod expiry;
#[cfg(feature = "faults")]
pub mod faults;
mod files;
mod finding;
mod frame;
mod frames;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod gate;
mod group;
mod hashes;
mod holder;
mod index;
mod index_key;
mod leases;
mod log;
mod log_sync;
mod lthash_rows;
mod lthash_state;
mod manifest;
mod memory;
mod namespace;
mod namespace_id;
mod namespaces;
mod number;
mod open;
mod options;
mod pins;
mod purge;
mod read;
mod recover;
mod rename;
mod renames;
mod reserve;
mod revision;
mod room;
mod salvage;
mod scan;
mod segment_id;
mod segments;
mod shared;
mod snapshot;
mod source;
mod state;
mod state_check;
mod state_compare;
mod stats;
#[cfg(any(test, feature = "faults"))]
mod strays;
mod sweep;
mod sync;
mod tracking;
mod unreadable;
mod upload;
mod vacuum;
mod value_ref;
mod values;
mod verify;
mod verify_state;
mod watch;
mod write;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

pub use batch::{BATCH_OPERATIONS_MAX, Batch};
pub use compact::Compaction;
pub use config::{
    Access, Background, Durability, EngineConfig, KEY_BYTES_MAX, LOGGED_BYTES_MAX,
    NAMESPACE_NAME_BYTES_MAX, RecoveryMode,
};
pub use engine_compare::{ComparedEngines, EngineComparison, NamespaceDifference};
pub use error::{Error, Result};
pub use events::EventKind;
pub use expiry::Expiry;
pub use finding::{Finding, FindingKind};
pub use hashes::TrackedState;
pub use namespace::Namespace;
pub use namespace_id::NamespaceId;
pub use namespaces::NamespaceOptions;
pub use options::{CommitOptions, DeleteOptions, PutOptions};
pub use read::{KeyInfo, Value};
pub use revision::Revision;
pub use salvage::{Certainty, Salvage, Salvaged, SalvagedKey};
pub use scan::{
    Order, OwnedScanEntry, OwnedScanItem, Scan, ScanBuilder, ScanEntry, ScanItem, ScanIter,
};
pub use snapshot::{EngineSnapshot, Snapshot};
pub use state_check::{StateCheck, StateDifference};
pub use state_compare::{Compared, RowDifference, StateComparison};
pub use stats::EngineStats;
pub use tracking::Tracking;
pub use upload::Upload;
pub use vacuum::{Vacuum, VacuumMode};
pub use verify::{Verification, Verified};
pub use verify_state::{StateEvent, VerifiedStates};
pub use watch::{Watch, WatchEvent};
pub use write::Precondition;

pub use sealwood_lthash as lthash;

pub use sealwood_base::{Clock, Entropy, NoEntropy, SystemClock, SystemEntropy};

use self::background::{More, Pace};
use self::holder::Holder;
use crate::disk::{Disk, directory_disk, existing_directory_disk};

/// An open engine. Cheap to clone. When the last clone is dropped, namespaces and snapshots
/// included, the directory is released before the drop returns; but only [`close`](Engine::close)
/// checkpoints and says whether that went well.
#[derive(Clone)]
pub struct Engine {
    shared: Holder,
}

impl Engine {
    /// Opens the engine in a disk, or, unless it is to be read only, makes one there.
    ///
    /// [`Error::StoreLocked`] if somebody else has it open, [`Error::StoreCorrupt`] if what is
    /// there is damaged ([`RecoveryMode::Rebuild`] may help), [`Error::UnsupportedVersion`] if it
    /// is of a newer version.
    pub fn open(disk: Arc<dyn Disk>, config: EngineConfig) -> Result<Self> {
        let shared = open::open(disk, config)?;
        background::start(&shared);
        Ok(Self { shared: Holder::new(shared) })
    }

    /// Opens the engine in a directory of the file system, which is made if it is missing, its
    /// ancestors too. To read only ([`Access::ReadOnly`]) it must hold an engine, and nothing is
    /// made. [`Error::StoreFailed`] where it does not, or where the platform has no file system;
    /// else as [`open`](Engine::open).
    pub fn open_directory(path: impl Into<PathBuf>, config: EngineConfig) -> Result<Self> {
        config.check()?;
        let disk = match config.access {
            Access::ReadWrite => directory_disk(path.into()),
            Access::ReadOnly => existing_directory_disk(path.into()),
        };
        Self::open(disk.map_err(files::io_error)?, config)
    }

    /// Whether an engine was ever made in a disk, damaged as it may be by now. Nothing is written
    /// and no lock is taken.
    pub fn was_made(disk: &dyn Disk) -> Result<bool> {
        recover::was_made(disk)
    }

    /// Passes to `each` all of an engine on a disk that is whole, open or closed to
    /// [`open`](Engine::open) as it may be: the newest state of every key that can be proven, with
    /// its namespace, and what was found to be wrong on the way. If `each` breaks off, that is
    /// [`Error::Cancelled`].
    ///
    /// Nothing is written, and manifest, frames, headers and footers are needed only as far as they
    /// are whole. A key whose newest value is lost is not given with an older one: a finding names
    /// it. Where a later change may be lost the key says so ([`Certainty`]). Keys that have expired
    /// are given, with their expiry.
    ///
    /// Every value is read twice, and all of the log as often; memory grows with the number of
    /// keys, by some 200 bytes and the key, and not with their values.
    ///
    /// [`Error::StoreLocked`] if somebody has the engine open to write,
    /// [`Error::UnsupportedVersion`] if it is of a newer version, [`Error::Platform`] or
    /// [`Error::StoreUnavailable`] if memory or handles are too few: nothing is given up for lost
    /// for that.
    pub fn salvage(
        disk: Arc<dyn Disk>,
        each: &mut dyn FnMut(Salvaged<'_>) -> ControlFlow<()>,
    ) -> Result<Salvage> {
        salvage::salvage(disk, each)
    }

    /// What [`RecoveryMode::PassOver`] has passed over; nothing if the engine was opened otherwise.
    pub fn passed_over(&self) -> &[Finding] {
        &self.shared.passed_over
    }

    /// The namespace of this name, which is made if there is none. Names are 1 to 64 characters
    /// of `[A-Za-z0-9_-]`.
    ///
    /// [`Error::NamespaceLimit`] if there are too many to make another.
    pub fn namespace(&self, name: &str) -> Result<Namespace> {
        self.namespace_with(name, &NamespaceOptions::default())
    }

    /// The namespace of this name; if there is none, it is made with these options.
    pub fn namespace_with(&self, name: &str, options: &NamespaceOptions) -> Result<Namespace> {
        let _call = self.shared.enter()?;
        let id = self.shared.namespace(name, options)?;
        Ok(Namespace { shared: self.shared.clone(), id })
    }

    /// The names of the namespaces, ascending.
    pub fn namespaces(&self) -> Result<Vec<String>> {
        let _call = self.shared.enter()?;
        Ok(self.shared.read().namespaces.iter().map(|(name, _)| name.clone()).collect())
    }

    /// All namespaces there are, by their names.
    pub fn all_namespaces(&self) -> Result<BTreeMap<String, Namespace>> {
        Namespace::all(&self.shared)
    }

    /// Drops a namespace and all its keys, durably. Returns whether there was one; if not, it is
    /// durably gone. Its keys are out
    /// of reach at once; snapshots keep them.
    pub fn drop_namespace(&self, name: &str) -> Result<bool> {
        let _call = self.shared.enter()?;
        self.shared.drop_namespace(name)
    }

    /// A batch of changes of any namespaces.
    pub fn batch(&self) -> Batch {
        Batch::new(self.shared.clone())
    }

    /// All namespaces as they are now, at one revision.
    pub fn snapshot(&self) -> Result<EngineSnapshot> {
        EngineSnapshot::new(&self.shared)
    }

    /// The revision of the last change.
    pub fn revision(&self) -> Revision {
        self.shared.read().revision
    }

    /// Makes everything that was written so far durable.
    pub fn sync(&self) -> Result<()> {
        let _call = self.shared.enter()?;
        self.shared.check_writable()?;
        let revision = self.shared.read().revision;
        self.shared.sync_to(revision, Durability::Sync)
    }

    /// Whether [`sync`](Engine::sync) has anything to do.
    pub fn needs_sync(&self) -> bool {
        self.shared.needs_sync()
    }

    /// Writes a checkpoint, so that opening has nothing to replay, and deletes what nothing needs
    /// any more: keys that have expired, and files that a crash has left, some thousands at a time.
    /// Returns whether there was anything to do; if not, no I/O happens but for reading one
    /// directory the first time.
    ///
    /// After an error nothing is lost, and the next checkpoint does what this one did not.
    pub fn checkpoint(&self) -> Result<bool> {
        let _call = self.shared.enter()?;
        self.shared.tidy()
    }

    /// Does a piece of the work that a background thread does where there are threads: removes up
    /// to 256 keys that have expired and as many of dropped namespaces, counts what is not in the
    /// hashes of tracked namespaces yet, checkpoints if anything is owed, compacts one run of
    /// segments (64 at most) if that is worth it, and brings the index in memory below its limit.
    /// Returns whether there is more to be done at once.
    ///
    /// For an idle timer, where there are no threads or with [`Background::Manual`]; beside the
    /// thread it does no harm. An error costs no write, and the next call tries again.
    pub fn maintain(&self) -> Result<bool> {
        let _call = self.shared.enter()?;
        Ok(self.shared.maintain(Pace::Idle)? == More::Yes)
    }

    /// Rewrites what is live in segments of the log that are partly dead, and gives the space back.
    /// Large values are never rewritten. Returns how many bytes were written anew.
    pub fn compact(&self) -> Result<u64> {
        self.begin_compact()?.finish()
    }

    /// Begins to do the same, a piece at a time.
    pub fn begin_compact(&self) -> Result<Compaction> {
        Compaction::new(&self.shared)
    }

    /// Finds files that nothing names, as a crash may leave them, and gives their space back.
    pub fn vacuum(&self, mode: VacuumMode) -> Result<Vacuum> {
        let _call = self.shared.enter()?;
        self.shared.vacuum(mode)
    }

    /// Removes keys that have expired. They are out of reach anyway; this frees what they hold.
    /// Returns how many there were.
    pub fn purge_expired(&self) -> Result<u64> {
        let _call = self.shared.enter()?;
        self.shared.purge_expired()
    }

    /// Checks everything there is: the index, each record and value that it names, the other
    /// records, headers and footers of the log, the accounts. `each` is told what is wrong; if it
    /// breaks off, that is [`Error::Cancelled`]. Where memory or handles are too few to look, that
    /// is the error: nothing is taken for damaged for it.
    pub fn verify(&self, each: &mut dyn FnMut(Finding) -> ControlFlow<()>) -> Result<Verified> {
        self.begin_verify()?.finish(each)
    }

    /// Begins to do the same, a piece at a time.
    pub fn begin_verify(&self) -> Result<Verification> {
        Verification::new(&self.shared)
    }

    /// Reads all rows of the tracked namespaces, one namespace after the other, each at one
    /// revision, and compares them with what is counted of them. `each` is told, with the name of
    /// the namespace, how far that is, after every 256 rows; which namespaces differ, where they
    /// are tracked in buckets in which, and what keys these have; and of which not all rows are
    /// counted yet, so that no more than what is counted of them is compared. If it breaks off,
    /// that is [`Error::Cancelled`]. Others go on writing meanwhile.
    ///
    /// Of separated values the names are compared; that a file is what its name says, and all else,
    /// is for [`verify`](Engine::verify). Memory: two hashes and 256 rows. To stop and go on later,
    /// and for one namespace alone, there is [`Namespace::check_state`].
    ///
    /// [`Error::StoreCorrupt`] if a value is damaged.
    pub fn verify_state(
        &self,
        each: &mut dyn FnMut(&str, StateEvent) -> ControlFlow<()>,
    ) -> Result<VerifiedStates> {
        verify_state::verify_state(&self.shared, each)
    }

    /// Tells `each` in what another engine differs from this one, namespace by namespace in the
    /// order of their names: see [`Namespace::compare`]. Each is compared at one revision of either
    /// side, as it is when its turn comes; those that are made meanwhile are passed over. Of equal
    /// namespaces nothing is read. One that is not tracked, or not counted yet, is told as well:
    /// that it is equal would be a guess. If `each` breaks off, that is [`Error::Cancelled`].
    pub fn compare(
        &self,
        other: &Engine,
        each: &mut dyn FnMut(&str, NamespaceDifference) -> ControlFlow<()>,
    ) -> Result<ComparedEngines> {
        self.begin_compare(other)?.finish(each)
    }

    /// Begins to do the same, a piece at a time.
    pub fn begin_compare(&self, other: &Engine) -> Result<EngineComparison> {
        EngineComparison::new(&self.shared, &other.shared)
    }

    /// For tests of what crashes and faults leave: the files that nothing accounts for and those
    /// that are missing, by name. None after a [`vacuum`](Engine::vacuum) with nothing under way.
    #[cfg(any(test, feature = "faults"))]
    pub fn stray_files(&self) -> Result<Vec<String>> {
        let _call = self.shared.enter()?;
        self.shared.stray_files()
    }

    /// A value that all users of this engine share, made by the first who asks. There is one of
    /// each type.
    pub fn companion<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        self.shared.companions.of()
    }

    /// What the engine holds and has done. Asking changes nothing that is counted.
    pub fn stats(&self) -> EngineStats {
        self.shared.stats()
    }

    /// Whether the engine is closed, or is being closed: all but what cannot fail is refused then
    /// with [`Error::Closed`].
    pub fn is_closed(&self) -> bool {
        self.shared.gate.is_shut()
    }

    /// Why the engine takes no more writes, if a write or sync of the log has failed.
    pub fn poisoned(&self) -> Option<Error> {
        sync::lock(&self.shared.poison).clone()
    }

    /// Waits for the calls that are under way, checkpoints, closes all files and then releases the
    /// directory. Later calls, of snapshots, scans and uploads too, fail with [`Error::Closed`];
    /// background work stops where it is.
    ///
    /// Closing again waits until it is closed and does nothing. After an error it is closed too,
    /// and what was acknowledged is as safe as ever. Do not call it from within a call, such as the
    /// function that [`verify`](Engine::verify) is given: it would wait for itself.
    pub fn close(&self) -> Result<()> {
        self.shared.close()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
