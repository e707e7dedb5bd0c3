//! Flutter's packages, compiler and headless test program, from Debian sid.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};

use super::debian_sid::DebianSid;
use crate::failures::Failures;
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

const ENGINE: &str = "/usr/lib/flutter-engine/linux-x64";
const PACKAGES: &str = "/usr/share/dart/packages";

/// Tests that take longer hang.
const TESTS_MAX: Duration = Duration::from_secs(300);

/// Installed pieces of Flutter.
pub(crate) struct Flutter {
    sid: DebianSid,
}

impl Flutter {
    /// The pieces, installed if need be.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        Ok(Self { sid: DebianSid::ensure(workspace)? })
    }

    /// The packages that come with it, and where they lie.
    pub(crate) fn packages(&self, workspace: &Workspace) -> Result<BTreeMap<String, String>> {
        let names = process::read(self.sid.command(workspace, "ls").arg(PACKAGES))?;
        Ok(names.lines().map(|name| (name.into(), format!("file://{PACKAGES}/{name}"))).collect())
    }

    /// Compiles the test in `source` to `output`.
    pub(crate) fn compile(
        &self,
        workspace: &Workspace,
        packages: &Path,
        source: &Path,
        output: &Path,
    ) -> Result<()> {
        let mut command = self.sid.command(workspace, "/usr/lib/dart/bin/dartaotruntime");
        command.arg(format!("{ENGINE}/frontend_server_aot.dart.snapshot"));
        command.args(["--target=flutter", "--sdk-root"]);
        command.arg(format!("{ENGINE}/flutter_patched_sdk/"));
        command.arg("--packages").arg(packages).arg("--output-dill").arg(output).arg(source);
        let lines = process::read(&mut command)?;
        // It lists what it read, in any case, and says how many errors there were.
        match lines.lines().last().and_then(|line| line.rsplit_once(' ')) {
            Some((_, "0")) => Ok(()),
            _ => {
                let errors = lines.lines().filter(|line| !line.starts_with("+"));
                bail!("{}", errors.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    /// The test program on a compiled test.
    pub(crate) fn tester(
        &self,
        workspace: &Workspace,
        packages: &Path,
        compiled: &Path,
    ) -> Command {
        let mut command = self.sid.command(workspace, format!("{ENGINE}/flutter_tester"));
        // Without the first of these it leaves as soon as a test waits.
        command.args(["--run-forever", "--disable-vm-service", "--enable-software-rendering"]);
        command.args(["--non-interactive", "--use-test-fonts"]);
        command.arg(format!("--packages={}", packages.display())).arg(compiled);
        command.env("FLUTTER_TEST", "true");
        command
    }
}

/// Runs the test program, which does not end by itself, until it has said how the tests went.
pub(crate) fn run_tester(command: &mut Command) -> Result<Tally> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("standard output was not piped")?;
    let (ended, end) = mpsc::channel();
    // Nor does it end if it cannot begin.
    let watch = thread::spawn(move || {
        end.recv_timeout(TESTS_MAX).ok();
        child.kill().and_then(|()| child.wait())
    });
    let mut outcome = None;
    let mut failures = Failures::default();
    for line in BufReader::new(output).lines() {
        let line = line?;
        println!("{line}");
        failures.line(&line);
        outcome = counts(&line);
        if outcome.is_some() {
            break;
        }
    }
    ended.send(()).ok();
    watch.join().map_err(|_| anyhow!("the watch over flutter_tester broke"))??;
    let outcome = outcome.context("flutter_tester did not say how its tests went")?;
    Ok(Tally { failures: failures.into_texts(), ..outcome })
}

/// The counts in the last line, such as `00:02 +3 -1: Some tests failed.`
fn counts(line: &str) -> Option<Tally> {
    let (counts, what) = line.split_once(": ")?;
    if !matches!(what, "All tests passed!" | "Some tests failed.") {
        return None;
    }
    let mut tally = Tally::default();
    for count in counts.split(' ').skip(1) {
        match count.split_at_checked(1)? {
            ("+", passed) => tally.passed = passed.parse().ok()?,
            (_, failed) => tally.failed += failed.parse::<u64>().ok()?,
        }
    }
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_has_the_counts() {
        let passed = counts("00:10 +6: All tests passed!");
        assert_eq!(passed, Some(Tally::of(6, 0)));
        let failed = counts("01:02 +3 ~1 -2: Some tests failed.");
        assert_eq!(failed, Some(Tally::of(3, 3)));
        assert_eq!(counts("00:01 +2: a picture is opened"), None);
    }
}
