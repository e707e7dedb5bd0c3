//! `cargo xtask kill`: processes that write to the engine are killed, and what they leave is
//! checked.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Result;

use crate::process;
use crate::shared_build;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Kill {
    /// How long, in minutes; a fraction is allowed.
    #[arg(long, default_value = "10")]
    minutes: String,
    /// Only these of engine, engine-close, vault and vault-close, separated by commas.
    #[arg(long)]
    only: Option<String>,
    /// Does the same operations again; the moments of the kills are others.
    #[arg(long)]
    seed: Option<String>,
    /// Where the stores lie; the system's temporary directory if nothing is given.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// Print one line of JSON at the end.
    #[arg(long)]
    json: bool,
}

impl Kill {
    /// Runs it where the user stands. It fails if anything was not as it has to be.
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let mut command = Command::new(shared_build::program(workspace, "sealwood-kill")?);
        command.args(["--minutes", &self.minutes]);
        for (name, value) in [("--only", &self.only), ("--seed", &self.seed)] {
            command.args(value.iter().flat_map(|value| [name, value.as_str()]));
        }
        if let Some(directory) = &self.dir {
            command.arg("--dir").arg(directory);
        }
        if self.json {
            command.arg("--json");
        }
        process::run_for_exit_code(&mut command)
    }
}
