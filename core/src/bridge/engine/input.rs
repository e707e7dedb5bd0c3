//! What an engine is opened with and what is scanned, as every language spells it.

use std::time::Duration;

use crate::engine::{Access, Background, EngineConfig, Order, RecoveryMode, ScanBuilder};

/// Settings of an engine that an app may have a reason to change; the engine's own where there is
/// none. Limits are those of [`EngineConfig`], which an open checks.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConfigInput {
    /// [`EngineConfig::access`].
    pub access: Access,
    /// [`EngineConfig::recovery`].
    pub recovery: RecoveryMode,
    /// [`EngineConfig::background`].
    pub background: Background,
    /// [`EngineConfig::separated_bytes_min`].
    pub separated_bytes_min: Option<u64>,
    /// [`EngineConfig::memory_bytes_max`].
    pub memory_bytes_max: Option<u64>,
    /// [`EngineConfig::namespaces_max`].
    pub namespaces_max: Option<u32>,
    /// [`EngineConfig::checkpoint_idle`], in milliseconds.
    pub checkpoint_idle_ms: Option<u32>,
    /// [`EngineConfig::watch_events_max`].
    pub watch_events_max: Option<u32>,
    /// [`EngineConfig::watch_bytes_max`].
    pub watch_bytes_max: Option<u64>,
}

impl From<ConfigInput> for EngineConfig {
    fn from(input: ConfigInput) -> Self {
        // What does not fit the address space is as good as its end: a limit refuses it, or there
        // is none.
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let mut config = EngineConfig::default()
            .access(input.access)
            .recovery(input.recovery)
            .background(input.background);
        config.separated_bytes_min =
            input.separated_bytes_min.unwrap_or(config.separated_bytes_min);
        config.memory_bytes_max = input.memory_bytes_max.map_or(config.memory_bytes_max, size);
        config.namespaces_max =
            input.namespaces_max.map_or(config.namespaces_max, |max| size(max.into()));
        let idle = |ms: u32| Duration::from_millis(ms.into());
        config.checkpoint_idle = input.checkpoint_idle_ms.map_or(config.checkpoint_idle, idle);
        config.watch_events_max =
            input.watch_events_max.map_or(config.watch_events_max, |max| size(max.into()));
        config.watch_bytes_max = input.watch_bytes_max.map_or(config.watch_bytes_max, size);
        config
    }
}

/// Which keys are scanned, and how: all that is given counts.
#[derive(Debug, Clone, Default)]
pub struct ScanInput {
    /// Only keys that begin with it.
    pub prefix: Vec<u8>,
    /// The first key.
    pub start: Option<Vec<u8>>,
    /// The key before which it ends.
    pub end: Option<Vec<u8>>,
    /// Only what comes after this key, in the order of the scan.
    pub start_after: Option<Vec<u8>>,
    /// In which order.
    pub order: Order,
    /// At most so many keys.
    pub limit: Option<u64>,
}

impl ScanInput {
    /// Sets a scan up.
    pub(super) fn apply(self, scan: ScanBuilder) -> ScanBuilder {
        use std::ops::Bound;

        let mut start = self.start.map_or(Bound::Unbounded, Bound::Included);
        let mut end = self.end.map_or(Bound::Unbounded, Bound::Excluded);
        if let Some(key) = self.start_after {
            match self.order {
                Order::Ascending if is_past(&key, &start, |key, start| key >= start) => {
                    start = Bound::Excluded(key);
                }
                Order::Descending if is_past(&key, &end, |key, end| key < end) => {
                    end = Bound::Excluded(key);
                }
                Order::Ascending | Order::Descending => {}
            }
        }
        let mut scan = scan.prefix(&self.prefix).range((start, end));
        if self.order == Order::Descending {
            scan = scan.descending();
        }
        match self.limit {
            Some(limit) => scan.limit(usize::try_from(limit).unwrap_or(usize::MAX)),
            None => scan,
        }
    }
}

/// Whether a key leaves less than a bound does.
fn is_past(
    key: &[u8],
    bound: &std::ops::Bound<Vec<u8>>,
    is_past: impl FnOnce(&[u8], &[u8]) -> bool,
) -> bool {
    match bound {
        std::ops::Bound::Included(other) | std::ops::Bound::Excluded(other) => is_past(key, other),
        std::ops::Bound::Unbounded => true,
    }
}
