//! Log messages for a host: `log`'s records, passed to one hook.

use std::sync::Arc;

use crate::platform::{MaybeSend, MaybeSync, log_hook, set_log_hook};

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
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

/// Hears of messages. It may be called on any thread.
pub trait LogHook: Fn(LogLevel, &str) + MaybeSend + MaybeSync {}
impl<F: Fn(LogLevel, &str) + MaybeSend + MaybeSync> LogHook for F {}

/// Passes messages up to `level` to `hook` from now on, or to nobody. There is one hook a process;
/// if the app has a `log` logger of its own, that one stays and the hook hears nothing. No message
/// holds a path, a name, a key or a secret.
pub fn set_logger(level: LogLevel, hook: Option<Arc<dyn LogHook>>) {
    // It fails where a logger is set already: this one, or the app's own.
    log::set_logger(&Forward).ok();
    let filter = match (&hook, level) {
        (None, _) => log::LevelFilter::Off,
        (_, LogLevel::Error) => log::LevelFilter::Error,
        (_, LogLevel::Warn) => log::LevelFilter::Warn,
        (_, LogLevel::Info) => log::LevelFilter::Info,
        (_, LogLevel::Debug) => log::LevelFilter::Debug,
        (_, LogLevel::Trace) => log::LevelFilter::Trace,
    };
    set_log_hook(hook);
    log::set_max_level(filter);
}

struct Forward;

impl log::Log for Forward {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        // Other crates' messages may hold what ours never do.
        metadata.target().starts_with("sealwood")
    }

    fn log(&self, record: &log::Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        if let Some(hook) = log_hook() {
            hook(level(record.level()), &record.args().to_string());
        }
    }

    fn flush(&self) {}
}

fn level(level: log::Level) -> LogLevel {
    match level {
        log::Level::Error => LogLevel::Error,
        log::Level::Warn => LogLevel::Warn,
        log::Level::Info => LogLevel::Info,
        log::Level::Debug => LogLevel::Debug,
        log::Level::Trace => LogLevel::Trace,
    }
}
