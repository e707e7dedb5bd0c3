//! Whether published crates build and pass their unit tests with each of their features alone and
//! with none, and stay light.
//!
//! The few unit tests that take long try many inputs on what no feature changes: the part `rust`
//! has them.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};

use crate::crates;
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// The most crates that one who takes a crate compiles, itself among them.
const CRATES_MAX: [(&str, usize); 3] =
    [("sealwood-engine", 15), ("sealwood-lthash", 8), ("sealwood-state", 16)];

/// The crate that needs no more than `alloc`, and a processor with nothing else.
const BARE: &str = "sealwood-lthash";
const BARE_TARGET: &str = "thumbv7em-none-eabi";

/// Names of the tests that are left to the part `rust`.
const LONG: [&str; 4] = [
    "hamt::tests::histories::",
    "index::tests::model::",
    "index::tests::walks::a_chain_of_nested",
    "path::nfc::tests::every_character",
];

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut crates = crates::list(workspace)?;
    crates.retain(|one| one.is_published);
    for one in &crates {
        let alone = one.features.iter().map(String::as_str);
        for feature in std::iter::once("").chain(alone) {
            // Clippy, since what nothing uses without the other features is a fault as well.
            let mut clippy = workspace.cargo("clippy");
            clippy.args(["--quiet", "--package", &one.name, "--lib", "--no-default-features"]);
            clippy.args(["--features", feature, "--", "-D", "warnings"]);
            tally.check(&format!("{} with {feature:?}", one.name), process::run(&mut clippy));
            let mut tests = workspace.cargo("test");
            // Built many times and run once, so quickly built.
            let quick = format!("profile.dev.package.{}.opt-level=0", one.name);
            tests.args(["--quiet", "--config", &quick]);
            tests.args(["--package", &one.name, "--lib", "--no-default-features"]);
            tests.args(["--features", feature, "--"]);
            tests.args(LONG.iter().flat_map(|name| ["--skip", name]));
            tally.tests(&mut tests)?;
        }
        for (_, most) in CRATES_MAX.iter().filter(|(name, _)| *name == one.name) {
            tally.check(
                &format!("{} is light", one.name),
                check_weight(workspace, &one.name, *most),
            );
        }
    }
    tally.check(&format!("{BARE} without a standard library"), check_bare(workspace));
    Ok(())
}

/// Builds for a target that has no standard library, so that no dependency has it either.
fn check_bare(workspace: &Workspace) -> Result<()> {
    process::run(workspace.command("rustup").args(["target", "add", BARE_TARGET]))
        .context("this needs rustup")?;
    let mut check = workspace.cargo("check");
    check.args(["--quiet", "--package", BARE, "--lib", "--no-default-features"]);
    process::run(check.args(["--target", BARE_TARGET]))
}

fn check_weight(workspace: &Workspace, package: &str, most: usize) -> Result<()> {
    let mut tree = workspace.cargo("tree");
    tree.args(["--package", package, "--edges", "normal", "--prefix", "none"]);
    let found = count(&process::read(tree.args(["--format", "{p}"]))?);
    ensure!(found <= most, "{package} has {found} crates with its dependencies, {most} at most");
    Ok(())
}

/// The crates in what `cargo tree` says, each counted once.
fn count(tree: &str) -> usize {
    let crates =
        tree.lines().map(|line| line.trim_end_matches(" (*)")).filter(|line| !line.is_empty());
    crates.collect::<BTreeSet<_>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_counts_once_and_two_versions_of_it_twice() {
        assert_eq!(count("a v1.0.0 (/x)\nb v1.0.0\nb v2.0.0\n\nc v1.0.0\nb v1.0.0 (*)\n"), 4);
    }
}
