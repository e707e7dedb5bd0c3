//! The scenarios that every language's runner is given.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::tally::Tally;
use crate::workspace::Workspace;

const DIRECTORY: &str = "conformance/scenarios";
/// For languages that have local stores.
const LOCAL: &str = "conformance/local/stores.json";

/// Runs every scenario, those of local stores in a new directory.
pub(crate) fn run(workspace: &Workspace, mut runner: Command, tally: &mut Tally) -> Result<()> {
    let directory = tempfile::tempdir_in(workspace.target_directory())?;
    runner.arg("scenario").args(all(workspace)?).arg(workspace.root().join(LOCAL));
    runner.arg("--var").arg(format!("DIRECTORY={}", directory.path().display()));
    tally.tests(&mut runner)
}

/// Every file of scenarios, by name.
fn all(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(workspace.root().join(DIRECTORY))
        .with_context(|| format!("cannot list {DIRECTORY}"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    Ok(files)
}
