//! The published crates, each built from nothing but what it contains.

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut command = workspace.cargo("package");
    command.args(["--package", "sealwood-base", "--package", "sealwood-engine"]);
    command.args(["--package", "sealwood", "--package", "sealwood-lthash"]);
    if !is_committed(workspace) {
        println!("the tree has uncommitted changes: packaging it as it is");
        command.arg("--allow-dirty");
    }
    tally.check("cargo package", process::run(&mut command));
    Ok(())
}

/// Whether git knows every file as it is; not so outside a repository.
fn is_committed(workspace: &Workspace) -> bool {
    process::read(workspace.command("git").args(["status", "--porcelain"]))
        .is_ok_and(|changes| changes.is_empty())
}
