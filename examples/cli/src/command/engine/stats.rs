//! `sealwood engine stats`

use std::fmt;

use sealwood::engine::EngineStats;
use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use crate::bytes_text::size;
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;

#[derive(clap::Args)]
pub(super) struct Stats {
    /// The directory of the engine
    directory: EngineFolder,
}

impl Stats {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let look = move |teller: &job::Teller<Figures>| {
            let opened = self.directory.open_to_read()?;
            teller.tell(Figures::new(self.directory.shown(), &opened.engine.stats()))
        };
        job::run(context, look, |figures| context.output.emit(&figures)).await
    }
}

/// What the engine holds. What it did since it was opened is nothing.
#[derive(Serialize)]
struct Figures {
    engine: String,
    revision: u64,
    namespaces: u64,
    keys: u64,
    segments: u64,
    log_disk_bytes: u64,
    log_live_bytes: u64,
    /// What was written since the last checkpoint, which opening reads.
    log_since_checkpoint: u64,
    frame_disk_bytes: u64,
    frame_dead_bytes: u64,
}

impl Figures {
    fn new(engine: String, stats: &EngineStats) -> Self {
        Self {
            engine,
            revision: stats.revision.get(),
            namespaces: stats.namespaces,
            keys: stats.keys,
            segments: stats.segments,
            log_disk_bytes: stats.log_disk_bytes,
            log_live_bytes: stats.log_live_bytes,
            log_since_checkpoint: stats.log_since_checkpoint,
            frame_disk_bytes: stats.frame_disk_bytes,
            frame_dead_bytes: stats.frame_dead_bytes,
        }
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "engine      {}", printable(&self.engine))?;
        writeln!(f, "revision    {}", self.revision)?;
        writeln!(f, "namespaces  {}", self.namespaces)?;
        writeln!(f, "keys        {}", self.keys)?;
        let (all, live) = (size(self.log_disk_bytes), size(self.log_live_bytes));
        let since = size(self.log_since_checkpoint);
        writeln!(f, "log         {all}, {live} of it live, {since} since the last checkpoint")?;
        let (all, dead) = (size(self.frame_disk_bytes), size(self.frame_dead_bytes));
        write!(f, "index       {all}, {dead} of it dead")
    }
}
