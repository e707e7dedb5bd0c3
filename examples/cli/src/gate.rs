//! Large files go one after the other: each holds several extents in memory while it is put or
//! read, as many as the link bears, so that two at a time would be no faster.

use futures_util::lock::{Mutex, MutexGuard};

/// What is no larger holds little more than its own size.
const SMALL_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Lets one large file through at a time, and small ones as they come.
#[derive(Default)]
pub(crate) struct Gate(Mutex<()>);

impl Gate {
    /// Waits until a file of `size` bytes, if that is known, may go on. What is returned is held
    /// until it has ended. Whoever waits and whoever is waited for are driven by one task.
    pub(crate) async fn pass(&self, size: Option<u64>) -> Option<MutexGuard<'_, ()>> {
        match size {
            Some(..=SMALL_BYTES_MAX) => None,
            _ => Some(self.0.lock().await),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn one_large_file_passes_at_a_time_and_small_ones_beside_it() {
        let gate = Gate::default();
        let large = gate.pass(None).now_or_never();
        assert!(large.as_ref().is_some_and(Option::is_some));
        assert!(gate.pass(Some(SMALL_BYTES_MAX + 1)).now_or_never().is_none());
        assert!(gate.pass(Some(SMALL_BYTES_MAX)).now_or_never().is_some());
        drop(large);
        assert!(gate.pass(Some(u64::MAX)).now_or_never().is_some());
    }
}
