//! A bounded share of every fuzz target, on the stable compiler.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::process::{self, Ended};
use crate::shared_build;
use crate::tally::Tally;
use crate::workspace::Workspace;

const PROGRAM: &str = "sealwood-fuzz-share";

/// How long a target may take for all its inputs; some seconds are usual.
const LIMIT: Duration = Duration::from_secs(120);

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let program = shared_build::program(workspace, PROGRAM)?;
    let inputs = workspace.cache().root().join("fuzz-share");
    fs::create_dir_all(&inputs).with_context(|| format!("cannot make {}", inputs.display()))?;
    let targets = process::read(&mut workspace.command(&program))?;
    for target in targets.lines() {
        let input = inputs.join(target);
        tally.check(target, attempt(workspace, &program, target, &input));
    }
    Ok(())
}

fn attempt(workspace: &Workspace, program: &Path, target: &str, input: &Path) -> Result<()> {
    let mut command = workspace.command(program);
    command.arg(target).arg(workspace.root().join("fuzz/seeds").join(target)).arg(input);
    match process::run_within(&mut command, LIMIT)? {
        Ended::InTime { output, status } if status.success() => {
            println!("{target}: {}", output.trim_end().replace('\n', ", "));
            Ok(())
        }
        Ended::InTime { output, .. } => bail!("{output}the input is {}", input.display()),
        Ended::OutOfTime => bail!("does not end; the input is {}", input.display()),
    }
}
