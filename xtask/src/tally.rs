//! Counting checks and saying how they went.

use std::io::{self, Write};
use std::ops::AddAssign;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::failures::Failures;
use crate::process;

/// How many checks passed and failed, and what was told of those that failed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) failures: Vec<String>,
}

impl Tally {
    /// Counts of which no more is told.
    pub(crate) fn of(passed: u64, failed: u64) -> Self {
        Self { passed, failed, failures: Vec::new() }
    }

    /// The counts in a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    pub(crate) fn from_result_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let mut tally = Self::default();
        for count in counts.split("; ") {
            match count.trim_end_matches(';').split_once(' ') {
                Some((number, "passed")) => tally.passed = number.parse().ok()?,
                Some((number, "failed")) => tally.failed = number.parse().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }

    /// Counts `outcome` as one check and reports it if it failed.
    pub(crate) fn check(&mut self, name: &str, outcome: Result<()>) {
        match outcome {
            Ok(()) => self.passed += 1,
            Err(error) => {
                eprintln!("error: {name}: {error:#}");
                self.failed += 1;
                self.failures.push(format!("{name}: {error:#}"));
            }
        }
    }

    /// Runs a test command and counts its tests.
    pub(crate) fn tests(&mut self, command: &mut Command) -> Result<()> {
        *self += run_counting(command, &mut io::stdout())?;
        Ok(())
    }
}

/// Runs a test command, passes its output on to `out` line by line and counts the tests it reports.
/// A command that fails counts at least one failure; one that runs no test at all is an error.
pub(crate) fn run_counting(command: &mut Command, out: &mut impl Write) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut failures = Failures::default();
    let status = process::run_by_lines(command, |line| {
        let text = String::from_utf8_lossy(line);
        tally += Tally::from_result_line(&text).unwrap_or_default();
        failures.line(&text);
        out.write_all(line)?;
        out.write_all(b"\n")
    })?;
    if !status.success() {
        tally.failed = tally.failed.max(1);
    } else if tally == Tally::default() {
        bail!("`{}` ran no test", process::describe(command));
    }
    if tally.failed > 0 {
        tally.failures = failures.into_texts();
        tally.failures.push(format!("`{}` ended with {status}", process::describe(command)));
    }
    Ok(tally)
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

/// One line of the closing summary.
pub(crate) struct PartReport {
    pub(crate) name: String,
    pub(crate) tally: Tally,
    pub(crate) elapsed: Duration,
}

/// The closing summary: what was told of every failure, a line per part, one that names each with
/// its count, and last `N passed, N failed` over all of them.
pub(crate) fn summary(parts: &[PartReport]) -> (String, Tally) {
    let mut text = String::new();
    let mut total = Tally::default();
    for part in parts {
        for failure in &part.tally.failures {
            text += &format!("in {}: {failure}\n", part.name);
        }
    }
    for part in parts {
        let Tally { passed, failed, .. } = part.tally;
        let seconds = part.elapsed.as_secs_f64();
        let name = &part.name;
        text += &format!("{name:<8} {passed:>6} passed {failed:>6} failed {seconds:>8.1} s\n");
        total += part.tally.clone();
    }
    let count = |part: &PartReport| format!("{} {}", part.name, part.tally.passed);
    let counts: Vec<_> = parts.iter().map(count).collect();
    text += &format!("passed: {}\n", counts.join(", "));
    text += &format!("{} passed, {} failed", total.passed, total.failed);
    (text, total)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn result_lines_are_read_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 3 failed; 4 ignored; 0 measured; \
                    5 filtered out; finished in 0.10s";
        assert_eq!(Tally::from_result_line(line), Some(Tally::of(12, 3)));
        assert_eq!(Tally::from_result_line("test path::tests::names ... ok"), None);
        assert_eq!(Tally::from_result_line("  test result: ok. 1 passed; 0 failed"), None);
    }

    #[test]
    fn the_summary_ends_with_the_sum() {
        let part = |name: &str, passed, failed| PartReport {
            name: name.into(),
            tally: Tally::of(passed, failed),
            elapsed: Duration::from_millis(1_500),
        };
        let (text, total) = summary(&[part("lint", 3, 0), part("rust", 40, 2)]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "lint          3 passed      0 failed      1.5 s");
        assert_eq!(lines[2], "passed: lint 3, rust 40");
        assert_eq!(lines[3], "43 passed, 2 failed");
        assert_eq!(total, Tally::of(43, 2));
    }

    #[test]
    fn the_summary_tells_every_failure_again() {
        let mut tally = Tally::default();
        tally.check("one", Err(anyhow::anyhow!("no")));
        let report = PartReport { name: "js".into(), tally, elapsed: Duration::ZERO };
        let (text, _) = summary(&[report]);
        assert_eq!(text.lines().next(), Some("in js: one: no"));
    }

    #[test]
    fn a_failed_check_counts_and_the_next_still_runs() {
        let mut tally = Tally::default();
        tally.check("one", Err(anyhow::anyhow!("no")));
        tally.check("two", Ok(()));
        assert_eq!((tally.passed, tally.failed), (1, 1));
        assert_eq!(tally.failures, ["one: no"]);
    }

    #[cfg(unix)]
    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[cfg(unix)]
    #[test]
    fn results_of_all_test_binaries_are_added_up_and_passed_on() {
        let lines = "test result: ok. 3 passed; 0 failed; 1 ignored\n\
                     test result: FAILED. 2 passed; 4 failed; 0 ignored\n";
        let mut out = Vec::new();
        let tally = run_counting(&mut shell(&format!("echo '{lines}'; exit 101")), &mut out);
        let tally = tally.unwrap();
        assert_eq!((tally.passed, tally.failed), (5, 4));
        assert!(String::from_utf8(out).unwrap().starts_with(lines));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_breaks_before_its_tests_is_a_failure() {
        let tally = run_counting(&mut shell("echo broken; exit 101"), &mut Vec::new());
        let tally = tally.unwrap();
        assert_eq!((tally.passed, tally.failed, tally.failures.len()), (0, 1, 1));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_without_tests_is_an_error() {
        let mut command = shell("echo 'test result: ok. 0 passed; 0 failed;'");
        let error = run_counting(&mut command, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("ran no test"));
    }
}
