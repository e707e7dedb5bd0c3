//! The matrix: each language writes a vault to one S3 server, each reads what each wrote, each
//! changes what each wrote, and each reads what became of its own.
//!
//! What is done is in `conformance/matrix`; every cell is one scenario, run by the language's own
//! runner. A language without a runner fails all its checks.

mod table;

use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};

use super::{dart, js, kotlin, rust, swift};
use crate::s3_server::{BUCKET, Kind, S3Server};
use crate::tally::{Tally, run_counting};
use crate::workspace::Workspace;
use table::Table;

/// Those who write and read. Chromium is JavaScript in a page. `write.json` and `read.json` name
/// them too.
const LANGUAGES: [&str; 6] = ["rust", "js", "chromium", "dart", "swift", "kotlin"];

/// What a runner does with the vaults of others, or others with its own.
struct Phase {
    name: &'static str,
    /// The variable that names the other one.
    other: &'static str,
    /// The scenario of `one`, if the other one is `other`.
    scenario: fn(one: &str, other: &str) -> String,
    /// Whether the vault is the other one's.
    is_guest: bool,
}

const PHASES: [Phase; 3] = [
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
];

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let server = S3Server::start(workspace, Kind::VersityGw)?;
    let mut runners = Vec::new();
    for (language, command) in commands(workspace) {
        let command =
            command.map_err(|error| eprintln!("error: no runner of {language}: {error:#}"));
        runners.push(Runner { language, command: command.ok(), server: &server });
    }
    let mut table = Table::new(&LANGUAGES);
    for runner in &runners {
        let name = format!("{} writes a vault", runner.language);
        let wrote = runner.run("write", None).and_then(|outcome| outcome.of(&name));
        if wrote.is_err() {
            LANGUAGES.iter().for_each(|other| table.failed(runner.language, other, "write"));
        }
        tally.check(&name, wrote);
    }
    for phase in &PHASES {
        for runner in &runners {
            let outcome = runner.run(phase.name, Some(phase.other));
            for other in LANGUAGES {
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
    Ok(())
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

struct Runner<'a> {
    language: &'static str,
    command: Option<Command>,
    server: &'a S3Server,
}

impl Runner<'_> {
    /// Runs `conformance/matrix/<file>.json`, once for each language as the variable `each`.
    fn run(&self, file: &str, each: Option<&str>) -> Result<Outcome> {
        let mut command = again(self.command.as_ref().context("there is no runner")?);
        command.arg("scenario").arg(format!("conformance/matrix/{file}.json"));
        command.arg("--var").arg(format!("ENDPOINT={}", self.server.endpoint()));
        command.arg("--var").arg(format!("BUCKET={BUCKET}"));
        command.arg("--var").arg(format!("LANG={}", self.language));
        if let Some(each) = each {
            command.arg("--each").arg(format!("{each}={}", LANGUAGES.join(",")));
        }
        let mut output = Vec::new();
        let tally = run_counting(&mut command, &mut output)?;
        let output = String::from_utf8_lossy(&output).into_owned();
        let expected = each.map_or(1, |_| LANGUAGES.len() as u64);
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
