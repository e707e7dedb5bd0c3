//! `cargo xtask vectors`: the golden vectors computed anew, after a change of the stored bytes.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

const TEST: [&str; 6] = ["--package", "sealwood", "--features", "internals", "--test", "vectors"];

/// Writes the outputs of `conformance/vectors` from their inputs, then checks them as any test
/// run would.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let mut write = workspace.cargo("test");
    process::run(write.args(TEST).args(["--", "--ignored", "--exact", "write_vectors"]))?;
    process::run_for_exit_code(workspace.cargo("test").args(TEST))
}
