//! The one build of the workspace for this machine that parts share. Cargo compiles a crate anew
//! for every set of features that it and what it uses are asked for, and who builds one package
//! asks for other sets than who builds all of them. So whoever needs a program, a library or a test
//! asks for all, and what another part has compiled is there.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// What tests need and no package of the workspace asks for.
const FEATURES: &str = "sealwood/testing,sealwood/internals,sealwood-engine/faults";

/// A small test. Where one is among what is built, cargo also asks the dependencies for what only
/// tests need, as it does where tests are run.
const A_TEST: &str = "faults";

/// `cargo <subcommand>` of all packages, with what tests need.
pub(crate) fn cargo(workspace: &Workspace, subcommand: &str) -> Command {
    let mut command = workspace.cargo(subcommand);
    command.args(["--workspace", "--features", FEATURES]);
    command
}

/// The program `name`, built.
pub(crate) fn program(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    build(workspace, &["--bin", name])?;
    Ok(workspace.target_directory().join("debug").join(name))
}

/// The dynamic library `name`, built as all libraries are.
pub(crate) fn library(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    build(workspace, &["--lib"])?;
    let file = format!("{DLL_PREFIX}{name}{DLL_SUFFIX}");
    Ok(workspace.target_directory().join("debug").join(file))
}

fn build(workspace: &Workspace, what: &[&str]) -> Result<()> {
    process::run(cargo(workspace, "build").arg("--quiet").args(what).args(["--test", A_TEST]))
}
