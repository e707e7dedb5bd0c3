//! Formatting, lints and documentation, each counted as one check.

mod quotations;

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.check(
        "formatting (mend with `cargo fmt`)",
        process::run(workspace.cargo("fmt").args(["--all", "--check"])),
    );
    let clippy = ["--workspace", "--all-targets", "--", "-D", "warnings"];
    tally.check("clippy", process::run(workspace.cargo("clippy").args(clippy)));
    let mut doc = workspace.cargo("doc");
    doc.args(["--package", "sealwood", "--features", "bridge", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings");
    tally.check("documentation", process::run(&mut doc));
    let page = "docs/BINDINGS.md";
    tally.check("quotations", quotations::check(workspace.root(), page));
    Ok(())
}
