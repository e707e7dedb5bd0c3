//! The matrix: each language writes a vault to one S3 server and an engine into a directory, each
//! reads what each wrote, each changes what each wrote, and each reads what became of its own.
//!
//! What is done is in `conformance/matrix`; every cell is one scenario, run by the language's own
//! runner. A language without a runner fails all its checks.

mod table;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use super::{dart, js, kotlin, rust, swift};
use crate::s3_server::{BUCKET, Kind, S3Server};
use crate::tally::{Tally, run_counting};
use crate::workspace::Workspace;
use table::Table;

/// What all languages share.
struct Matter {
    /// A vault or an engine.
    name: &'static str,
    /// Below `conformance/matrix`.
    folder: &'static str,
    /// Those who write and read; files of the folder name them too.
    languages: &'static [&'static str],
    /// What the runner of JavaScript is told, whose package has an entry of its own for some.
    entry: &'static [&'static str],
    /// What one who begins does.
    first: fn(one: &str) -> String,
    phases: [Phase; 3],
}

/// What a runner does with what others wrote, or others with its own.
struct Phase {
    name: &'static str,
    /// The variable that names the other one.
    other: &'static str,
    /// The scenario of `one`, if the other one is `other`.
    scenario: fn(one: &str, other: &str) -> String,
    /// Whether it is the other one's.
    is_guest: bool,
}

/// Chromium is JavaScript in a page.
const VAULT: Matter = Matter {
    name: "vault",
    folder: "vault",
    languages: &["rust", "js", "chromium", "dart", "swift", "kotlin"],
    entry: &[],
    first: |one| format!("{one} writes a vault"),
    phases: [
        Phase {
            name: "read",
            other: "FROM",
            scenario: |one, other| format!("{one} reads what {other} wrote"),
            is_guest: true,
        },
        Phase {
            name: "change",
            other: "FROM",
            scenario: |one, other| format!("{one} changes what {other} wrote"),
            is_guest: true,
        },
        Phase {
            name: "reread",
            other: "BY",
            scenario: |one, other| format!("{one} reads what {other} changed"),
            is_guest: false,
        },
    ],
};

/// A page has no directories.
const ENGINE: Matter = Matter {
    name: "engine",
    folder: "engine",
    languages: &["rust", "js", "dart", "swift", "kotlin"],
    entry: &["--engine"],
    first: |one| format!("{one} writes an engine"),
    phases: [
        Phase {
            name: "read",
            other: "FROM",
            scenario: |one, other| format!("{one} reads the engine that {other} wrote"),
            is_guest: true,
        },
        Phase {
            name: "change",
            other: "FROM",
            scenario: |one, other| format!("{one} changes the engine that {other} wrote"),
            is_guest: true,
        },
        Phase {
            name: "reread",
            other: "BY",
            scenario: |one, other| format!("{one} reads what {other} changed in its engine"),
            is_guest: false,
        },
    ],
};

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let server = S3Server::start(workspace, Kind::VersityGw)?;
    let directory = tempfile::tempdir_in(workspace.target_directory())?;
    let place = Place { server: &server, directory: directory.path() };
    let mut runners = Vec::new();
    for (language, command) in commands(workspace) {
        let command =
            command.map_err(|error| eprintln!("error: no runner of {language}: {error:#}"));
        runners.push(Runner { language, command: command.ok(), place });
    }
    for matter in [&VAULT, &ENGINE] {
        matter.run(&runners, tally);
    }
    Ok(())
}

