//! Maven with a JDK: the machine's own, or Debian's.
//!
//! Its packages come from Maven Central into the user's `~/.m2`, once; all versions are fixed in
//! the pom, so that later runs ask nobody.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::apt;
use crate::process;
use crate::workspace::Workspace;

/// An installed Maven.
pub(crate) struct Maven;

impl Maven {
    /// Maven, installed if need be.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        if process::read(workspace.command("mvn").arg("--version")).is_err() {
            println!("no Maven on the PATH: installing Debian's");
            apt::install(workspace, &["maven", "openjdk-17-jdk-headless"])?;
        }
        Ok(Self)
    }

    /// `mvn` on the project `pom`; goals have to follow.
    pub(crate) fn command(&self, workspace: &Workspace, pom: &Path) -> Command {
        let mut command = workspace.command("mvn");
        command.args(["--batch-mode", "--quiet", "--no-transfer-progress", "--file"]).arg(pom);
        command
    }
}
