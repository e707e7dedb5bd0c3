//! What the JavaScript package is built and tested with, from npm into the checkout's
//! `node_modules`.

use std::fs;

use anyhow::{Context, Result, bail};

use super::version;
use crate::process;
use crate::workspace::Workspace;

/// Installs what `package-lock.json` says, unless that is what was installed last.
pub(crate) fn ensure(workspace: &Workspace) -> Result<()> {
    if !version::on_path(workspace, "node", "v", (20, 16)) {
        bail!("Node 20.16 or later is needed");
    }
    let lock = workspace.root().join("package-lock.json");
    let wanted = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let installed = workspace.root().join("node_modules/.sealwood-installed");
    if fs::read(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    println!("installing from npm into node_modules");
    let mut command = workspace.command("npm");
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    process::run(&mut command).context("npm must reach a registry once")?;
    fs::write(&installed, wanted)
        .with_context(|| format!("cannot write {}", installed.display()))?;
    Ok(())
}
