//! Starting other programs and saying what went wrong with them.

use std::io::{self, BufRead, BufReader, Read, Seek};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use wait_timeout::ChildExt;

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

/// Runs `command` and hands each line it writes, without its end, to `each`. Gives how it ended.
pub(crate) fn run_by_lines(
    command: &mut Command,
    mut each: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<ExitStatus> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let output = child.stdout.take().context("standard output was not piped")?;
    for line in BufReader::new(output).split(b'\n') {
        let line = line.with_context(|| format!("cannot read from `{}`", describe(command)))?;
        each(&line)?;
    }
    Ok(child.wait()?)
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
