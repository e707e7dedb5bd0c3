//! Counting checks and saying how they went.

use std::io;
use std::ops::AddAssign;
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::process;

/// How many checks passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Tally {
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
            }
        }
    }

    /// Runs a test command and counts its tests.
    pub(crate) fn tests(&mut self, command: &mut Command) -> Result<()> {
        *self += process::run_counting(command, &mut io::stdout())?;
        Ok(())
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// One line of the closing summary.
pub(crate) struct PartReport {
    pub(crate) name: String,
    pub(crate) tally: Tally,
    pub(crate) elapsed: Duration,
}

/// The closing summary: a line per part, one that names each with its count, and last
/// `N passed, N failed` over all of them.
pub(crate) fn summary(parts: &[PartReport]) -> (String, Tally) {
    let mut text = String::new();
    let mut total = Tally::default();
    for part in parts {
        let Tally { passed, failed } = part.tally;
        let seconds = part.elapsed.as_secs_f64();
        let name = &part.name;
        text += &format!("{name:<8} {passed:>6} passed {failed:>6} failed {seconds:>8.1} s\n");
        total += part.tally;
    }
    let count = |part: &PartReport| format!("{} {}", part.name, part.tally.passed);
    let counts: Vec<_> = parts.iter().map(count).collect();
    text += &format!("passed: {}\n", counts.join(", "));
    text += &format!("{} passed, {} failed", total.passed, total.failed);
    (text, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_read_and_others_are_not() {
        let line = "test result: FAILED. 12 passed; 3 failed; 4 ignored; 0 measured; \
                    5 filtered out; finished in 0.10s";
        assert_eq!(Tally::from_result_line(line), Some(Tally { passed: 12, failed: 3 }));
        assert_eq!(Tally::from_result_line("test path::tests::names ... ok"), None);
        assert_eq!(Tally::from_result_line("  test result: ok. 1 passed; 0 failed"), None);
    }

    #[test]
    fn the_summary_ends_with_the_sum() {
        let part = |name: &str, passed, failed| PartReport {
            name: name.into(),
            tally: Tally { passed, failed },
            elapsed: Duration::from_millis(1_500),
        };
        let (text, total) = summary(&[part("lint", 3, 0), part("rust", 40, 2)]);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "lint          3 passed      0 failed      1.5 s");
        assert_eq!(lines[2], "passed: lint 3, rust 40");
        assert_eq!(lines[3], "43 passed, 2 failed");
        assert_eq!(total, Tally { passed: 43, failed: 2 });
    }

    #[test]
    fn a_failed_check_counts_and_the_next_still_runs() {
        let mut tally = Tally::default();
        tally.check("one", Err(anyhow::anyhow!("no")));
        tally.check("two", Ok(()));
        assert_eq!(tally, Tally { passed: 1, failed: 1 });
    }
}
