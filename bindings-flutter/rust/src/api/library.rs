//! What needs no vault.

use std::sync::Arc;

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::bridge;
use zeroize::Zeroizing;

use crate::api::error::Failure;
use crate::callback::send;

/// The version of the library.
#[frb(sync)]
pub fn version() -> String {
    sealwood::VERSION.to_owned()
}

/// A new secret: 32 random bytes.
#[frb(sync)]
pub fn generate_secret() -> Result<Vec<u8>, Failure> {
    Ok(bridge::generate_secret()?.to_vec())
}

/// The 24 words of a secret.
#[frb(sync)]
pub fn phrase_of_secret(secret: Vec<u8>) -> Result<String, Failure> {
    Ok(bridge::phrase_of_secret(secret)?.expose().to_owned())
}

/// The secret behind 24 words.
#[frb(sync)]
pub fn secret_of_phrase(phrase: String) -> Result<Vec<u8>, Failure> {
    Ok(bridge::secret_of_phrase(&Zeroizing::new(phrase))?.to_vec())
}

pub use sealwood::bridge::LogLevel;

/// How much a log message matters.
#[frb(mirror(LogLevel))]
pub enum _LogLevel {
    /// Something failed for good.
    Error,
    /// Something failed and is tried again.
    Warn,
    /// Something rare happened, such as a lost race.
    Info,
    /// What each commit does.
    Debug,
    /// What each request does.
    Trace,
}

/// Passes log messages up to `level` to `hook`.
#[frb(sync)]
pub fn set_logger(
    level: LogLevel,
    hook: impl Fn(LogLevel, String) -> DartFnFuture<()> + Send + Sync + 'static,
) {
    let hook = move |level, message: &str| send(hook(level, message.to_owned()));
    bridge::set_logger(level, Some(Arc::new(hook)));
}

/// Passes log messages to nobody.
#[frb(sync)]
pub fn clear_logger() {
    bridge::set_logger(LogLevel::Error, None);
}
