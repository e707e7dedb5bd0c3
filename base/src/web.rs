//! wasm32: one thread, and the JavaScript host's clock.

use std::time::Duration;

/// `Send` natively, nothing on wasm32.
pub trait MaybeSend {}
impl<T: ?Sized> MaybeSend for T {}

/// `Sync` natively, nothing on wasm32.
pub trait MaybeSync {}
impl<T: ?Sized> MaybeSync for T {}

/// Returns the milliseconds since 1970-01-01T00:00:00Z.
pub fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}

/// There is nothing to wait for: nobody else runs.
pub fn wait_until(_limit: Duration, _done: impl Fn() -> bool) {}

/// There are no threads; whoever would wake one works himself.
#[derive(Debug)]
pub enum Worker {}

impl Worker {
    /// Returns none.
    pub fn start(
        _name: &str,
        _period: Duration,
        _work: impl FnMut() -> Option<Duration> + 'static,
    ) -> Option<Self> {
        None
    }

    /// There is nobody to wake.
    pub fn wake(&self) {
        match *self {}
    }

    /// There is nobody to stop.
    pub fn stop(self) {
        match self {}
    }
}
