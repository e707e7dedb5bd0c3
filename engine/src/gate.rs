//! The way in: every call of an app passes it, so that closing knows of all that are under way.
//!
//! Closing shuts the gate, which no later call passes, waits until those inside have left, does
//! what is to be done last and only then is done. Whoever closes meanwhile waits for that.

use super::sync::{AtomicBool, AtomicUsize, Condvar, Mutex, Ordering, PoisonError, lock};

/// Added to the count of calls once none may enter any more.
const SHUT: usize = 1 << (usize::BITS - 1);

/// Counts the calls under way, until it is shut.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    /// How many are inside, and [`SHUT`].
    inside: AtomicUsize,
    /// Held by the last to leave while it wakes who waits for it.
    leaving: Mutex<()>,
    left: Condvar,
    /// All have left, for good.
    drained: AtomicBool,
    ended: Mutex<Ended>,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Ended {
    #[default]
    No,
    Yes,
}

/// A call under way; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Inside<'a>(&'a Gate);

impl Gate {
    /// Enters, unless the gate is shut.
    pub(crate) fn enter(&self) -> Option<Inside<'_>> {
        // Who comes late does not touch the count: nobody has to wait for him.
        if self.is_shut() {
            return None;
        }
        let before = self.inside.fetch_add(1, Ordering::SeqCst);
        let inside = Inside(self);
        (before & SHUT == 0).then_some(inside)
    }

    /// Lets nobody in from now on.
    pub(crate) fn shut(&self) {
        self.inside.fetch_or(SHUT, Ordering::SeqCst);
    }

    /// Whether nobody is let in any more.
    pub(crate) fn is_shut(&self) -> bool {
        self.inside.load(Ordering::SeqCst) & SHUT != 0
    }

    /// Whether all have left and nobody is let in any more.
    pub(crate) fn is_drained(&self) -> bool {
        self.drained.load(Ordering::SeqCst)
    }

    /// Shuts the gate, waits until all have left, and then does `last`. None if that was done
    /// before; if it is being done, it is waited for.
    pub(crate) fn close<T>(&self, last: impl FnOnce() -> T) -> Option<T> {
        let mut ended = lock(&self.ended);
        if *ended == Ended::Yes {
            return None;
        }
        self.shut();
        self.drain();
        self.drained.store(true, Ordering::SeqCst);
        let outcome = last();
        *ended = Ended::Yes;
        Some(outcome)
    }

    fn drain(&self) {
        let mut leaving = lock(&self.leaving);
        while self.inside.load(Ordering::SeqCst) != SHUT {
            leaving = self.left.wait(leaving).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        if self.0.inside.fetch_sub(1, Ordering::SeqCst) == SHUT + 1 {
            let _leaving = lock(&self.0.leaving);
            self.0.left.notify_all();
        }
    }
}
