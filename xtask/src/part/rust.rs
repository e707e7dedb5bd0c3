//! Every test of every crate on this machine, documentation examples included.

use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The package that runs the scenarios, and its program.
const RUNNER: &str = "sealwood-conformance";

/// What tests need and no package of the workspace asks for.
pub(super) const FEATURES: &str = "sealwood/fault-disk";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let features = ["--features", FEATURES];
    tally.tests(workspace.cargo("test").args(["--workspace", "--no-fail-fast"]).args(features))
}

/// The runner of scenarios, built; `scenario FILE...` and variables have to follow.
pub(super) fn runner_command(workspace: &Workspace) -> Result<Command> {
    process::run(workspace.cargo("build").args(["--quiet", "--package", RUNNER]))?;
    Ok(workspace.command(workspace.target_directory().join("debug").join(RUNNER)))
}
