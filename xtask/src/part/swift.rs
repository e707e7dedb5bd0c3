//! The Swift package and the command-line tool made of it: their own tests, and the scenarios.

use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::scenario_files;
use crate::swift_build::{EXAMPLE, PACKAGE, SwiftBuild};
use crate::tally::Tally;
use crate::workspace::Workspace;

const RUNNER: &str = "sealwood-conformance";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let build = SwiftBuild::prepare(workspace)?;
    tally.check("format of the Swift sources", process::run(&mut build.format_check(workspace)));
    for package in [PACKAGE, EXAMPLE] {
        let mut tests = build.command(workspace, package, "test");
        // Built as `swift build` does, which so finds everything in place.
        tests.args(["--disable-swift-testing", "--disable-testable-imports"]);
        tally.tests(&mut tests)?;
    }
    scenario_files::run(workspace, runner(workspace, &build)?, tally)
}

/// The scenario runner, built; `scenario FILE...` and variables have to follow.
pub(crate) fn runner_command(workspace: &Workspace) -> Result<Command> {
    runner(workspace, &SwiftBuild::prepare(workspace)?)
}

fn runner(workspace: &Workspace, build: &SwiftBuild) -> Result<Command> {
    process::run(build.command(workspace, PACKAGE, "build").args(["--product", RUNNER]))?;
    Ok(build.program(workspace, PACKAGE, RUNNER))
}
