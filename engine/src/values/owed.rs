//! Values whose syncs are owed: whole in temporary files, not yet under their own names.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Inner, Synced, file_name};
use crate::disk::{DiskFile, OpenMode};
use crate::error::Result;
use crate::files::{VALUES, io_error, sync_error};
use crate::value_ref::ValueRef;

/// How many of the owed files stay open for their sync; the others are opened again.
const OPEN_MAX: usize = 16;

/// What is owed.
#[derive(Default)]
pub(super) struct Owed {
    values: Mutex<BTreeMap<ValueRef, OwedValue>>,
    /// Held while debts are paid: one payer at a time.
    paying: Mutex<()>,
}

#[derive(Clone)]
struct OwedValue {
    /// The temporary file; none once the value has its own name and only the directory is owed.
    temp: Option<String>,
    /// The file to sync, if it was kept open.
    file: Option<Arc<dyn DiskFile>>,
}

impl OwedValue {
    /// One that has its own name already.
    fn named() -> Self {
        Self { temp: None, file: None }
    }
}

impl Owed {
    /// The temporary file that a value is in, if it is.
    pub(super) fn temp_of(&self, value: &ValueRef) -> Option<String> {
        self.values().get(value)?.temp.clone()
    }

    /// Closes what was kept open.
    pub(super) fn let_go(&self) {
        let files: Vec<_> = self.values().values_mut().map(|owed| owed.file.take()).collect();
        drop(files);
    }

    fn values(&self) -> MutexGuard<'_, BTreeMap<ValueRef, OwedValue>> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn paying(&self) -> MutexGuard<'_, ()> {
        self.paying.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Gives a value that is whole in the file `temp` its name, now or later. On an error the
    /// temporary file is still the caller's.
    pub(super) fn settle(
        &self,
        value: &ValueRef,
        temp: &str,
        file: Arc<dyn DiskFile>,
        synced: Synced,
    ) -> Result<Settled> {
        match synced {
            Synced::Now => {
                file.sync().map_err(io_error)?;
                // An older file of it that is owed a name must not get it after this one.
                let paying = self.owed.temp_of(value).map(|_| self.owed.paying());
                self.name(value, temp)?;
                if paying.is_some() {
                    let before = self.owed.values().insert(*value, OwedValue::named());
                    self.remove_spare(before);
                }
                self.disk.sync_dir(VALUES).map_err(io_error)?;
                if paying.is_some() {
                    self.owed.values().remove(value);
                }
            }
            Synced::Later => {
                let paying = self.owed.temp_of(value).map(|_| self.owed.paying());
                let mut values = self.owed.values();
                if paying.is_none() && values.get(value).is_some_and(|owed| owed.temp.is_some()) {
                    // Somebody has put it this moment.
                    return Ok(Settled::Spare);
                }
                let open = values.values().filter(|owed| owed.file.is_some()).count();
                let file = (open < OPEN_MAX).then_some(file);
                let owed = OwedValue { temp: Some(temp.to_owned()), file };
                let before = values.insert(*value, owed);
                drop(values);
                self.remove_spare(before);
            }
        }
        Ok(Settled::Taken)
    }

    /// Removes the temporary file of what was owed before it was put again.
    fn remove_spare(&self, before: Option<OwedValue>) {
        if let Some(temp) = before.and_then(|owed| owed.temp) {
            self.discard_temp(&temp);
        }
    }

    pub(super) fn sync_owed(&self) -> Result<()> {
        let _paying = self.owed.paying();
        let owed = self.owed.values().clone();
        if owed.is_empty() {
            return Ok(());
        }
        for (value, owed) in &owed {
            let Some(temp) = &owed.temp else { continue };
            let file = match &owed.file {
                Some(file) => file.clone(),
                None => self.disk.open(temp, OpenMode::Write).map_err(io_error)?,
            };
            file.sync().map_err(sync_error)?;
            // Closed before it gets another name, which not every platform gives to open files.
            drop(file);
            if let Some(entry) = self.owed.values().get_mut(value) {
                entry.file = None;
            }
        }
        for (value, owed) in owed.iter() {
            let Some(temp) = &owed.temp else { continue };
            self.name(value, temp)?;
            if let Some(entry) = self.owed.values().get_mut(value) {
                entry.temp = None;
            }
        }
        self.disk.sync_dir(VALUES).map_err(sync_error)?;
        let mut values = self.owed.values();
        for value in owed.keys() {
            // One that was put again meanwhile is owed again.
            if values.get(value).is_some_and(|owed| owed.temp.is_none()) {
                values.remove(value);
            }
        }
        Ok(())
    }

    pub(super) fn remove(&self, value: &ValueRef) -> io::Result<()> {
        let owed = self.owed.values().contains_key(value).then(|| self.owed.paying());
        if owed.is_some()
            && let Some(temp) = self.owed.values().remove(value).and_then(|owed| owed.temp)
        {
            self.remove_file(&temp)?;
        }
        self.remove_file(&file_name(value))
    }

    /// Removes a temporary file, now or, if that fails, by [`Values::take_leftovers`].
    ///
    /// [`Values::take_leftovers`]: super::Values::take_leftovers
    pub(super) fn discard_temp(&self, temp: &str) {
        if self.remove_file(temp).is_err() {
            self.leftovers().push(temp.to_owned());
        }
    }

    pub(super) fn leftovers(&self) -> MutexGuard<'_, Vec<String>> {
        self.leftovers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes a file, if it is there.
    pub(super) fn remove_file(&self, name: &str) -> io::Result<()> {
        self.handles.forget(name);
        match self.disk.remove(name) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        }
    }

    /// Gives the file `temp` the name of `value`.
    fn name(&self, value: &ValueRef, temp: &str) -> Result<()> {
        let name = file_name(value);
        self.handles.forget(temp);
        self.handles.forget(&name);
        self.disk.rename(temp, &name).map_err(io_error)?;
        // What was opened by these names meanwhile is not what they name now.
        self.handles.forget(temp);
        self.handles.forget(&name);
        Ok(())
    }
}

/// What became of a temporary file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// It is the value's file, or will be.
    Taken,
    /// Another has the same content; this one is to be removed.
    Spare,
}
