//! Extents that no root is known to name: whose they are, and which of them nobody needs.
//!
//! A put of chunks has a [`Claim`], which lives as long as the put and then as long as the
//! operation that names them: in a batch, among what is pending, in a draft, in a commit in doubt.
//! It counts every extent that the put relies on, stored by it or found, so that one which several
//! puts share is kept for the last. What is left of a claim that was not [kept](Claim::keep) is
//! litter, as far as this session stored it: extents that it found belong to others.
//!
//! Litter is known for sure: an extent counts as stored here only if a put under the condition that
//! it is absent was answered so. Of a store that nobody can hold alone nothing is claimed, as
//! nothing may be removed from it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::known::KnownExtents;
use crate::blob::Hold;
use crate::platform::BoxFuture;
use crate::seal::ExtentName;

/// A part of a put that was given up: it still ends, and says then what it stored.
pub(crate) type Unfinished = BoxFuture<'static, ()>;

/// The claims of one session.
#[derive(Default)]
pub(crate) struct Claims {
    books: Mutex<Books>,
    unfinished: Mutex<Vec<Unfinished>>,
    /// How many roots of others this session has accepted.
    foreign: AtomicU64,
}

#[derive(Default)]
struct Books {
    extents: HashMap<ExtentName, Extent>,
    /// How many of them are litter.
    litter: usize,
}

/// What is known of an extent that some claim counts, or that is litter.
#[derive(Debug, Default)]
struct Extent {
    /// How many claims count it.
    users: usize,
    /// How many roots of others were known when this session stored it, if it did.
    stored: Option<u64>,
    /// A root may name it.
    kept: bool,
}

impl Claims {
    /// The most extents of litter that are remembered; beyond, they stay in the store.
    const LITTER_MAX: usize = 64 * 1024;

    /// Another writer's root was accepted: it may name whatever was stored before.
    pub(crate) fn note_foreign_root(&self) {
        self.foreign.fetch_add(1, Ordering::SeqCst);
    }

    /// A claim on nothing yet, which holds the store.
    pub(super) fn claim(self: &Arc<Self>, hold: Hold, known: &Arc<KnownExtents>) -> Arc<Claim> {
        let foreign = self.foreign.load(Ordering::SeqCst);
        let held = Mutex::new(Held { extents: Vec::new(), hold: Some(hold) });
        let (claims, known) = (Arc::clone(self), Arc::clone(known));
        Arc::new(Claim { claims, known, foreign, given_up: AtomicBool::new(false), held })
    }

    /// Parts of puts that were given up, to be driven to their end.
    pub(crate) fn take_unfinished(&self) -> Vec<Unfinished> {
        std::mem::take(&mut self.unfinished.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn leave_unfinished(&self, work: Vec<Unfinished>) {
        self.unfinished.lock().unwrap_or_else(PoisonError::into_inner).extend(work);
    }

    /// Whether there is something to remove, or to be driven to its end before.
    pub(crate) fn has_litter(&self) -> bool {
        let unfinished = self.unfinished.lock().unwrap_or_else(PoisonError::into_inner);
        !unfinished.is_empty() || self.books().litter > 0
    }

    /// Takes the extents that nobody needs out of the books. The store is held alone, and the root
    /// that it holds was looked at since: what was there before another writer's commit may be
    /// named by that, and stays.
    pub(crate) fn take_litter(&self) -> Vec<ExtentName> {
        let foreign = self.foreign.load(Ordering::SeqCst);
        let mut books = self.books();
        let mut litter = Vec::with_capacity(books.litter);
        books.extents.retain(|name, extent| {
            if extent.is_litter() && extent.stored == Some(foreign) {
                litter.push(*name);
            }
            !extent.is_litter()
        });
        books.litter = 0;
        litter
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Extent {
    fn is_litter(&self) -> bool {
        self.users == 0 && self.stored.is_some() && !self.kept
    }
}

/// What one put relies on, until it is committed or given up.
pub(crate) struct Claim {
    claims: Arc<Claims>,
    known: Arc<KnownExtents>,
    foreign: u64,
    given_up: AtomicBool,
    held: Mutex<Held>,
}

struct Held {
    extents: Vec<ExtentName>,
    hold: Option<Hold>,
}

impl Claim {
    /// From now on the extent is relied on.
    pub(super) fn count(&self, name: ExtentName) {
        self.held().extents.push(name);
        let mut books = self.claims.books();
        let extent = books.extents.entry(name).or_default();
        let was_litter = extent.is_litter();
        extent.users += 1;
        books.litter -= usize::from(was_litter);
    }

    /// The extent, which is counted, was not there before this put stored it.
    pub(super) fn note_stored(&self, name: ExtentName) {
        if let Some(extent) = self.claims.books().extents.get_mut(&name) {
            extent.stored = Some(self.foreign);
        }
    }

    /// The put is given up: what it has begun ends by `rest`, and nothing more is begun.
    pub(super) fn give_up(&self, rest: Unfinished) {
        self.given_up.store(true, Ordering::SeqCst);
        self.claims.leave_unfinished(vec![rest]);
    }

    pub(super) fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::SeqCst)
    }

    /// A root names what is claimed, or may do so.
    pub(crate) fn keep(&self) {
        self.end(|extent| extent.kept = true);
    }

    fn end(&self, note: impl Fn(&mut Extent)) {
        let Held { extents: counted, hold } =
            std::mem::replace(&mut *self.held(), Held { extents: Vec::new(), hold: None });
        let mut books = self.claims.books();
        for name in counted {
            let Some(extent) = books.extents.get_mut(&name) else { continue };
            note(extent);
            extent.users -= 1;
            if extent.users > 0 {
                continue;
            }
            if extent.is_litter() && books.litter < Claims::LITTER_MAX {
                books.litter += 1;
            } else {
                books.extents.remove(&name);
            }
        }
        drop(books);
        // Only now may somebody hold the store alone.
        drop(hold);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Claim {
    /// Whoever stored the extents, this session or another, may remove them from now on.
    fn drop(&mut self) {
        self.held().extents.iter().for_each(|extent| self.known.forget(*extent));
        self.end(|_| {});
    }
}

impl std::fmt::Debug for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Claim")
    }
}
