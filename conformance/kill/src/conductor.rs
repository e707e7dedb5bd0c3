//! Directory after directory, until the time is over.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use crate::mode::Mode;
use crate::random::Random;
use crate::setup::Setup;
use crate::trial::{Counts, Trial};

/// How long one directory is used.
const DIRECTORY_TIME: Duration = Duration::from_secs(8);

/// After so many failures there is nothing new to learn.
const FAILURES_MAX: u64 = 20;

/// What to run.
#[derive(Debug)]
pub(crate) struct Plan {
    /// What victims do, in turn.
    pub(crate) modes: Vec<Mode>,
    /// How long.
    pub(crate) time: Duration,
    /// Or until so many were killed.
    pub(crate) kills_max: u64,
    /// Decides everything but the moments.
    pub(crate) seed: u64,
    /// Below which directories are made.
    pub(crate) below: PathBuf,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    counts: Counts,
    directories: u64,
    /// Directories in which something was not as it must be.
    pub(crate) failures: u64,
}

impl Plan {
    /// Runs it. Failures go to standard error, and the directories they are about are kept.
    pub(crate) fn run(&self) -> Result<Outcome> {
        let end = Instant::now() + self.time;
        let mut outcome = Outcome::default();
        for (number, mode) in (0..).zip(self.modes.iter().cycle()) {
            if self.is_over(end, &outcome) {
                break;
            }
            let seed = Random::new(self.seed, &[number]).next();
            self.try_directory(Setup { mode: *mode, seed }, number, end, &mut outcome)?;
        }
        Ok(outcome)
    }

    fn is_over(&self, end: Instant, outcome: &Outcome) -> bool {
        Instant::now() >= end
            || outcome.counts.kills >= self.kills_max
            || outcome.failures >= FAILURES_MAX
    }

    fn try_directory(
        &self,
        setup: Setup,
        number: u64,
        end: Instant,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let directory =
            tempfile::Builder::new()
                .prefix("sealwood-kill-")
                .tempdir_in(&self.below)
                .with_context(|| format!("cannot make a directory in {}", self.below.display()))?;
        std::fs::create_dir(directory.path().join("store"))?;
        outcome.directories += 1;
        let mut trial = Trial::new(setup, directory.path());
        let turn = Instant::now() + DIRECTORY_TIME;
        while Instant::now() < turn && !self.is_over(end, outcome) {
            if let Err(error) = trial.round(&mut outcome.counts) {
                outcome.failures += 1;
                eprintln!(
                    "FAILED: {} with seed {}, directory {number}: {error:#}\nkept: {}",
                    setup.mode.name(),
                    self.seed,
                    directory.keep().display()
                );
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Outcome {
    /// One line of JSON.
    pub(crate) fn json(&self, plan: &Plan) -> String {
        let counts = &self.counts;
        json!({
            "bench": "kill",
            "minutes": plan.time.as_secs_f64() / 60.0,
            "seed": plan.seed,
            "modes": plan.modes.iter().map(|mode| mode.name()).collect::<Vec<_>>(),
            "directories": self.directories,
            "rounds": counts.rounds,
            "kills": counts.kills,
            "kills_in_recovery": counts.kills_in_recovery,
            "operations": counts.operations,
            "acknowledged": counts.acknowledged,
            "lost": counts.lost,
            "tracked_rows": counts.tracked_rows,
            "failures": self.failures,
        })
        .to_string()
    }

    /// The same for people.
    pub(crate) fn text(&self) -> String {
        let Counts { kills, kills_in_recovery, operations, acknowledged, lost, .. } = self.counts;
        format!(
            "{kills} kills, {kills_in_recovery} of them in a recovery, in {} directories: {operations} \
             operations, {acknowledged} acknowledged, {lost} lost, {} failures",
            self.directories, self.failures
        )
    }
}
