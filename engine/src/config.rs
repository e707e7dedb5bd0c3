//! What an engine is opened with.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::error::{Error, Result};
use sealwood_base::{Clock, Entropy, SystemClock, SystemEntropy};

/// The longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 65_536;
/// The longest name of a namespace, in bytes.
pub const NAMESPACE_NAME_BYTES_MAX: usize = 64;
/// The largest value that may be kept in the log, in bytes: the upper limit of
/// [`EngineConfig::separated_bytes_min`].
pub const LOGGED_BYTES_MAX: u64 = 16 << 20;

/// The upper limit of counts of namespaces and files.
const COUNT_MAX: usize = 65_536;
/// The upper limit of what may wait in memory, in bytes.
const MEMORY_BYTES_MAX: usize = 1 << 30;
/// The upper limit of [`EngineConfig::group_window`]: whoever leads spins for it.
const GROUP_WINDOW_MAX: Duration = Duration::from_secs(1);
/// The limits of [`EngineConfig::checkpoint_idle`].
const CHECKPOINT_IDLE: RangeInclusive<Duration> =
    Duration::from_millis(1)..=Duration::from_secs(24 * 60 * 60);

/// When a write is acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Durability {
    /// At once. It is in the file after at most [`EngineConfig::log_buffer_bytes_max`] more bytes
    /// of log, and durable after the next sync, whoever asks for it.
    None,
    /// Once a sync that may be shared with other writers has covered it. Where there are several,
    /// they wait up to [`EngineConfig::group_window`] for each other.
    #[default]
    Group,
    /// Once a sync has covered it that begins as soon as the one under way ends.
    Sync,
}

/// What an opener may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Read and write; nobody else has the engine open.
    #[default]
    ReadWrite,
    /// Read what was there at opening. Others may read too; nobody writes. Nothing on the disk is
    /// changed, not even to mend a torn end; only the lock file is made where a copy lacks it.
    ReadOnly,
}

/// Where the index comes from at opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RecoveryMode {
    /// The last checkpoint and the log after it.
    #[default]
    Checkpoint,
    /// The whole log, as if there were no checkpoint: the way out when frames are damaged.
    Rebuild,
    /// All that is whole, of the log and of the last checkpoint, whatever is damaged or missing.
    /// Only to read ([`Access::ReadOnly`]): what was passed over is
    /// [named](super::Engine::passed_over), stays as it is, and may have held later changes of
    /// any key. A key whose value is lost is there and fails to be read. All keys are in memory.
    PassOver,
}

/// Whether checkpoints happen by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Background {
    /// A thread of the engine's own runs them, where the platform has threads; where it has none,
    /// the writer that passes a limit does.
    #[default]
    Automatic,
    /// Only [`Engine::maintain`](super::Engine::maintain),
    /// [`checkpoint`](super::Engine::checkpoint), [`close`](super::Engine::close) and writers that
    /// pass the hard limit run them.
    Manual,
}

/// The settings of an engine. Every limit has a default that suits an app on a phone.
///
/// ```
/// # use sealwood_engine::{Access, EngineConfig};
/// let config = EngineConfig::default().access(Access::ReadOnly).memory_bytes_max(8 << 20);
/// assert_eq!(config.memory_bytes_max, 8 << 20);
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct EngineConfig {
    /// What this opener may do.
    pub access: Access,
    /// Where the index comes from.
    pub recovery: RecoveryMode,
    /// Whether checkpoints happen by themselves.
    pub background: Background,
    /// The largest value that is kept in the index, in bytes, at most 4,096. A read of it needs no
    /// I/O once its part of the index is in memory.
    pub inline_bytes_max: u32,
    /// From which size on values have files of their own, in bytes; a namespace may have its own
    /// threshold. At least 1, at most [`LOGGED_BYTES_MAX`].
    pub separated_bytes_min: u64,
    /// The size at which a segment of the log is sealed, in bytes, 4,096 to 1 GiB.
    pub segment_bytes_max: u64,
    /// The most namespaces there may be, 1 to 65,536.
    pub namespaces_max: usize,
    /// The most files that are kept open for reading, 1 to 65,536.
    pub open_files_max: usize,
    /// How much of the index is kept in memory, in bytes; any number. Parts that no checkpoint has
    /// written yet stay in memory in any case.
    pub memory_bytes_max: usize,
    /// How much log may wait in memory, in bytes, at most 1 GiB.
    pub log_buffer_bytes_max: usize,
    /// How long a group waits at most for as many writers as the last one had, at most a second.
    pub group_window: Duration,
    /// How long after a write the engine checkpoints by itself, if nothing else happens: a
    /// millisecond to a day.
    pub checkpoint_idle: Duration,
    /// How much of the index may be unwritten before a checkpoint begins, in bytes, 1 to 1 GiB. At
    /// twice as much writers wait for it.
    pub checkpoint_dirty_bytes: usize,
    /// How many bytes of log since the last checkpoint begin one, 1 to 1 TiB. Opening replays about
    /// as much at most.
    pub checkpoint_log_bytes: u64,
    /// Which part of a sealed segment must be dead before compaction rewrites it by itself, in
    /// percent, 1 to 100.
    pub compaction_dead_percent: u32,
    /// Compaction does not start until this many bytes of the log are dead. Any number.
    pub compaction_dead_bytes_min: u64,
    /// How many changes are kept for watches, at most 1,048,576.
    pub watch_events_max: usize,
    /// How much memory these may take, in bytes, at most 1 GiB.
    pub watch_bytes_max: usize,
    /// The clock that keys expire by.
    pub clock: Arc<dyn Clock>,
    /// The randomness of temporary names.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            access: Access::default(),
            recovery: RecoveryMode::default(),
            background: Background::default(),
            inline_bytes_max: 256,
            separated_bytes_min: 128 << 10,
            segment_bytes_max: 16 << 20,
            namespaces_max: 1024,
            open_files_max: 64,
            memory_bytes_max: 64 << 20,
            log_buffer_bytes_max: 256 << 10,
            group_window: Duration::from_micros(500),
            checkpoint_idle: Duration::from_millis(500),
            checkpoint_dirty_bytes: 16 << 20,
            checkpoint_log_bytes: 4 << 20,
            compaction_dead_percent: 75,
            compaction_dead_bytes_min: 256 << 10,
            watch_events_max: 4096,
            watch_bytes_max: 4 << 20,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        }
    }
}

