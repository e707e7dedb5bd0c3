//! Programs written in Go, built from source as the Go proxy has it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::process;
use crate::workspace::Workspace;

/// An S3 server on the files of a directory. It checks signatures and checksums, and its
/// conditional puts are atomic; of an upload that was cut off it keeps what came.
pub(crate) const VERSITYGW: Program = Program {
    name: "versitygw",
    version: "1.8.0",
    package: "github.com/versity/versitygw/cmd/versitygw",
};

/// An S3 server in memory, with another implementation of everything.
pub(crate) const GOFAKES3: Program = Program {
    name: "gofakes3",
    version: "1.2.0",
    package: "github.com/johannesboyne/gofakes3/cmd/gofakes3",
};

/// What is built, and from what.
pub(crate) struct Program {
    pub(crate) name: &'static str,
    version: &'static str,
    package: &'static str,
}

impl Program {
    /// The executable, installed if need be.
    pub(crate) fn ensure(&self, workspace: &Workspace) -> Result<PathBuf> {
        let item = format!("{}-{}", self.name, self.version);
        let item = workspace.cache().item(&item, |staging| self.install(workspace, staging))?;
        Ok(item.join(self.name))
    }

    fn install(&self, workspace: &Workspace, staging: &Path) -> Result<()> {
        process::read(workspace.command("go").arg("version"))
            .context("Go 1.25 or later is needed (https://go.dev/dl)")?;
        let mut command = workspace.command("go");
        command.arg("install").arg(format!("{}@v{}", self.package, self.version));
        // One compiler at a time leaves the machine to whoever else builds; without a C compiler
        // the program depends on nothing of this machine.
        command.env("GOBIN", staging).env("GOFLAGS", "-p=1").env("CGO_ENABLED", "0");
        process::run(&mut command).context("Go must reach its module proxy once")
    }
}
