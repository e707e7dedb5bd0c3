//! The signal of a change, for tasks and threads that wait for one.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::sync::{AtomicUsize, Condvar, Mutex, Ordering, PoisonError, lock};

/// Given at every change that watches can see.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    /// How many listen: where nobody does, a change takes no lock.
    listeners: AtomicUsize,
    told: Mutex<Told>,
    /// For the threads among them.
    again: Condvar,
}

#[derive(Debug, Default)]
struct Told {
    /// How often it was given to somebody.
    times: u64,
    next_listener: u64,
    /// The tasks that wait, by listener.
    wakers: BTreeMap<u64, Waker>,
}

impl Changed {
    /// Wakes all who listen by now.
    pub(crate) fn tell(&self) {
        if self.listeners.load(Ordering::SeqCst) == 0 {
            return;
        }
        let wakers = {
            let mut told = lock(&self.told);
            told.times += 1;
            self.again.notify_all();
            std::mem::take(&mut told.wakers)
        };
        wakers.into_values().for_each(Waker::wake);
    }

    /// Listens from now on: whoever looks at the state after this misses no change.
    pub(crate) fn listen(&self) -> Listening<'_> {
        self.listeners.fetch_add(1, Ordering::SeqCst);
        let mut told = lock(&self.told);
        told.next_listener += 1;
        Listening { changed: self, listener: told.next_listener, heard: told.times }
    }
}

/// One that listens until it is dropped: a future that is ready once the signal was given since.
#[derive(Debug)]
pub(crate) struct Listening<'a> {
    changed: &'a Changed,
    listener: u64,
    /// How often the signal was given before.
    heard: u64,
}

impl Listening<'_> {
    /// Blocks the thread until the signal was given.
    pub(crate) fn wait(self) {
        let mut told = lock(&self.changed.told);
        while told.times == self.heard {
            told = self.changed.again.wait(told).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Future for Listening<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let waker = context.waker().clone();
        let mut told = lock(&self.changed.told);
        if told.times != self.heard {
            return Poll::Ready(());
        }
        let before = told.wakers.insert(self.listener, waker);
        drop(told);
        // Not under the lock: it may be the last thing that keeps a task.
        drop(before);
        Poll::Pending
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        let waker = lock(&self.changed.told).wakers.remove(&self.listener);
        self.changed.listeners.fetch_sub(1, Ordering::SeqCst);
        drop(waker);
    }
}
