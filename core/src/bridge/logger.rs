//! Log messages for a host: `log`'s records, passed to one hook.

use std::sync::Arc;

use crate::platform::{LogHook, log_hook, set_log_hook};

/// Passes messages up to `level` to `hook` from now on, or to nobody. There is one hook a process;
/// if the app has a `log` logger of its own, that one stays and the hook hears nothing. No message
/// holds a path, a name, a key or a secret.
pub fn set_logger(level: log::Level, hook: Option<Arc<dyn LogHook>>) {
    // It fails where a logger is set already: this one, or the app's own.
    log::set_logger(&Forward).ok();
    let filter = hook.as_ref().map_or(log::LevelFilter::Off, |_| level.to_level_filter());
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
            hook(record.level(), &record.args().to_string());
        }
    }

    fn flush(&self) {}
}
