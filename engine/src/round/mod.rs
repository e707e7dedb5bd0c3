//! Checkpoint rounds.
//!
//! A round makes the index durable and then deletes what nothing needs any more, in this order:
//!
//! 1. Under the state's lock: capture the dirty nodes of the index, already encoded, the frames
//!    they supersede, the accounts and the garbage. Nothing to do: no I/O at all.
//! 2. Sync the log, at least up to the captured position.
//! 3. Write the frames, children before parents, and the catalog, to the end of a frame file.
//! 4. Sync them, and the directory if a file was made.
//! 5. Publish: write the manifest's other slot, sync it.
//! 6. Delete what the captured garbage lists and nobody has a lease on; sync the directories.
//!
//! A failure before the end of 5 gives everything back: nodes stay dirty, superseded frames and
//! garbage stay listed, and only what the round itself has written goes again, so that a full disk
//! does not get fuller: frames, unless an attempt to publish may have landed; then the next round
//! first makes that slot hold nothing. What was written is not built upon, because after a
//! failed sync nobody knows what the disk holds: the next round begins a frame file of its own and
//! writes all of it again. Whether a failed publish has landed is unknown too, but both of its
//! outcomes are whole checkpoints, and files of either go only after a later publish. A failure in
//! 6 keeps the rest listed; a deletion whose directory could not be synced counts as not done.

mod deletes;

use std::sync::atomic::Ordering;

use super::catalog::{Catalog, LogPosition};
use super::doomed::{Doomed, DoomedFile};
use super::files::frame_file_name;
use super::frame::{FrameFile, FrameFiles, FrameKind, FramePosition, FrameRef, total};
use super::frames::FrameBuffer;
use super::index::{Capture, Written};
use super::manifest::{self, Published};
use super::rounds::{Rounds, SlotState};
use super::shared::Shared;
use super::state::State;
use super::sync::lock;
use crate::disk::{DiskFile, OpenMode};
use crate::error::{Error, Result};

/// What a round is about, taken under the state's lock.
struct Captured {
    capture: Capture,
    written: Written,
    catalog: Catalog,
    buffer: FrameBuffer,
}

impl Shared {
    /// Runs one round. Returns whether there was anything to do.
    pub(crate) fn checkpoint(&self) -> Result<bool> {
        self.check_writable()?;
        let mut rounds = lock(&self.rounds);
        let outcome = match self.round(&mut rounds) {
            // With the reserve there may be room to remove what is doomed, which gives back more.
            Err(Error::StoreFull)
                if !rounds.doomed.is_empty() && self.give_up_reserve(&lock(&self.log)) =>
            {
                self.round(&mut rounds)
            }
            outcome => outcome,
        };
        if matches!(outcome, Ok(true))
            && let Err(error) = self.make_reserve()
        {
            log::debug!("there is no room for the reserve yet: {error}");
        }
        outcome
    }

    fn round(&self, rounds: &mut Rounds) -> Result<bool> {
        self.counters.checkpoints_begun.add(1);
        let captured = {
            let mut state = self.write();
            self.capture(&mut state, rounds)?
        };
        if let Some(captured) = captured {
            self.store(rounds, captured)?;
            self.counters.checkpoints_published.add(1);
        } else if rounds.doomed.is_empty() {
            self.counters.checkpoints_clean.add(1);
            return Ok(false);
        }
        self.delete_doomed(rounds)?;
        Ok(true)
    }

    fn capture(&self, state: &mut State, rounds: &mut Rounds) -> Result<Option<Captured>> {
        // A rename is needed as long as records from before it are there, in its own segment too.
        let segments = &state.segments;
        state.renames.retain(|rename| {
            segments.values().any(|segment| {
                let before = segment.position <= rename.position && segment.as_of < rename.revision;
                before && !segment.is_bare()
            })
        });
        let mark = self.leases.now();
        let garbage = std::mem::take(&mut state.garbage);
        let nothing_new = rounds.published.is_some()
            && !state.tree.is_dirty()
            && state.revision == rounds.catalog.revision
            && state.namespaces.by_name() == &rounds.catalog.namespaces
            && state.dropping == rounds.catalog.dropping
            && state.segments == rounds.catalog.segments
            && garbage.is_empty();
        // What was needed again since it was listed waits for those who read it then.
        rounds.doomed.retain(|doomed| match &doomed.file {
            DoomedFile::Value(value) => !garbage.values.contains_key(value),
            _ => true,
        });
        garbage.values.keys().for_each(|value| self.leases.value_is_doomed(*value));
        rounds.doomed.extend(deletes::doom(garbage, mark));
        if nothing_new {
            return Ok(None);
        }
        let log = LogPosition { segment: state.pending.segment(), offset: state.pending.len() };
        let catalog = Catalog {
            revision: state.revision,
            log,
            next_segment: state.next_segment,
            next_position: state.next_position,
            next_namespace: state.next_namespace,
            root: None,
            frames: rounds.frames,
            namespaces: state.namespaces.by_name().clone(),
            dropping: state.dropping.clone(),
            renames: state.renames.clone(),
            segments: state.segments.clone(),
            frame_files: FrameFiles::new(),
        };
        rounds.generation += 1;
        let mut buffer = FrameBuffer::new(rounds.frames, rounds.generation);
        let mut capture = state.tree.capture();
        match capture.write(&mut buffer) {
            Ok(written) => Ok(Some(Captured { capture, written, catalog, buffer })),
            Err(error) => {
                state.tree.restore(capture);
                Err(error)
            }
        }
    }

