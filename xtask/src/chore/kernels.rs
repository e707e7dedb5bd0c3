//! `cargo xtask kernels`: the tests of LtHash's kernels where a run of the tests on this machine
//! does not see enough, or does not come at all.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::process;
use crate::toolchain::apt;
use crate::workspace::Workspace;

const PACKAGE: &str = "sealwood-lthash";

/// Few enough inputs for an interpreter.
const SMALL_TEST: [&str; 2] = ["--test", "kernels_and_their_twin"];

/// Sets of instructions that Miri knows, each named as a kernel's processor has them.
const INTERPRETED: [&str; 2] = ["+avx2", "+avx2,+avx512f,+avx512bw"];

/// A target whose programs an emulator runs, and which needs no linker of another system.
const NEON_TARGET: &str = "aarch64-unknown-linux-musl";

/// Interprets the kernels of x86-64, runs all tests under AddressSanitizer, and those of the
/// kernels on an emulated ARM.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    process::read(workspace.command("rustup").args([
        "run",
        "nightly",
        "cargo",
        "miri",
        "--version",
    ]))
    .context("this needs `rustup toolchain install nightly --component miri,rust-src`")?;
    for features in INTERPRETED {
        println!("== Miri, {features}");
        let mut miri = nightly(workspace, "miri");
        miri.args(["test", "--package", PACKAGE, "--features", "blake3/pure"]).args(SMALL_TEST);
        process::run(miri.env("RUSTFLAGS", format!("-C target-feature={features}")))?;
    }
    println!("== AddressSanitizer");
    let mut sanitized = nightly(workspace, "test");
    sanitized.args(["--package", PACKAGE, "--lib", "--tests", "--target"]);
    sanitized.arg("x86_64-unknown-linux-gnu");
    process::run(sanitized.env("RUSTFLAGS", "-Zsanitizer=address"))?;
    println!("== NEON");
    process::run(workspace.command("rustup").args(["target", "add", NEON_TARGET]))?;
    apt::install(workspace, &["qemu-user-static"])?;
    let mut emulated = workspace.cargo("test");
    emulated.args(["--package", PACKAGE, "--features", "blake3/pure", "--target", NEON_TARGET]);
    emulated.args(SMALL_TEST).args(["--test", "kernels_agree", "--test", "vectors"]);
    emulated.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_LINKER", "rust-lld");
    emulated.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_MUSL_RUNNER", "qemu-aarch64-static");
    process::run_for_exit_code(&mut emulated)
}

/// `cargo <subcommand>` of the nightly compiler, which builds where it is not in the way of others.
fn nightly(workspace: &Workspace, subcommand: &str) -> Command {
    let mut command = workspace.command("rustup");
    command.args(["run", "nightly", "cargo", subcommand]);
    command.env("CARGO_TARGET_DIR", workspace.target_directory().join("nightly"));
    command
}
