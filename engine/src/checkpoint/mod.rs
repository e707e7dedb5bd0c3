//! Checkpoints.
//!
//! A checkpoint makes the index durable and then deletes what nothing needs any more, in this
//! order:
//!
//! 1. Under the state's lock: capture the dirty nodes of the index, already encoded, the frames
//!    they supersede, the accounts and the garbage. Nothing to do: no I/O at all.
//!    Then, without it: count what waits for the hashes of namespaces, and add those that changed.
//! 2. Sync the log, at least up to the captured position.
//! 3. Write the frames, children before parents, and the catalog, to the end of a frame file.
//! 4. Sync them, and the directory if a file was made.
//! 5. Publish: write the manifest's other slot, sync it.
//! 6. Delete what the captured garbage lists and nobody has a lease on; sync the directories.
//!
//! A failure before the end of 5 gives everything back: nodes stay dirty, superseded frames and
//! garbage stay listed, and only what the checkpoint itself has written goes again, so that a full
//! disk does not get fuller: frames, unless an attempt to publish may have landed; then the next
//! checkpoint first makes that slot hold nothing. What was written is not built upon, because after
//! a failed sync nobody knows what the disk holds: the next checkpoint begins a frame file of its
//! own and writes all of it again. Whether a failed publish has landed is unknown too, but both of
//! its outcomes are whole checkpoints, and files of either go only after a later publish. A failure
//! in 6 keeps the rest listed; a deletion whose directory could not be synced counts as not done.

mod deletes;

use std::collections::BTreeMap;

use super::catalog::{Catalog, LogPosition, StoredHash};
use super::checkpoints::{Checkpoints, SlotState};
use super::doomed::{Doomed, DoomedFile};
use super::files::frame_file_name;
use super::frame::{FrameFile, FrameFiles, FrameKind, FramePosition, FrameRef, FrameSink, total};
use super::frames::FrameBuffer;
use super::index::{Capture, Written};
use super::lthash_state::{self, ChangeNumber, Counted};
use super::manifest::{self, Published};
use super::shared::Shared;
use super::state::State;
use super::sync::lock;
use crate::disk::{DiskFile, OpenMode};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;

/// What a checkpoint is about, taken under the state's lock.
struct Captured {
    capture: Capture,
    written: Written,
    catalog: Catalog,
    buffer: FrameBuffer,
    hashes: BTreeMap<NamespaceId, ChangeNumber>,
}

impl Shared {
    /// Makes one checkpoint. Returns whether there was anything to do.
    pub(crate) fn checkpoint(&self) -> Result<bool> {
        self.check_writable()?;
        let mut checkpoints = lock(&self.checkpoints);
        let outcome = match self.make_checkpoint(&mut checkpoints) {
            Err(Error::StoreFull) => self.make_with_room(&mut checkpoints),
            outcome => outcome,
        };
        if matches!(outcome, Ok(true)) {
            let owed = self.make_reserve().and_then(|()| {
                let is_owed = checkpoints.lacks_any(&lock(&self.hashes));
                if is_owed { self.make_checkpoint(&mut checkpoints).map(drop) } else { Ok(()) }
            });
            if let Err(error) = owed {
                log::debug!("there is no room for the reserve or for hashes yet: {error}");
            }
        }
        outcome
    }

    /// Makes a checkpoint that has found no room, once there is some. What no durable state names
    /// goes first, which takes none; with the reserve, then, there may be room to remove what is
    /// doomed, which gives back more.
    fn make_with_room(&self, checkpoints: &mut Checkpoints) -> Result<bool> {
        if self.delete_strays(checkpoints) {
            match self.make_checkpoint(checkpoints) {
                Err(Error::StoreFull) => {}
                outcome => return outcome.map(|_| true),
            }
        }
        if checkpoints.owes_deletes() && self.give_up_reserve(&lock(&self.log)) {
            return self.make_checkpoint(checkpoints);
        }
        Err(Error::StoreFull)
    }

    /// Whether there are hashes for the next checkpoint, and room beside the reserve.
    pub(crate) fn owes_hashes(&self, checkpoints: &Checkpoints, counted: &Counted) -> bool {
        !checkpoints.has_all(counted) && self.room_beside_reserve() != Some(0)
    }

    fn make_checkpoint(&self, checkpoints: &mut Checkpoints) -> Result<bool> {
        self.counters.checkpoints_begun.add(1);
        let mut counted = lock(&self.hashes);
        let captured = {
            let mut state = self.write();
            let captured = self.capture(&mut state, checkpoints, &counted)?;
            captured.map(|captured| (captured, state.waiting.take()))
        };
        if let Some((mut captured, waiting)) = captured {
            let revision = captured.catalog.revision;
            let added = self.count_taken(&mut counted, waiting, revision).and_then(|()| {
                captured.add_hashes(checkpoints, &counted, self.room_beside_reserve())
            });
            drop(counted);
            if let Err(error) = added {
                self.write().tree.restore(captured.capture);
                return Err(error);
            }
            self.store(checkpoints, captured)?;
            self.counters.checkpoints_published.add(1);
        } else if !checkpoints.owes_deletes() {
            self.counters.checkpoints_clean.add(1);
            return Ok(false);
        }
        self.delete_doomed(checkpoints)?;
        Ok(true)
    }

