//! Native targets.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// `Send` natively, nothing on wasm32.
pub trait MaybeSend: Send {}
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync` natively, nothing on wasm32.
pub trait MaybeSync: Sync {}
impl<T: Sync + ?Sized> MaybeSync for T {}

/// Returns the milliseconds since 1970-01-01T00:00:00Z; 0 before it.
pub fn now_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// Lets other threads run until `done` or until `limit` has passed.
pub fn wait_until(limit: Duration, done: impl Fn() -> bool) {
    let end = Instant::now() + limit;
    while !done() && Instant::now() < end {
        std::thread::yield_now();
    }
}
