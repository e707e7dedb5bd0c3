//! `cargo-deny`, which judges dependencies.

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::Workspace;

const VERSION: &str = "0.20.2";

/// The program, installed if need be: a minute and a half of processor time.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let item = workspace.cache().item(&format!("cargo-deny-{VERSION}"), |staging| {
        super::cargo_install(workspace, &["cargo-deny", "--locked", "--version", VERSION], staging)
    })?;
    Ok(item.join("bin/cargo-deny"))
}
