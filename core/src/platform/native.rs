//! Native targets: threads for blocking work, `ureq` for HTTP.

#[cfg(feature = "s3")]
mod http;
#[cfg(feature = "s3")]
mod tcp;

use std::future::Future;
use std::pin::Pin;
#[cfg(feature = "bridge")]
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

#[cfg(feature = "bridge")]
use super::LogHook;

#[cfg(feature = "s3")]
pub(crate) use http::HttpClient;

/// A boxed future, `Send` natively.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A boxed stream, `Send` natively.
pub type BoxStream<'a, T> = Pin<Box<dyn futures_util::Stream<Item = T> + Send + 'a>>;

/// Whether blocking work runs beside the caller's.
#[cfg(feature = "passphrase")]
pub(crate) const HAS_THREADS: bool = true;

/// Gives whoever polls this a turn: others have threads of their own, but who cancels may be the
/// one that polls, and is not heard as long as every piece of some work is done when it is asked
/// for.
#[cfg(feature = "passphrase")]
pub(crate) async fn let_others_work() {
    futures_lite::future::yield_now().await;
}

/// Runs blocking work off the executor.
pub async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    blocking::unblock(work).await
}

/// Runs `work`, which goes on to its end once it has begun, whether or not anybody waits for it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    run_blocking(|| futures_lite::future::block_on(work)).await
}

/// The host has no AES-256-GCM faster than the crate's own.
pub(crate) async fn seal_with_host(_key: &[u8; 32], _plaintext: &[u8]) -> Option<Vec<u8>> {
    None
}

/// The host has no AES-256-GCM faster than the crate's own.
pub(crate) async fn open_with_host(_key: &[u8; 32], _sealed: &[u8]) -> Option<Vec<u8>> {
    None
}

#[cfg(feature = "bridge")]
static LOG_HOOK: RwLock<Option<Arc<dyn LogHook>>> = RwLock::new(None);

/// Who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn log_hook() -> Option<Arc<dyn LogHook>> {
    LOG_HOOK.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Replaces who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn set_log_hook(hook: Option<Arc<dyn LogHook>>) {
    let before =
        std::mem::replace(&mut *LOG_HOOK.write().unwrap_or_else(PoisonError::into_inner), hook);
    // A hook's own drop may log.
    drop(before);
}

/// Time that passes, whatever the clock is set to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}
