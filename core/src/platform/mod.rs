//! The one place where targets differ: time, sleep, randomness, blocking work, HTTP, Send bounds.
//!
//! This room owns every `cfg(target_arch)` of the crate. Natively futures are `Send` and blocking
//! work runs on a thread pool; on wasm32 nothing is `Send` and the host is JavaScript. Everything
//! above sees one set of names.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{BoxFuture, BoxStream, HttpClient, MaybeSend, MaybeSync, run_blocking};
#[cfg(target_arch = "wasm32")]
pub use web::{BoxFuture, BoxStream, HttpClient, MaybeSend, MaybeSync, run_blocking};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{
    HAS_THREADS, Stopwatch, Worker, let_others_work, open_with_host, seal_with_host, to_the_end,
    wait_until,
};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{
    HAS_THREADS, Stopwatch, Worker, let_others_work, open_with_host, seal_with_host, to_the_end,
    wait_until,
};

#[cfg(all(feature = "bridge", not(target_arch = "wasm32")))]
pub(crate) use native::{log_hook, set_log_hook};
#[cfg(all(feature = "bridge", target_arch = "wasm32"))]
pub(crate) use web::{log_hook, set_log_hook};

#[cfg(not(target_arch = "wasm32"))]
use native::now_ms;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{directory_disk, existing_directory_disk, sync_directory};
#[cfg(target_arch = "wasm32")]
use web::now_ms;
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{directory_disk, existing_directory_disk, sync_directory};

pub mod disk;
mod environment;
mod files;
mod http;
#[cfg(feature = "bridge")]
mod log_hook;

pub(crate) use files::{create_private_directory, open_regular, private_options};

pub use environment::{Clock, Entropy, Environment, SystemClock, SystemEntropy};
pub use http::{HttpError, HttpMethod, HttpOptions, HttpRequest, HttpResponse};
#[cfg(feature = "bridge")]
pub use log_hook::LogHook;

/// Waits without blocking the executor.
pub async fn sleep(duration: std::time::Duration) {
    futures_timer::Delay::new(duration).await;
}
