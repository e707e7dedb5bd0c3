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
/// For languages that have the engine, in memory and in directories.
const ENGINE: [&str; 2] = ["conformance/engine", "conformance/engine/directory"];

/// Runs every scenario of vaults, those of local stores in a new directory.
pub(crate) fn run(workspace: &Workspace, runner: Command, tally: &mut Tally) -> Result<()> {
    run_files(workspace, runner, &files_in(workspace, DIRECTORY)?, tally)
}

/// Runs every scenario, those of the engine and of hashes too.
pub(crate) fn run_with_engine(
    workspace: &Workspace,
    runner: Command,
    tally: &mut Tally,
) -> Result<()> {
    let mut files = files_in(workspace, DIRECTORY)?;
    for directory in ENGINE {
        files.extend(files_in(workspace, directory)?);
    }
    run_files(workspace, runner, &files, tally)
}

fn run_files(
    workspace: &Workspace,
    mut runner: Command,
    files: &[PathBuf],
    tally: &mut Tally,
) -> Result<()> {
    let directory = tempfile::tempdir_in(workspace.target_directory())?;
    runner.arg("scenario").args(files).arg(workspace.root().join(LOCAL));
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
