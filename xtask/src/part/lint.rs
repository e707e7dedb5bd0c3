//! Formatting, lints and documentation, each counted as one check.

mod quotations;

use anyhow::Result;

use super::rust::FEATURES;
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The packages that users take, with what else `cargo doc` needs.
const DOCUMENTED: [&[&str]; 2] =
    [&["sealwood", "--features", "bridge,fault-disk"], &["sealwood-lthash"]];

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.check(
        "formatting (mend with `cargo fmt`)",
        process::run(workspace.cargo("fmt").args(["--all", "--check"])),
    );
    let mut clippy = workspace.cargo("clippy");
    clippy.args(["--workspace", "--all-targets", "--features", FEATURES, "--", "-D", "warnings"]);
    tally.check("clippy", process::run(&mut clippy));
    for arguments in DOCUMENTED {
        let mut doc = workspace.cargo("doc");
        doc.args(["--no-deps", "--package"]).args(arguments).env("RUSTDOCFLAGS", "-D warnings");
        tally.check(&format!("documentation of {}", arguments[0]), process::run(&mut doc));
    }
    let page = "docs/BINDINGS.md";
    tally.check("quotations", quotations::check(workspace.root(), page));
    Ok(())
}
