//! Running a program and measuring what it took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use sealwood_fault_proxy::Totals;
use wait4::Wait4;

/// What a program used.
pub(super) struct Usage {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    pub(super) peak_rss_bytes: u64,
}

/// What a program used and asked.
pub(super) struct Measured {
    pub(super) usage: Usage,
    pub(super) totals: Totals,
}

/// Runs a program to its end; fails unless it succeeds.
pub(super) fn run(command: &mut Command) -> Result<Usage> {
    let name = command.get_program().to_string_lossy().into_owned();
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let used = child.wait4()?;
    let wall = started.elapsed();
    if !used.status.success() {
        let arguments: Vec<_> = command.get_args().map(|word| word.to_string_lossy()).collect();
        bail!("`{name} {}` ended with {}", arguments.join(" "), used.status);
    }
    let usage = used.rusage;
    Ok(Usage { wall, cpu: usage.utime + usage.stime, peak_rss_bytes: usage.maxrss })
}
