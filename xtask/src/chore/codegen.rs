//! `cargo xtask codegen`: the glue between Dart and Rust, written anew or compared.

use std::process::ExitCode;

use anyhow::Result;

use crate::codegen;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Codegen {
    /// Fail if the files in the checkout are not what the generator writes; change nothing.
    #[arg(long)]
    check: bool,
}

impl Codegen {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        if self.check {
            codegen::check(workspace)?;
        } else {
            codegen::write_anew(workspace)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
