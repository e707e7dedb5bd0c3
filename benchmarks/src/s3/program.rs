//! Running a program and measuring what it took.

use std::fs;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use sealwood_fault_proxy::Totals;
use wait4::Wait4;

/// What a program used.
pub(super) struct Usage {
    pub(super) wall: Duration,
    pub(super) cpu: Duration,
    pub(super) peak_rss_bytes: Option<u64>,
}

/// What a program used and asked.
pub(super) struct Measured {
    pub(super) usage: Usage,
    pub(super) totals: Totals,
}

/// How long a program may take; one that takes longer will not end.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs a program to its end; fails unless it succeeds, and soon enough.
pub(super) fn run(command: &mut Command) -> Result<Usage> {
    let (usage, status) = run_to_end(command)?;
    ensure!(status.success(), "`{}` ended with {status}", words(command));
    Ok(usage)
}

/// Runs a program that is to fail, soon enough.
pub(super) fn run_to_failure(command: &mut Command) -> Result<Usage> {
    let (usage, status) = run_to_end(command)?;
    ensure!(!status.success(), "`{}` did not fail", words(command));
    Ok(usage)
}

fn words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn run_to_end(command: &mut Command) -> Result<(Usage, ExitStatus)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let started = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.spawn().with_context(|| format!("cannot start {name}"))?;
    let mut peak_rss_bytes = None;
    let used = loop {
        peak_rss_bytes = peak_rss_so_far(child.id()).max(peak_rss_bytes);
        if let Some(used) = child.try_wait4()? {
            break used;
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            bail!("{name} did not end within {PATIENCE:?}");
        }
        thread::sleep(Duration::from_millis(1));
    };
    let wall = started.elapsed();
    let cpu = used.rusage.utime + used.rusage.stime;
    Ok((Usage { wall, cpu, peak_rss_bytes }, used.status))
}

/// The most memory that a process had resident, where the system tells. What it tells once a
/// process has ended counts in the memory of the one that started it.
fn peak_rss_so_far(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim_end().parse().ok()?;
    Some(kibibytes * 1024)
}
