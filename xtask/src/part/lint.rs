//! Formatting, lints and documentation, each counted as one check.

mod quotations;

use anyhow::Result;

use super::rust::FEATURES;
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.check(
        "formatting (mend with `cargo fmt`)",
        process::run(workspace.cargo("fmt").args(["--all", "--check"])),
    );
    let mut clippy = workspace.cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"]);
    tally.check("clippy", process::run(&mut clippy));
    let mut doc = workspace.cargo("doc");
    doc.args(["--package", "sealwood-base", "--package", "sealwood-engine"])
        .args(["--package", "sealwood", "--features", "sealwood/bridge,sealwood/testing"])
        .arg("--no-deps")
        .env("RUSTDOCFLAGS", "-D warnings");
    tally.check("documentation", process::run(&mut doc));
    let page = "docs/BINDINGS.md";
    tally.check("quotations", quotations::check(workspace.root(), page));
    Ok(())
}
