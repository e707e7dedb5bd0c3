//! Groups of writers that share one sync.
//!
//! Of the writers that wait, one leads: it writes and syncs for all. The others sleep until it is
//! done, and all wake at once: those that are covered go on, one of the rest leads next. A leader
//! that knows there were several last time gives the others a moment to come along again, or
//! whoever is quickest would sync alone every other time.

use std::time::Duration;

use super::sync::{AtomicUsize, Condvar, Mutex, Ordering, PoisonError, lock, wait_until};

/// Who waits for a sync, and whether somebody does it.
#[derive(Debug, Default)]
pub(crate) struct Group {
    led: Mutex<bool>,
    ended: Condvar,
    waiting: AtomicUsize,
    /// How many waited when the last leader began its sync.
    last: AtomicUsize,
}

/// Counts a writer as waiting until it is dropped.
struct Waiting<'a>(&'a Group);

/// Leads until it is dropped.
struct Leading<'a>(&'a Group);

impl Group {
    /// Waits until `decided`, which some leader's work makes true, or leads: then `lead` does that
    /// work, for all that wait. `window` is how long a leader waits for others, if it does.
    pub(crate) fn join<E>(
        &self,
        window: Option<Duration>,
        decided: impl Fn() -> bool,
        lead: impl FnOnce() -> Result<(), E>,
    ) -> Result<(), E> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let _waiting = Waiting(self);
        let Some(_leading) = self.lead_or_wait(decided) else { return Ok(()) };
        if let Some(window) = window {
            self.gather(window);
        }
        lead()
    }

    /// Waits until `decided`, or until nobody leads and the caller does.
    fn lead_or_wait(&self, decided: impl Fn() -> bool) -> Option<Leading<'_>> {
        let mut led = lock(&self.led);
        loop {
            if decided() {
                return None;
            }
            if !*led {
                *led = true;
                return Some(Leading(self));
            }
            led = self.ended.wait(led).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits up to `window` until as many wait as last time.
    fn gather(&self, window: Duration) {
        let last = self.last.load(Ordering::SeqCst);
        if last > 1 {
            wait_until(window, || self.waiting.load(Ordering::SeqCst) >= last);
        }
        self.last.store(self.waiting.load(Ordering::SeqCst), Ordering::SeqCst);
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Drop for Leading<'_> {
    fn drop(&mut self) {
        *lock(&self.0.led) = false;
        self.0.ended.notify_all();
    }
}
