//! `cargo xtask jar`: the Kotlin package for this machine.

use std::process::ExitCode;

use anyhow::Result;

use crate::part::kotlin;
use crate::workspace::Workspace;

/// Builds the package and the command-line tool made of it, and says where they are.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    for jar in kotlin::jars(workspace)? {
        println!("{}", jar.display());
    }
    Ok(ExitCode::SUCCESS)
}
