//! wasm-bindgen's programs: the one that makes a package of a wasm32 binary, and
//! `wasm-bindgen-test-runner`, which runs test binaries for wasm32 in Node.
//!
//! They must have the very version of the library `wasm-bindgen` in Cargo.lock. Built without
//! optimisation and without TLS (they fetch nothing) both take two minutes of processor time, with
//! them nine.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::version;
use crate::process;
use crate::workspace::Workspace;

const PROGRAM: &str = "wasm-bindgen";
const TEST_RUNNER: &str = "wasm-bindgen-test-runner";

/// The executable `wasm-bindgen`, installed if need be.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    Ok(programs(workspace)?.join(PROGRAM))
}

/// The executable `wasm-bindgen-test-runner`, installed if need be.
pub(crate) fn ensure_test_runner(workspace: &Workspace) -> Result<PathBuf> {
    if !version::on_path(workspace, "node", "v", (20, 16)) {
        anyhow::bail!("Node 20.16 or later is needed to run wasm32 tests");
    }
    Ok(programs(workspace)?.join(TEST_RUNNER))
}

fn programs(workspace: &Workspace) -> Result<PathBuf> {
    let specification = process::read(workspace.cargo("pkgid").arg("wasm-bindgen"))?;
    let version = version_of(&specification)
        .with_context(|| format!("no version in the package id {specification}"))?;
    let item = workspace.cache().item(&format!("wasm-bindgen-cli-{version}"), |staging| {
        let package = ["wasm-bindgen-cli", "--version", version, "--no-default-features"];
        let programs = ["--bin", PROGRAM, "--bin", TEST_RUNNER];
        super::cargo_install(workspace, &[&package[..], &programs[..]].concat(), staging)
    })?;
    Ok(item.join("bin"))
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
