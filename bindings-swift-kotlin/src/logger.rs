//! Log messages for the app.

use std::sync::Arc;

use sealwood::bridge::{LogHook, LogLevel, set_logger};

use crate::error::CoreError;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
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
            host.log(level.into(), message.to_owned()).ok();
        };
        Arc::new(hear) as Arc<dyn LogHook>
    });
    set_logger(level.into(), hook);
}

impl From<LogLevel> for CoreLogLevel {
    fn from(level: LogLevel) -> Self {
        match level {
            LogLevel::Error => Self::Error,
            LogLevel::Warn => Self::Warn,
            LogLevel::Info => Self::Info,
            LogLevel::Debug => Self::Debug,
            LogLevel::Trace => Self::Trace,
        }
    }
}

impl From<CoreLogLevel> for LogLevel {
    fn from(level: CoreLogLevel) -> Self {
        match level {
            CoreLogLevel::Error => Self::Error,
            CoreLogLevel::Warn => Self::Warn,
            CoreLogLevel::Info => Self::Info,
            CoreLogLevel::Debug => Self::Debug,
            CoreLogLevel::Trace => Self::Trace,
        }
    }
}
