//! `cargo xtask api`: the lists of what published crates show, written anew.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::public_api::{self, Listing};
use crate::workspace::Workspace;

/// Writes every list, and says which.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    for Listing { file, text } in public_api::listings(workspace)? {
        fs::write(workspace.root().join(&file), text)
            .with_context(|| format!("cannot write {file}"))?;
        println!("{file}");
    }
    Ok(ExitCode::SUCCESS)
}