impl Matter {
    /// Has every language go through all phases with what every other wrote, and prints the table.
    fn run(&self, runners: &[Runner<'_>], tally: &mut Tally) {
        let mut table = Table::new(self.name, self.languages);
        let runners: Vec<_> =
            runners.iter().filter(|runner| self.languages.contains(&runner.language)).collect();
        for runner in &runners {
            let name = (self.first)(runner.language);
            let wrote = runner.run(self, "write", None).and_then(|outcome| outcome.of(&name));
            if wrote.is_err() {
                self.languages
                    .iter()
                    .for_each(|other| table.failed(runner.language, other, "write"));
            }
            tally.check(&name, wrote);
        }
        for phase in &self.phases {
            for runner in &runners {
                let outcome = runner.run(self, phase.name, Some(phase.other));
                for &other in self.languages {
                    let name = (phase.scenario)(runner.language, other);
                    let done = match &outcome {
                        Ok(outcome) => outcome.of(&name),
                        Err(error) => Err(anyhow!("{error:#}")),
                    };
                    if done.is_err() {
                        let (owner, guest) = match phase.is_guest {
                            true => (other, runner.language),
                            false => (runner.language, other),
                        };
                        table.failed(owner, guest, phase.name);
                    }
                    tally.check(&name, done);
                }
            }
        }
        println!("{table}");
    }
}

/// The runner of each language, built.
fn commands(workspace: &Workspace) -> [(&'static str, Result<Command>); 6] {
    let js = js::runner_command(workspace);
    let chromium = match &js {
        Ok(js) => {
            let mut command = again(js);
            command.arg("--browser");
            Ok(command)
        }
        Err(error) => Err(anyhow!("{error:#}")),
    };
    [
        ("rust", rust::runner_command(workspace)),
        ("js", js),
        ("chromium", chromium),
        ("dart", dart::runner_command(workspace)),
        ("swift", swift::runner_command(workspace)),
        ("kotlin", kotlin::runner_command(workspace)),
    ]
}

/// Where everything lies.
#[derive(Clone, Copy)]
struct Place<'a> {
    server: &'a S3Server,
    directory: &'a Path,
}

struct Runner<'a> {
    language: &'static str,
    command: Option<Command>,
    place: Place<'a>,
}

impl Runner<'_> {
    /// Runs a file of the matter's folder, once for each of its languages as the variable `each`.
    fn run(&self, matter: &Matter, file: &str, each: Option<&str>) -> Result<Outcome> {
        let mut command = again(self.command.as_ref().context("there is no runner")?);
        let Matter { folder, languages, entry, .. } = matter;
        let Place { server, directory } = self.place;
        command.arg("scenario").arg(format!("conformance/matrix/{folder}/{file}.json"));
        command.arg("--var").arg(format!("ENDPOINT={}", server.endpoint()));
        command.arg("--var").arg(format!("BUCKET={BUCKET}"));
        command.arg("--var").arg(format!("DIRECTORY={}", directory.display()));
        command.arg("--var").arg(format!("LANG={}", self.language));
        if self.language == "js" {
            command.args(*entry);
        }
        if let Some(each) = each {
            command.arg("--each").arg(format!("{each}={}", languages.join(",")));
        }
        let mut output = Vec::new();
        let tally = run_counting(&mut command, &mut output)?;
        let output = String::from_utf8_lossy(&output).into_owned();
        let expected = each.map_or(1, |_| languages.len() as u64);
        if tally.passed + tally.failed != expected {
            bail!("{} of {expected} scenarios were run: {output}", tally.passed + tally.failed);
        }
        let outcome = Outcome { output };
        if outcome.failures().count() as u64 != tally.failed {
            bail!("the runner counts other failures than it names: {}", outcome.output);
        }
        Ok(outcome)
    }
}

/// The same program with the same arguments, directory and changes to the environment.
fn again(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args()).stdin(std::process::Stdio::null());
    if let Some(directory) = command.get_current_dir() {
        copy.current_dir(directory);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => copy.env(name, value),
            None => copy.env_remove(name),
        };
    }
    copy
}

/// What a runner wrote, which names every scenario that failed.
struct Outcome {
    output: String,
}

impl Outcome {
    fn failures(&self) -> impl Iterator<Item = &str> {
        self.output.lines().filter_map(|line| line.strip_prefix("failed: "))
    }

    fn of(&self, scenario: &str) -> Result<()> {
        let why = self.failures().find_map(|line| line.strip_prefix(scenario)?.strip_prefix(": "));
        match why {
            Some(why) => bail!("{why}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_failed_if_it_is_named() {
        let output = "failed: js reads what dart wrote: step 3 (get): no\ntest result: ...\n";
        let outcome = Outcome { output: output.into() };
        assert!(outcome.of("js reads what dart wrote").is_err());
        assert!(outcome.of("js reads what rust wrote").is_ok());
        assert_eq!(outcome.failures().count(), 1);
    }

    #[test]
    fn a_command_is_started_again_as_it_was() {
        let mut command = Command::new("a");
        command.args(["b", "c"]).env("D", "e").env_remove("F").current_dir("/");
        assert_eq!(format!("{:?}", again(&command)), format!("{command:?}"));
    }
}
