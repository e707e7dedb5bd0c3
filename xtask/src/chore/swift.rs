//! `cargo xtask swift`: Swift on the command-line example, with the library as it is in the
//! checkout.

use std::env;
use std::ffi::OsString;
use std::process::{ExitCode, Stdio};

use anyhow::Result;

use crate::process;
use crate::swift_build::{EXAMPLE, SwiftBuild};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Swift {
    /// A subcommand of `swift`: `build`, `run`, `test`.
    subcommand: String,
    /// What it is given, such as the name of a program and its arguments.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Swift {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let build = SwiftBuild::prepare(workspace)?;
        let mut command = build.command(workspace, EXAMPLE, &self.subcommand);
        command.args(&self.arguments).current_dir(env::current_dir()?).stdin(Stdio::inherit());
        // Debian's root has an environment of its own; the example is told by these.
        command.envs(
            env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SEALWOOD_")),
        );
        process::run_for_exit_code(&mut command)
    }
}
