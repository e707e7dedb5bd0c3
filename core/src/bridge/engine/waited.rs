//! Whether anybody waits for work that a thread does.

use std::ops::ControlFlow;
use std::sync::{Arc, Weak};

/// Held by the future of some work, and dropped with it.
pub(super) struct Waited {
    _held: Arc<()>,
}

/// Held by the work.
pub(super) struct Waiter(Weak<()>);

impl Waited {
    /// Both ends.
    pub(super) fn new() -> (Self, Waiter) {
        let waited = Arc::new(());
        let waiter = Waiter(Arc::downgrade(&waited));
        (Self { _held: waited }, waiter)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_broken_off_once_nobody_waits() {
        let (waited, waiter) = Waited::new();
        assert!(waiter.flow().is_continue());
        drop(waited);
        assert!(waiter.flow().is_break());
    }
}
