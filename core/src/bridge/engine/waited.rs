//! Whether anybody waits for work that a thread does.

use std::ops::ControlFlow;
use std::sync::{Arc, Weak};

/// Held by the future of some work, and dropped with it.
pub(super) struct Waited(Arc<()>);

/// Held by the work.
pub(super) struct Waiter(Weak<()>);

impl Waited {
    /// Both ends.
    pub(super) fn new() -> (Self, Waiter) {
        let waited = Arc::new(());
        let waiter = Waiter(Arc::downgrade(&waited));
        (Self(waited), waiter)
    }

    /// Ends the wait, if dropping the future does not.
    pub(super) fn is_over(self) {
        drop(self.0);
    }
}

impl Waiter {
    /// Breaks off if nobody waits any more.
    pub(super) fn flow(&self) -> ControlFlow<()> {
        match self.0.strong_count() {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}
