//! Kills processes that write to the engine, and holds the store to what was acknowledged.
//!
//! The conductor (this program as the user starts it) starts a victim (the same program again) on a
//! directory. The victim says on a pipe what it begins and what was acknowledged, and is killed
//! with `SIGKILL` at a random moment: after some number of these lines, some microseconds later.
//! Then the directory is opened, sometimes first by others that are killed at that, and has to hold
//! what was acknowledged; what was under way, whole or not at all; and nothing else. `verify` has
//! to be content, the hashes of tracked namespaces those of their rows, and no file may be left
//! over. Copies have to hold the same: one whose index is made anew from its log, and one that is
//! read as if it were damaged, which must find no damage. The same directory goes on to the next
//! round.
//!
//! A kill keeps what the system has in its cache, so this does not show a missing sync: the fault
//! disk of the core's tests does. It shows what a process still had in its memory, changes of
//! several steps that were cut in the middle, and what real threads, files and locks do.
//!
//! A seed decides operations, limits and the order of all; not the moments, nor how threads meet. A
//! failure may need some tries to come again.

mod change;
mod check;
mod conductor;
mod content;
mod line;
mod mode;
mod model;
mod operation;
mod process;
mod random;
mod setup;
mod trial;
mod victim;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, bail, ensure};
use clap::{Parser, ValueEnum};
use sealwood::platform::{Clock, SystemClock};

use crate::conductor::Plan;
use crate::mode::Mode;
use crate::process::{Orders, Task};
use crate::victim::Victim;

/// Kills processes that write to the engine, and holds the store to what was acknowledged.
#[derive(Parser)]
struct Arguments {
    /// How long.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Or until so many were killed.
    #[arg(long, default_value_t = u64::MAX, hide_default_value = true)]
    kills: u64,
    /// Only these.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Mode>,
    /// Does the same operations again. The moments of the kills are others.
    #[arg(long)]
    seed: Option<u64>,
    /// Where the stores lie. The system's temporary directory if nothing is given.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print one line of JSON at the end.
    #[arg(long)]
    json: bool,
    /// What to do as the one to be killed, for the conductor itself.
    #[arg(long, hide = true, num_args = 5)]
    victim: Option<Vec<String>>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(words) = &arguments.victim {
        return be_victim(&Orders::read(words)?);
    }
    if !cfg!(unix) {
        bail!("nothing was checked: processes are killed on Unix only");
    }
    let time = Duration::try_from_secs_f64(arguments.minutes * 60.0)?;
    ensure!(time <= Duration::from_secs(7 * 24 * 3_600), "a week is long enough");
    let plan = Plan {
        modes: match arguments.only[..] {
            [] => Mode::value_variants().to_vec(),
            _ => arguments.only,
        },
        time,
        kills_max: arguments.kills,
        seed: arguments.seed.unwrap_or_else(|| SystemClock.now_ms()),
        below: arguments.dir.unwrap_or_else(std::env::temp_dir),
    };
    eprintln!("seed {}", plan.seed);
    let outcome = plan.run()?;
    if arguments.json {
        println!("{}", outcome.json(&plan));
    } else {
        println!("{}", outcome.text());
    }
    Ok(if outcome.failures == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn be_victim(orders: &Orders) -> Result<ExitCode> {
    let Orders { task, setup, round, directory } = orders;
    match task {
        Task::Work => Ok(Victim { setup: *setup, round: *round, directory }.run()),
        Task::Recover => {
            victim::recover(*setup, directory)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
