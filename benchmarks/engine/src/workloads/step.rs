//! One phase of one workload for one engine, in a process of its own.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::{Ends, Workload, all};
use crate::metric::Sample;
use crate::peers::{self, Entrant};

/// What a phase works on.
pub(crate) struct Step {
    /// The workload the phase is of.
    pub(crate) workload: &'static Workload,
    /// The engine.
    pub(crate) entrant: Entrant,
    /// Where the store lies; the same for all phases of a workload, empty before the first.
    pub(crate) directory: PathBuf,
}

/// Runs the phase that `words` name and prints its samples as one line of JSON.
pub(crate) fn run(words: &[String]) -> Result<()> {
    let [workload, phase, engine, directory] = words else { bail!("not a step: {words:?}") };
    let workload = all().iter().find(|known| known.name == workload);
    let workload = workload.context("no such workload")?;
    let phase: usize = phase.parse()?;
    let phase = workload.phases.get(phase).context("no such phase")?;
    let entrant = peers::all().into_iter().find(|known| known.name == engine);
    let entrant = entrant.context("no such engine")?;
    let step = Step { workload, entrant, directory: directory.into() };
    match phase.ends {
        Ends::Returns => print(&(phase.run)(&step)?),
        Ends::Aborts => {
            // The samples go out while the store is still open.
            (phase.run)(&step)?;
            bail!("the phase was to abort the process")
        }
    }
}

/// Hands `samples` to the conductor.
pub(crate) fn print(samples: &[Sample]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(samples)?)?;
    Ok(out.flush()?)
}
