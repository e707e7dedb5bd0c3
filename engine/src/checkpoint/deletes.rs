//! Pending deletes: files that a later checkpoint takes away.

use std::collections::BTreeSet;
use std::io;

use crate::checkpoints::Checkpoints;
use crate::doomed::{Doomed, DoomedFile};
use crate::error::Result;
use crate::files::{self, frame_file_name, io_error, segment_name};
use crate::shared::Shared;
use crate::state::Garbage;
use crate::value_ref::ValueRef;

/// Lists the garbage of a checkpoint, for leases up to `mark`.
pub(super) fn doom(checkpoints: &mut Checkpoints, garbage: Garbage, mark: u64) {
    let Garbage { values, strays, segments, frame_files, temps } = garbage;
    // What was needed again since it was listed waits for those who read it then.
    let again = |doomed: &Doomed| match &doomed.file {
        DoomedFile::Value(value) => values.contains_key(value),
        _ => false,
    };
    checkpoints.doomed.retain(|doomed| !again(doomed));
    checkpoints.strays.retain(|doomed| !again(doomed));
    doom_strays(checkpoints, strays, temps, mark);
    let values = values.into_keys().map(DoomedFile::Value);
    let segments = segments.into_iter().map(DoomedFile::Segment);
    let frames = frame_files.into_iter().map(DoomedFile::Frames);
    let all = values.chain(segments).chain(frames);
    checkpoints.doomed.extend(all.map(|file| Doomed { file, mark }));
}

/// Lists what no durable state names. What is listed already was named, or keeps its mark.
fn doom_strays(
    checkpoints: &mut Checkpoints,
    values: BTreeSet<ValueRef>,
    temps: BTreeSet<String>,
    mark: u64,
) {
    let values = values.into_iter().map(DoomedFile::Value);
    let all = values.filter(|file| !checkpoints.is_listed(file));
    let all: Vec<_> = all.chain(temps.into_iter().map(DoomedFile::Temp)).collect();
    checkpoints.strays.extend(all.into_iter().map(|file| Doomed { file, mark }));
}

/// What became of one deletion.
enum Outcome {
    /// It is gone from this directory, once that is synced.
    Removed(&'static str),
    /// It is needed again.
    Kept,
    /// Somebody still reads or writes it.
    Later,
}

impl Shared {
    /// Deletes what is doomed and released. What fails stays listed while the others proceed; the
    /// first error is given at the end.
    pub(super) fn delete_doomed(&self, checkpoints: &mut Checkpoints) -> Result<()> {
        checkpoints.doomed.append(&mut checkpoints.strays);
        self.delete_listed(&mut checkpoints.doomed)
    }

    /// Deletes what no durable state names, which takes no room. Returns whether anything went.
    pub(super) fn delete_strays(&self, checkpoints: &mut Checkpoints) -> bool {
        if let Err(error) = self.sweep_all() {
            log::debug!("not all that nothing names is known yet: {error}");
        }
        {
            let mut state = self.write();
            let mark = self.leases.now();
            let strays = std::mem::take(&mut state.garbage.strays);
            let temps = std::mem::take(&mut state.garbage.temps);
            doom_strays(checkpoints, strays, temps, mark);
        }
        let before = checkpoints.strays.len();
        if let Err(error) = self.delete_listed(&mut checkpoints.strays) {
            log::debug!("what nothing names could not be deleted yet: {error}");
        }
        checkpoints.strays.len() < before
    }

    fn delete_listed(&self, listed: &mut Vec<Doomed>) -> Result<()> {
        let mut first_error = None;
        let mut removed = Vec::new();
        let mut directories = BTreeSet::new();
        for doomed in std::mem::take(listed) {
            match self.delete(&doomed) {
                Ok(Outcome::Removed(directory)) => {
                    directories.insert(directory);
                    removed.push(doomed);
                }
                Ok(Outcome::Kept) => {}
                Ok(Outcome::Later) => listed.push(doomed),
                Err(error) => {
                    self.counters.deletes_failed.add(1);
                    first_error.get_or_insert(error);
                    listed.push(doomed);
                }
            }
        }
        for directory in directories {
            if let Err(error) = self.disk.sync_dir(directory) {
                first_error.get_or_insert(io_error(error));
                let undone = |doomed: &Doomed| directory_of(&doomed.file) == directory;
                listed.extend(removed.extract_if(.., |doomed| undone(doomed)));
            }
        }
        self.counters.deletes.add(removed.len() as u64);
        first_error.map_or(Ok(()), Err)
    }

    fn delete(&self, doomed: &Doomed) -> Result<Outcome> {
        if !self.leases.released(&doomed.file, doomed.mark) {
            return Ok(Outcome::Later);
        }
        let gone = |outcome: io::Result<()>| match outcome {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(error)),
            _ => Ok(Outcome::Removed(directory_of(&doomed.file))),
        };
        let name = match &doomed.file {
            DoomedFile::Segment(number) => segment_name(*number),
            DoomedFile::Frames(number) => frame_file_name(*number),
            DoomedFile::Temp(name) => name.clone(),
            DoomedFile::Value(value) => {
                let Some(_deletion) = self.pins.delete(*value) else { return Ok(Outcome::Later) };
                // One that was put and deleted again meanwhile is for a later checkpoint.
                let kept = self.reading(|state| {
                    let again = state.garbage.values.contains_key(value);
                    Ok(again || state.references(value)? > 0)
                })?;
                if kept {
                    return Ok(Outcome::Kept);
                }
                let removed = gone(self.values.remove(value))?;
                // Before a writer may make it again.
                self.leases.is_gone(&doomed.file);
                return Ok(removed);
            }
        };
        self.handles.forget(&name);
        let removed = gone(self.disk.remove(&name))?;
        self.leases.is_gone(&doomed.file);
        Ok(removed)
    }
}

fn directory_of(file: &DoomedFile) -> &'static str {
    match file {
        DoomedFile::Segment(_) => files::LOG,
        DoomedFile::Frames(_) => files::FRAMES,
        DoomedFile::Value(_) => files::VALUES,
        DoomedFile::Temp(name) => match name.split_once('/') {
            Some((files::LOG, _)) => files::LOG,
            Some((files::FRAMES, _)) => files::FRAMES,
            _ => files::VALUES,
        },
    }
}
