//! moto, an S3 server in Python that honours `If-Match` and `If-None-Match`, in a virtual
//! environment of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

const VERSION: &str = "5.2.5";

/// Starts the server from wherever the environment was moved to; the script that pip writes names
/// the directory it was installed in.
const LAUNCHER: &str = "#!/bin/sh\nexec \"$(dirname \"$0\")/python\" -m moto.server \"$@\"\n";

/// The executable `moto_server`, installed if need be.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let item = workspace
        .cache()
        .item(&format!("moto-{VERSION}"), |staging| install(workspace, staging))?;
    Ok(item.join("venv/bin/moto_server"))
}

fn install(workspace: &Workspace, staging: &Path) -> Result<()> {
    let venv = staging.join("venv");
    process::run(workspace.command("python3").args(["-m", "venv"]).arg(&venv))
        .context("Python 3 with its venv module is needed (Debian: apt install python3-venv)")?;
    let mut pip = workspace.command(venv.join("bin/python"));
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    process::run(pip.arg(format!("moto[server]=={VERSION}")))
        .context("pip must reach a package index once")?;
    let server = venv.join("bin/moto_server");
    fs::write(&server, LAUNCHER).with_context(|| format!("cannot write {}", server.display()))?;
    process::read(workspace.command(&server).arg("--help"))?;
    Ok(())
}
