//! The scenarios that every language's runner is given.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::workspace::Workspace;

const DIRECTORY: &str = "conformance/scenarios";

/// Every file of scenarios, by name.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(workspace.root().join(DIRECTORY))
        .with_context(|| format!("cannot list {DIRECTORY}"))?;
    let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    Ok(files)
}
