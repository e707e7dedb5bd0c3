//! `sealwood engine compact`

use std::fmt;

use serde::Serialize;

use super::folder::{EngineFolder, OpenEngine};
use super::job;
use crate::bytes_text::size;
use crate::context::Context;
use crate::failure::Result;

#[derive(clap::Args)]
pub(super) struct Compact {
    /// The directory of the engine
    directory: EngineFolder,
}

impl Compact {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let meter = context.output.working("compacting");
        let work = move |teller: &job::Teller<Done>| {
            let opened = self.directory.open_to_change()?;
            let outcome = compact(&opened);
            teller.tell(opened.close_after(outcome)?)
        };
        let compacted = job::run(context, work, |done| context.output.emit(&done)).await;
        meter.clear();
        compacted
    }
}

fn compact(opened: &OpenEngine) -> Result<Done> {
    let engine = &opened.engine;
    let disk_bytes = || {
        let stats = engine.stats();
        stats.log_disk_bytes + stats.frame_disk_bytes
    };
    let before = disk_bytes();
    let written = opened.check(engine.compact())?;
    // What was replaced is removed once that is durable.
    opened.check(engine.checkpoint())?;
    Ok(Done { written_bytes: written, before_bytes: before, after_bytes: disk_bytes() })
}

/// The log and the index; large values are never rewritten.
#[derive(Serialize)]
struct Done {
    written_bytes: u64,
    before_bytes: u64,
    after_bytes: u64,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { written_bytes, before_bytes, after_bytes } = self;
        let (before, after) = (size(*before_bytes), size(*after_bytes));
        write!(f, "log and index: {before}, now {after}; {} written anew", size(*written_bytes))
    }
}
