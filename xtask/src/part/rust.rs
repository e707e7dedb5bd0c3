//! Every test of every crate on this machine, documentation examples included.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::shared_build;
use crate::tally::Tally;
use crate::toolchain::apt;
use crate::workspace::Workspace;

/// The program that runs the scenarios.
const RUNNER: &str = "sealwood-conformance";

/// Names a folder that takes names for one which differ in case, or has the tests mount one.
const FOLDING_FOLDER: &str = "SEALWOOD_FOLDING_FOLDER";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut tests = shared_build::cargo(workspace, "test");
    tests.arg("--no-fail-fast");
    if std::env::var_os(FOLDING_FOLDER).is_none() && can_mount(workspace) {
        apt::install(workspace, &["ntfs-3g"])?;
        tests.env(FOLDING_FOLDER, "mount");
    }
    tally.tests(&mut tests)?;
    if cfg!(target_os = "linux") {
        // They mount a small disk each.
        let mut full = shared_build::cargo(workspace, "test");
        full.args(["--no-fail-fast", "--test", "vault", "--test", "stores", "--", "--ignored"]);
        tally.tests(&mut full)?;
    }
    // What other targets and choices leave: no threads, no AVX-512.
    let mut bare = workspace.cargo("test");
    bare.args(["--package", "sealwood-lthash", "--no-default-features", "--features", "no_avx512"]);
    tally.tests(&mut bare)
}

/// Whether this user can mount a file system of a program.
fn can_mount(workspace: &Workspace) -> bool {
    Path::new("/dev/fuse").exists()
        && process::read(workspace.command("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The runner of scenarios, built; `scenario FILE...` and variables have to follow.
pub(super) fn runner_command(workspace: &Workspace) -> Result<Command> {
    Ok(workspace.command(shared_build::program(workspace, RUNNER)?))
}