    fn capture(
        &self,
        state: &mut State,
        checkpoints: &mut Checkpoints,
        counted: &Counted,
    ) -> Result<Option<Captured>> {
        // A rename is needed as long as records from before it are there, in its own segment too.
        let segments = &state.segments;
        state.renames.retain(|rename| {
            segments.values().any(|segment| {
                let before =
                    segment.replay_order <= rename.replay_order && segment.as_of < rename.revision;
                before && !segment.is_bare()
            })
        });
        let mark = self.leases.now();
        let garbage = std::mem::take(&mut state.garbage);
        let nothing_new = checkpoints.published.is_some()
            && !state.tree.is_dirty()
            && state.revision == checkpoints.catalog.revision
            && state.namespaces.iter().eq(&checkpoints.catalog.namespaces)
            && state.dropping == checkpoints.catalog.dropping
            && state.segments == checkpoints.catalog.segments
            && state.waiting.is_empty()
            && !self.owes_hashes(checkpoints, counted)
            && garbage.is_empty()
            && checkpoints.strays.is_empty();
        garbage.values.keys().for_each(|value| self.leases.value_is_doomed(*value));
        deletes::doom(checkpoints, garbage, mark);
        if nothing_new {
            return Ok(None);
        }
        let log = LogPosition { segment: state.pending.segment(), offset: state.pending.len() };
        let catalog = Catalog {
            revision: state.revision,
            log,
            next_segment: state.next_segment,
            next_replay_order: state.next_replay_order,
            next_namespace: state.next_namespace,
            root: None,
            frames: checkpoints.frames,
            namespaces: state.namespaces.iter().map(|(name, info)| (name.clone(), *info)).collect(),
            dropping: state.dropping.clone(),
            renames: state.renames.clone(),
            segments: state.segments.clone(),
            frame_files: FrameFiles::new(),
            hashes: BTreeMap::new(),
        };
        checkpoints.generation += 1;
        let mut buffer = FrameBuffer::new(checkpoints.frames, checkpoints.generation);
        let mut capture = state.tree.capture();
        match capture.write(&mut buffer) {
            Ok(written) => {
                let hashes = BTreeMap::new();
                Ok(Some(Captured { capture, written, catalog, buffer, hashes }))
            }
            Err(error) => {
                state.tree.restore(capture);
                Err(error)
            }
        }
    }

    /// Steps 2 to 5.
    fn store(&self, checkpoints: &mut Checkpoints, captured: Captured) -> Result<()> {
        let Captured { capture, written, mut catalog, mut buffer, hashes } = captured;
        // Until the publish has succeeded, the next checkpoint is not to append to anything of this
        // one.
        checkpoints.frames.current = None;
        catalog.root = Some(written.root());
        let dead = dead_frames(checkpoints, &capture, &catalog);
        let (files, emptied) = files_after(checkpoints, &dead, &mut buffer);
        let from = checkpoints.frames.next_file;
        let stored = self.sync_all().and_then(|()| {
            // A handle that cannot be had is missed before anything is written.
            let manifest = manifest::open(&*self.disk)?;
            self.settle(checkpoints, &*manifest)?;
            let frame = buffer.add_catalog(&mut catalog, files)?;
            self.counters.frames.add(written.frames() as u64 + 1);
            self.counters.frame_bytes.add(buffer.bytes());
            checkpoints.frames.next_file = buffer.next_file();
            // What this checkpoint makes is garbage unless it is published, which strikes it off.
            let mark = self.leases.now();
            let made = from..buffer.next_file();
            made.clone().for_each(|number| self.leases.frame_file_is_born(number));
            let made = made.map(DoomedFile::Frames);
            checkpoints.doomed.extend(made.map(|file| Doomed { file, mark }));
            buffer.store(&*self.disk)?;
            Ok((manifest, frame))
        });
        let published = stored
            .and_then(|(manifest, frame)| self.publish(checkpoints, &*manifest, &catalog, frame));
        if let Err(error) = published {
            self.take_back(checkpoints);
            self.write().tree.restore(capture);
            return Err(error);
        }
        written.confirm();
        let mark = self.leases.now();
        let emptied = emptied.into_iter().map(DoomedFile::Frames);
        checkpoints.doomed.extend(emptied.map(|file| Doomed { file, mark }));
        checkpoints.frames = catalog.frames;
        let mut state = self.write();
        state.checkpointed = catalog.log;
        state.frame_bytes = total(&catalog.frame_files);
        drop(state);
        checkpoints.catalog = catalog;
        checkpoints.hashes = hashes;
        Ok(())
    }

    /// Makes sure that no attempt to publish but the last that succeeded counts any more. What such
    /// an attempt has left is no longer needed then.
    fn settle(&self, checkpoints: &mut Checkpoints, manifest: &dyn DiskFile) -> Result<()> {
        if checkpoints.slot == SlotState::Unknown {
            manifest::void(manifest, checkpoints.next_slot())?;
            checkpoints.slot = SlotState::Settled;
            self.take_back(checkpoints);
        }
        Ok(())
    }

