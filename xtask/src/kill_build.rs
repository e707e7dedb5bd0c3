//! The program that kills and checks what is left.

use std::path::PathBuf;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

const PACKAGE: &str = "sealwood-kill";

/// The program, built with the checks of a debug build.
pub(crate) fn program(workspace: &Workspace) -> Result<PathBuf> {
    process::run(workspace.cargo("build").args(["--quiet", "--package", PACKAGE]))?;
    Ok(workspace.target_directory().join("debug").join(PACKAGE))
}
