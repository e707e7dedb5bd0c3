//! `cargo xtask demo`: the command-line drive's own tour.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Demo {
    /// The folder to store in a vault.
    folder: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl Demo {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let mut command = workspace.cargo_run_here("sealwood-cli");
        command.args(["--", "demo"]).args(self.folder);
        if self.json {
            command.arg("--json");
        }
        process::run_for_exit_code(&mut command)
    }
}
