//! Whether published crates build with the oldest Rust they name.

use anyhow::{Context, Result};

use crate::crates;
use crate::process;
use crate::tally::Tally;
use crate::toolchain::rust;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut crates = crates::list(workspace)?;
    crates.retain(|one| one.is_published);
    for one in &crates {
        let version = one.rust_version.as_deref();
        let version = full(version.with_context(|| format!("{} names no Rust", one.name))?);
        for features in ["--no-default-features", "--all-features"] {
            let mut check = rust::cargo(workspace, &version)?;
            check.args(["check", "--quiet", "--package", &one.name, "--lib", features]);
            let name = format!("{} with Rust {version} and {features}", one.name);
            tally.check(&name, process::run(&mut check));
        }
    }
    Ok(())
}

/// A version as rustup takes it: `1.89` means its first release.
fn full(version: &str) -> String {
    match version.matches('.').count() {
        1 => format!("{version}.0"),
        _ => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_without_a_patch_is_the_first_release() {
        assert_eq!(full("1.89"), "1.89.0");
        assert_eq!(full("1.89.1"), "1.89.1");
    }
}
