//! The library behind Swift and Kotlin, and the layers that `uniffi-bindgen` writes over it.
//!
//! The generator is a crate of the workspace, so its version is that of Cargo.lock. What it writes
//! follows from the library alone and is never committed.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::file_tree::FileTree;
use crate::process;
use crate::shared_build;
use crate::workspace::Workspace;

/// The crate of the library.
pub(crate) const PACKAGE: &str = "sealwood-uniffi";

/// The name of the library.
const LIBRARY: &str = "sealwood_uniffi";

/// What a library is built for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Tests: built soon.
    Dev,
    /// Users.
    Release,
}

impl Profile {
    /// The name that cargo knows it by.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Profile::Dev => "dev",
            Profile::Release => "release",
        }
    }

    /// The directory that cargo builds it in.
    pub(crate) fn directory(self) -> &'static str {
        match self {
            Profile::Dev => "debug",
            Profile::Release => "release",
        }
    }
}

/// A built library.
pub(crate) struct Library {
    path: PathBuf,
}

/// Builds the library for this machine, for tests.
pub(crate) fn build(workspace: &Workspace) -> Result<Library> {
    build_for(workspace, Profile::Dev)
}

/// Builds the library for this machine.
pub(crate) fn build_for(workspace: &Workspace, profile: Profile) -> Result<Library> {
    if profile == Profile::Dev {
        return Ok(Library { path: shared_build::library(workspace, LIBRARY)? });
    }
    let mut command = workspace.cargo("build");
    process::run(command.args(["--quiet", "--package", PACKAGE, "--profile", profile.name()]))?;
    let name = format!("{DLL_PREFIX}{LIBRARY}{DLL_SUFFIX}");
    Ok(Library { path: workspace.target_directory().join(profile.directory()).join(name) })
}

impl Library {
    /// The dynamic library.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the layer for `language` (`swift`, `kotlin`) to `directory`.
    pub(crate) fn generate(
        &self,
        workspace: &Workspace,
        language: &str,
        directory: &Path,
    ) -> Result<()> {
        let fresh = directory.with_extension("fresh");
        let mut command = workspace.command(shared_build::program(workspace, "uniffi-bindgen")?);
        command.args(["generate", "--no-format", "--language", language, "--out-dir"]);
        process::run(command.arg(&fresh).arg(&self.path))?;
        let mut written = FileTree::default();
        written.add_copy("", &fresh)?;
        written.write(directory)?;
        fs::remove_dir_all(&fresh).with_context(|| format!("cannot remove {}", fresh.display()))
    }
}
