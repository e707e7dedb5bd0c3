//! Starting other programs and saying what went wrong with them.

use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wait_timeout::ChildExt;

use crate::tally::Tally;

/// Runs `command` and fails unless it succeeds.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    if !status.success() {
        bail!("`{}` ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs `command` and passes its exit code on.
pub(crate) fn run_for_exit_code(command: &mut Command) -> Result<ExitCode> {
    let status = command.status().with_context(|| cannot_start(command))?;
    Ok(match status.code().map(u8::try_from) {
        Some(Ok(code)) => ExitCode::from(code),
        _ => ExitCode::FAILURE,
    })
}

/// What `command` writes to standard output; fails unless it succeeds.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", describe(command), output.status);
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("`{}` did not write UTF-8", describe(command)))
}

/// Runs a test command, passes its output on to `out` line by line and counts the tests it reports.
/// A command that fails counts at least one failure; one that runs no test at all is an error.
pub(crate) fn run_counting(command: &mut Command, out: &mut impl Write) -> Result<Tally> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let output = child.stdout.take().context("standard output was not piped")?;
    let mut tally = Tally::default();
    for line in BufReader::new(output).split(b'\n') {
        let mut line = line.with_context(|| format!("cannot read from `{}`", describe(command)))?;
        tally += Tally::from_result_line(&String::from_utf8_lossy(&line)).unwrap_or_default();
        line.push(b'\n');
        out.write_all(&line)?;
    }
    let status = child.wait()?;
    if !status.success() {
        tally.failed = tally.failed.max(1);
    } else if tally == Tally::default() {
        bail!("`{}` ran no test", describe(command));
    }
    Ok(tally)
}

/// How a command ended that had a time limit.
pub(crate) enum Ended {
    /// By itself.
    InTime {
        /// What it wrote to standard output and standard error, in order.
        output: String,
        /// Its exit status.
        status: ExitStatus,
    },
    /// It was stopped.
    OutOfTime,
}

/// Runs `command` and stops it after `limit`. What it starts itself is not stopped.
pub(crate) fn run_within(command: &mut Command, limit: Duration) -> Result<Ended> {
    let mut file = tempfile::tempfile().context("cannot create a file for the output")?;
    command.stdout(file.try_clone()?).stderr(file.try_clone()?);
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let Some(status) = child.wait_timeout(limit)? else {
        child.kill()?;
        child.wait()?;
        return Ok(Ended::OutOfTime);
    };
    let mut output = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut output)?;
    Ok(Ended::InTime { output: String::from_utf8_lossy(&output).into_owned(), status })
}

/// `command` as a person would type it.
pub(crate) fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn cannot_start(command: &Command) -> String {
    let program = command.get_program().to_string_lossy();
    format!("cannot start `{program}`: is it installed and on the PATH?")
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn results_of_all_test_binaries_are_added_up_and_passed_on() {
        let lines = "test result: ok. 3 passed; 0 failed; 1 ignored\n\
                     test result: FAILED. 2 passed; 4 failed; 0 ignored\n";
        let mut out = Vec::new();
        let tally = run_counting(&mut shell(&format!("echo '{lines}'; exit 101")), &mut out);
        assert_eq!(tally.unwrap(), Tally { passed: 5, failed: 4 });
        assert!(String::from_utf8(out).unwrap().starts_with(lines));
    }

    #[test]
    fn a_command_that_breaks_before_its_tests_is_a_failure() {
        let tally = run_counting(&mut shell("echo broken; exit 101"), &mut Vec::new());
        assert_eq!(tally.unwrap(), Tally { passed: 0, failed: 1 });
    }

    #[test]
    fn a_command_without_tests_is_an_error() {
        let mut command = shell("echo 'test result: ok. 0 passed; 0 failed;'");
        let error = run_counting(&mut command, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("ran no test"));
    }

    #[test]
    fn a_command_that_does_not_end_is_stopped() {
        let mut endless = Command::new("sleep");
        let ended = run_within(endless.arg("1000"), Duration::from_millis(50)).unwrap();
        assert!(matches!(ended, Ended::OutOfTime));
        let ended = run_within(&mut shell("echo out; echo err >&2"), Duration::from_secs(60));
        let Ended::InTime { output, .. } = ended.unwrap() else { panic!("stopped") };
        assert_eq!(output, "out\nerr\n");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("sealwood-has-no-such-program")).unwrap_err();
        assert!(error.to_string().contains("sealwood-has-no-such-program"));
    }
}
