//! One run of a test, within a time, and what it says about a mutant.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use super::mutant::DiesBy;
use crate::process::{self, Ended};
use crate::tally::Tally;

/// How a test binary ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trial {
    /// So many tests passed and none failed.
    Passed(u64),
    /// The first of the tests that failed.
    Failed(String),
    /// It did not end in time.
    Hung,
    /// It ended without a result: an abort, or out of memory.
    Crashed,
}

/// Runs `command`, a test binary, for at most `within`.
pub(super) fn run(command: &mut Command, within: Duration) -> Result<Trial> {
    Ok(match process::run_within(command, within)? {
        Ended::OutOfTime => Trial::Hung,
        Ended::InTime { output, .. } => read(&output),
    })
}

fn read(output: &str) -> Trial {
    let Some(tally) = output.lines().find_map(Tally::from_result_line) else {
        return Trial::Crashed;
    };
    let failed = |line: &str| {
        let name = line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?;
        Some(name.to_owned())
    };
    match tally.failed {
        0 => Trial::Passed(tally.passed),
        _ => Trial::Failed(output.lines().find_map(failed).unwrap_or_default()),
    }
}

/// Says who killed a mutant, or why it is not killed.
pub(super) fn judge(trial: &Trial, dies_by: DiesBy) -> Result<String, &'static str> {
    match (trial, dies_by) {
        (Trial::Failed(name), DiesBy::Assertion) => Ok(name.clone()),
        (Trial::Hung, DiesBy::Hang) => Ok("it hangs".to_owned()),
        (Trial::Passed(_), _) => Err("LIVES"),
        (Trial::Hung, _) => Err("hangs: no kill"),
        (Trial::Failed(_), _) => Err("fails where it should hang"),
        (Trial::Crashed, _) => Err("crashes: no kill"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_failed_test_kills() {
        let failed = read("test a::b ... FAILED\n\ntest result: FAILED. 1 passed; 1 failed\n");
        assert_eq!(judge(&failed, DiesBy::Assertion), Ok("a::b".to_owned()));
        assert!(judge(&failed, DiesBy::Hang).is_err());
        let passed = read("test a::b ... ok\ntest result: ok. 1 passed; 0 failed\n");
        assert_eq!(judge(&passed, DiesBy::Assertion), Err("LIVES"));
        let aborted = read("test a::b ... \nmemory allocation of 9 bytes failed\n");
        assert_eq!(aborted, Trial::Crashed);
        assert!(judge(&aborted, DiesBy::Assertion).is_err());
    }

    #[test]
    fn a_hang_kills_where_the_list_says_so() {
        assert!(judge(&Trial::Hung, DiesBy::Assertion).is_err());
        assert!(judge(&Trial::Hung, DiesBy::Hang).is_ok());
    }
}
