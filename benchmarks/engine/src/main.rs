//! The embedded engine beside fjall, redb, sled, holt, RocksDB and SQLite.
//!
//! The conductor (this program as the user starts it) runs every workload for every engine in
//! rounds, engines in turn, each step in a fresh process of the same program: resident memory and
//! bytes written are then those of one engine and one workload. It prints the median of the rounds
//! with the least and the greatest. `check` holds our own rows against the others'.
//!
//! Engines run at their defaults, without compression where it can be turned off, since sealed
//! values do not compress. Each row says what a synced put promises.

mod check;
mod conductor;
mod data;
mod meter;
mod metric;
mod peers;
mod report;
mod workloads;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

/// Measures the engine beside its peers.
#[derive(Parser)]
struct Arguments {
    /// Print one JSON object a line instead of a table.
    #[arg(long)]
    json: bool,
    /// How often every workload runs for every engine.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only the workloads that cover these figures (K1 to K13) or have these names.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these engines, by the names in the rows.
    #[arg(long, value_delimiter = ',')]
    engines: Vec<String>,
    /// Where the stores lie; on the disk to be measured. The system's temporary directory if
    /// nothing is given.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Hold our figures against the peers' and fail if one falls short.
    #[arg(long)]
    check: bool,
    /// A part of a workload, for the conductor itself.
    #[arg(long, hide = true, num_args = 4, value_names = ["WORKLOAD", "PHASE", "ENGINE", "STORE"])]
    step: Option<Vec<String>>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(words) = &arguments.step {
        workloads::step::run(words)?;
        return Ok(ExitCode::SUCCESS);
    }
    let rows = conductor::run(&conductor::Plan {
        rounds: arguments.rounds,
        only: arguments.only,
        engines: arguments.engines,
        directory: arguments.dir.unwrap_or_else(std::env::temp_dir),
    })?;
    report::print(&rows, arguments.json)?;
    if arguments.check && check::print(&rows)? > 0 {
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
