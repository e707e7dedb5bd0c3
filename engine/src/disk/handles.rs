//! Open read handles, kept so that a file read again need not be opened again.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Disk, DiskFile, OpenMode, is_too_many_open_files};

/// The read handles used last, at most `open_max` of them. A caller's own clone of a handle keeps
/// that file open beyond the bound, for as long as it lives.
pub(crate) struct Handles {
    disk: Arc<dyn Disk>,
    open_max: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    handles: HashMap<String, Handle>,
    /// Counts uses: the handle with the lowest is the one unused for longest.
    uses: u64,
    /// Counts [`Handles::forget`], so that a handle opened before one is not kept after it.
    forgets: u64,
}

struct Handle {
    file: Arc<dyn DiskFile>,
    used: u64,
}

impl Handles {
    /// No handle yet; at most `open_max` at any time. With 0 every read opens its file.
    pub(crate) fn new(disk: Arc<dyn Disk>, open_max: usize) -> Self {
        Self { disk, open_max, kept: Mutex::default() }
    }

    /// A handle to read `name` by, opened now unless one is kept.
    ///
    /// Where the process has too many files open, all kept handles are given up and it is tried
    /// once more. Two threads that miss the same name at once may both open it; one handle is kept.
    pub(crate) fn read(&self, name: &str) -> io::Result<Arc<dyn DiskFile>> {
        let forgets = {
            let mut kept = self.kept();
            if let Some(file) = kept.use_handle(name) {
                return Ok(file);
            }
            kept.forgets
        };
        let file = self.sparing(|| self.disk.open(name, OpenMode::Read))?;
        let mut kept = self.kept();
        if kept.forgets != forgets {
            return Ok(file);
        }
        if let Some(earlier) = kept.use_handle(name) {
            return Ok(earlier);
        }
        let evicted = kept.insert(name, file.clone(), self.open_max);
        drop(kept);
        drop(evicted);
        Ok(file)
    }

    /// Makes an attempt; where the process has too many files open, gives up every handle and makes
    /// it once more.
    pub(crate) fn sparing<T>(&self, attempt: impl Fn() -> io::Result<T>) -> io::Result<T> {
        match attempt() {
            Err(error) if is_too_many_open_files(&error) => {
                self.give_up();
                attempt()
            }
            done => done,
        }
    }

    /// Gives up every handle.
    pub(crate) fn give_up(&self) {
        let given_up = std::mem::take(&mut self.kept().handles);
        drop(given_up);
    }

    /// Gives up the handle of `name`: the file is gone, or another has its name.
    pub(crate) fn forget(&self, name: &str) {
        let mut kept = self.kept();
        kept.forgets += 1;
        let forgotten = kept.handles.remove(name);
        drop(kept);
        drop(forgotten);
    }

    /// Keeps a handle that is open already, as that of a file just written, in place of any other
    /// of that name.
    pub(crate) fn keep(&self, name: &str, file: Arc<dyn DiskFile>) {
        let mut kept = self.kept();
        // A reader that opened what had this name before must not put it back.
        kept.forgets += 1;
        let evicted = kept.insert(name, file, self.open_max);
        drop(kept);
        drop(evicted);
    }

    // A handle is never dropped under this lock: that closes a file.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn use_handle(&mut self, name: &str) -> Option<Arc<dyn DiskFile>> {
        self.uses += 1;
        let handle = self.handles.get_mut(name)?;
        handle.used = self.uses;
        Some(handle.file.clone())
    }

    /// Puts a handle in; returns those that had to leave.
    fn insert(&mut self, name: &str, file: Arc<dyn DiskFile>, open_max: usize) -> Vec<Handle> {
        self.uses += 1;
        let handle = Handle { file, used: self.uses };
        let mut evicted: Vec<_> =
            self.handles.insert(name.to_owned(), handle).into_iter().collect();
        while self.handles.len() > open_max {
            // The search is as long as the bound, and costs far less than the open before it.
            let oldest = self.handles.iter().min_by_key(|(_, handle)| handle.used);
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { break };
            evicted.extend(self.handles.remove(&name));
        }
        evicted
    }
}

#[cfg(test)]
mod tests;
