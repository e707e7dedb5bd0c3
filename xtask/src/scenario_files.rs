//! The scenarios that every language's runner is given.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::tally::Tally;
use crate::workspace::Workspace;

/// Of vaults, of the engine in memory and of hashes, and of the engine in directories.
const DIRECTORIES: [&str; 3] =
    ["conformance/scenarios", "conformance/engine", "conformance/engine/directory"];
/// For languages that have local stores.
const LOCAL: &str = "conformance/local/stores.json";

/// Runs every scenario, those of directories in a new one.
pub(crate) fn run(workspace: &Workspace, mut runner: Command, tally: &mut Tally) -> Result<()> {
    let directory = tempfile::tempdir_in(workspace.target_directory())?;
    runner.arg("scenario");
    for part in DIRECTORIES {
        runner.args(files_in(workspace, part)?);
    }
    runner.arg(workspace.root().join(LOCAL));
    runner.arg("--var").arg(format!("DIRECTORY={}", directory.path().display()));
    tally.tests(&mut runner)
}

/// Every file of scenarios in a directory, by name.
fn files_in(workspace: &Workspace, directory: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(workspace.root().join(directory))
        .with_context(|| format!("cannot list {directory}"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    Ok(files)
}
