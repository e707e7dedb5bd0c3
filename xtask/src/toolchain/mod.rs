//! Tools that do not come with Rust, one file each: which version, how it is installed, and what
//! to do by hand where that fails.

pub(crate) mod apt;
pub(crate) mod cargo_deny;
pub(crate) mod cargo_fuzz;
pub(crate) mod chromium;
pub(crate) mod dart;
pub(crate) mod debian_sid;
pub(crate) mod flutter;
pub(crate) mod frb;
pub(crate) mod go;
pub(crate) mod js_environments;
pub(crate) mod maven;
pub(crate) mod npm;
pub(crate) mod rocksdb;
pub(crate) mod rust;
pub(crate) mod swift;
pub(crate) mod uniffi;
mod version;
pub(crate) mod wasm_bindgen;
pub(crate) mod wasm_target;

use std::path::Path;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// Builds a program from its crate and installs it below `to`. Without optimisation: these
/// programs wait for compilers, and built so they are there in a fraction of the time.
fn cargo_install(workspace: &Workspace, crate_arguments: &[&str], to: &Path) -> Result<()> {
    let build = to.join("build");
    let mut command = workspace.cargo("install");
    command.args(["--quiet", "--debug", "--root"]).arg(to).arg("--target-dir").arg(&build);
    command.args(crate_arguments).env("CARGO_PROFILE_DEV_DEBUG", "0");
    process::run(&mut command)?;
    std::fs::remove_dir_all(&build).with_context(|| format!("cannot remove {}", build.display()))
}
