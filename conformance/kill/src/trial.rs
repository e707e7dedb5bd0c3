//! One directory through many rounds: a victim writes until it is killed, perhaps others are killed
//! while they recover, and then everything is looked at.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use sealwood::engine::RecoveryMode;

use crate::check::{copy_directory, look, look_passing_over};
use crate::line::{Answer, Line};
use crate::model::{Found, Model};
use crate::operation::SESSIONS;
use crate::process::{Ended, Moment, Orders, Task};
use crate::random::Random;
use crate::setup::Setup;

/// How long a directory may take to be looked at; less than a second is usual.
const LOOK_MAX: Duration = Duration::from_secs(120);

/// So many differences are told.
const TOLD_MAX: usize = 12;

/// What was done.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Counts {
    /// Victims that were killed.
    pub(crate) kills: u64,
    /// Of these, while they recovered.
    pub(crate) kills_in_recovery: u64,
    /// Lives of victims that were followed by a look.
    pub(crate) rounds: u64,
    /// Operations that were begun.
    pub(crate) operations: u64,
    /// Those that were acknowledged.
    pub(crate) acknowledged: u64,
    /// Keys and paths that were not what they had to be.
    pub(crate) lost: u64,
    /// Rows of tracked namespaces whose hash was found to be right.
    pub(crate) tracked_rows: u64,
}

/// A directory and what must be in it.
pub(crate) struct Trial {
    setup: Setup,
    /// Holds the store and its copies.
    directory: PathBuf,
    model: Model,
    round: u64,
}

impl Trial {
    /// Begins in an empty directory.
    pub(crate) fn new(setup: Setup, directory: &Path) -> Self {
        let model = Model::new(setup.threads());
        Self { setup, directory: directory.to_owned(), model, round: 0 }
    }

    /// The next round. An error is something that must not be.
    pub(crate) fn round(&mut self, counts: &mut Counts) -> Result<()> {
        let round = self.round;
        self.round += 1;
        let mut random = Random::new(self.setup.seed, &[4, round]);
        self.live(round, &mut random, counts).with_context(|| format!("round {round}"))?;
        self.look(counts).with_context(|| format!("after round {round}"))
    }

    fn store(&self) -> PathBuf {
        self.directory.join("store")
    }

    fn live(&mut self, round: u64, random: &mut Random, counts: &mut Counts) -> Result<()> {
        let setup = self.setup;
        let mut orders = Orders { task: Task::Work, setup, round, directory: self.store() };
        let mut problems = Vec::new();
        let model = &mut self.model;
        let ended = orders.carry_out(Moment::draw(random), |line| match line {
            Line::Begin { thread, number, now_ms } => {
                counts.operations += 1;
                model.begin(thread, setup.effect(round, thread, number, now_ms).0);
            }
            Line::End { thread, number, answer } => {
                counts.acknowledged += u64::from(answer == Answer::Done);
                let (_, covers) = setup.effect(round, thread, number, 0);
                model.end(thread, answer, covers, SESSIONS);
            }
            Line::Problem(problem) => problems.push(problem),
        })?;
        if !problems.is_empty() || ended == Ended::InTrouble {
            bail!("the victim gave up: {}", problems.join("\n"));
        }
        counts.kills += u64::from(ended == Ended::Killed);
        orders.task = Task::Recover;
        while random.once_in(3) {
            let ended = orders
                .carry_out(Moment::draw_early(random), |_| {})
                .context("while it recovered")?;
            counts.kills += u64::from(ended == Ended::Killed);
            counts.kills_in_recovery += u64::from(ended == Ended::Killed);
        }
        Ok(())
    }

    /// Looks at the directory as it is opened usually, at a copy that is made anew from the log,
    /// and at one that is read as if it were damaged.
    fn look(&mut self, counts: &mut Counts) -> Result<()> {
        let [before, rebuilt, passed_over] =
            ["before", "rebuilt", "passed-over"].map(|name| self.directory.join(name));
        for copy in [&before, &rebuilt, &passed_over] {
            if copy.exists() {
                std::fs::remove_dir_all(copy)?;
            }
            copy_directory(&self.store(), copy)?;
        }
        counts.rounds += 1;
        let found = look_within(self.setup, self.store(), RecoveryMode::Checkpoint)?;
        counts.tracked_rows += found.tracked_rows;
        let wrong = self.model.resolve(&found);
        counts.lost += wrong.len() as u64;
        told(&wrong)?;
        let found = look_within(self.setup, rebuilt, RecoveryMode::Rebuild).context("rebuilt")?;
        counts.tracked_rows += found.tracked_rows;
        let wrong = self.model.resolve(&found);
        counts.lost += wrong.len() as u64;
        told(&wrong).context("rebuilt")?;
        let found = look_passing_over(self.setup, &passed_over).context("passed over")?;
        let wrong = found.map_or_else(Vec::new, |found| self.model.resolve(&found));
        counts.lost += wrong.len() as u64;
        told(&wrong).context("passed over")
    }
}

fn told(wrong: &[String]) -> Result<()> {
    match wrong {
        [] => Ok(()),
        _ => {
            let first = wrong.iter().take(TOLD_MAX).map(String::as_str).collect::<Vec<_>>();
            bail!("{} are not what they must be:\n{}", wrong.len(), first.join("\n"))
        }
    }
}

/// Looks, and gives up if that does not end.
fn look_within(setup: Setup, directory: PathBuf, recovery: RecoveryMode) -> Result<Found> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(look(setup, &directory, recovery)));
    receiver.recv_timeout(LOOK_MAX).context("looking at it hangs or panics")?
}
