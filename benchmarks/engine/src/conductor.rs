//! Runs the workloads in rounds, engines in turn, each step in a fresh process.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};

use crate::metric::{Metric, Sample, median};
use crate::peers::{self, Entrant};
use crate::workloads::{self, Ends, Workload};

/// How long one phase may take. An engine that needs longer has no row.
const PHASE_SECONDS_MAX: u64 = 150;

/// What to run.
pub(crate) struct Plan {
    /// How often each workload runs for each engine.
    pub(crate) rounds: usize,
    /// Figures or workloads; all if empty.
    pub(crate) only: Vec<String>,
    /// Engines; all if empty.
    pub(crate) engines: Vec<String>,
    /// Below which stores are made and removed.
    pub(crate) directory: PathBuf,
}

/// What the rounds gave for one thing one engine did.
pub(crate) struct Row {
    /// What was done.
    pub(crate) bench: String,
    /// By which engine.
    pub(crate) engine: &'static str,
    /// What the engine promises of a synced put.
    pub(crate) durability: &'static str,
    /// The figures, one value a round.
    pub(crate) samples: BTreeMap<Metric, Vec<f64>>,
}

impl Row {
    /// The middle of the rounds.
    pub(crate) fn median(&self, metric: Metric) -> Option<f64> {
        median(self.samples.get(&metric)?.clone())
    }
}

/// Runs the plan. Progress and what an engine could not do go to standard error.
pub(crate) fn run(plan: &Plan) -> Result<Vec<Row>> {
    let entrants = peers::all();
    plan.check_names(&entrants)?;
    let mut rows: Vec<Row> = Vec::new();
    for round in 0..plan.rounds {
        for workload in workloads::all().iter().filter(|workload| plan.wants(workload)) {
            if round >= workload.rounds_max {
                continue;
            }
            for entrant in entrants.iter().filter(|entrant| plan.wants_engine(entrant)) {
                if !(workload.takes)(entrant) {
                    continue;
                }
                eprintln!("round {}: {} by {}", round + 1, workload.name, entrant.name);
                match run_workload(workload, entrant, &plan.directory) {
                    Ok(samples) => add(&mut rows, entrant, samples),
                    Err(error) => eprintln!("{} by {}: {error:#}", workload.name, entrant.name),
                }
            }
        }
    }
    rows.sort_by_key(|row| rank(&row.bench));
    Ok(rows)
}

impl Plan {
    fn wants(&self, workload: &Workload) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| workload.is_called(name))
    }

    fn wants_engine(&self, entrant: &Entrant) -> bool {
        self.engines.is_empty() || self.engines.iter().any(|name| name == entrant.name)
    }

    fn check_names(&self, entrants: &[Entrant]) -> Result<()> {
        for name in &self.only {
            let known = workloads::all().iter().any(|workload| workload.is_called(name));
            ensure!(known, "no workload is called {name}");
        }
        for name in &self.engines {
            let known = entrants.iter().any(|entrant| entrant.name == name);
            ensure!(known, "no engine is called {name} in this build");
        }
        Ok(())
    }
}

/// Runs all phases of a workload on a fresh directory.
fn run_workload(workload: &Workload, entrant: &Entrant, below: &Path) -> Result<Vec<Sample>> {
    let directory = tempfile::Builder::new().prefix("sealwood-bench-").tempdir_in(below)?;
    let mut samples = Vec::new();
    for (number, phase) in workload.phases.iter().enumerate() {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--step").args([workload.name, &number.to_string(), entrant.name]);
        command.arg(directory.path()).stdin(Stdio::null()).stdout(Stdio::piped());
        samples.extend(run_phase(&mut command, phase.ends)?);
    }
    Ok(samples)
}

/// Runs one phase and gives it up after [`PHASE_SECONDS_MAX`].
fn run_phase(command: &mut Command, ends: Ends) -> Result<Vec<Sample>> {
    let mut child = command.spawn().context("cannot start a step")?;
    let output = child.stdout.take().context("standard output was not piped")?;
    let (sender, receiver) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        let mut last = String::new();
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            last = line;
        }
        // The receiver is gone only after the time was up.
        let _ = sender.send(last);
    });
    let last = receiver.recv_timeout(Duration::from_secs(PHASE_SECONDS_MAX));
    if last.is_err() {
        child.kill()?;
    }
    let status = child.wait()?;
    if reader.join().is_err() {
        bail!("reading a step's output panicked");
    }
    let last = last.ok().with_context(|| format!("not done in {PHASE_SECONDS_MAX} s"))?;
    ensure!(status.success() || ends == Ends::Aborts, "the step ended with {status}");
    serde_json::from_str(&last).context("the step printed no samples")
}

fn add(rows: &mut Vec<Row>, entrant: &Entrant, samples: Vec<Sample>) {
    for sample in samples {
        let of_this = |row: &Row| row.bench == sample.bench && row.engine == entrant.name;
        let at = rows.iter().position(of_this).unwrap_or_else(|| {
            rows.push(Row {
                bench: sample.bench.clone(),
                engine: entrant.name,
                durability: entrant.durability,
                samples: BTreeMap::new(),
            });
            rows.len() - 1
        });
        for (metric, value) in sample.metrics {
            rows[at].samples.entry(metric).or_default().push(value);
        }
    }
}

/// Where a bench stands in the report: rows of one bench are together whatever engine came first.
fn rank(bench: &str) -> usize {
    let benches = workloads::all().iter().flat_map(|workload| workload.benches);
    benches.into_iter().position(|known| *known == bench).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_of_the_rounds() {
        let mut row = Row {
            bench: String::new(),
            engine: "none",
            durability: "none",
            samples: BTreeMap::new(),
        };
        assert_eq!(row.median(Metric::P50Us), None);
        row.samples.insert(Metric::P50Us, vec![9.0, 1.0, 5.0]);
        assert_eq!(row.median(Metric::P50Us), Some(5.0));
        row.samples.insert(Metric::P50Us, vec![9.0, 1.0, 5.0, 7.0]);
        assert_eq!(row.median(Metric::P50Us), Some(6.0));
    }
}