    /// Steps 2 to 5.
    fn store(&self, rounds: &mut Rounds, captured: Captured) -> Result<()> {
        let Captured { capture, written, mut catalog, mut buffer } = captured;
        // Until the publish has succeeded, the next round is not to append to anything of this one.
        rounds.frames.current = None;
        catalog.root = Some(written.root());
        let (files, emptied) = files_after(rounds, &capture, &mut buffer);
        let from = rounds.frames.next_file;
        let stored = self.sync_all().and_then(|()| {
            // A handle that cannot be had is missed before anything is written.
            let manifest = manifest::open(&*self.disk)?;
            self.settle(rounds, &*manifest)?;
            let frame = buffer.add_catalog(&mut catalog, files)?;
            self.counters.frames.add(written.frames() as u64 + 1);
            self.counters.frame_bytes.add(buffer.bytes());
            rounds.frames.next_file = buffer.next_file();
            // What this round makes is garbage unless it is published, which strikes it off.
            let mark = self.leases.now();
            let made = from..buffer.next_file();
            made.clone().for_each(|number| self.leases.frame_file_is_born(number));
            let made = made.map(DoomedFile::Frames);
            rounds.doomed.extend(made.map(|file| Doomed { file, mark }));
            buffer.store(&*self.disk)?;
            Ok((manifest, frame))
        });
        let published =
            stored.and_then(|(manifest, frame)| self.publish(rounds, &*manifest, &catalog, frame));
        if let Err(error) = published {
            self.take_back(rounds);
            self.write().tree.restore(capture);
            return Err(error);
        }
        written.confirm();
        let mark = self.leases.now();
        let emptied = emptied.into_iter().map(DoomedFile::Frames);
        rounds.doomed.extend(emptied.map(|file| Doomed { file, mark }));
        rounds.frames = catalog.frames;
        let mut state = self.write();
        state.checkpointed = catalog.log;
        state.frame_bytes = total(&catalog.frame_files);
        drop(state);
        rounds.catalog = catalog;
        Ok(())
    }

    /// Makes sure that no attempt to publish but the last that succeeded counts any more. What such
    /// an attempt has left is no longer needed then.
    fn settle(&self, rounds: &mut Rounds, manifest: &dyn DiskFile) -> Result<()> {
        if rounds.slot == SlotState::Unknown {
            manifest::void(manifest, rounds.next_slot())?;
            rounds.slot = SlotState::Settled;
            self.take_back(rounds);
        }
        Ok(())
    }

    /// Gives back the room of frames that no checkpoint can name, as far as that goes now; what
    /// does not is for the next round.
    fn take_back(&self, rounds: &mut Rounds) {
        if rounds.slot == SlotState::Unknown {
            return;
        }
        let FramePosition { current, next_file } = rounds.catalog.frames;
        rounds.doomed.retain(|doomed| match doomed.file {
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
        rounds: &mut Rounds,
        manifest: &dyn DiskFile,
        catalog: &Catalog,
        frame: FrameRef,
    ) -> Result<()> {
        let slot = rounds.next_slot();
        let published = Published { generation: rounds.generation, catalog: frame, slot };
        rounds.slot = SlotState::Unknown;
        manifest::publish(manifest, &published)?;
        rounds.slot = SlotState::Settled;
        rounds.published = Some(published);
        let kept = &catalog.frame_files;
        rounds.doomed.retain(
            |doomed| !matches!(doomed.file, DoomedFile::Frames(number) if kept.contains_key(&number)),
        );
        Ok(())
    }

    /// Whether a write is not durable yet.
    pub(crate) fn needs_sync(&self) -> bool {
        self.read().revision > self.durable.load(Ordering::Acquire)
    }
}

/// The frame files after a round, but for its catalog, and those of which nothing is left.
fn files_after(
    rounds: &Rounds,
    capture: &Capture,
    buffer: &mut FrameBuffer,
) -> (FrameFiles, Vec<u64>) {
    let mut files = rounds.catalog.frame_files.clone();
    let superseded = capture.dead_frames();
    let old_catalog = rounds.published.map(|published| published.catalog);
    for frame in superseded.iter().chain(&old_catalog) {
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