    /// Gives back the room of frames that no checkpoint can name, as far as that goes now; what
    /// does not is for the next checkpoint.
    fn take_back(&self, checkpoints: &mut Checkpoints) {
        if checkpoints.slot == SlotState::Unknown {
            return;
        }
        let FramePosition { current, next_file } = checkpoints.catalog.frames;
        checkpoints.doomed.retain(|doomed| match doomed.file {
            DoomedFile::Frames(number) if number >= next_file => {
                match self.disk.remove(&frame_file_name(number)) {
                    Err(error) => error.kind() != std::io::ErrorKind::NotFound,
                    Ok(()) => false,
                }
            }
            _ => true,
        });
        if let Some((number, len)) = current
            && let Ok(file) = self.disk.open(&frame_file_name(number), OpenMode::Write)
            && file.len().is_ok_and(|now| now > len)
        {
            // It is never appended to again: what stays is room that its removal gives back.
            let _ = file.set_len(len);
        }
    }

    fn publish(
        &self,
        checkpoints: &mut Checkpoints,
        manifest: &dyn DiskFile,
        catalog: &Catalog,
        frame: FrameRef,
    ) -> Result<()> {
        let slot = checkpoints.next_slot();
        let published = Published { generation: checkpoints.generation, catalog: frame, slot };
        checkpoints.slot = SlotState::Unknown;
        manifest::publish(manifest, &published)?;
        checkpoints.slot = SlotState::Settled;
        checkpoints.published = Some(published);
        let kept = &catalog.frame_files;
        checkpoints.doomed.retain(
            |doomed| !matches!(doomed.file, DoomedFile::Frames(number) if kept.contains_key(&number)),
        );
        Ok(())
    }

    /// Whether a write is not durable yet.
    pub(crate) fn needs_sync(&self) -> bool {
        self.read().revision > self.durable_revision()
    }
}

/// The frames that nothing needs after a checkpoint.
fn dead_frames(checkpoints: &Checkpoints, capture: &Capture, catalog: &Catalog) -> Vec<FrameRef> {
    let mut dead = capture.dead_frames();
    dead.extend(checkpoints.published.map(|published| published.catalog));
    let before = checkpoints.catalog.hashes.iter();
    let replaced = before.filter(|(id, stored)| catalog.hashes.get(id) != Some(stored));
    dead.extend(replaced.map(|(_, stored)| stored.frame));
    dead
}

/// The frame files after a checkpoint, but for its catalog, and those of which nothing is left.
fn files_after(
    checkpoints: &Checkpoints,
    dead: &[FrameRef],
    buffer: &mut FrameBuffer,
) -> (FrameFiles, Vec<u64>) {
    let mut files = checkpoints.catalog.frame_files.clone();
    for frame in dead {
        if let Some(file) = files.get_mut(&frame.file) {
            file.dead += u64::from(frame.len);
        }
    }
    for (number, bytes) in buffer.grown() {
        files.entry(number).or_default().bytes += bytes;
    }
    let current = buffer.current();
    let empty = |number: u64, file: &FrameFile| file.dead >= file.bytes && number != current;
    let emptied: Vec<u64> = files
        .iter()
        .filter(|(number, file)| empty(**number, file))
        .map(|(number, _)| *number)
        .collect();
    files.retain(|number, file| !empty(*number, file));
    (files, emptied)
}

impl Captured {
    /// Adds the hashes of tracked namespaces, which are counted up to its revision: those that the
    /// last checkpoint does not have as they are. Where the reserve is missing they are left out
    /// unless they fit beside it: they may take more than all that is kept, and who opens an
    /// engine without them counts anew.
    fn add_hashes(
        &mut self,
        checkpoints: &Checkpoints,
        counted: &Counted,
        room: Option<u64>,
    ) -> Result<()> {
        for (id, tracked) in counted.all() {
            let change = tracked.change();
            let stored = match checkpoints.catalog.hashes.get(&id) {
                Some(stored) if checkpoints.hashes.get(&id) == Some(&change) => *stored,
                _ => {
                    let record = lthash_state::encode(tracked);
                    let bytes = self.buffer.bytes() + record.len() as u64;
                    if room.is_some_and(|room| room < bytes) {
                        continue;
                    }
                    let frame = self.buffer.write(FrameKind::Hash, &record)?;
                    StoredHash { revision: self.catalog.revision, frame }
                }
            };
            self.catalog.hashes.insert(id, stored);
            self.hashes.insert(id, change);
        }
        Ok(())
    }
}

/// The catalog of a published checkpoint.
pub(crate) fn read_catalog(
    frames: &dyn super::frame::FrameSource,
    frame: &FrameRef,
) -> Result<Catalog> {
    let body = frames.read(frame, FrameKind::Catalog)?;
    Catalog::decode(&body).map_err(|_| Error::StoreCorrupt {
        what: "catalog",
        file: super::files::frame_file_name(frame.file),
        offset: frame.offset,
    })
}
