//! Victims: this program again, in a process of its own, with a pipe to hear it by.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::line::Line;
use crate::mode::Mode;
use crate::random::Random;
use crate::setup::Setup;

/// How long a victim may live that nobody could kill; its closer ends it before.
const LIFE_MAX: Duration = Duration::from_secs(60);

/// What a victim is told on its command line.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    pub(crate) task: Task,
    pub(crate) setup: Setup,
    pub(crate) round: u64,
    pub(crate) directory: PathBuf,
}

/// What a victim does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// Opens and writes.
    Work,
    /// Opens, tidies and closes.
    Recover,
}

/// When a victim is killed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// After so many lines.
    lines: u64,
    /// And then so much later.
    after: Duration,
}

/// How a victim ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It was killed.
    Killed,
    /// It had done what it was told.
    ByItself,
    /// It had to give up, and has said why.
    InTrouble,
}

impl Moment {
    /// A moment in the life of one that works: its first, its opening, or somewhere later.
    pub(crate) fn draw(random: &mut Random) -> Self {
        let (lines, after) = match random.below(8) {
            0 => (0, random.magnitude(100, 20_000)),
            1..=3 => (0, random.magnitude(1_000, 300_000)),
            4 => (random.magnitude(1, 3_000), 0),
            _ => (random.magnitude(1, 3_000), random.magnitude(1, 5_000)),
        };
        Self { lines, after: Duration::from_micros(after) }
    }

    /// A moment in the life of one that says nothing.
    pub(crate) fn draw_early(random: &mut Random) -> Self {
        Self { lines: 0, after: Duration::from_micros(random.magnitude(300, 60_000)) }
    }
}

impl Orders {
    /// The words of the command line.
    fn words(&self) -> Result<[String; 5]> {
        let task = match self.task {
            Task::Work => "work",
            Task::Recover => "recover",
        };
        let directory = self.directory.to_str().context("a directory whose name is no text")?;
        let (mode, seed) = (self.setup.mode.name(), self.setup.seed.to_string());
        Ok([task.into(), mode.into(), seed, self.round.to_string(), directory.into()])
    }

    /// Reads them.
    pub(crate) fn read(words: &[String]) -> Result<Self> {
        let [task, mode, seed, round, directory] = words else { bail!("five words make an order") };
        let task = if task == "work" { Task::Work } else { Task::Recover };
        let mode = <Mode as clap::ValueEnum>::from_str(mode, false).map_err(anyhow::Error::msg)?;
        let setup = Setup { mode, seed: seed.parse()? };
        Ok(Self { task, setup, round: round.parse()?, directory: Path::new(directory).into() })
    }

    /// Lets a victim live until the moment, or until it ends by itself; `hear` is given what it
    /// says.
    pub(crate) fn carry_out(&self, moment: Moment, mut hear: impl FnMut(Line)) -> Result<Ended> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("--victim").args(self.words()?).stdin(Stdio::null());
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start a victim")?;
        let lines = Lines::of(&mut child)?;
        let complaints = complaints_of(&mut child)?;
        let is_over = lines.pass_on_until(moment, &mut hear)?;
        // Nobody has waited for it yet, so the number is still its own.
        child.kill()?;
        let status = child.wait()?;
        lines.pass_on_rest(&mut hear)?;
        let said = complaints.join().map_err(|_| anyhow::anyhow!("the reader panicked"))?;
        self.judge(status, is_over, &said)
    }

    fn judge(&self, status: ExitStatus, is_over: bool, said: &str) -> Result<Ended> {
        match status.code() {
            Some(0) => Ok(Ended::ByItself),
            Some(1) if self.task == Task::Work && said.is_empty() => Ok(Ended::InTrouble),
            Some(_) => bail!("the victim ended with {status}: {said}"),
            None if !is_over => Ok(Ended::Killed),
            None if said.is_empty() => Ok(Ended::Killed),
            None => bail!("the victim died of {status}: {said}"),
        }
    }
}

/// What a victim says, read as it comes, so that it never waits for its reader.
struct Lines(Receiver<String>);

impl Lines {
    fn of(child: &mut Child) -> Result<Self> {
        let output = child.stdout.take().context("standard output was not piped")?;
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            // A line that was cut off by the end says nothing.
            while output.read_line(&mut line).is_ok() && line.ends_with('\n') {
                line.pop();
                if sender.send(std::mem::take(&mut line)).is_err() {
                    return;
                }
            }
        });
        Ok(Self(receiver))
    }

    /// Passes lines on until the moment, and tells whether the victim has ended before.
    fn pass_on_until(&self, moment: Moment, hear: &mut impl FnMut(Line)) -> Result<bool> {
        let start = Instant::now();
        let mut left = moment.lines;
        let mut end = (left == 0).then(|| start + moment.after);
        loop {
            let until = end.unwrap_or(start + LIFE_MAX);
            match self.0.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => hear(line.parse().map_err(anyhow::Error::msg)?),
                Err(RecvTimeoutError::Disconnected) => return Ok(true),
                Err(RecvTimeoutError::Timeout) => {
                    ensure!(end.is_some(), "the victim hangs");
                    return Ok(false);
                }
            }
            left = left.saturating_sub(1);
            if left == 0 && end.is_none() {
                end = Some(Instant::now() + moment.after);
            }
            if end.is_some_and(|end| end <= Instant::now()) {
                return Ok(false);
            }
        }
    }

    fn pass_on_rest(&self, hear: &mut impl FnMut(Line)) -> Result<()> {
        for line in self.0.iter() {
            hear(line.parse().map_err(anyhow::Error::msg)?);
        }
        Ok(())
    }
}

fn complaints_of(child: &mut Child) -> Result<JoinHandle<String>> {
    let mut errors = child.stderr.take().context("standard error was not piped")?;
    Ok(std::thread::spawn(move || {
        let mut said = Vec::new();
        // What cannot be read was not said.
        let _ = errors.read_to_end(&mut said);
        String::from_utf8_lossy(&said).trim().to_owned()
    }))
}
