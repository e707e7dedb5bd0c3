//! The keys of a vault's epochs, as long as a session may meet what they check.
//!
//! What is written is addressed with the newest. What is read is checked with those of its epoch: a
//! pack's id tells which that is. A chunk's place does not, so its address is tried under one epoch
//! after the other.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::address::{Address, Link};
use super::epoch::{Epoch, EpochKey};
use super::keys::{Keys, UnitKind};
use crate::error::{Error, Result};

/// The keys of epochs that follow one another. There is at least one.
#[derive(Debug)]
pub(crate) struct Epochs {
    older: Vec<Arc<Keys>>,
    newest: Arc<Keys>,
}

impl Epochs {
    /// The keys of the epochs from `first` on. `None` if there is none, or one too many.
    pub(crate) fn new(first: Epoch, keys: &[EpochKey]) -> Option<Self> {
        let mut older = Vec::with_capacity(keys.len());
        let mut next = Some(first);
        for key in keys {
            let epoch = next?;
            older.push(Arc::new(Keys::derive(epoch, key)));
            next = epoch.next();
        }
        let newest = older.pop()?;
        Some(Self { older, newest })
    }

    /// Those that new things are written with.
    pub(crate) fn newest(&self) -> &Arc<Keys> {
        &self.newest
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = &Arc<Keys>> {
        self.older.iter().chain([&self.newest])
    }

    /// The keys of `epoch`, if they are here.
    pub(crate) fn of(&self, epoch: Epoch) -> Option<&Arc<Keys>> {
        self.all().find(|keys| keys.epoch() == epoch)
    }

    /// These, with what of `others` is older than all of them.
    fn with_those_before(&self, others: &Self) -> Self {
        let first = self.all().map(|keys| keys.epoch()).next();
        let before = others.all().filter(|keys| first.is_some_and(|first| keys.epoch() < first));
        let older = before.chain(&self.older).map(Arc::clone).collect();
        Self { older, newest: Arc::clone(&self.newest) }
    }
}

/// The epochs a session knows. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Ring(Arc<RwLock<Arc<Epochs>>>);

impl Ring {
    /// A ring of these epochs.
    pub(crate) fn new(epochs: &Arc<Epochs>) -> Self {
        Self(Arc::new(RwLock::new(Arc::clone(epochs))))
    }

    /// A root was accepted whose keyring has these epochs. Older ones that were known stay: what
    /// was read before them may still be looked at.
    pub(crate) fn learn(&self, epochs: &Arc<Epochs>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&known, epochs) {
            *known = Arc::new(epochs.with_those_before(&known));
        }
    }

    /// The keys that new things are written with.
    pub(crate) fn newest(&self) -> Arc<Keys> {
        Arc::clone(self.epochs().newest())
    }

    /// Checks that the unit at `link` has its address.
    pub(crate) fn check(&self, kind: UnitKind, link: &Link, plaintext: &[u8]) -> Result<()> {
        let epochs = self.epochs();
        let keys = link.place.pack.epoch().and_then(|epoch| epochs.of(epoch));
        let unknown = Error::Malformed { what: "place: a pack of an epoch that there is not" };
        keys.ok_or(unknown)?.check(kind, &link.address, plaintext)
    }

    /// Checks that a chunk has its address under the keys of any epoch, first under those that
    /// matched last.
    pub(crate) fn check_chunk(
        &self,
        address: &Address,
        plaintext: &[u8],
        matched: &LastMatch,
    ) -> Result<()> {
        let epochs = self.epochs();
        let last = matched.0.load(Ordering::Relaxed);
        let newest_first = || epochs.all().rev();
        let others = newest_first().enumerate().filter(|(age, _)| *age != last);
        let mut all = newest_first().nth(last).map(|keys| (last, keys)).into_iter().chain(others);
        let found = all.find(|(_, keys)| keys.check(UnitKind::Content, address, plaintext).is_ok());
        let (age, _) = found.ok_or(Error::ObjectCorrupt)?;
        matched.0.store(age, Ordering::Relaxed);
        Ok(())
    }

    fn epochs(&self) -> Arc<Epochs> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Which epoch the last chunk of a content was of: how many are newer. The next is likely to be
/// of the same.
#[derive(Debug, Default)]
pub(crate) struct LastMatch(AtomicUsize);
