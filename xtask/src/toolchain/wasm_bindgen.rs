//! `wasm-bindgen-test-runner`, which runs test binaries for wasm32 in Node.
//!
//! It must have the very version of the library `wasm-bindgen` in Cargo.lock. Built without
//! optimisation and without TLS (it fetches nothing) it takes a minute and a half of processor
//! time, the whole command-line tool nine.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

const PROGRAM: &str = "wasm-bindgen-test-runner";

/// The executable `wasm-bindgen-test-runner`, installed if need be.
pub(crate) fn ensure_test_runner(workspace: &Workspace) -> Result<PathBuf> {
    process::read(workspace.command("node").arg("--version"))
        .context("Node 20 or later is needed to run wasm32 tests")?;
    let specification = process::read(workspace.cargo("pkgid").arg("wasm-bindgen"))?;
    let version = version_of(&specification)
        .with_context(|| format!("no version in the package id {specification}"))?;
    let item = workspace.cache().item(&format!("{PROGRAM}-{version}"), |staging| {
        let program = ["wasm-bindgen-cli", "--version", version, "--bin", PROGRAM];
        super::cargo_install(
            workspace,
            &[&program[..], &["--no-default-features"]].concat(),
            staging,
        )
    })?;
    Ok(item.join("bin").join(PROGRAM))
}

/// The version in a package id such as `registry+https://.../index#wasm-bindgen@0.2.130`.
fn version_of(specification: &str) -> Option<&str> {
    let (_, version) = specification.trim().rsplit_once('@')?;
    version.starts_with(|first: char| first.is_ascii_digit()).then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_a_package_id() {
        let specification = "registry+https://index.example/index#wasm-bindgen@0.2.130\n";
        assert_eq!(version_of(specification), Some("0.2.130"));
        assert_eq!(version_of("path+file:///home/me@work/core#0.1.0"), None);
    }
}
