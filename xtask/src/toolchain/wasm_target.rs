//! A compiler for wasm32-unknown-unknown: this toolchain's own, or Debian's.
//!
//! The standard library for the target is one `rustup target add` away. Where rustup cannot fetch
//! it, Debian's `rustc-web` packages carry the compiler and the library's sources, and the target's
//! standard library is then built from those.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use crate::process;
use crate::workspace::Workspace;

/// The target's name.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// A way to compile for [`TARGET`].
pub(crate) enum WasmTarget {
    /// The toolchain in use has the target's standard library.
    Installed,
    /// Debian's compiler, which builds the target's standard library itself.
    Debian {
        /// The linker of the toolchain in use.
        linker: PathBuf,
    },
}

impl WasmTarget {
    /// The first way that works, installing what is missing.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        if has_standard_library(workspace)? {
            return Ok(Self::Installed);
        }
        println!("adding the target {TARGET}");
        let added = process::run(workspace.command("rustup").args(["target", "add", TARGET]));
        let Err(refusal) = added else { return Ok(Self::Installed) };
        println!("rustup cannot add it ({refusal:#}): trying Debian's packages");
        Self::debian(workspace).with_context(|| {
            format!("no compiler for {TARGET}: run `rustup target add {TARGET}` ({refusal:#})")
        })
    }

    /// `cargo <subcommand>` for the target.
    pub(crate) fn cargo(&self, workspace: &Workspace, subcommand: &str) -> Command {
        match self {
            Self::Installed => {
                let mut command = workspace.cargo(subcommand);
                command.args(["--target", TARGET]);
                command
            }
            Self::Debian { linker } => {
                let mut command = workspace.command("/usr/bin/cargo");
                command.args([subcommand, "--target", TARGET, "-Zbuild-std=std,panic_abort"]);
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
                command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                command
            }
        }
    }

    fn debian(workspace: &Workspace) -> Result<Self> {
        apt::install(workspace, &DEBIAN_PACKAGES)?;
        let libraries = target_libraries(workspace, None)?;
        let linker = libraries.with_file_name("bin").join("rust-lld");
        if !linker.exists() {
            bail!("the toolchain in use has no {}", linker.display());
        }
        Ok(Self::Debian { linker })
    }
}

fn has_standard_library(workspace: &Workspace) -> Result<bool> {
    Ok(target_libraries(workspace, Some(TARGET))?.is_dir())
}

/// Where the toolchain in use keeps, or would keep, a target's standard library.
fn target_libraries(workspace: &Workspace, target: Option<&str>) -> Result<PathBuf> {
    let mut rustc = workspace.command("rustc");
    rustc.args(["--print", "target-libdir"]);
    if let Some(target) = target {
        rustc.args(["--target", target]);
    }
    Ok(PathBuf::from(process::read(&mut rustc)?.trim()))
}
