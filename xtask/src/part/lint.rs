//! Formatting, lints and documentation, each counted as one check.

mod api_lists;
mod comment_width;
mod file_lengths;
mod folders;
mod named_tests;
mod quotations;
mod rooms;
mod sources;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::shared_build;
use crate::tally::Tally;
use crate::workspace::Workspace;
use sources::Lengths;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.check(
        "formatting (mend with `cargo fmt`)",
        process::run(workspace.cargo("fmt").args(["--all", "--check"])),
    );
    check_texts(workspace, tally)?;
    let mut clippy = shared_build::cargo(workspace, "clippy");
    clippy.args(["--all-targets", "--", "-D", "warnings"]);
    tally.check("clippy", process::run(&mut clippy));
    let mut doc = workspace.cargo("doc");
    doc.args(["--package", "sealwood-base", "--package", "sealwood-engine"])
        .args(["--package", "sealwood-lthash", "--package", "sealwood-state"])
        .args(["--package", "sealwood", "--features", "sealwood/bridge,sealwood/testing"])
        .arg("--no-deps")
        .env("RUSTDOCFLAGS", "-D warnings");
    tally.check("documentation", process::run(&mut doc));
    tally.check("public API", api_lists::check(workspace));
    Ok(())
}

/// What can be told from the texts alone.
fn check_texts(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let page = "docs/BINDINGS.md";
    tally.check("quotations", quotations::check(workspace.root(), page));
    tally.check("rooms", rooms::check(workspace));
    let sources = sources::list(workspace, &file_lengths::KINDS)?;
    let lengths = Lengths::read(workspace)?;
    tally.check("lengths of files", none_of(&file_lengths::faults(&sources, &lengths)));
    tally.check("widths of comments", none_of(&comment_width::faults(&sources, &lengths)));
    let pages = sources::list(workspace, &["md"])?;
    tally.check("tests that pages name", none_of(&named_tests::faults(&pages, &sources)));
    let architecture = read(workspace.root(), folders::PAGE)?;
    let all = sources::list(workspace, &["md", "rs", "toml", "txt"])?;
    tally.check("folders", none_of(&folders::faults(&architecture, &all)));
    Ok(())
}

/// The text of a file of the repository.
fn read(root: &Path, file: &str) -> Result<String> {
    fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {file}"))
}

/// Fails with every fault there is.
fn none_of(faults: &[String]) -> Result<()> {
    if faults.is_empty() {
        return Ok(());
    }
    bail!("{}", faults.iter().map(|fault| format!("\n{fault}")).collect::<String>())
}
