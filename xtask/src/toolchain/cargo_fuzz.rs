//! `cargo fuzz`, run under the nightly compiler whose instrumentation it needs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

const VERSION: &str = "0.13.2";

/// An installed `cargo-fuzz`.
pub(crate) struct CargoFuzz {
    program: PathBuf,
}

/// `cargo-fuzz`, installed if need be, and a nightly compiler to run it with.
pub(crate) fn ensure(workspace: &Workspace) -> Result<CargoFuzz> {
    process::read(workspace.command("rustup").args(["run", "nightly", "rustc", "--version"]))
        .context("fuzzing needs the nightly compiler: `rustup toolchain install nightly`")?;
    let item = workspace.cache().item(&format!("cargo-fuzz-{VERSION}"), |staging| {
        super::cargo_install(workspace, &["cargo-fuzz", "--version", VERSION], staging)
    })?;
    Ok(CargoFuzz { program: item.join("bin/cargo-fuzz") })
}

impl CargoFuzz {
    /// `cargo fuzz` under nightly, in the top directory; a subcommand has to follow.
    pub(crate) fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.command("rustup");
        command.args(["run", "nightly"]).arg(&self.program).arg("fuzz");
        command
    }
}
