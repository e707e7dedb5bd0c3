//! A program in the root file system that tests of Dart, Swift and Flutter use.

use std::env;
use std::ffi::OsString;
use std::process::{ExitCode, Stdio};

use anyhow::Result;

use crate::process;
use crate::toolchain::debian_sid::DebianSid;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Sid {
    /// The program.
    program: OsString,
    /// What it is given.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Sid {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let mut command = DebianSid::ensure(workspace)?.command(workspace, &self.program);
        command.args(&self.arguments).current_dir(env::current_dir()?).stdin(Stdio::inherit());
        process::run_for_exit_code(&mut command)
    }
}
