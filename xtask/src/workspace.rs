//! The checkout this program was built from, and how its commands are started.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::cache::Cache;

/// The checkout and the cache beside it.
pub(crate) struct Workspace {
    root: PathBuf,
    cache: Cache,
}

impl Workspace {
    /// The checkout that holds this crate.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = manifest.parent().context("the xtask crate lies outside a workspace")?;
        Ok(Self { root: root.to_owned(), cache: Cache::of_user()? })
    }

    /// The top directory of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where tools are installed.
    pub(crate) fn cache(&self) -> &Cache {
        &self.cache
    }

    /// `program` in the top directory, with nothing to read from standard input.
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root).stdin(Stdio::null());
        self.set_target_directory(&mut command);
        command
    }

    /// `cargo <subcommand>` in the top directory, with nothing to read from standard input.
    pub(crate) fn cargo(&self, subcommand: &str) -> Command {
        let mut command = self.command("cargo");
        command.arg(subcommand);
        command
    }

    /// `cargo run` of a package's release build where the user stands, so that paths among the
    /// arguments mean what the user meant.
    pub(crate) fn cargo_run_here(&self, package: &str) -> Command {
        let mut command = Command::new("cargo");
        command.args(["run", "--quiet", "--release", "--package", package, "--manifest-path"]);
        command.arg(self.root.join("Cargo.toml"));
        self.set_target_directory(&mut command);
        command
    }

    /// Where cargo and the other compilers build.
    pub(crate) fn target_directory(&self) -> PathBuf {
        match env::var_os("CARGO_TARGET_DIR") {
            Some(configured) => self.root.join(configured),
            None => self.cache.root().join("target"),
        }
    }

    fn set_target_directory(&self, command: &mut Command) {
        command.env("CARGO_TARGET_DIR", self.target_directory());
    }
}
