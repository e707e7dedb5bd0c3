//! What an engine is opened with, as plain values.

use flutter_rust_bridge::frb;
use sealwood::Result;
use sealwood::bridge::engine::ConfigInput;

use crate::api::input::number;

pub use sealwood::engine::{
    Access as EngineAccess, Background as EngineBackground, RecoveryMode as EngineRecovery,
};

/// What an opener of an engine may do.
#[frb(mirror(EngineAccess))]
pub enum _EngineAccess {
    /// Read and write: everybody else is kept out.
    ReadWrite,
    /// Read: others may read too, and nothing is written.
    ReadOnly,
}

/// Where the index of an engine comes from when it is opened.
#[frb(mirror(EngineRecovery))]
pub enum _EngineRecovery {
    /// The last checkpoint and the log after it.
    Checkpoint,
    /// The whole log, where frames of the index are damaged.
    Rebuild,
    /// All that is whole, whatever is damaged: only to read.
    PassOver,
}

/// Who checkpoints, compacts and counts rows.
#[frb(mirror(EngineBackground))]
pub enum _EngineBackground {
    /// The engine, a while after the last write.
    Automatic,
    /// The app, which calls `Engine.maintain`.
    Manual,
}

/// Settings of an engine; its own where there is none.
#[derive(Debug, Clone, Copy)]
pub struct EngineSpec {
    /// What the opener may do.
    pub access: EngineAccess,
    /// Where the index comes from.
    pub recovery: EngineRecovery,
    /// Who works in the background.
    pub background: EngineBackground,
    /// From which size on values have files of their own, in bytes.
    pub separated_bytes_min: Option<i64>,
    /// The memory for the index, in bytes.
    pub memory_bytes_max: Option<i64>,
    /// The most namespaces.
    pub namespaces_max: Option<i64>,
    /// How long after the last write a checkpoint is written, in milliseconds.
    pub checkpoint_idle_ms: Option<i64>,
    /// The most changes that are kept for watches.
    pub watch_events_max: Option<i64>,
    /// The memory for them, in bytes.
    pub watch_bytes_max: Option<i64>,
}

impl EngineSpec {
    pub(crate) fn input(self) -> Result<ConfigInput> {
        Ok(ConfigInput {
            access: self.access,
            recovery: self.recovery,
            background: self.background,
            separated_bytes_min: number(self.separated_bytes_min)?,
            memory_bytes_max: number(self.memory_bytes_max)?,
            namespaces_max: number(self.namespaces_max)?,
            checkpoint_idle_ms: number(self.checkpoint_idle_ms)?,
            watch_events_max: number(self.watch_events_max)?,
            watch_bytes_max: number(self.watch_bytes_max)?,
        })
    }
}
