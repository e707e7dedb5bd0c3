//! What a crate shows to those who use it, an item a line, kept in `api/<crate>.txt` so that a
//! change of it is seen where changes are read.
//!
//! The lines come from what rustdoc writes for programs, in the features that are on by default.
//! That is not stable, so the compiler is one that the crate `public-api` understands.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use public_api::{Builder, PublicApi};

use crate::crates;
use crate::process;
use crate::toolchain::rust;
use crate::workspace::Workspace;

/// The compiler whose rustdoc the pinned `public-api` reads.
const RUST: &str = "1.95.0";
const DIRECTORY: &str = "api";

/// The list of one crate.
pub(crate) struct Listing {
    /// Where it is kept, from the top directory on.
    pub(crate) file: String,
    /// Its lines, sorted.
    pub(crate) text: String,
}

/// The list of every crate that goes to a registry.
pub(crate) fn listings(workspace: &Workspace) -> Result<Vec<Listing>> {
    let mut crates = crates::list(workspace)?;
    crates.retain(|one| one.is_published);
    crates.iter().map(|one| listing(workspace, &one.name)).collect()
}

/// The files there are, from the top directory on.
pub(crate) fn files(workspace: &Workspace) -> Result<BTreeSet<String>> {
    let entries = fs::read_dir(workspace.root().join(DIRECTORY))
        .with_context(|| format!("cannot list {DIRECTORY}"))?;
    entries.map(|entry| Ok(format!("{DIRECTORY}/{}", entry?.file_name().display()))).collect()
}

fn listing(workspace: &Workspace, package: &str) -> Result<Listing> {
    let json = document(workspace, package)?;
    let read = |builder: Builder| -> Result<PublicApi> {
        builder.build().with_context(|| format!("cannot read {}", json.display()))
    };
    let builder =
        || Builder::from_rustdoc_json(&json).omit_blanket_impls(true).omit_auto_trait_impls(true);
    let all = read(builder())?;
    let written = read(builder().omit_auto_derived_impls(true))?;
    let written = written.items().map(ToString::to_string).collect();
    let lines = all.items().map(|item| item.to_string());
    let text = lines.filter(|line| is_kept(line, &written)).map(|line| line + "\n").collect();
    Ok(Listing { file: format!("{DIRECTORY}/{package}.txt"), text })
}

/// Of what is derived, that it is, but not its methods nor what only patterns need.
fn is_kept(line: &str, written: &BTreeSet<String>) -> bool {
    let is_derived_trait = line.starts_with("impl") && !line.contains("StructuralPartialEq");
    written.contains(line) || is_derived_trait
}

/// Has rustdoc write of `package` what programs read.
fn document(workspace: &Workspace, package: &str) -> Result<PathBuf> {
    // A directory of its own: build scripts see that this compiler may do what is not stable, and
    // would run again in every other build.
    let target = workspace.target_directory().join("api");
    let mut command = rust::cargo(workspace, RUST)?;
    command.args(["rustdoc", "--quiet", "--lib", "--package", package, "--target-dir"]);
    command.arg(&target).args(["--", "-Z", "unstable-options", "--output-format", "json"]);
    process::run(command.env("RUSTC_BOOTSTRAP", "1"))?;
    Ok(target.join("doc").join(format!("{}.json", package.replace('-', "_"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_derived_the_trait_is_kept() {
        let written = BTreeSet::from(["pub fn x::f()".to_owned()]);
        assert!(is_kept("pub fn x::f()", &written));
        assert!(is_kept("impl core::clone::Clone for x::T", &written));
        assert!(!is_kept("pub fn x::T::clone(&self) -> x::T", &written));
        assert!(!is_kept("impl core::marker::StructuralPartialEq for x::T", &written));
    }
}
