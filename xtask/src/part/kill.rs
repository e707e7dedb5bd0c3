//! A minute of killed processes, a quarter of it for each of what they do.

use anyhow::Result;

use crate::process;
use crate::shared_build;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// What kills, and checks what is left.
const PROGRAM: &str = "sealwood-kill";

/// What is killed: `cargo xtask kill --only` takes these names.
const MODES: [&str; 4] = ["engine", "engine-close", "vault", "vault-close"];

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let program = shared_build::program(workspace, PROGRAM)?;
    for mode in MODES {
        let mut command = workspace.command(&program);
        tally.check(mode, process::run(command.args(["--minutes", "0.25", "--only", mode])));
    }
    Ok(())
}
