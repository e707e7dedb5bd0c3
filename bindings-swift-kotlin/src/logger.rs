//! Log messages for the app.

use std::sync::Arc;

use sealwood::bridge::{LogHook, LogLevel, set_logger};

use crate::error::CoreError;

/// How much a message matters.
pub type CoreLogLevel = LogLevel;

/// How much a message matters.
#[uniffi::remote(Enum)]
pub enum CoreLogLevel {
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

/// Hears of log messages.
#[uniffi::export(foreign)]
pub trait HostLogger: Send + Sync {
    /// A message, on any thread. That it fails changes nothing.
    fn log(&self, level: CoreLogLevel, message: String) -> Result<(), CoreError>;
}

/// Passes messages up to `level` to `logger` from now on, or to nobody.
#[uniffi::export]
pub fn core_set_logger(level: CoreLogLevel, logger: Option<Arc<dyn HostLogger>>) {
    let hook = logger.map(|host| {
        let hear = move |level: LogLevel, message: &str| {
            host.log(level, message.to_owned()).ok();
        };
        Arc::new(hear) as Arc<dyn LogHook>
    });
    set_logger(level, hook);
}
