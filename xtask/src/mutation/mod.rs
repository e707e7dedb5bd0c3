//! Tests of the tests: faults that are put into the code one at a time, each of which has to make
//! a test fail.

mod mutant;
mod nursery;
mod trial;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::tally::Tally;
use crate::workspace::Workspace;
pub(crate) use mutant::{Mutant, Test};
use nursery::{Binary, Nursery};
use trial::Trial;

/// The directory of the list.
pub(crate) fn list(workspace: &Workspace) -> PathBuf {
    workspace.root().join("xtask/mutants")
}

/// How long a test may take that would end without the mutant: ten times as long as it does, and
/// this much.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long a test may take without a mutant.
const BASELINE: Duration = Duration::from_secs(300);

/// Tries each of `mutants` and counts the killed as passed.
pub(crate) fn run(workspace: &Workspace, mutants: &[&Mutant], tally: &mut Tally) -> Result<()> {
    let nursery = Nursery::prepare(workspace)?;
    let mut usual = Vec::with_capacity(mutants.len());
    let mut seen: BTreeMap<String, Duration> = BTreeMap::new();
    for mutant in mutants {
        let key = format!("{:?}", mutant.test);
        let time = match seen.get(&key) {
            Some(time) => *time,
            None => baseline(&nursery, &mutant.test)?,
        };
        seen.insert(key, time);
        usual.push(time);
    }
    let width = mutants.iter().map(|mutant| mutant.name.len()).max().unwrap_or_default();
    for (mutant, usual) in mutants.iter().zip(usual) {
        let started = Instant::now();
        let outcome = attempt(&nursery, mutant, PATIENCE + 10 * usual);
        let (name, seconds) = (&mutant.name, started.elapsed().as_secs_f64());
        match outcome {
            Ok(by) => {
                tally.passed += 1;
                println!("{name:width$}  killed  {seconds:>6.1} s  by {by}");
            }
            Err(error) => {
                tally.failed += 1;
                println!("{name:width$}  FAILED  {seconds:>6.1} s  {error:#}");
                tally.failures.push(format!("{name}: {error:#}"));
            }
        }
    }
    Ok(())
}

/// The time `test` takes without any mutant; fails unless it passes.
fn baseline(nursery: &Nursery, test: &Test) -> Result<Duration> {
    let binary = nursery.build(test)?;
    let started = Instant::now();
    match trial::run(&mut binary.command(&test.filter), BASELINE)? {
        Trial::Passed(0) => bail!("{test:?} runs no test"),
        Trial::Passed(_) => Ok(started.elapsed()),
        other => bail!("{test:?} does not pass without a mutant: {other:?}"),
    }
}

/// Who kills `mutant`; an error if nobody does.
fn attempt(nursery: &Nursery, mutant: &Mutant, within: Duration) -> Result<String> {
    nursery.with(mutant, || {
        let binary: Binary = nursery.build(&mutant.test).context("does not build: no kill")?;
        let trial = trial::run(&mut binary.command(&mutant.test.filter), within)?;
        trial::judge(&trial, mutant.dies_by).map_err(anyhow::Error::msg)
    })
}
