//! A certain version of Rust, by rustup where it is not the one in use.

use std::process::Command;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// `cargo` of the version `version`, such as `1.95.0`, in the top directory; a subcommand has to
/// follow.
pub(crate) fn cargo(workspace: &Workspace, version: &str) -> Result<Command> {
    let in_use = process::read(workspace.command("rustc").arg("--version"))?;
    if in_use.split(' ').nth(1) == Some(version) {
        return Ok(workspace.command("cargo"));
    }
    let mut ask = workspace.command("rustup");
    if process::read(ask.args(["run", version, "rustc", "--version"])).is_err() {
        let mut install = workspace.command("rustup");
        install.args(["toolchain", "install", version, "--profile", "minimal"]);
        process::run(install.arg("--no-self-update")).with_context(|| {
            format!("this needs Rust {version}, by rustup or as the one in use")
        })?;
    }
    let mut command = workspace.command("rustup");
    command.args(["run", version, "cargo"]);
    // Set by the rustup that runs this program, and of another version.
    command.env_remove("RUSTC").env_remove("RUSTDOC").env_remove("CARGO");
    Ok(command)
}
