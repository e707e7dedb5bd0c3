//! The Swift toolchain: the machine's own where it is recent enough, else Debian sid's.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::debian_sid::DebianSid;
use super::version::on_path;
use crate::workspace::Workspace;

const VERSION_MIN: (u32, u32) = (6, 0);

/// An installed Swift toolchain.
pub(crate) struct Swift {
    sid: Option<DebianSid>,
}

impl Swift {
    /// The toolchain, installed if need be.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        if on_path(workspace, "swiftc", "Swift version ", VERSION_MIN) {
            return Ok(Self { sid: None });
        }
        Ok(Self { sid: Some(DebianSid::ensure(workspace)?) })
    }

    /// `swift`, `swiftc` or a program built with them, in the top directory, with nothing to read
    /// from standard input.
    pub(crate) fn command(&self, workspace: &Workspace, program: impl AsRef<Path>) -> Command {
        match &self.sid {
            Some(sid) => sid.command(workspace, program),
            None => workspace.command(program),
        }
    }
}
