//! `cargo xtask npm`: the JavaScript package, as npm would publish it.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::js_package;
use crate::process;
use crate::workspace::Workspace;

/// Builds the package in place, which is where the examples find it, packs it, and says where.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    js_package::build(workspace)?;
    let directory = workspace.target_directory().join("npm");
    fs::create_dir_all(&directory)
        .with_context(|| format!("cannot create {}", directory.display()))?;
    let mut pack = workspace.command("npm");
    pack.args(["pack", "--silent", "--workspace", "sealwood", "--pack-destination"]);
    let packed = process::read(pack.arg(&directory))?;
    println!("{}", directory.join(packed.trim()).display());
    Ok(ExitCode::SUCCESS)
}
