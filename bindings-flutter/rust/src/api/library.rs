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

/// A new root secret: 32 random bytes.
#[frb(sync)]
pub fn generate_secret() -> Result<Vec<u8>, Failure> {
    Ok(bridge::generate_secret()?.to_vec())
}

/// The 24 words of a root secret.
#[frb(sync)]
pub fn phrase_of_secret(secret: Vec<u8>) -> Result<String, Failure> {
    Ok(bridge::phrase_of_secret(secret)?.expose().to_owned())
}

/// The root secret behind 24 words.
#[frb(sync)]
pub fn secret_of_phrase(phrase: String) -> Result<Vec<u8>, Failure> {
    Ok(bridge::secret_of_phrase(&Zeroizing::new(phrase))?.to_vec())
}

/// How much a log message matters.
#[derive(Debug, Clone, Copy)]
pub enum Level {
    /// Something failed for good.
    Error,
    /// Something failed and is tried again.
    Warn,
    /// Something rare happened.
    Info,
    /// What each commit does.
    Debug,
    /// What each request does.
    Trace,
}

/// Passes log messages up to `level` to `hook`.
#[frb(sync)]
pub fn set_logger(
    level: Level,
    hook: impl Fn(Level, String) -> DartFnFuture<()> + Send + Sync + 'static,
) {
    let hook = move |level, message: &str| send(hook(Level::from(level), message.to_owned()));
    bridge::set_logger(level.into(), Some(Arc::new(hook)));
}

/// Passes log messages to nobody.
#[frb(sync)]
pub fn clear_logger() {
    bridge::set_logger(bridge::LogLevel::Error, None);
}

impl From<Level> for bridge::LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warn => Self::Warn,
            Level::Info => Self::Info,
            Level::Debug => Self::Debug,
            Level::Trace => Self::Trace,
        }
    }
}

impl From<bridge::LogLevel> for Level {
    fn from(level: bridge::LogLevel) -> Self {
        match level {
            bridge::LogLevel::Error => Self::Error,
            bridge::LogLevel::Warn => Self::Warn,
            bridge::LogLevel::Info => Self::Info,
            bridge::LogLevel::Debug => Self::Debug,
            bridge::LogLevel::Trace => Self::Trace,
        }
    }
}