/// One method to set each field.
macro_rules! setters {
    ($($field:ident: $type:ty),* $(,)?) => {
        impl EngineConfig {
            $(
                #[doc = concat!("Sets the field `", stringify!($field), "`.")]
                #[must_use]
                pub fn $field(mut self, $field: $type) -> Self {
                    self.$field = $field;
                    self
                }
            )*
        }
    };
}

setters! {
    access: Access,
    recovery: RecoveryMode,
    background: Background,
    inline_bytes_max: u32,
    separated_bytes_min: u64,
    segment_bytes_max: u64,
    namespaces_max: usize,
    open_files_max: usize,
    memory_bytes_max: usize,
    log_buffer_bytes_max: usize,
    group_window: Duration,
    checkpoint_idle: Duration,
    checkpoint_dirty_bytes: usize,
    checkpoint_log_bytes: u64,
    compaction_dead_percent: u32,
    compaction_dead_bytes_min: u64,
    watch_events_max: usize,
    watch_bytes_max: usize,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl EngineConfig {
    /// Fails with [`Error::InvalidArgument`] if a limit is outside its documented range.
    pub(crate) fn check(&self) -> Result<()> {
        let what = if self.inline_bytes_max > 4096 {
            "inline_bytes_max is at most 4,096"
        } else if !(1..=LOGGED_BYTES_MAX).contains(&self.separated_bytes_min) {
            "separated_bytes_min is 1 to 16 MiB"
        } else if !(4096..=1 << 30).contains(&self.segment_bytes_max) {
            "segment_bytes_max is 4,096 to 1 GiB"
        } else if !(1..=COUNT_MAX).contains(&self.namespaces_max)
            || !(1..=COUNT_MAX).contains(&self.open_files_max)
        {
            "namespaces_max and open_files_max are 1 to 65,536"
        } else if self.log_buffer_bytes_max > MEMORY_BYTES_MAX {
            "log_buffer_bytes_max is at most 1 GiB"
        } else if self.group_window > GROUP_WINDOW_MAX {
            "group_window is at most a second"
        } else if !CHECKPOINT_IDLE.contains(&self.checkpoint_idle) {
            "checkpoint_idle is a millisecond to a day"
        } else if !(1..=MEMORY_BYTES_MAX).contains(&self.checkpoint_dirty_bytes) {
            "checkpoint_dirty_bytes is 1 to 1 GiB"
        } else if !(1..=1 << 40).contains(&self.checkpoint_log_bytes) {
            "checkpoint_log_bytes is 1 to 1 TiB"
        } else if !(1..=100).contains(&self.compaction_dead_percent) {
            "compaction_dead_percent is 1 to 100"
        } else if self.watch_events_max > 1 << 20 || self.watch_bytes_max > MEMORY_BYTES_MAX {
            "watch_events_max is at most 1,048,576 and watch_bytes_max 1 GiB"
        } else if self.recovery == RecoveryMode::PassOver && self.access != Access::ReadOnly {
            "what passes damage over is opened to read only"
        } else {
            return Ok(());
        };
        Err(Error::InvalidArgument { what })
    }
}

impl std::fmt::Debug for EngineConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EngineConfig").field("access", &self.access).finish_non_exhaustive()
    }
}
