//! The one place where targets differ: time, sleep, randomness, blocking work, HTTP, Send bounds.
//!
//! This room and the crate `sealwood-base` own every `cfg(target_arch)`. Natively futures are
//! `Send` and blocking work runs on a thread pool; on wasm32 nothing is `Send` and the host is
//! JavaScript. Everything above sees one set of names.

#[cfg(not(target_arch = "wasm32"))]
mod native;
#[cfg(target_arch = "wasm32")]
mod web;

#[cfg(not(target_arch = "wasm32"))]
pub use native::{BoxFuture, BoxStream, run_blocking};
#[cfg(target_arch = "wasm32")]
pub use web::{BoxFuture, BoxStream, run_blocking};

#[cfg(not(target_arch = "wasm32"))]
pub(crate) use native::{Stopwatch, open_with_host, seal_with_host, to_the_end};
#[cfg(target_arch = "wasm32")]
pub(crate) use web::{Stopwatch, open_with_host, seal_with_host, to_the_end};

#[cfg(all(feature = "passphrase", not(target_arch = "wasm32")))]
pub(crate) use native::{HAS_THREADS, let_others_work};
#[cfg(all(feature = "passphrase", target_arch = "wasm32"))]
pub(crate) use web::{HAS_THREADS, let_others_work};

#[cfg(all(feature = "s3", not(target_arch = "wasm32")))]
pub(crate) use native::HttpClient;
#[cfg(all(feature = "s3", target_arch = "wasm32"))]
pub(crate) use web::HttpClient;

#[cfg(all(feature = "bridge", not(target_arch = "wasm32")))]
pub(crate) use native::{log_hook, set_log_hook};
#[cfg(all(feature = "bridge", target_arch = "wasm32"))]
pub(crate) use web::{log_hook, set_log_hook};

mod environment;
#[cfg(feature = "s3")]
pub(crate) mod http;
#[cfg(feature = "bridge")]
mod log_hook;

pub(crate) use sealwood_base::{
    create_private_directory, open_regular, private_options, sync_directory,
};

pub use environment::Environment;
#[cfg(feature = "s3")]
pub(crate) use http::{HttpError, HttpMethod, HttpOptions, HttpRequest, HttpResponse, Reason};
#[cfg(feature = "bridge")]
pub use log_hook::LogHook;
pub use sealwood_base::{
    Clock, Entropy, MaybeSend, MaybeSync, NoEntropy, SystemClock, SystemEntropy,
};

/// Waits without blocking the executor.
pub async fn sleep(duration: std::time::Duration) {
    futures_timer::Delay::new(duration).await;
}
