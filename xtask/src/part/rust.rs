//! Every test of every crate on this machine, documentation examples included.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::toolchain::apt;
use crate::workspace::Workspace;

/// The package that runs the scenarios, and its program.
const RUNNER: &str = "sealwood-conformance";

/// What tests need and no package of the workspace asks for.
pub(super) const FEATURES: &str = "sealwood/testing,sealwood/internals,sealwood-engine/faults";

/// Names a folder that takes names for one which differ in case, or has the tests mount one.
const FOLDING_FOLDER: &str = "SEALWOOD_FOLDING_FOLDER";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut tests = workspace.cargo("test");
    tests.args(["--workspace", "--no-fail-fast", "--features", FEATURES]);
    if std::env::var_os(FOLDING_FOLDER).is_none() && can_mount(workspace) {
        apt::install(workspace, &["ntfs-3g"])?;
        tests.env(FOLDING_FOLDER, "mount");
    }
    tally.tests(&mut tests)?;
    if cfg!(target_os = "linux") {
        // They mount a small disk each.
        let mut full = workspace.cargo("test");
        full.args(["--workspace", "--no-fail-fast", "--features", FEATURES]);
        full.args(["--test", "vault", "--test", "stores", "--", "--ignored"]);
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
    process::run(workspace.cargo("build").args(["--quiet", "--package", RUNNER]))?;
    Ok(workspace.command(workspace.target_directory().join("debug").join(RUNNER)))
}
